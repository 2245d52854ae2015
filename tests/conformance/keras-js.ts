// The cases of the keras.js project, computed by a Keras 2, as Models of ours. In: their JSON. Out: what layerc has, in its own
// terms; the rest is left, with the reason. Keras 2's hard_sigmoid is clip(0.2x + 0.5), ours is clip(x / 6 + 0.5): theirs of x is
// ours of 1.2x, and behind an affine layer the 1.2 goes into its weights.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { camelCase } from "../../compiler/diagnostics/check.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { type Choice, choose, Left } from "../fixtures/choice.ts";

interface Tensor {
  readonly data: readonly number[];
  readonly shape: readonly number[];
}
type Config = Readonly<Record<string, unknown>>;
interface Line {
  readonly class_name: string;
  readonly config: Config;
  /** Whose results it takes, where the case says so. */
  readonly inbound?: readonly string[];
  /** Which input it takes, where it takes no other's result. */
  readonly branch?: number;
}
interface Source {
  readonly id: string;
  readonly layers?: readonly Line[];
  readonly activation?: string;
  readonly args?: readonly Config[];
  readonly input?: Tensor;
  readonly inputs?: readonly Tensor[];
  readonly weights?: readonly Tensor[];
  readonly expected: Tensor;
}

export interface KerasJsCase {
  readonly case: string;
  readonly model: Model;
  readonly x: Float32Array | Readonly<Record<string, Float32Array>>;
  readonly y: Float32Array;
}

/** A line of ours and its weights, in Keras' order. */
interface Ours {
  readonly layer: string;
  readonly config: Config;
  readonly weights?: readonly string[];
  /** What a weight's numbers are multiplied by: by its last axis, of so many numbers. */
  readonly scale?: (column: number, columns: number) => number;
}
type Convert = (config: Config) => readonly Ours[];

const kernelAndBias = ({ useBias = true }: Config): readonly string[] => ["kernel", ...(useBias === true ? ["bias"] : [])];
const isHard = (name: unknown): boolean => name === "hard_sigmoid";

/** A layer x · w + b before its activation: a hard sigmoid's 1.2 goes into the weights. */
const affine =
  (layer: string): Convert =>
  (config) => [{ layer, config, weights: kernelAndBias(config), scale: () => (isHard(config.activation) ? 1.2 : 1) }];

const merges: readonly string[] = ["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"];

const known: Readonly<Record<string, Convert>> = {
  ...Object.fromEntries(merges.map((name): [string, Convert] => [name, (config) => [{ layer: name.toLowerCase(), config }]])),
  Activation: ({ activation }) => [
    ...(isHard(activation) ? [{ layer: "rescaling", config: { scale: 1.2 } }] : []),
    { layer: "activation", config: { activation } },
  ],
  BatchNormalization: (config) => {
    const { scale = true, center = true } = config;
    const trained = [...(scale === true ? ["gamma"] : []), ...(center === true ? ["beta"] : [])];
    return [{ layer: "batchNormalization", config, weights: [...trained, "moving_mean", "moving_variance"] }];
  },
  Conv2D: affine("conv2d"),
  Dense: affine("dense"),
  Dropout: ({ p, rate = p }) => [{ layer: "dropout", config: { rate } }],
  ELU: (config) => [{ layer: "elu", config }],
  Embedding: (config) => [{ layer: "embedding", config, weights: ["embeddings"] }],
  Flatten: (config) => [{ layer: "flatten", config }],
  LSTM: ({ stateful, ...config }) => {
    if (stateful === true) throw new Left("stateful");
    const line: Ours = {
      layer: "lstm",
      config,
      // The gates i, f, c, o side by side; c has the other activation.
      scale: (column, columns) => {
        const ofC = Math.floor((4 * column) / columns) === 2;
        return isHard(ofC ? config.activation : config.recurrentActivation) ? 1.2 : 1;
      },
      weights: ["kernel", "recurrent_kernel", ...kernelAndBias(config).slice(1)],
    };
    return [line];
  },
  LeakyReLU: ({ alpha }) => [{ layer: "leakyReLU", config: { negativeSlope: alpha } }],
  MaxPooling2D: (config) => [{ layer: "maxPooling2d", config }],
  PReLU: (config) => [{ layer: "prelu", config, weights: ["alpha"] }],
  Permute: (config) => [{ layer: "permute", config }],
  RepeatVector: (config) => [{ layer: "repeatVector", config }],
  Reshape: (config) => [{ layer: "reshape", config }],
  SeparableConv2D: (config) => [
    { layer: "separableConv2d", config, weights: ["depthwise_kernel", "pointwise_kernel", ...kernelAndBias(config).slice(1)] },
  ],
  ThresholdedReLU: ({ theta }) => [{ layer: "reLU", config: { threshold: theta } }],
};

