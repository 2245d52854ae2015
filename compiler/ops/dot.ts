import * as z from "zod";
import { type Node, type Shape, showShape, sizeOf } from "../ir/graph.ts";
import * as v from "../program/value.ts";
import { at, type Coord, valueAt } from "../program/view.ts";
import type { Random } from "../random.ts";
import { axesSchema, reject } from "./checks.ts";
import type { Core, NestSite, Primitive, Sample, Tensor } from "./define.ts";
import type { G } from "./index.ts";

type Pair = readonly [left: readonly number[], right: readonly number[]];
/** Axes that go together: position i of the left list with position i of the right one. */
export type DotAttrs = { readonly batch: Pair; readonly contract: Pair };

const pairSchema: z.ZodType<Pair> = z
  .tuple([axesSchema, axesSchema])
  .refine(([left, right]) => left.length === right.length, "left and right need as many axes")
  .readonly();

/** The axes of one side that are neither batch nor contracted, ascending. */
export const freeAxes = (rank: number, side: 0 | 1, { batch, contract }: DotAttrs): number[] =>
  Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !batch[side].includes(axis) && !contract[side].includes(axis));

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
      if (named.some((axis, i) => axis >= shape.length || named.indexOf(axis) !== i)) {
        reject("shape/rank", `dot needs distinct axes of ${showShape(shape)}, found ${showShape(named)}`);
      }
    }
    for (const [a, b] of [batch, contract]) {
      if (a.some((axis, i) => left.shape[axis] !== right.shape[b[i]])) {
        reject(
          "shape/mismatch",
          `dot needs equal sizes on axes ${showShape(a)} and ${showShape(b)}, found ${showShape(left.shape)} and ${showShape(right.shape)}`,
        );
      }
    }
    const shape = resultShape(left.shape, right.shape, attrs);
    if (shape.indexOf("n", 1) > 0) {
      reject(
        "shape/mismatch",
        `dot needs n on axis 0 of its result, found ${showShape(shape)} from ${showShape(left.shape)} and ${showShape(right.shape)}`,
      );
    }
    return { shape };
  },
  eval: ([left, right], attrs, { shape }) => {
    const offsets = (side: 0 | 1) => {
      const x = [left, right][side];
      return [attrs.batch[side], freeAxes(x.shape.length, side, attrs), attrs.contract[side]].map((axes) => walk(x, axes));
    };
    const [[leftBatch, leftFree, leftSum], [rightBatch, rightFree, rightSum]] = [offsets(0), offsets(1)];
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
  vjp: (g, { inputs: [left, right], ct, attrs }) => [
    adjoint(g, 0, left, right, ct, attrs),
    adjoint(g, 1, right, left, ct, attrs),
  ],
  lower: { kind: "nest", fusable: true, cores },
  sample,
  examples: [
    {
      inputs: [
        { shape: [2, 2], values: [1, 2, 3, 4] },
        { shape: [2, 2], values: [5, 6, 7, 8] },
      ],
      attrs: { batch: [[], []], contract: [[1], [0]] },
      output: { shape: [2, 2], values: [19, 22, 43, 50] },
    },
    {
      inputs: [
        { shape: [2, 2], values: [1, 2, 3, 4] },
        { shape: [2, 2], values: [5, 6, 7, 8] },
      ],
      attrs: { batch: [[0], [1]], contract: [[1], [0]] },
      output: { shape: [2], values: [19, 50] },
    },
    {
      inputs: [
        { shape: [1, 0], values: [] },
        { shape: [0], values: [] },
      ],
      attrs: { batch: [[], []], contract: [[1], [0]] },
      output: { shape: [1], values: [0] },
    },
  ],
};

