import * as z from "zod";
import { type Size, showShape } from "../ir/graph.ts";
import { CompileError } from "../diagnostics/error.ts";
import type { Primitive } from "./define.ts";
import { sampleShape } from "./pointwise.ts";

export type BroadcastAttrs = { readonly shape: readonly Size[]; readonly axes: readonly number[] };

export const broadcast: Primitive<BroadcastAttrs> = {
  kind: "primitive",
  name: "broadcast",
  says: "Repeats x along new axes: axis i of x becomes axis axes[i] of `shape`; axes ascend, sizes are kept.",
  arity: 1,
  attrs: z.strictObject({ shape: z.array(z.union([z.literal("n"), z.int().min(0)])).readonly(), axes: z.array(z.int().min(0)).readonly() }),
  type: ([x], { shape, axes }) => {
    const fits = axes.length === x.shape.length && axes.every((axis, i) => shape[axis] === x.shape[i] && (i === 0 || axis > axes[i - 1]));
    if (!fits) throw new CompileError({ code: "shape/mismatch", path: "", message: `broadcast of ${showShape(x.shape)} to ${showShape(shape)} along ${showShape(axes)}` });
    return { shape };
  },
  eval: ([x], { axes }, { shape }) => {
    const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < data.length; i++) {
      const coordinates: number[] = [];
      for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
        coordinates[axis] = rest % shape[axis];
        rest = Math.floor(rest / shape[axis]);
      }
      data[i] = x.data[axes.reduce((from, axis, k) => from * x.shape[k] + coordinates[axis], 0)];
    }
    return { shape, data };
  },
  vjp: (g, { ct, attrs }) => {
    const axes = attrs.shape.map((_, axis) => axis).filter((axis) => !attrs.axes.includes(axis));
    return [g.reduceSum(ct, { axes })];
  },
  lower: {
    kind: "view",
    view: (input, { axes }, shape) => ({ ...input, shape, strides: shape.map((_, axis) => (axes.includes(axis) ? input.strides[axes.indexOf(axis)] : 0)) }),
  },
  sample: (random) => {
    const to = sampleShape(random, 1).shape;
    const axes = to.map((_, axis) => axis).filter(() => random.integer(0, 1) === 1);
    return { inputs: [{ shape: axes.map((axis) => to[axis]) }], attrs: { shape: to, axes } };
  },
  examples: [{ inputs: [{ shape: [2], values: [1, 2] }], attrs: { shape: [2, 3], axes: [0] }, output: { shape: [2, 3], values: [1, 1, 1, 2, 2, 2] } }],
};