/** The activations with arguments are layers. */
const withArgument: Readonly<Record<string, (args: Config) => Ours>> = {
  elu: ({ alpha }) => ({ layer: "elu", config: { alpha } }),
  relu: ({ maxValue = null, alpha = 0 }) => ({ layer: "reLU", config: { maxValue, negativeSlope: alpha } }),
};

function oursOf({ class_name, config }: Line): readonly Ours[] {
  if (!Object.hasOwn(known, class_name)) throw new Left(class_name);
  const { name: _name, data_format, ...rest } = config;
  if (data_format === "channels_first") throw new Left("channels_first");
  return known[class_name](Object.fromEntries(Object.entries(rest).map(([key, value]) => [camelCase(key), value])));
}

/** What each line takes: an input by its number, or lines before it. A merge that does not say joins branches that begin alike. */
function takenBy(lines: readonly Line[]): readonly (readonly (number | string)[])[] {
  const join = lines.at(-1);
  if (lines.some(({ inbound }) => inbound !== undefined))
    return lines.map(({ inbound = [], branch = 0 }) => (inbound.length === 0 ? [branch] : inbound));
  if (join === undefined || !merges.includes(join.class_name)) return lines.map((_, i) => [i === 0 ? 0 : `${i - 1}`]);
  const begins = (i: number): boolean => lines[i].class_name === lines[0].class_name;
  const ends = lines.flatMap((_, i) => (i === lines.length - 1 ? [] : begins(i + 1) || i === lines.length - 2 ? [`${i}`] : []));
  return lines.map((_, i) => (i === lines.length - 1 ? ends : [begins(i) ? 0 : `${i - 1}`]));
}

/** The layers with what each takes; an activation is a layer of its own. */
function lines({ layers: given = [], activation, args = [] }: Source) {
  const single = (ours: readonly Ours[]) => [{ name: "0", taken: [0], ours }];
  if (activation !== undefined)
    return single(args.length === 0 ? known.Activation({ activation }) : [withArgument[activation](args[0])]);
  const taken = takenBy(given);
  return given.map((line, i) => ({
    name: given.some(({ inbound }) => inbound !== undefined) ? String(line.config.name) : `${i}`,
    taken: taken[i],
    ours: oursOf(line),
  }));
}

function convert(source: Source): KerasJsCase {
  const { id, input, expected } = source;
  const inputs = source.inputs ?? (input === undefined ? [] : [input]);
  const given = [...(source.weights ?? [])];
  const weights: Record<string, Float32Array> = {};
  const specs = lines(source).flatMap(({ name, taken, ours }) =>
    ours.map(({ layer, config, weights: names = [], scale = () => 1 }, i): LayerSpec => {
      // What stands for a layer in several lines is called as it is at its end.
      const own = (k: number) => (k === ours.length - 1 ? `line ${name}` : `line ${name}.${k}`);
      for (const weight of names) {
        const { data, shape } = given.shift() ?? { data: [], shape: [] };
        const columns = shape.at(-1) ?? 1;
        weights[`${own(i)}/${weight}`] = Float32Array.from(data, (value, at) => value * scale(at % columns, columns));
      }
      const from = taken.map((one) => (typeof one === "number" ? `x${one}` : `line ${one}`));
      return { name: own(i), layer, config, inputs: i === 0 ? from : [own(i - 1)] };
    }),
  );
  if (given.length > 0) throw new Error(`${id}: ${given.length} weights too many`);
  const ports = inputs.map(({ shape }, i) => ({ name: `x${i}`, shape }));
  const values = inputs.map(({ data }, i): [string, Float32Array] => [`x${i}`, Float32Array.from(data)]);
  const model = { name: id, seed: 1, inputs: ports, layers: specs, weights };
  return {
    case: id,
    model,
    x: values.length === 1 ? values[0][1] : Object.fromEntries(values),
    y: Float32Array.from(expected.data),
  };
}

/** All cases of a folder of JSON files. */
export function kerasJs(folder: string): Choice<KerasJsCase> {
  const all = readdirSync(folder)
    .sort()
    .flatMap((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as readonly Source[]);
  return choose(all, ({ id }) => id, convert);
}
