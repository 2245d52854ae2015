// Layers that take something from data: mean and variance of samples, computed in doubles, boundaries of classes, vocabularies. In: samples.
// Out: a new Model, or what a config of `normalization` takes.

import { showValue } from "../compiler/diagnostics/check.ts";
import { CompileError, joinPath } from "../compiler/diagnostics/error.ts";
import { suggestionFor } from "../compiler/diagnostics/suggest.ts";
import { type Item, whole } from "../compiler/encode/define.ts";
import { checkModel } from "../compiler/front/check.ts";
import { forward } from "../compiler/front/forward.ts";
import { showShape, sizeOf } from "../compiler/graph/graph.ts";
import { showOrigin } from "../compiler/graph/origin.ts";
import { discretization, integerLookup, normalization, stringLookup, textVectorization } from "../compiler/layers/list.ts";
import { lookupFor, wordsFor } from "../compiler/layers/preprocessing/text-vectorization.ts";
import type { Given } from "../compiler/layers/preprocessing/vocabulary.ts";
import { sampleAxes } from "../compiler/layers/shared.ts";
import type { LayerSpec, Model } from "../compiler/model.ts";
import { begin } from "../compiler/ops/index.ts";
import { type Fault, readRows } from "../runtime/rows.ts";
import { readTexts } from "../runtime/texts.ts";
import type { RowsLike, TextsLike } from "../runtime/trainable.ts";
import { quantiles } from "./quantiles.ts";
import { vocabularyIn } from "./vocabularies.ts";

/** Samples back to back, or one list per sample: its numbers row-major, or nested to its shape. */
export type Samples = RowsLike;

/** One number per point of the kept axes, row-major; of all numbers alike where there are none. */
export interface Statistics {
  readonly mean: readonly number[];
  /** Biased: the mean of squared distances. */
  readonly variance: readonly number[];
}

/** How the samples are to be read. */
export interface AdaptOptions {
  readonly shape?: readonly number[];
  readonly axis?: number | readonly number[] | null;
}

/**
 * Mean and variance of samples for `normalization({ axis, mean, variance })`. `shape` is that of one sample (default: that of the
 * first one in a list of samples, one number each in a list of numbers); `axis` as in the layer. Throws CompileError shape/mismatch
 * for samples of another size or none at all, data/values for what is no finite number.
 */
export function adaptNormalization(samples: Samples, options: AdaptOptions = {}): Statistics {
  const { axis = -1, shape: given } = checkOptions(options);
  const { values: data, shape } = readRows("samples", samples, {
    ...(given === undefined ? {} : { shape: given }),
    numbers: "finite",
    // In doubles: a mean of many samples may need more digits than each of them has.
    into: Float64Array,
    error: fault,
  });
  const sample = given ?? (shape.length === 0 ? [1] : shape);
  const size = sizeOf(sample);
  const axes = axis === null ? [] : sampleAxes(axis, sample);
  if (axes === undefined) {
    throw new CompileError({
      code: "shape/rank",
      path: "axis",
      message: `axis ${JSON.stringify(axis)} is no axis of samples ${showShape(sample)}`,
    });
  }
  // Which of the result's numbers a number of the data belongs to: its coordinates along the kept axes.
  const groups = Array.from({ length: size }, (_, i) => {
    const coordinate = (a: number) => Math.floor(i / sizeOf(sample.slice(a + 1))) % sample[a];
    return axes.reduce((group, a) => group * sample[a] + coordinate(a), 0);
  });
  const count = sizeOf(axes.map((a) => sample[a]));
  const each = data.length / count;
  // Sums in doubles, in the order of the samples; the second pass takes distances from the mean, since E[x²] − E[x]² cancels.
  const average = (value: (i: number, group: number) => number): number[] => {
    const sums = new Float64Array(count);
    for (let i = 0; i < data.length; i++) sums[groups[i % size]] += value(i, groups[i % size]);
    return Array.from(sums, (sum) => sum / each);
  };
  const mean = average((i) => data[i]);
  // A variance that float32 has no number for is none: the layer takes 1e-7 for deviations below that.
  const variance = average((i, group) => (data[i] - mean[group]) ** 2).map((value) => (Math.fround(value) === 0 ? 0 : value));
  return { mean, variance };
}

