import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise2 } from "../kit/elementwise.ts";
import { addends } from "../kit/rounding.ts";

/** `y[i] = a[i] + b[i]` over two tensors of one shape. Both get the cotangent unchanged. */
export const add: Primitive<NoAttrs> = pointwise2({
  name: "add",
  says: "a + b; NaN wins, −0 + −0 is −0.",
  scalar: (a, b) => a + b,
  rounding: addends,
  vjp: (_g, { ct }) => [ct, ct],
  lower: (a, b) => v.add(a, b),
  examples: [
    [1, 2, 3],
    [-0, -0, -0],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
  ],
});
