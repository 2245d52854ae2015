import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise2 } from "../kit/elementwise.ts";
import { addends } from "../kit/rounding.ts";

/** `y[i] = a[i] − b[i]` over two tensors of one shape. b gets the cotangent negated. */
export const sub: Primitive<NoAttrs> = pointwise2({
  name: "sub",
  says: "a − b; NaN wins, x − x is +0, −0 − 0 is −0.",
  scalar: (a, b) => a - b,
  rounding: addends,
  vjp: (g, { ct }) => [ct, g.neg(ct)],
  lower: (a, b) => v.sub(a, b),
  examples: [
    [1, 2, -1],
    [3, 3, 0],
    [-0, 0, -0],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN],
  ],
});
