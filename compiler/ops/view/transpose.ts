// Transpose: the same elements under axes in another order.
//
//   y[c₀, c₁, …]: its coordinate i runs along axis perm[i] of x          x [n, 2, 3], perm [0, 2, 1]:  y[i, j, k] = x[i, k, j]
//
// As a view: strides in the order of `perm`. The inverse has inv[perm[i]] = i, written `perm.indexOf`.
import * as z from "zod";
import { isBatched, showShape } from "../../graph/graph.ts";
import type { Primitive } from "../define.ts";
import { axesSchema, mismatch, wrongRank } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { array, element, tabulate } from "../kit/tensor.ts";

/** Per axis of the result, the axis of x it is. */
export type TransposeAttrs = { readonly perm: readonly number[] };

/** x with its axes in the order of `perm`. The cotangent goes back through the inverse permutation. */
export const transpose: Primitive<TransposeAttrs> = {
  kind: "primitive",
  name: "transpose",
  says: "Axes in another order: axis i of the result is axis perm[i] of x; copied bit by bit; n stays on axis 0.",
  arity: 1,
  attrs: z.strictObject({ perm: axesSchema }),
  type: ([x], { perm }) => {
    const { shape } = x;
    if (perm.length !== shape.length || shape.some((_, axis) => !perm.includes(axis))) {
      wrongRank("transpose", `a permutation of ${shape.length} axes for ${showShape(shape)}`, showShape(perm));
    }
    if (isBatched(x) && perm[0] !== 0) mismatch("transpose", "n to stay on axis 0", `${showShape(perm)} for ${showShape(shape)}`);
    return { shape: perm.map((axis) => shape[axis]) };
  },
  eval: ([x], { perm }, { shape }) => {
    const from = x.shape.map(() => 0);
    return tabulate(shape, (coords) => {
      perm.forEach((axis, i) => {
        from[axis] = coords[i];
      });
      return element(x, from);
    });
  },
  rounding: "none",
  vjp: (g, { ct, attrs: { perm } }) => [g.transpose(ct, { perm: perm.map((_, axis) => perm.indexOf(axis)) })],
  lower: {
    kind: "view",
    view: (input, { perm }, shape) => ({ ...input, shape, strides: perm.map((axis) => input.strides[axis]) }),
    back: (out, shape, { perm }) => ({ ...out, shape, strides: shape.map((_, axis) => out.strides[perm.indexOf(axis)]) }),
  },
  sample: (random) => {
    const type = sampleShape(random);
    const perm = isBatched(type) ? [0] : [];
    const rest = type.shape.map((_, axis) => axis).slice(perm.length);
    while (rest.length > 0) perm.push(...rest.splice(random.integer(0, rest.length - 1), 1));
    return { inputs: [type], attrs: { perm } };
  },
  examples: [{ inputs: [array([2, 3], [1, 2, 3, 4, 5, 6])], attrs: { perm: [1, 0] }, output: array([3, 2], [1, 4, 2, 5, 3, 6]) }],
};
