// Fitting a normalization layer to data: the mean and variance of samples, computed in doubles. In: samples. Out: a new Model, or the
// two numbers lists for a config.

import { CompileError, joinPath } from "../compiler/diagnostics/error.ts";
import { suggestionFor } from "../compiler/diagnostics/suggest.ts";
import { checkModel } from "../compiler/front/check.ts";
import { resolve } from "../compiler/front/steps.ts";
import { showShape, sizeOf } from "../compiler/graph/graph.ts";
import { showOrigin } from "../compiler/graph/origin.ts";
import { normalization } from "../compiler/layers/list.ts";
import { sampleAxes } from "../compiler/layers/shared.ts";
import type { Model } from "../compiler/model.ts";

/** Samples back to back, or one list of numbers per sample; a sample of more axes is row-major. */
export type Samples = ArrayLike<number> | readonly (readonly number[])[];

/** One number per point of the kept axes, row-major; of all numbers alike where there are none. */
export interface Statistics {
  readonly mean: readonly number[];
  /** Biased: the mean of squared distances. */
  readonly variance: readonly number[];
}

/**
 * Mean and variance of samples for `normalization({ axis, mean, variance })`. `shape` is that of one sample (default: one axis as
 * long as the first list); `axis` as in the layer. Throws CompileError shape/mismatch for samples of another size or none at all.
 */
export function adaptNormalization(
  samples: Samples,
  { shape, axis = -1 }: { readonly shape?: readonly number[]; readonly axis?: number | readonly number[] | null } = {},
): Statistics {
  const first = samples[0];
  const size = shape === undefined ? (typeof first === "number" ? 1 : (first?.length ?? 0)) : sizeOf(shape);
  const sample = shape ?? [size];
  const data = flat(samples, size);
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
 * that layer gets: inputs of the model where it comes first. Throws CompileError layer/config where the layer is no normalization.
 */
export function adapt(model: Model, layer: string | number, samples: Samples): Model {
  const { entries, inputShape } = checkModel(model);
  const index = typeof layer === "number" ? layer : entries.findIndex((entry) => entry.name === layer);
  const entry = entries[index];
  if (entry === undefined) {
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
  const { weights: _notNeeded, ...spec } = model;
  const shape = index === 0 ? inputShape : resolve({ ...spec, layers: model.layers.slice(0, index) }).outputShape;
  const { axis } = normalization.config.parse(entry.config);
  try {
    const config = { ...model.layers[index].config, ...adaptNormalization(samples, { shape, axis }) };
    return { ...model, layers: model.layers.with(index, { ...model.layers[index], config }) };
  } catch (error) {
    throw error instanceof CompileError ? error.with({ under: joinPath(entry.path, "") }) : error;
  }
}

/** The samples' numbers one after the other. Throws shape/mismatch where they are no whole number of samples. */
function flat(samples: Samples, size: number): ArrayLike<number> {
  if (typeof samples[0] === "number") {
    if (size === 0 || samples.length % size !== 0)
      throw wrong(`samples of ${size} numbers back to back are a multiple of that, found ${samples.length}`);
    return samples as ArrayLike<number>;
  }
  const rows = samples as readonly (readonly number[])[];
  if (rows.length === 0 || size === 0) throw wrong("there must be at least one sample with at least one number, found none");
  const odd = rows.findIndex((row) => row.length !== size);
  if (odd >= 0) throw wrong(`every sample has ${size} numbers, sample ${odd} has ${rows[odd].length}`);
  return rows.flat();
}

const wrong = (message: string): CompileError => new CompileError({ code: "shape/mismatch", path: "", message });
