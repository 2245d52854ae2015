import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise2 } from "../kit/elementwise.ts";

/** `y[i] = 1` where `a[i] < b[i]`, else 0; two tensors of one shape. `a ≥ b` is not 1 minus it where a NaN is. */
export const less: Primitive<NoAttrs> = pointwise2({
  name: "less",
  says: "1 where a < b, else 0; 0 with a NaN, and −0 is not less than +0. No gradient.",
  scalar: (a, b) => (a < b ? 1 : 0),
  rounding: "none",
  vjp: () => [null, null],
  lower: (a, b, fmt) => v.fromMask(v.less(a, b), fmt),
  examples: [
    [1, 2, 1],
    [2, 2, 0],
    [-0, 0, 0],
    [Number.NaN, 1, 0],
    [1, Number.NaN, 0],
  ],
});
