import * as z from "zod";
import { type Shape, showShape } from "../../graph/graph.ts";
import type { Primitive } from "../define.ts";
import { axesSchema, mismatch, shapeSchema } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { array, element, tabulate } from "../kit/tensor.ts";

export type BroadcastAttrs = { readonly shape: Shape; readonly axes: readonly number[] };

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
  eval: ([x], { axes }, { shape }) =>
    tabulate(shape, (coords) =>
      element(
        x,
        axes.map((axis) => coords[axis]),
      ),
    ),
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
