// Transposed convolution over one, two or three spatial axes: each input is spread over a patch of outputs, the patches s apart. Along
// an axis, with a kernel of K taps that are d apart and `cut` points cut off before:
//
//   out[n, o, f] = bias[f] + Σ_ikc x[n, i, c] · kernel[k, f, c]        over s·i + d·k − cut = o;   kernel [...taps, filters, C]
//   out          = valid: (n − 1)·s + max(span, s)      same: n·s      same, outputPadding p: (n − 1)·s + span mod 2 + p
//
// Written from the output's side, so that nothing is added up in memory: the outputs o + cut = s·q + r of a phase r are a convolution
// over q with every s-th tap. The first K mod s phases have ⌈K/s⌉ taps, the rest one less, so that two dots an axis do for any stride;
// [n, Q, r, f] in row-major order is the output.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import { checkSize } from "../../graph/limits.ts";
import type { G } from "../../ops/index.ts";
import { type Phases, phasesOf } from "../../ops/kit/phases.ts";
import { activate } from "../activations.ts";
import { layer, type Problem } from "../define.ts";
import { channelsLast, eachAxis, fromLast, needsSpace, toLast } from "../layout.ts";
import { biasOf, count, weightKeys, weightOf } from "../shared.ts";
import { timeFirst } from "../stream.ts";
import { badFinish, finishKeys } from "./products.ts";
import { geometryOf, padding, patches, spansOf, windowKeys } from "./windows.ts";

/** What happens along one axis. */
export interface Along {
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  /** Points of the input, of the output, and cut off before it. */
  readonly length: number;
  readonly output: number;
  readonly cut: number;
}
type PerAxis = number | readonly number[];
interface Keys {
  readonly kernelSize: PerAxis;
  readonly strides: PerAxis;
  readonly dilationRate: PerAxis;
  readonly outputPadding: PerAxis | null;
  readonly padding: "valid" | "same";
}

function axesOf(rank: number, config: Keys, lengths: readonly number[]): readonly Along[] {
  const [sizes, strides, dilations] = [config.kernelSize, config.strides, config.dilationRate].map((value) =>
    eachAxis(value, rank),
  );
  const more = config.outputPadding === null ? undefined : eachAxis(config.outputPadding, rank);
  return lengths.map((length, i) => {
    const [taps, stride, dilation] = [sizes[i], strides[i], dilations[i]];
    const span = (taps - 1) * dilation + 1;
    const whole = (length - 1) * stride + span;
    if (config.padding === "valid")
      return { taps, stride, dilation, length, output: whole + (more?.[i] ?? Math.max(stride - span, 0)), cut: 0 };
    const output = more === undefined ? length * stride : (length - 1) * stride + (span % 2) + more[i];
    return { taps, stride, dilation, length, output, cut: Math.floor(Math.max(whole - output, 0) / 2) };
  });
}

const convTranspose = ({
  rank,
  ...member
}: {
  readonly name: string;
  readonly keras: string;
  readonly says: string;
  readonly rank: number;
}) => {
  const points = z.int().min(0);
  return layer({
    ...member,
    config: z.strictObject({
      filters: count,
      ...windowKeys(rank),
      padding,
      outputPadding: z
        .union([points, z.array(points).length(rank)])
        .nullable()
        .default(null),
      ...weightKeys("kernel", "glorot_uniform"),
      ...finishKeys,
    }),
    legal: (config, input) => {
      const wrong = needsSpace(rank, config, input);
      if (wrong !== undefined) return wrong;
      const axes = axesOf(rank, config, channelsLast(config, input).slice(0, rank));
      return (
        badSteps(axes, config) ??
        badFinish(
          config,
          config.filters,
          axes.map(({ output }) => output),
        )
      );
    },
    weights: (config, input) => {
      const kernel = [...eachAxis(config.kernelSize, rank), config.filters, channelsLast(config, input)[rank]];
      return [weightOf(config, "kernel", kernel), ...biasOf(config, [config.filters])];
    },
    stream: {
      says: "where a step's outputs do not reach into later ones",
      of: (config, [input]) => {
        const first = timeFirst(config);
        if (first !== undefined) return first;
        const [{ cut, output, stride }] = axesOf(rank, config, input.slice(0, rank));
        const isApart = spansOf(geometryOf(rank, config))[0] <= stride && cut === 0 && output === input[0] * stride;
        const hint = "take a kernelSize of at most the stride, and no outputPadding";
        return isApart ? "steps" : { refused: "what it makes of a step reaches into later ones", hint };
      },
    },
    lower: (g, { x, weights: { kernel, bias }, config }) => {
      const picture = toLast(g, config, x);
      const axes = axesOf(rank, config, picture.type.shape.slice(1, rank + 1) as number[]);
      checkSize("the output", [...axes.map(({ output }) => output), config.filters], "");
      // Along the channels an activation may go where they are last, and so in the region of each dot.
      const isLast = config.dataFormat !== "channels_first";
      const finish = (sum: Node) => (isLast ? activate(g, config.activation, sum) : sum);
      const y = fromLast(g, config, woven(g, allPhases(g, { x: picture, kernel, bias, finish }, axes), axes));
      return { y: isLast ? y : activate(g, config.activation, y), mask: null };
    },
  });
};

