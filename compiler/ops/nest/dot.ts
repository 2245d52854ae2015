// Dot: every product of two tensors that is a sum over common axes.
//
//   y[b, i, j] = Σ_k left[b, i, k] · right[b, j, k]      b batch, i left free, j right free, k contracted; each any number of axes
//
//   x · W           [n, in] [in, out]                      no batch, contract [1] [0]               → [n, out]
//   a convolution   [n, oh, ow, c, kh, kw] [kh, kw, c, f]  no batch, contract [4, 5, 3] [0, 1, 2]   → [n, oh, ow, f]
//   depthwise       [n, oh, ow, c, kh, kw] [kh, kw, c, m]  batch [3] [2] at 3, contract [4, 5] [0, 1]   → [n, oh, ow, c, m]
//
// `at` says behind how many free axes the batch axes stand in the result, 0 unless given. The order of the sum is that of `contract`, its first axis outermost. Operands may have their axes in any order: a view says so.
import * as z from "zod";
import { type Shape, sameShape, showShape, sizeOf } from "../../graph/graph.ts";
import type { Core } from "../../program/nest/core.ts";
import { dimsOf, pointOf } from "../../program/nest/core.ts";
import { at, type Coord, readAt } from "../../program/nest/view.ts";
import * as v from "../../program/value.ts";
import type { NestSite, Primitive, Tensor } from "../define.ts";
import { mismatch, wrongRank } from "../kit/checks.ts";
import { sumSize } from "../kit/rounding.ts";
import { array, offsetsOver } from "../kit/tensor.ts";
import { adjoint } from "./dot-adjoint.ts";
import { type DotAttrs, freeAxes, pairSchema, placesOf, sampleDot } from "./dot-axes.ts";

/** `y[b, i, j] = Σ_k left[b, i, k] · right[b, j, k]`; the cotangents are dots too (`dot-adjoint.ts`). */
export const dot: Primitive<DotAttrs> = {
  kind: "primitive",
  name: "dot",
  says: "Σ left · right over `contract`, for each point of batch, left free and right free axes, batch behind `at` free ones. From 0, in row-major order of the list; NaN wins.",
  arity: 2,
  // Equal dots have equal attributes, so that 0 is left out.
  attrs: z
    .strictObject({ batch: pairSchema, contract: pairSchema, at: z.int().min(0).default(0) })
    .transform(({ at, ...pairs }): DotAttrs => (at === 0 ? pairs : { ...pairs, at })),
  type: ([left, right], attrs) => {
    const { batch, contract } = attrs;
    for (const [side, { shape }] of [left, right].entries()) {
      const named = [...batch[side], ...contract[side]];
      const distinct = named.every((axis, i) => axis < shape.length && named.indexOf(axis) === i);
      if (!distinct) wrongRank("dot", `distinct axes of ${showShape(shape)}`, showShape(named));
    }
    const given = `${showShape(left.shape)} and ${showShape(right.shape)}`;
    for (const [a, b] of [batch, contract]) {
      const fits = a.every((axis, i) => left.shape[axis] === right.shape[b[i]]);
      if (!fits) mismatch("dot", `equal sizes on axes ${showShape(a)} and ${showShape(b)}`, given);
    }
    const { at: place = 0 } = attrs;
    const free = placesOf(left.shape.length, right.shape.length, attrs).rank - batch[0].length;
    if (place > free) wrongRank("dot", `at most ${free} free axes before the batch axes`, `at ${place}`);
    const shape = resultShape(left.shape, right.shape, attrs);
    if (shape.indexOf("n", 1) > 0) mismatch("dot", "n on axis 0 of its result", `${showShape(shape)} from ${given}`);
    return { shape };
  },
  eval: ([left, right], attrs, { shape }) => {
    const data = new Float64Array(sizeOf(shape));
    overSums(left, right, shape, attrs, (to, a, b, from) => {
      let sum = 0;
      for (let k = 0; k < a.length; k++) sum += a[k] * b[from + k];
      data[to] = sum;
    });
    return { shape, data };
  },
  rounding,
  vjp: (g, { inputs: [left, right], ct, attrs }) => [
    adjoint(g, 0, left, right, ct, attrs),
    adjoint(g, 1, right, left, ct, attrs),
  ],
  lower: { kind: "nest", fusable: true, cores },
  sample: sampleDot,
  examples: [
    {
      inputs: [array([2, 2], [1, 2, 3, 4]), array([2, 2], [5, 6, 7, 8])],
      attrs: { batch: [[], []], contract: [[1], [0]] },
      output: array([2, 2], [19, 22, 43, 50]),
    },
    {
      inputs: [array([2, 2], [1, 2, 3, 4]), array([2, 2], [5, 6, 7, 8])],
      attrs: { batch: [[0], [1]], contract: [[1], [0]] },
      output: array([2], [19, 50]),
    },
    {
      inputs: [array([2, 2], [1, 2, 3, 4]), array([2, 2], [5, 6, 7, 8])],
      attrs: { batch: [[1], [0]], contract: [[], []], at: 1 },
      output: array([2, 2, 2], [5, 6, 14, 16, 15, 18, 28, 32]),
    },
    { inputs: [array([1, 0], []), array([0], [])], attrs: { batch: [[], []], contract: [[1], [0]] }, output: array([1], [0]) },
  ],
};

