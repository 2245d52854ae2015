// Dot: every product of two tensors that is a sum over common axes.
//
//   y[b, i, j] = Σ_k left[b, i, k] · right[b, j, k]      b batch, i left free, j right free, k contracted; each any number of axes
//
//   x · W           [n, in] [in, out]                      no batch, contract [1] [0]               → [n, out]
//   a convolution   [n, oh, ow, c, kh, kw] [kh, kw, c, f]  no batch, contract [4, 5, 3] [0, 1, 2]   → [n, oh, ow, f]
//
// The order of the sum is that of `contract`, its first axis outermost. Operands may have their axes in any order: a view says so.
import * as z from "zod";
import { type Shape, showShape, sizeOf } from "../../graph/graph.ts";
import type { Core } from "../../program/nest/core.ts";
import { dimsOf, pointOf } from "../../program/nest/core.ts";
import { at, type Coord, readAt } from "../../program/nest/view.ts";
import * as v from "../../program/value.ts";
import type { NestSite, Primitive, Tensor } from "../define.ts";
import { mismatch, wrongRank } from "../kit/checks.ts";
import { sumSize } from "../kit/rounding.ts";
import { array } from "../kit/tensor.ts";
import { adjoint } from "./dot-adjoint.ts";
import { type DotAttrs, freeAxes, pairSchema, sampleDot } from "./dot-axes.ts";

/** `y[b, i, j] = Σ_k left[b, i, k] · right[b, j, k]`; the cotangents are dots too (`dot-adjoint.ts`). */
export const dot: Primitive<DotAttrs> = {
  kind: "primitive",
  name: "dot",
  says: "Σ left · right over `contract`, for each point of batch, then left free, then right free axes. From 0, in row-major order of the list; NaN wins.",
  arity: 2,
  attrs: z.strictObject({ batch: pairSchema, contract: pairSchema }),
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
    const shape = resultShape(left.shape, right.shape, attrs);
    if (shape.indexOf("n", 1) > 0) mismatch("dot", "n on axis 0 of its result", `${showShape(shape)} from ${given}`);
    return { shape };
  },
  eval: ([left, right], attrs, { shape }) => {
    const [[leftBatch, leftFree, leftSum], [rightBatch, rightFree, rightSum]] = offsetsOf(left, right, attrs);
    const data = new Float64Array(sizeOf(shape));
    let to = 0;
    leftBatch.forEach((a, b) => {
      for (const i of leftFree) {
        for (const j of rightFree) {
          let sum = 0;
          for (let k = 0; k < leftSum.length; k++)
            sum += left.data[a + i + leftSum[k]] * right.data[rightBatch[b] + j + rightSum[k]];
          data[to++] = sum;
        }
      }
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
    { inputs: [array([1, 0], []), array([0], [])], attrs: { batch: [[], []], contract: [[1], [0]] }, output: array([1], [0]) },
  ],
};

/** Batch, left free, right free. */
function resultShape(left: Shape, right: Shape, attrs: DotAttrs): Shape {
  const [leftFree, rightFree] = [freeAxes(left.length, 0, attrs), freeAxes(right.length, 1, attrs)];
  return [...[...attrs.batch[0], ...leftFree].map((axis) => left[axis]), ...rightFree.map((axis) => right[axis])];
}

/** Where the operands' elements stand: along batch, free and contracted axes. */
const offsetsOf = (left: Tensor, right: Tensor, attrs: DotAttrs): readonly number[][][] =>
  ([0, 1] as const).map((side) => {
    const x = [left, right][side];
    return [attrs.batch[side], freeAxes(x.shape.length, side, attrs), attrs.contract[side]].map((axes) => walk(x, axes));
  });

/** The terms of each sum in float32, one by one, and their magnitudes. */
function rounding([left, right]: readonly Tensor[], { data }: Tensor, attrs: DotAttrs): Float64Array {
  const [[leftBatch, leftFree, leftSum], [rightBatch, rightFree, rightSum]] = offsetsOf(left, right, attrs);
  const sizes = new Float64Array(data.length);
  let to = 0;
  leftBatch.forEach((a, b) => {
    for (const i of leftFree) {
      for (const j of rightFree) {
        let rounded = 0;
        let magnitude = 0;
        for (let k = 0; k < leftSum.length; k++) {
          const term = left.data[a + i + leftSum[k]] * right.data[rightBatch[b] + j + rightSum[k]];
          rounded = Math.fround(rounded + Math.fround(term));
          magnitude += Math.abs(term);
        }
        sizes[to] = sumSize(leftSum.length, magnitude, rounded - data[to]);
        to++;
      }
    }
  });
  return sizes;
}

/** Offsets of all points along `axes`, in row-major order of that list. */
function walk({ shape }: Tensor, axes: readonly number[]): number[] {
  return axes.reduce(
    (offsets, axis) => {
      const stride = sizeOf(shape.slice(axis + 1));
      return offsets.flatMap((offset) => Array.from({ length: shape[axis] }, (_, i) => offset + i * stride));
    },
    [0],
  );
}

// Dims i0.. of the map are the result's axes; k0.. of the reduction are the pairs of `contract`, the first outermost.
function cores({ attrs, inputs: [left, right], shape, fmt }: NestSite<DotAttrs>): readonly Core[] {
  const leftFree = freeAxes(left.shape.length, 0, attrs);
  const coords = (side: 0 | 1): Coord[] => {
    const { length } = [left, right][side].shape;
    const free = freeAxes(length, side, attrs);
    const first = attrs.batch[0].length + (side === 0 ? 0 : leftFree.length);
    return Array.from({ length }, (_, axis) => {
      if (attrs.batch[side].includes(axis)) return at(`i${attrs.batch[side].indexOf(axis)}`);
      if (attrs.contract[side].includes(axis)) return at(`k${attrs.contract[side].indexOf(axis)}`);
      return at(`i${first + free.indexOf(axis)}`);
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