function resultShape(left: Shape, right: Shape, attrs: DotAttrs): Shape {
  const free = [
    freeAxes(left.length, 0, attrs).map((axis) => left[axis]),
    freeAxes(right.length, 1, attrs).map((axis) => right[axis]),
  ];
  return [...attrs.batch[0].map((axis) => left[axis]), ...free[0], ...free[1]];
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

/**
 * The cotangent of one side: ct · other over the other's free axes. Both orders of that dot are right; taken is the one
 * that leaves n on axis 0, and else the one that lists axes as the operand does. Where n was contracted under batch
 * axes, neither does, and the sum is written out.
 */
function adjoint(g: G, side: 0 | 1, x: Node, other: Node, ct: Node, attrs: DotAttrs): Node {
  const away = side === 0 ? 1 : 0;
  const free = freeAxes(x.type.shape.length, side, attrs);
  const gone = freeAxes(other.type.shape.length, away, attrs);
  const batch = attrs.batch[side].map((_, i) => i);
  const first = batch.length + (side === 0 ? 0 : gone.length);
  const inCt = free.map((_, i) => first + i);
  const goneInCt = gone.map((_, i) => batch.length + (side === 0 ? free.length : 0) + i);
  // The other's contracted axes in its own order, and the axis of x each belongs to.
  const summed = [...attrs.contract[away]].sort((a, b) => a - b);
  const partners = summed.map((axis) => attrs.contract[side][attrs.contract[away].indexOf(axis)]);
  const nSummed = other.type.shape[0] === "n" && summed[0] === 0;
  if (nSummed && batch.length > 0) {
    const order = [0, ...attrs.batch[away], ...gone, ...summed.slice(1)];
    const moved = g.transpose(other, { perm: order });
    const sizes = (node: Node, axes: readonly number[]) => axes.map((axis) => node.type.shape[axis]);
    const shape: Shape = ["n", ...sizes(ct, batch), ...sizes(ct, goneInCt), ...sizes(other, summed.slice(1)), ...sizes(ct, inCt)];
    const turned = g.transpose(ct, { perm: [...batch, ...goneInCt, ...inCt] });
    const late = inCt.map((_, i) => order.length + i);
    const wide = g.broadcast(turned, {
      shape,
      axes: [...batch.map((i) => i + 1), ...gone.map((_, i) => 1 + batch.length + i), ...late],
    });
    const terms = g.mul(wide, g.broadcast(moved, { shape, axes: order.map((_, i) => i) }));
    const sum = g.reduceSum(terms, { axes: gone.map((_, i) => 1 + batch.length + i) });
    return arrange(g, sum, [partners[0], ...attrs.batch[side], ...partners.slice(1), ...free]);
  }
  if (nSummed || (side === 1 && x.type.shape[free[0]] !== "n")) {
    const y = g.dot(other, ct, { batch: [attrs.batch[away], batch], contract: [gone, goneInCt] });
    return arrange(g, y, [...attrs.batch[side], ...partners, ...free]);
  }
  const y = g.dot(ct, other, { batch: [batch, attrs.batch[away]], contract: [goneInCt, gone] });
  return arrange(g, y, [...attrs.batch[side], ...free, ...partners]);
}

/** Axis i of y belongs to axis axes[i] of the operand: put it there. */
function arrange(g: G, y: Node, axes: readonly number[]): Node {
  return axes.every((axis, i) => axis === i) ? y : g.transpose(y, { perm: axes.map((_, axis) => axes.indexOf(axis)) });
}

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
      map: shape.map((extent, axis) => [`i${axis}`, extent]),
      reduce: attrs.contract[0].map((axis, k) => [`k${k}`, left.shape[axis]]),
      fold: { how: "madd", init: v.lit(0, fmt), term: [valueAt(left, coords(0), fmt), valueAt(right, coords(1), fmt)] },
      value: v.acc(fmt),
      coords: shape.map((_, axis) => at(`i${axis}`)),
      into: "store",
    },
  ];
}

/** Each axis is batch, contracted, or free on one side; n is a batch axis, contracted, or the first free axis, or absent. */
function sample(random: Random): Sample<DotAttrs> {
  const role = random.pick(["none", "batch", "contract", "left", "right"] as const);
  const some = () => Array.from({ length: random.integer(0, 2) }, () => random.integer(1, 3));
  const batch: Shape = role === "batch" ? ["n", ...some()] : role === "left" || role === "right" ? [] : some();
  const contract: Shape = role === "contract" ? ["n", ...some()] : some();
  const leftFree: Shape = role === "left" ? ["n", ...some()] : role === "right" ? [] : some();
  const rightFree: Shape = role === "right" ? ["n", ...some()] : some();
  const side = (free: Shape) => {
    const sizes: Shape = [...batch, ...contract, ...free];
    const order = sizes.map((size, i) => ({ i, key: size === "n" ? -1 : random.uniform() })).sort((a, b) => a.key - b.key);
    const place = (i: number) => order.findIndex((entry) => entry.i === i);
    return {
      type: { shape: order.map(({ i }) => sizes[i]) },
      batch: batch.map((_, i) => place(i)),
      contract: contract.map((_, i) => place(batch.length + i)),
    };
  };
  const [left, right] = [side(leftFree), side(rightFree)];
  return {
    inputs: [left.type, right.type],
    attrs: { batch: [left.batch, right.batch], contract: [left.contract, right.contract] },
  };
}
