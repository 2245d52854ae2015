// Reverse: axes run backwards.
//
//   y[…, c, …] = x[…, size − 1 − c, …]   for each of `axes`
//
// As a view: the stride changes its sign and the base moves to the last element. Its own inverse and its own adjoint.
import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import type { Primitive } from "../define.ts";
import { axesSchema, mismatch, wrongRank } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { array, element, tabulate } from "../kit/tensor.ts";

/** The axes that are turned round, in any order; never the batch axis. */
export type ReverseAttrs = { readonly axes: readonly number[] };

/** x turned round along `axes`, of the same shape. The cotangent is turned round likewise. */
export const reverse: Primitive<ReverseAttrs> = {
  kind: "primitive",
  name: "reverse",
  says: "The order along `axes` turned round, copied bit by bit; never along n.",
  arity: 1,
  attrs: z.strictObject({ axes: axesSchema }),
  type: ([{ shape }], { axes }) => {
    const bad = axes.find((axis, i) => axis >= shape.length || axes.indexOf(axis) !== i);
    if (bad !== undefined) wrongRank("reverse", `distinct axes of ${showShape(shape)}`, showShape(axes));
    if (axes.some((axis) => shape[axis] === "n")) mismatch("reverse", "a size it knows", `axis 0 of ${showShape(shape)}`);
    return { shape };
  },
  eval: ([x], { axes }, { shape }) =>
    tabulate(shape, (coords) =>
      element(
        x,
        coords.map((coord, axis) => (axes.includes(axis) ? shape[axis] - 1 - coord : coord)),
      ),
    ),
  rounding: "none",
  vjp: (g, { ct, attrs }) => [g.reverse(ct, attrs)],
  lower: {
    kind: "view",
    view: (input, { axes }, shape) => ({
      ...input,
      shape,
      base: axes.reduce((base, axis) => base + Math.max(0, (input.shape[axis] as number) - 1) * input.strides[axis], input.base),
      strides: input.strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)),
    }),
  },
  sample: (random) => {
    const type = sampleShape(random);
    return {
      inputs: [type],
      attrs: { axes: type.shape.flatMap((size, axis) => (size !== "n" && random.integer(0, 1) === 1 ? [axis] : [])) },
    };
  },
  examples: [{ inputs: [array([2, 2], [1, 2, 3, -0])], attrs: { axes: [1] }, output: array([2, 2], [2, 1, -0, 3]) }],
};