/** Sizes of batch and free axes where `placesOf` puts them. */
function resultShape(left: Shape, right: Shape, attrs: DotAttrs): Shape {
  const { rank, ...places } = placesOf(left.length, right.length, attrs);
  const shape = new Array<Shape[number]>(rank);
  places.batch.forEach((place, i) => {
    shape[place] = left[attrs.batch[0][i]];
  });
  freeAxes(left.length, 0, attrs).forEach((axis, i) => {
    shape[places.left[i]] = left[axis];
  });
  freeAxes(right.length, 1, attrs).forEach((axis, i) => {
    shape[places.right[i]] = right[axis];
  });
  return shape;
}

/** Visits every element of the result: where it stands, and the terms of its sum in order, those of the right operand from a place on. */
function overSums(
  left: Tensor,
  right: Tensor,
  shape: readonly number[],
  attrs: DotAttrs,
  visit: (to: number, left: Float64Array, right: Float64Array, from: number) => void,
): void {
  const stand = standing(left, right, shape, attrs);
  const [leftBatch, leftFree, leftSum] = stand.left;
  const [batchTo, leftTo, rightTo] = stand.to;
  const a = new Float64Array(leftSum.length);
  batchTo.forEach((start, batch) => {
    const b = sideBySide(right, stand, batch);
    leftFree.forEach((free, i) => {
      for (let k = 0; k < a.length; k++) a[k] = left.data[leftBatch[batch] + free + leftSum[k]];
      for (let j = 0; j < rightTo.length; j++) visit(start + leftTo[i] + rightTo[j], a, b, j * a.length);
    });
  });
}

/** Where the operands' elements stand, along batch, free and contracted axes; and those of the result, of batch, left and right. */
interface Standing {
  readonly shapes: readonly (readonly number[])[];
  readonly left: readonly Int32Array[];
  readonly right: readonly Int32Array[];
  readonly to: readonly Int32Array[];
}
/** A dot in a loop is asked at every step, and in run after run. */
const last = new WeakMap<DotAttrs, Standing>();

function standing(left: Tensor, right: Tensor, shape: readonly number[], attrs: DotAttrs): Standing {
  const known = last.get(attrs);
  const shapes = [left.shape, right.shape];
  if (known !== undefined && shapes.every((sizes, side) => sameShape(sizes, known.shapes[side]))) return known;
  const places = placesOf(left.shape.length, right.shape.length, attrs);
  const [ofLeft, ofRight] = ([0, 1] as const).map((side) =>
    [attrs.batch[side], freeAxes(shapes[side].length, side, attrs), attrs.contract[side]].map((axes) => walk(shapes[side], axes)),
  );
  const to = [places.batch, places.left, places.right].map((axes) => walk(shape, axes));
  const made = { shapes, left: ofLeft, right: ofRight, to };
  last.set(attrs, made);
  return made;
}

/** Numbers of weights that are kept side by side, and how many at most. */
const kept = new WeakMap<Float64Array, { readonly stand: Standing; readonly terms: Float64Array }>();
const mostKept = 2 ** 20;

/** The right operand's terms, those of a sum side by side: sums run along memory, whatever the axes' order. */
function sideBySide({ data }: Tensor, stand: Standing, batch: number): Float64Array {
  const known = kept.get(data);
  if (known?.stand === stand) return known.terms;
  const [batches, free, sum] = stand.right;
  const terms = new Float64Array(free.length * sum.length);
  for (let j = 0; j < free.length; j++)
    for (let k = 0; k < sum.length; k++) terms[j * sum.length + k] = data[batches[batch] + free[j] + sum[k]];
  if (batches.length === 1 && terms.length <= mostKept) kept.set(data, { stand, terms });
  return terms;
}

/** The terms of each sum in float32, one by one, and their magnitudes. */
function rounding([left, right]: readonly Tensor[], { shape, data }: Tensor, attrs: DotAttrs): Float64Array {
  const sizes = new Float64Array(data.length);
  overSums(left, right, shape, attrs, (to, a, b, from) => {
    let rounded = 0;
    let magnitude = 0;
    for (let k = 0; k < a.length; k++) {
      const term = a[k] * b[from + k];
      rounded = Math.fround(rounded + Math.fround(term));
      magnitude += Math.abs(term);
    }
    sizes[to] = sumSize(a.length, magnitude, rounded - data[to]);
  });
  return sizes;
}

/** Offsets of all points along `axes`, in row-major order of that list. */
const walk = (shape: readonly number[], axes: readonly number[]): Int32Array =>
  offsetsOver(axes.map((axis) => shape[axis]), axes.map((axis) => sizeOf(shape.slice(axis + 1)))); // biome-ignore format: one line

// Dims i0.. of the map are the result's axes; k0.. of the reduction are the pairs of `contract`, the first outermost.
function cores({ attrs, inputs: [left, right], shape, fmt }: NestSite<DotAttrs>): readonly Core[] {
  const places = placesOf(left.shape.length, right.shape.length, attrs);
  const coords = (side: 0 | 1): Coord[] => {
    const { length } = [left, right][side].shape;
    const free = freeAxes(length, side, attrs);
    const own = side === 0 ? places.left : places.right;
    return Array.from({ length }, (_, axis) => {
      if (attrs.batch[side].includes(axis)) return at(`i${places.batch[attrs.batch[side].indexOf(axis)]}`);
      if (attrs.contract[side].includes(axis)) return at(`k${attrs.contract[side].indexOf(axis)}`);
      return at(`i${own[free.indexOf(axis)]}`);
    });
  };
  return [
    {
      map: dimsOf(shape),
      reduce: attrs.contract[0].map((axis, k) => [`k${k}`, left.shape[axis]]),
      fold: { how: "madd", init: v.lit(0, fmt), term: [readAt(left, coords(0), fmt), readAt(right, coords(1), fmt)] },
      value: v.acc(fmt),
      coords: pointOf(shape),
      into: "store",
    },
  ];
}
