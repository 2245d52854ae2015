import * as z from "zod";
import { isBatched, type Shape, showShape, sizeOf } from "../ir/graph.ts";
import type { Extent } from "../program/ir.ts";
import type { View } from "../program/view.ts";
import { reject, shapeSchema } from "./checks.ts";
import type { Primitive } from "./define.ts";
import { sampleShape } from "./pointwise.ts";
import { array } from "./tensor.ts";

export type ReshapeAttrs = { readonly shape: Shape };

export const reshape: Primitive<ReshapeAttrs> = {
  kind: "primitive",
  name: "reshape",
  says: "The same numbers in row-major order under another shape; n stays alone on axis 0.",
  arity: 1,
  attrs: z.strictObject({ shape: shapeSchema }),
  type: ([x], { shape }) => {
    const rest = (sizes: Shape) => sizeOf(sizes.filter((size) => size !== "n"));
    if (isBatched(x) !== isBatched({ shape }) || rest(x.shape) !== rest(shape)) {
      reject("shape/mismatch", `reshape to ${showShape(shape)} needs as many elements, found ${showShape(x.shape)}`);
    }
    return { shape };
  },
  eval: ([x], _attrs, { shape }) => ({ shape, data: x.data }),
  vjp: (g, { inputs: [x], ct }) => [g.reshape(ct, { shape: x.type.shape })],
  lower: { kind: "view", view: (input, _attrs, shape) => view(input, shape) },
  sample: (random) => {
    const type = sampleShape(random);
    const batch = isBatched(type) ? 1 : 0;
    const size = sizeOf(type.shape.slice(batch) as number[]);
    const factors = [1, 2, 3, 4, 6].filter((factor) => size % factor === 0);
    const first = random.pick(factors);
    return {
      inputs: [type],
      attrs: { shape: [...type.shape.slice(0, batch), first, ...(random.integer(0, 1) ? [1] : []), size / first] },
    };
  },
  examples: [
    { inputs: [array([2, 3], [1, 2, 3, 4, 5, -0])], attrs: { shape: [3, 2] }, output: array([3, 2], [1, 2, 3, 4, 5, -0]) },
    { inputs: [array([1, 1], [7])], attrs: { shape: [] }, output: array([], [7]) },
  ],
};

/** NumPy's reshape without a copy: axes of both shapes are grouped by equal size; a group must be evenly strided. */
function view(input: View, shape: readonly Extent[]): View | undefined {
  const batch = typeof shape[0] === "object" ? 1 : 0; // both have it, or neither
  const to = shape.slice(batch) as number[];
  const kept = input.shape.map((_, axis) => axis).filter((axis) => axis >= batch && input.shape[axis] !== 1);
  const sizes = kept.map((axis) => input.shape[axis] as number);
  const steps = kept.map((axis) => input.strides[axis]);
  const strides = to.map(() => 0);
  if (!to.includes(0)) {
    for (let i = 0, j = 0; i < sizes.length; ) {
      let [endI, endJ] = [i + 1, j + 1];
      for (let [a, b] = [sizes[i], to[j]]; a !== b; ) {
        if (a < b) a *= sizes[endI++];
        else b *= to[endJ++];
      }
      for (let k = i; k + 1 < endI; k++) if (steps[k] !== steps[k + 1] * sizes[k + 1]) return undefined;
      for (let k = endJ - 1, step = steps[endI - 1]; k >= j; k--) {
        strides[k] = step;
        step *= to[k];
      }
      [i, j] = [endI, endJ];
    }
  }
  return { ...input, shape, strides: [...input.strides.slice(0, batch), ...strides] };
}
