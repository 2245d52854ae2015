import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise2 } from "../kit/elementwise.ts";

/** `y[i] = 1` where `a[i] = b[i]`, else 0; two tensors of one shape. Graphs have no booleans: a mask is a tensor of 0 and 1. */
export const equal: Primitive<NoAttrs> = pointwise2({
  name: "equal",
  says: "1 where a = b, else 0; NaN equals nothing, −0 equals +0. No gradient.",
  scalar: (a, b) => (a === b ? 1 : 0),
  rounding: "none",
  vjp: () => [null, null],
  lower: (a, b, fmt) => v.fromMask(v.equal(a, b), fmt),
  examples: [
    [1, 2, 0],
    [2, 2, 1],
    [-0, 0, 1],
    [Number.NaN, Number.NaN, 0],
  ],
});