/** Taps of the phase that has the most. */
const mostTaps = ({ taps, stride }: Along): number => Math.ceil(taps / stride);

/** First and number of the q that outputs have. */
function quotients({ cut, output, stride }: Along): { readonly first: number; readonly count: number } {
  const first = Math.floor(cut / stride);
  return { first, count: Math.ceil((cut + output) / stride) - first };
}

interface Spread {
  readonly x: Node;
  readonly kernel: Node;
  readonly bias: Node | undefined;
  readonly finish: (sum: Node) => Node;
}

/** x [n, ...space, C] spread by a kernel [...taps, filters, C]; stride or dilation of an axis is 1. */
export const convolveTransposed = (g: G, x: Node, kernel: Node, axes: readonly Along[]): Node =>
  woven(g, allPhases(g, { x, kernel, bias: undefined, finish: (sum) => sum }, axes), axes);

/** All phases side by side: [n, ...Q, ...strides, filters]. */
function allPhases(g: G, { x, kernel, bias, finish }: Spread, axes: readonly Along[]): Node {
  const rank = axes.length;
  const most = axes.map(mostTaps);
  const low = axes.map((axis, i) => (most[i] - 1) * axis.dilation - quotients(axis).first);
  const high = axes.map((axis) => quotients(axis).first + quotients(axis).count - axis.length);
  const isWide = [...low, ...high].some((margin) => margin > 0);
  const border = isWide ? g.as("border", () => g.pad(x, { low: [0, ...low, 0], high: [0, ...high, 0], value: 0 })) : x;
  const groups = axes.map(phasesOf);
  const along = (chosen: readonly Phases[]): Node => {
    const axis = chosen.length;
    if (axis < rank) {
      const parts = groups[axis].map((group) => along([...chosen, group]));
      return g.concat(...parts, { axis: 1 + rank + axis });
    }
    return finish(withBias(g, sumsOf(g, border, kernel, chosen, axes), bias, chosen));
  };
  return along([]);
}

/**
 * The taps of some phases, last tap first: [...taps, C, ...phases but the last, last phases · filters]. The columns of the dot are what
 * lies side by side in the output.
 */
function tapsOf(g: G, kernel: Node, phases: readonly Phases[], axes: readonly Along[]): Node {
  const rank = axes.length;
  const { shape } = kernel.type;
  const starts = shape.map((_, i) => (i < rank ? phases[i].from : 0));
  const part = g.slice(kernel, { starts, sizes: shape.map((size, i) => (size as number) - starts[i]) });
  const all = axes.map((_, i) => i);
  const every = g.window(part, {
    axes: all,
    sizes: phases.map((group) => group.count),
    strides: axes.map(({ stride }) => stride),
    dilations: all.map(() => 1),
  });
  const turned = g.transpose(every, { perm: [...all, rank + 1, ...all.map((i) => rank + 2 + i), rank] });
  const sizes = turned.type.shape as readonly number[];
  const columns = sizes[2 * rank] * sizes[2 * rank + 1];
  return g.reshape(g.reverse(turned, { axes: all }), { shape: [...sizes.slice(0, -2), columns] });
}

