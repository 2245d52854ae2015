import * as z from "zod";
import { bindShape, type Shape, showShape, sizeOf } from "../../graph/graph.ts";
import type { Primitive } from "../define.ts";
import { anyNumber, mismatch, shapeSchema } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { array } from "../kit/tensor.ts";

/** One value per element of `shape`, row-major; or one for all of them, the only form where the shape has n. */
export type ConstantAttrs = { readonly shape: Shape; readonly values: readonly number[] };

/** `y[i] = values[i]`, or `values[0]` everywhere; a tensor of `shape`. */
export const constant: Primitive<ConstantAttrs> = {
  kind: "primitive",
  name: "constant",
  says: "The numbers `values`, row-major, or one number everywhere, rounded to f32; NaN, −0 and ±∞ are kept.",
  arity: 0,
  attrs: z.strictObject({ shape: shapeSchema, values: z.array(anyNumber).readonly() }),
  type: (_inputs, { shape, values }) => {
    const size = shape[0] === "n" ? 1 : sizeOf(bindShape(shape, 0));
    if (values.length !== 1 && values.length !== size) {
      const needed = shape[0] === "n" ? "one value" : size === 1 ? "one value" : `one value or ${size}`;
      mismatch(`constant of shape ${showShape(shape)}`, `${needed}`, `${values.length}`);
    }
    return { shape };
  },
  eval: (_inputs, { values }, { shape }) => {
    const data = new Float64Array(sizeOf(shape));
    return { shape, data: data.map((_, i) => Math.fround(values[values.length === 1 ? 0 : i])) };
  },
  rounding: "none",
  vjp: () => [],
  lower: { kind: "source" },
  sample: (random) => {
    const { shape } = sampleShape(random);
    const count = shape[0] === "n" || random.integer(0, 1) === 1 ? 1 : sizeOf(bindShape(shape, 0));
    return { inputs: [], attrs: { shape, values: Array.from({ length: count }, () => random.integer(-4, 4) / 2) } };
  },
  examples: [
    { inputs: [], attrs: { shape: [2, 2], values: [-0] }, output: array([2, 2], [-0, -0, -0, -0]) },
    { inputs: [], attrs: { shape: [3], values: [1, Number.NaN, -0] }, output: array([3], [1, Number.NaN, -0]) },
    { inputs: [], attrs: { shape: [0, 3], values: [] }, output: array([0, 3], []) },
  ],
};