/** What a layer is adapted with: its config, the shape of a sample as it takes it, and the samples. */
interface Adaption {
  readonly config: never;
  readonly shape: readonly number[];
  readonly samples: unknown;
}

const numbersIn = (samples: unknown, shape: readonly number[]): Float64Array =>
  readRows("samples", samples as Samples, { shape, numbers: "finite", into: Float64Array, error: fault }).values as Float64Array;

function textsIn(samples: unknown, shape: readonly number[]): readonly (readonly string[])[] {
  try {
    return rowsOf(readTexts("samples", samples, { shape }).values, sizeOf(shape));
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw fault(error instanceof TypeError ? "type" : "value", error.message);
  }
}

const rowsOf = <T>(values: ArrayLike<T>, size: number): readonly (readonly T[])[] =>
  Array.from({ length: values.length / size }, (_, row) => Array.from({ length: size }, (_, i) => values[row * size + i]));

function vocabularyFor(documents: readonly (readonly Item[])[], config: Given): Adapted {
  const special = config.numOovIndices + (config.maskToken !== null && config.outputMode === "int" ? 1 : 0);
  const most = config.maxTokens === null ? Number.POSITIVE_INFINITY : config.maxTokens - special;
  const found = vocabularyIn(documents, {
    without: [config.maskToken, config.oovToken],
    most,
    weights: config.outputMode === "tf_idf",
  });
  if (found.vocabulary.length === 0) throw fault("value", "the samples hold no entry for a vocabulary");
  return found;
}

type Adapted = Readonly<Record<string, unknown>>;
/** What each layer takes from data. */
const adapters: Readonly<Record<string, (given: Adaption) => Adapted>> = {
  normalization: ({ config, shape, samples }) => {
    const { axis } = normalization.config.parse(config);
    return { ...adaptNormalization(samples as Samples, { shape, axis }) };
  },
  discretization: ({ config, shape, samples }) => {
    const { numBins, epsilon } = discretization.config.parse(config);
    if (numBins !== null) return { binBoundaries: quantiles(numbersIn(samples, shape), numBins, epsilon) };
    const message = "discretization adapts where numBins says how many classes there are";
    throw new CompileError({ code: "layer/config", path: "numBins", message, hint: "give numBins instead of binBoundaries" });
  },
  stringLookup: ({ config, shape, samples }) => vocabularyFor(textsIn(samples, shape), stringLookup.config.parse(config)),
  integerLookup: ({ config, shape, samples }) => {
    const documents = rowsOf(Array.from(numbersIn(samples, shape), whole), sizeOf(shape));
    return vocabularyFor(documents, integerLookup.config.parse(config));
  },
  textVectorization: ({ config, shape, samples }) => {
    const keys = textVectorization.config.parse(config);
    const documents = textsIn(samples, shape).map((line) => wordsFor(keys, line));
    return vocabularyFor(documents, lookupFor(keys));
  },
};

/** By layer the key that says whether it has adapted to data, and what stands in for that where only shapes are asked for. */
const standIns: Readonly<Record<keyof typeof adapters, readonly [key: string, config: (given: Adapted) => Adapted]>> = {
  normalization: ["mean", () => ({ mean: 0, variance: 1 })],
  discretization: [
    "binBoundaries",
    ({ numBins }) => ({ binBoundaries: Array.from({ length: Number(numBins) - 1 }, (_, i) => i) }),
  ],
  stringLookup: ["vocabulary", withIdf("a")],
  integerLookup: ["vocabulary", withIdf(1)],
  textVectorization: ["vocabulary", withIdf("a")],
};
function withIdf(item: Item): (given: Adapted) => Adapted {
  return ({ outputMode }) => ({ vocabulary: [item], ...(outputMode === "tf_idf" ? { idfWeights: [1] } : {}) });
}

/** Whether a line is one of those that adapt to data, and has not yet. */
export const isUnadapted = ({ layer, config }: LayerSpec): boolean =>
  Object.hasOwn(standIns, layer) && (config[standIns[layer][0]] ?? null) === null;

/** The model with something in place of all that its lines would take from data: its shapes, not its numbers. */
export const withStandIns = (model: Model): Model => ({
  ...model,
  layers: model.layers.map((line) =>
    isUnadapted(line) ? { ...line, config: { ...line.config, ...standIns[line.layer][1](line.config) } } : line,
  ),
});

