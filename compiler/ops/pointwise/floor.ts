import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";

/** `y[i] = ⌊x[i]⌋`, the largest whole number not above x. */
export const floor: Primitive<NoAttrs> = pointwise1({
  name: "floor",
  says: "The largest integer ≤ x; NaN, −0 and ±∞ stay. No gradient.",
  scalar: (x) => Math.floor(x),
  rounding: "none",
  vjp: () => [null],
  lower: (x) => v.floor(x),
  examples: [
    [1.5, 1],
    [-0.5, -1],
    [-0, -0],
    [Number.NaN, Number.NaN],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ],
});
