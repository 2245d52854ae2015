// Fitting a normalization layer to data: the mean and variance of samples, computed in doubles. In: samples. Out: a new Model, or the
// two numbers lists for a config.

import { showValue } from "../compiler/diagnostics/check.ts";
import { CompileError, joinPath } from "../compiler/diagnostics/error.ts";
import { suggestionFor } from "../compiler/diagnostics/suggest.ts";
import { checkModel } from "../compiler/front/check.ts";
import { forward } from "../compiler/front/forward.ts";
import { showShape, sizeOf } from "../compiler/graph/graph.ts";
import { showOrigin } from "../compiler/graph/origin.ts";
import { normalization } from "../compiler/layers/list.ts";
import { sampleAxes } from "../compiler/layers/shared.ts";
import type { Model } from "../compiler/model.ts";
import { begin } from "../compiler/ops/index.ts";
import { type Fault, readRows } from "../runtime/rows.ts";
import type { RowsLike } from "../runtime/trainable.ts";

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

/**
 * The model with the mean and variance of `samples` in one of its normalization layers, named or counted from 0. The samples are what
 * that layer gets: inputs of the model where it comes first. Throws CompileError layer/config where the layer is no normalization, and
 * as adaptNormalization does.
 */
export function adapt(model: Model, layer: string | number, samples: Samples): Model {
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
  if (entry.layer !== normalization) {
    throw new CompileError({
      code: "layer/config",
      path: entry.path,
      message: `only normalization adapts to data, ${showOrigin(entry.origin)} does not`,
    });
  }
  // What comes before it; the layer itself may have no mean yet.
  const before = {
    ...checked,
    entries: entries.slice(0, at),
    outputs: [{ name: "y", path: entry.path, source: entry.sources[0] }],
  };
  const shape = forward(begin(), before).outputs[0].y.type.shape.slice(1) as number[];
  const { axis } = normalization.config.parse(entry.config);
  try {
    const config = { ...model.layers[index].config, ...adaptNormalization(samples, { shape, axis }) };
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
