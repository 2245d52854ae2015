import * as z from "zod";
import { type Shape, showShape } from "../../graph/graph.ts";
import * as v from "../../program/value.ts";
import type { Primitive } from "../define.ts";
import { shapeSchema, wrongRank } from "../kit/checks.ts";
import { integerAt } from "../kit/coords.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { array, tabulate } from "../kit/tensor.ts";

/** The result's shape, and the axis whose coordinate is wanted. */
export type IotaAttrs = { readonly shape: Shape; readonly axis: number };

/** `y[c₀, c₁, …] = c[axis]`, a tensor of `shape` without inputs; along axis 0 of a batch it numbers the rows. */
export const iota: Primitive<IotaAttrs> = {
  kind: "primitive",
  name: "iota",
  says: "At every point its coordinate along `axis`, counted from 0; exact to 2^24.",
  arity: 0,
  attrs: z.strictObject({ shape: shapeSchema, axis: z.int().min(0) }),
  type: (_inputs, { shape, axis }) => {
    if (axis >= shape.length) wrongRank(`iota along axis ${axis}`, `at least ${axis + 1} axes`, showShape(shape));
    return { shape };
  },
  eval: (_inputs, { axis }, { shape }) => tabulate(shape, (coords) => coords[axis]),
  rounding: "none",
  vjp: () => [],
  lower: { kind: "pointwise", value: (_args, { attrs, coords, fmt }) => v.convert(integerAt(coords[attrs.axis]), fmt) },
  sample: (random) => {
    const { shape } = sampleShape(random, 1);
    return { inputs: [], attrs: { shape, axis: random.integer(0, shape.length - 1) } };
  },
  examples: [{ inputs: [], attrs: { shape: [2, 3], axis: 1 }, output: array([2, 3], [0, 1, 2, 0, 1, 2]) }],
};
