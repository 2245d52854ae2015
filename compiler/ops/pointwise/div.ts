import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise2 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `y[i] = a[i] / b[i]` over two tensors of one shape; a quotient, not a product with 1 / b, which would round twice. */
export const div: Primitive<NoAttrs> = pointwise2({
  name: "div",
  says: "a / b; NaN wins, 0 / 0 is NaN, x / ±0 is ±∞.",
  scalar: (a, b) => a / b,
  // d(a/b) = da/b − (a/b)/b · db.
  rounding: ulps(1),
  vjp: (g, { inputs: [, b], output, ct }) => [g.div(ct, b), g.neg(g.mul(ct, g.div(output, b)))],
  lower: (a, b) => v.div(a, b),
  examples: [
    [1, 4, 0.25],
    [-1, 0, Number.NEGATIVE_INFINITY],
    [0, -2, -0],
    [0, 0, Number.NaN],
  ],
});
