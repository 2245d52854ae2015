import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";

/** `y[i] = −x[i]`: a flip of the sign bit, which 0 − x is not. */
export const neg: Primitive<NoAttrs> = pointwise1({
  name: "neg",
  says: "−x; flips the sign of zeros too, NaN stays NaN.",
  scalar: (x) => -x,
  rounding: "none",
  vjp: (g, { ct }) => [g.neg(ct)],
  lower: (x) => v.neg(x),
  examples: [
    [2, -2],
    [0, -0],
    [Number.NaN, Number.NaN],
  ],
});
