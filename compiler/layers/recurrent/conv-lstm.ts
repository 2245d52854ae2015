// ConvLSTM over one, two or three spatial axes: an LSTM whose products are convolutions. Those of the inputs are done before the loop, for
// all steps and gates in one product; those of the state are padded so that it keeps its size. With two spatial axes:
//
//   x [n, t, H, W, C] ∗ kernel [kh, kw, C, 4f] + bias [4f]  =  [n, t, OH, OW, 4f], columns i | f | c | o in Keras' order
//   step:  z = x[t] + h ∗ recurrent_kernel [kh, kw, f, 4f]        i, f, o = ρ(z…)
//          c′ = f · c + i · a(z_c)                                h′ = o · a(c′)
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { lift } from "../../ops/lift/lift.ts";
import { activate } from "../activations.ts";
import type { Cell, CellContext, CellDrop } from "../cell.ts";
import { convolve } from "../convolution/products.ts";
import { badWindow, type Geometry, geometryOf, padding, type Windowed, windowKeys, windowsOver } from "../convolution/windows.ts";
import { layer } from "../define.ts";
import { channelsLast, eachAxis, formatKey, fromLast, needsSpace, toLast } from "../layout.ts";
import { batched, biasKeys, biasOf, count, sampleShape, weightKeys, weightOf } from "../shared.ts";
import { atEveryStep, dropKeys, gateOf, keepsShape } from "./gates.ts";
import { recurrentLayer } from "./layer.ts";
import { sequenceKeys } from "./recurrence.ts";

const gates = 4;
const convKeys = (rank: number) => ({
  filters: count,
  ...windowKeys(rank),
  padding,
  ...formatKey,
  activation: keepsShape.default("tanh"),
  recurrentActivation: keepsShape.default("sigmoid"),
  ...weightKeys("kernel", "glorot_uniform"),
  ...weightKeys("recurrent", "orthogonal"),
  ...biasKeys,
  unitForgetBias: z.boolean().default(true),
  ...dropKeys,
});
const anyKeys = z.strictObject(convKeys(2));
/** The kernel's sizes are numbers per axis, however many axes there are. */
type Config = z.output<typeof anyKeys>;

const geometry = (rank: number, config: Config): Geometry => geometryOf(rank, config as Windowed);
/** Over the state: its size stays. */
const onState = (rank: number, { kernelSize }: Config): Geometry => {
  const once = Array.from({ length: rank }, () => 1);
  return { sizes: eachAxis(kernelSize, rank), strides: once, dilations: once, padding: "same" };
};

/** The shape of a state: a step's picture as the convolution leaves it. */
function stateShape(rank: number, config: Config, step: readonly number[]): readonly number[] {
  const space = windowsOver(geometry(rank, config), channelsLast(config, step).slice(0, rank));
  return config.dataFormat === "channels_first" ? [config.filters, ...space] : [...space, config.filters];
}

/** What `make` gives for a step, of all steps of x. */
function atEach(g: G, x: Node, make: (step: Node) => Node): Node {
  const [length, ...step] = sampleShape(x);
  const hole = g.input({ name: "convLSTM:step", shape: batched(step) });
  return lift(g, [make(hole)], new Map([[hole, x]]), length)[0].node;
}

/** Each gate has noise of its own; a rate of 1 drops nothing, as in Keras. */
const noiseOf = ({ config, drop }: CellContext<Config>, use: CellDrop["use"], shape: readonly number[]): readonly Node[] =>
  (config[use] === 1 ? undefined : drop({ use, shape, count: gates })) ?? [];