/** The shape of what a layer takes: an input's, as it is, or what the layers before it make. */
function takenBy(checked: ReturnType<typeof checkModel>, at: number): readonly number[] {
  const { entries, inputs } = checked;
  const entry = entries[at];
  let [source] = entry.sources;
  while ("call" in source && entries[source.call].layer.declares !== undefined) [source] = entries[source.call].sources;
  if ("input" in source) return inputs[source.input].shape;
  const before = { ...checked, entries: entries.slice(0, at), outputs: [{ name: "y", path: entry.path, source }] };
  return forward(begin(), before).outputs[0].y.type.shape.slice(1) as number[];
}

/**
 * The model with what one of its layers, named or counted from 0, takes from samples: mean and variance of a normalization, boundaries of a
 * discretization, the vocabulary of a lookup or a textVectorization. The samples are what that layer gets: inputs of the model where it
 * comes first. Throws CompileError layer/config where the layer adapts to nothing, shape/mismatch and data/values for other samples.
 */
export function adapt(model: Model, layer: string | number, samples: Samples | TextsLike): Model {
  const checked = checkModel(model);
  const { entries } = checked;
  // Lines of models within the model are theirs to adapt.
  const at = entries.findIndex(({ path, name }) => (typeof layer === "number" ? path === `layers[${layer}]` : name === layer));
  const entry = entries[at];
  const index = Number(/^layers\[(\d+)\]$/.exec(entry?.path ?? "")?.[1] ?? Number.NaN);
  if (entry === undefined || Number.isNaN(index)) {
    const names = entries.map(({ name }) => name);
    const hint = typeof layer === "string" ? suggestionFor(layer, names) : `there are ${names.length} layers, counted from 0`;
    throw new CompileError({
      code: "layer/unknown",
      path: "layers",
      message: `the model has no layer ${JSON.stringify(layer)}`,
      hint,
    });
  }
  const adapter = Object.hasOwn(adapters, entry.layer.name) ? adapters[entry.layer.name] : undefined;
  if (adapter === undefined) {
    const known = Object.keys(adapters);
    throw new CompileError({
      code: "layer/config",
      path: entry.path,
      message: `only ${known.slice(0, -1).join(", ")} and ${known.at(-1)} adapt to data, ${showOrigin(entry.origin)} does not`,
    });
  }
  const shape = takenBy(checked, at);
  try {
    const adapted = adapter({ config: entry.config as never, shape: shape.length === 0 ? [1] : shape, samples });
    const config = { ...model.layers[index].config, ...adapted };
    return { ...model, layers: model.layers.with(index, { ...model.layers[index], config }) };
  } catch (error) {
    throw error instanceof CompileError ? error.with({ under: joinPath(entry.path, "") }) : error;
  }
}

const fault = (kind: Fault, message: string): CompileError =>
  new CompileError({ code: kind === "size" ? "shape/mismatch" : "data/values", path: "", message });

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
const isList = (value: unknown, fits: (item: unknown) => boolean): boolean => Array.isArray(value) && value.every(fits);
const keys: { readonly [K in keyof Required<AdaptOptions>]: readonly [wanted: string, fits: (value: unknown) => boolean] } = {
  shape: ["a list of sizes", (value) => isList(value, (size) => isWhole(size) && size > 0)],
  axis: ["a whole number, a list of them, or null", (value) => value === null || isWhole(value) || isList(value, isWhole)],
};

function checkOptions(options: AdaptOptions): AdaptOptions {
  const wrong = (path: string, message: string, hint?: string) =>
    new CompileError({ code: "options/invalid", path, message, ...(hint === undefined ? {} : { hint }) });
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw wrong("", `options need an object, found ${showValue(options)}`);
  const unknown = Object.keys(options).find((key) => !Object.hasOwn(keys, key));
  if (unknown !== undefined)
    throw wrong(unknown, `unknown option ${JSON.stringify(unknown)}`, suggestionFor(unknown, Object.keys(keys)));
  const { shape, axis } = options;
  for (const [key, value] of Object.entries({ shape, axis })) {
    const [wanted, fits] = keys[key as keyof AdaptOptions];
    if (value !== undefined && !fits(value)) throw wrong(key, `${key} needs ${wanted}, found ${showValue(value)}`);
  }
  return { ...(shape === undefined ? {} : { shape }), ...(axis === undefined ? {} : { axis }) };
}