/** The products of some phases, [n, ...Q, ...phases but the last, last phases · filters]: 0 where they have no tap. */
function sumsOf(g: G, border: Node, kernel: Node, phases: readonly Phases[], axes: readonly Along[]): Node {
  const rank = axes.length;
  if (phases.some(({ taps }) => taps === 0)) {
    const counts = [...axes.map((axis) => quotients(axis).count), ...phases.map((group) => group.count)];
    return g.fill(0, ["n", ...counts.slice(0, -1), (counts.at(-1) as number) * (kernel.type.shape[rank] as number)]);
  }
  const starts = [0, ...phases.map(({ taps }, i) => (mostTaps(axes[i]) - taps) * axes[i].dilation), 0];
  const sizes = border.type.shape.map((size, i) => (i === 0 ? size : (size as number) - starts[i]));
  const windows = patches(g, g.slice(border, { starts, sizes }), {
    sizes: phases.map(({ taps }) => taps),
    strides: axes.map(() => 1),
    dilations: axes.map(({ dilation }) => dilation),
    padding: "valid",
  });
  const all = axes.map((_, i) => i);
  const contract = [
    [...all.map((i) => rank + 2 + i), rank + 1],
    [...all, rank],
  ] as const;
  return g.dot(windows, tapsOf(g, kernel, phases, axes), { batch: [[], []], contract });
}

/** Sums with the bias, their columns as [last phases, filters]. Repeated as often as columns lie side by side, a bias is read like them. */
function withBias(g: G, sums: Node, bias: Node | undefined, phases: readonly Phases[]): Node {
  const { shape } = sums.type;
  const { count: times } = phases[phases.length - 1];
  const columns = shape[shape.length - 1] as number;
  const apart = { shape: [...shape.slice(0, -1), times, columns / times] };
  if (bias === undefined) return g.reshape(sums, apart);
  const row = g.concat(...Array.from({ length: times }, () => bias), { axis: 0 });
  return g.reshape(g.add(sums, g.broadcastTo(row, shape)), apart);
}

/** [n, ...Q, ...phases, filters] as the output: each axis is its quotients and phases in turn, less what is cut off. */
function woven(g: G, phases: Node, axes: readonly Along[]): Node {
  const rank = axes.length;
  const filters = phases.type.shape.at(-1) as number;
  const turns = axes.flatMap((_, i) => [1 + i, 1 + rank + i]);
  const turned = g.transpose(phases, { perm: [0, ...turns, 1 + 2 * rank] });
  const shape = ["n" as const, ...axes.map((axis) => quotients(axis).count * axis.stride), filters];
  const starts = [0, ...axes.map((axis) => axis.cut - quotients(axis).first * axis.stride), 0];
  return g.slice(g.reshape(turned, { shape }), { starts, sizes: ["n", ...axes.map(({ output }) => output), filters] });
}

function badSteps(axes: readonly Along[], { outputPadding }: Keys): Problem | undefined {
  const both = axes.find(({ stride, dilation }) => stride > 1 && dilation > 1);
  if (both !== undefined) {
    const message = `strides or dilationRate must be 1, found ${both.stride} and ${both.dilation}`;
    return { path: "dilationRate", message, hint: "Keras excludes it too" };
  }
  const more = outputPadding === null ? [] : eachAxis(outputPadding, axes.length);
  const wide = more.findIndex((points, i) => points >= axes[i].stride);
  if (wide >= 0) {
    const message = `outputPadding must be less than strides, found ${more[wide]} and ${axes[wide].stride}`;
    return { path: "outputPadding", message, hint: "Keras excludes it too" };
  }
  if (axes.every(({ output }) => output > 0)) return undefined;
  const message = "outputPadding leaves an axis without a point";
  return { path: "outputPadding", code: "shape/mismatch", message, hint: "leave it out, or take larger strides" };
}

/** Transposed convolution along time, [n, T, C] to [n, OT, filters]. https://keras.io/api/layers/convolution_layers/convolution1d_transpose/ */
export const conv1dTranspose = convTranspose({
  name: "conv1dTranspose",
  keras: "Conv1DTranspose",
  says: "activation(what every step spreads over its patch, added up, + bias) over [steps, channels]: strides make it longer.",
  rank: 1,
});

/** Transposed convolution, [n, H, W, C] to [n, OH, OW, filters]. https://keras.io/api/layers/convolution_layers/convolution2d_transpose/ */
export const conv2dTranspose = convTranspose({
  name: "conv2dTranspose",
  keras: "Conv2DTranspose",
  says: "activation(what every point spreads over its patch, added up, + bias) over [height, width, channels]: strides make it larger.",
  rank: 2,
});

/** Transposed convolution, [n, D, H, W, C] to [n, OD, OH, OW, filters]. https://keras.io/api/layers/convolution_layers/convolution3d_transpose/ */
export const conv3dTranspose = convTranspose({
  name: "conv3dTranspose",
  keras: "Conv3DTranspose",
  says: "activation(what every point spreads over its patch, added up, + bias) over [depth, height, width, channels]: strides make it larger.",
  rank: 3,
});