const cellOf = (rank: number): Cell<Config> => ({
  states: (config, step) => ["h", "c"].map((name) => ({ name, shape: stateShape(rank, config, step) })),
  lower: (g, context) => {
    const { x, config, weights } = context;
    const { kernel, recurrent_kernel: recurrent, bias } = weights;
    const { filters, activation, recurrentActivation } = config;
    const step = sampleShape(x).slice(1);
    const product = (own: Node, by: Node): Node =>
      atEach(g, own, (one) => convolve(g, toLast(g, config, one), by, geometry(rank, config), 1));
    const noise = noiseOf(context, "dropout", step);
    const inputs = g.as("inputs", () => {
      const apart = () => noise.map((one, k) => product(atEveryStep(g, x, one), gateOf(g, kernel, filters, k)));
      const sums = noise.length === 0 ? product(x, kernel) : g.concat(...apart(), { axis: rank + 2 });
      return bias === undefined ? sums : g.add(sums, g.broadcastTo(bias, sums.type.shape));
    });
    const stateNoise = noiseOf(context, "recurrentDropout", stateShape(rank, config, step));
    const isApart = stateNoise.length > 0;
    const kernels = isApart ? stateNoise.map((_, k) => gateOf(g, recurrent, filters, k)) : [recurrent];
    return {
      xs: [inputs],
      closed: [...kernels, ...stateNoise],
      next: (b, { states: [h, c], xs: [input], closed }) => {
        const convolved = (k: number): Node => {
          const seen = isApart ? b.mul(h, closed[gates + k]) : h;
          return convolve(b, toLast(b, config, seen), closed[k], onState(rank, config), 1);
        };
        const ofState = (): Node =>
          isApart ? b.concat(...kernels.map((_, k) => convolved(k)), { axis: rank + 1 }) : convolved(0);
        const sums = b.as("gates", () => b.add(input, ofState()));
        const gate = (role: string, k: number, by = recurrentActivation): Node =>
          b.as(role, () => activate(b, by, fromLast(b, config, gateOf(b, sums, filters, k))));
        const [i, f, o] = [gate("input_gate", 0), gate("forget_gate", 1), gate("output_gate", 3)];
        const candidate = gate("candidate", 2, activation);
        const nextC = b.as("c", () => b.add(b.mul(f, c), b.mul(i, candidate)));
        return [b.as("h", () => b.mul(o, activate(b, activation, nextC))), nextC];
      },
    };
  },
});

const weightsOf = (rank: number) => (config: Config, input: readonly number[]) => {
  const { filters, kernelSize, unitForgetBias } = config;
  const taps = eachAxis(kernelSize, rank);
  const channels = channelsLast(config, input.slice(1))[rank];
  const forget = unitForgetBias ? { except: { from: filters, to: 2 * filters, initializer: "ones" } } : {};
  return [
    weightOf(config, "kernel", [...taps, channels, gates * filters]),
    weightOf(config, "recurrent", [...taps, filters, gates * filters], { name: "recurrent_kernel" }),
    ...biasOf(config, [gates * filters], forget),
  ];
};

interface Member {
  readonly name: string;
  readonly keras: string;
  readonly rank: number;
  readonly means: string;
}

const convLSTM = ({ rank, means, ...member }: Member) =>
  layer({
    ...member,
    says: `An LSTM over [steps, ${means}, channels] whose products are convolutions: h and c are pictures; masked steps keep them.`,
    config: z.strictObject({ ...convKeys(rank), ...sequenceKeys }),
    ...recurrentLayer({
      name: member.name,
      cell: cellOf(rank),
      weights: weightsOf(rank),
      states: 2,
      takes: { rank: rank + 2, means: `steps, ${means}, channels` },
      fits: (config, step) =>
        needsSpace(rank, config, step) ?? badWindow(geometry(rank, config), channelsLast(config, step), "kernelSize"),
    }),
  });

/** Convolutional LSTM, [n, steps, T, C] to [n, OT, filters] or of all steps. https://keras.io/api/layers/recurrent_layers/conv_lstm1d/ */
export const convLSTM1d = convLSTM({ name: "convLSTM1d", keras: "ConvLSTM1D", rank: 1, means: "length" });

/** Convolutional LSTM, [n, steps, H, W, C] to [n, OH, OW, filters] or of all steps. https://keras.io/api/layers/recurrent_layers/conv_lstm2d/ */
export const convLSTM2d = convLSTM({ name: "convLSTM2d", keras: "ConvLSTM2D", rank: 2, means: "height, width" });

/** Convolutional LSTM, [n, steps, D, H, W, C] to [n, OD, OH, OW, filters] or of all steps. https://keras.io/api/layers/recurrent_layers/conv_lstm3d/ */
export const convLSTM3d = convLSTM({ name: "convLSTM3d", keras: "ConvLSTM3D", rank: 3, means: "depth, height, width" });
