// What reduceSum and reduceMax share: the type rule, the loops, the reference.

import type { Random } from "../../base/random.ts";
import { showShape, type Type } from "../../graph/graph.ts";
import type { Core } from "../../program/nest/core.ts";
import { dimsOf, pointOf } from "../../program/nest/core.ts";
import type { Fold } from "../../program/nest/nest.ts";
import { at, type Coord } from "../../program/nest/view.ts";
import * as v from "../../program/value.ts";
import type { EvalContext, NestSite, Sample, Tensor } from "../define.ts";
import { wrongRank } from "./checks.ts";
import { sampleShape } from "./elementwise.ts";
import { sumSize } from "./rounding.ts";
import { eachPoint, positionOf, tabulate } from "./tensor.ts";

/** The axes that vanish, in any order. */
export type ReduceAttrs = { readonly axes: readonly number[] };

/** The shape of x without `axes`. Throws shape/rank where an axis is missing or named twice. */
export function reduceType(name: string, [x]: readonly Type[], { axes }: ReduceAttrs): Type {
  const bad = axes.find((axis, i) => axis >= x.shape.length || axes.indexOf(axis) !== i);
  if (bad !== undefined) wrongRank(name, `distinct axes of ${showShape(x.shape)}`, showShape(axes));
  return { shape: x.shape.filter((_, axis) => !axes.includes(axis)) };
}

/** Folds x over `axes` from `init`, in row-major order of x; the reference, in doubles. */
export function evalReduce(
  x: Tensor,
  { axes }: ReduceAttrs,
  { shape }: EvalContext,
  init: number,
  fold: (a: number, b: number) => number,
): Tensor {
  const result = tabulate(shape, () => init);
  eachTerm(x, axes, shape, (to, term) => {
    result.data[to] = fold(result.data[to], term);
  });
  return result;
}

/** Every element of x in row-major order, and where it goes when `axes` vanish. */
function eachTerm(x: Tensor, axes: readonly number[], shape: readonly number[], visit: (to: number, term: number) => void): void {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const point = kept.map(() => 0);
  eachPoint(x.shape, (coords, from) => {
    for (let i = 0; i < kept.length; i++) point[i] = coords[kept[i]];
    visit(positionOf(shape, point), x.data[from]);
  });
}

/** How far sums over `axes` may be off: their terms one by one, in float32 and in doubles. */
export function reduceRounding(x: Tensor, { shape, data }: Tensor, { axes }: ReduceAttrs): Float64Array {
  const rounded = new Float64Array(data.length);
  const magnitude = new Float64Array(data.length);
  eachTerm(x, axes, shape, (to, term) => {
    rounded[to] = Math.fround(rounded[to] + Math.fround(term));
    magnitude[to] += Math.abs(term);
  });
  const count = x.data.length / Math.max(1, data.length);
  return magnitude.map((all, i) => sumSize(count, all, rounded[i] - data[i]));
}

/** The loops: dims i0.. over the result, k0.. over the reduced axes, outermost first. */
export function reduceCore(site: NestSite<ReduceAttrs>, fold: (coords: readonly Coord[]) => Fold): Core {
  const { shape } = site.inputs[0];
  const axes = [...site.attrs.axes].sort((a, b) => a - b);
  let kept = 0;
  const coords = shape.map((_, axis) => at(axes.includes(axis) ? `k${axes.indexOf(axis)}` : `i${kept++}`));
  return {
    map: dimsOf(site.shape),
    reduce: axes.map((axis, k) => [`k${k}`, shape[axis]]),
    fold: fold(coords),
    value: v.acc(site.fmt),
    coords: pointOf(site.shape),
    into: "store",
  };
}

/** A small tensor and any of its axes, none and n included. */
export function sampleReduce(random: Random): Sample<ReduceAttrs> {
  const type = sampleShape(random, 1);
  return { inputs: [type], attrs: { axes: type.shape.map((_, axis) => axis).filter(() => random.integer(0, 1) === 1) } };
}
