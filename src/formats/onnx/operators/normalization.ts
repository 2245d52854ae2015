// Normalisations: by known statistics, by those of a sample's channels, groups or last axes. All are means and variances over axes.
import type { Node } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import { axisOf, type Made, type Operator, operator, type Site } from "../define.ts";
import { axesOf, type Value } from "../values.ts";
import { reshapeTo } from "./moves.ts";
import { reduced } from "./reductions.ts";

const mean = (site: Site, x: Value, axes: readonly number[]): Value =>
  reduced(site, x, axes, true, (g, node, at) => g.mean(node, { axes: at }));
const variance = (site: Site, x: Value, axes: readonly number[]): Value =>
  reduced(site, x, axes, true, (g, node, at) => g.variance(node, { axes: at }));
const inverse = (site: Site, x: Value, epsilon: number): Value =>
  site.elementwise([x], (g, a) => g.div(g.like(a, 1), g.sqrt(g.add(a, g.like(a, epsilon)))));
const times = (site: Site, a: Value, b: Value): Value => site.elementwise([a, b], (g, x, y) => g.mul(x, y));
const plus = (site: Site, a: Value, b: Value | undefined): Value =>
  b === undefined ? a : site.elementwise([a, b], (g, x, y) => g.add(x, y));
const minus = (site: Site, a: Value, b: Value): Value => site.elementwise([a, b], (g, x, y) => g.sub(x, y));

/** A number for each channel, against [N, C, ...]. */
const perChannel = (site: Site, value: Value, rank: number): Value =>
  value.shape.length !== 1 ? value : reshapeTo(site, site.each(value), [...value.shape, ...axesOf(rank - 2).map(() => 1)]);

/** By statistics of training: (x − mean) / √(variance + ε) · scale + shift. */
const batchNorm = (site: Site): Made => {
  const x = site.input(0);
  // Before version 14 more than one output meant training, but for a node of the first versions that says otherwise.
  const isOld = site.version < 14 && site.outputCount > 1 && !(site.version < 7 && site.int("is_test", 0) === 1);
  if (site.int("training_mode", 0) === 1 || isOld) site.refuse("in training mode", "export the model for inference");
  const [scale, shift, average, spread] = [1, 2, 3, 4].map((i) => perChannel(site, site.input(i), x.shape.length));
  // What is known of weights alone is one product and one sum.
  const factor = times(site, scale, inverse(site, spread, site.float("epsilon", 1e-5)));
  return plus(site, times(site, x, factor), minus(site, shift, times(site, average, factor)));
};

const instanceNorm = (site: Site): Value => {
  const x = site.input(0);
  const axes = axesOf(x.shape.length - 2, 2);
  const centered = minus(site, x, mean(site, x, axes));
  const normal = times(site, centered, inverse(site, variance(site, x, axes), site.float("epsilon", 1e-5)));
  const [scale, shift] = [1, 2].map((i) => perChannel(site, site.input(i), x.shape.length));
  return plus(site, times(site, normal, scale), shift);
};

const groupNorm = (site: Site): Value => {
  const x = site.input(0);
  const [samples, channels, ...rest] = x.shape;
  const groups = site.int("num_groups", 1);
  const apart = reshapeTo(site, x, [samples, groups, channels / groups, ...rest]);
  const axes = axesOf(apart.shape.length - 2, 2);
  const centered = minus(site, apart, mean(site, apart, axes));
  const normal = times(site, centered, inverse(site, variance(site, apart, axes), site.float("epsilon", 1e-5)));
  const [scale, shift] = [1, 2].map((i) => site.input(i));
  // Version 18 had a number for each group.
  const isByGroup = scale.shape[0] === groups && groups !== channels;
  const by = (value: Value): Value => perChannel(site, value, isByGroup ? apart.shape.length : x.shape.length);
  const back = (value: Value): Value => (isByGroup ? value : reshapeTo(site, value, x.shape));
  return reshapeTo(site, plus(site, times(site, back(normal), by(scale)), by(shift)), x.shape);
};

/** Over the last axes from one on; also the mean and 1 / √(variance + ε), ε the node's or `otherwise`. */
export function layerNormed(site: Site, x: Value, axis: number, scale: Value, shift: Value | undefined, otherwise: number) {
  const axes = axesOf(x.shape.length - axis, axis);
  const average = mean(site, x, axes);
  const deviation = inverse(site, variance(site, x, axes), site.float("epsilon", otherwise));
  const normal = times(site, minus(site, x, average), deviation);
  return [plus(site, times(site, normal, scale), shift), average, deviation] as const;
}

const layerNorm = (site: Site): Made => {
  const x = site.input(0);
  const axis = axisOf(site, site.int("axis", -1), x.shape.length);
  return layerNormed(site, x, axis, site.input(1), site.optional(2), 1e-5);
};

/** x / √(mean of squares + ε) · scale over the last axes from one on; also 1 / √(…). */
export function rmsNormed(site: Site, x: Value, axis: number, scale: Value, otherwise: number): readonly [Value, Value] {
  const squares = site.elementwise([x], (g, a) => g.square(a));
  const deviation = inverse(site, mean(site, squares, axesOf(x.shape.length - axis, axis)), site.float("epsilon", otherwise));
  return [times(site, times(site, x, deviation), scale), deviation];
}

const rmsNorm = (site: Site): Made => {
  const x = site.input(0);
  return rmsNormed(site, x, axisOf(site, site.int("axis", -1), x.shape.length), site.input(1), 1e-5);
};

/** (x − mean) / √variance, with a small number where the variance is 0. */
const meanVariance = (site: Site): Value => {
  const x = site.input(0);
  const axes = (site.ints("axes") ?? [0, 2, 3]).map((axis) => axisOf(site, axis, x.shape.length));
  const deviation = site.elementwise([variance(site, x, axes)], (g, a) => g.add(g.sqrt(a), g.like(a, 1e-9)));
  return site.elementwise([minus(site, x, mean(site, x, axes)), deviation], (g, a, b) => g.div(a, b));
};

/** x over its norm; a line of zeros stays. */
const lpNorm = (site: Site): Value => {
  const x = site.input(0);
  const axis = axisOf(site, site.int("axis", -1), x.shape.length);
  const build = (g: G, node: Node, axes: readonly number[]): Node =>
    site.int("p", 2) === 1 ? g.reduceSum(g.abs(node), { axes }) : g.sqrt(g.reduceSum(g.square(node), { axes }));
  const norm = reduced(site, x, [axis], true, build);
  return site.elementwise([x, norm], (g, a, b) => g.select(b, g.div(a, b), g.like(a, 0)));
};

/** Rows of the group. */
export const normalizations: readonly Operator[] = [
  operator("BatchNormalization", 1, batchNorm),
  operator("InstanceNormalization", 1, instanceNorm),
  operator("GroupNormalization", 18, groupNorm),
  operator("LayerNormalization", 17, layerNorm),
  operator("RMSNormalization", 23, rmsNorm),
  // What onnxruntime calls it, in no domain of its own.
  operator("SimplifiedLayerNormalization", 1, rmsNorm),
  operator("MeanVarianceNormalization", 9, meanVariance),
  operator("LpNormalization", 1, lpNorm),
];
