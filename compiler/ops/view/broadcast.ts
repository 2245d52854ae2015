// Broadcast: new axes along which nothing changes. Axis i of x is axis axes[i] of y; all other axes of y are repetition.
//
//   y[c₀, c₁, …] = x[c[axes[0]], c[axes[1]], …]           x [n, 3], shape [n, 5, 3], axes [0, 2]:  y[i, j, k] = x[i, k]
//
// As a view: stride 0 on every new axis. Sizes of 1 are not stretched here; `broadcastTo` (NumPy's rule) drops them first.
import * as z from "zod";
import { type Shape, showShape, sizeOf } from "../../graph/graph.ts";
import type { Primitive } from "../define.ts";
import { axesSchema, mismatch, shapeSchema } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { array, offsetsOver } from "../kit/tensor.ts";

/** The result's shape, and for each axis of x, ascending, which of the result's axes it is. */
export type BroadcastAttrs = { readonly shape: Shape; readonly axes: readonly number[] };

/** x repeated to `shape`. The cotangent is summed over the new axes. */
export const broadcast: Primitive<BroadcastAttrs> = {
  kind: "primitive",
  name: "broadcast",
  says: "Repeats x along new axes: axis i of x becomes axis axes[i] of `shape`; axes ascend, sizes are kept; NaN and −0 are copied.",
  arity: 1,
  attrs: z.strictObject({ shape: shapeSchema, axes: axesSchema }),
  type: ([x], { shape, axes }) => {
    const fits =
      axes.length === x.shape.length && axes.every((axis, i) => shape[axis] === x.shape[i] && (i === 0 || axis > axes[i - 1]));
    const wanted = `[${axes.map((axis) => shape[axis] ?? "?").join(", ")}]`;
    if (!fits) mismatch(`broadcast along ${showShape(axes)} of ${showShape(shape)}`, wanted, showShape(x.shape));
    return { shape };
  },
  eval: ([x], { axes }, { shape }) => {
    const steps = shape.map((_, axis) => (axes.includes(axis) ? sizeOf(x.shape.slice(axes.indexOf(axis) + 1)) : 0));
    const data = new Float64Array(sizeOf(shape));
    offsetsOver(shape, steps).forEach((from, i) => {
      data[i] = x.data[from];
    });
    return { shape, data };
  },
  rounding: "none",
  vjp: (g, { ct, attrs }) => {
    const axes = attrs.shape.map((_, axis) => axis).filter((axis) => !attrs.axes.includes(axis));
    return [g.reduceSum(ct, { axes })];
  },
  lower: {
    kind: "view",
    view: (input, { axes }, shape) => ({
      ...input,
      shape,
      strides: shape.map((_, axis) => (axes.includes(axis) ? input.strides[axes.indexOf(axis)] : 0)),
    }),
  },
  sample: (random) => {
    const to = sampleShape(random, 1).shape;
    const axes = to.map((_, axis) => axis).filter(() => random.integer(0, 1) === 1);
    return { inputs: [{ shape: axes.map((axis) => to[axis]) }], attrs: { shape: to, axes } };
  },
  examples: [{ inputs: [array([2], [1, 2])], attrs: { shape: [2, 3], axes: [0] }, output: array([2, 3], [1, 1, 1, 2, 2, 2]) }],
};
