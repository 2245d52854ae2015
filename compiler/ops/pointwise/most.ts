import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise2 } from "../kit/elementwise.ts";

/** `y[i]` is `b[i]` where a < b or b is NaN, else `a[i]`: the maximum that machines have. At a tie the second operand has the slope, as in `max`. */
export const most: Primitive<NoAttrs> = pointwise2({
  name: "most",
  says: "Maximum: NaN wins, and of two equal numbers the first, so of −0 and 0 too; at a tie (or NaN) the gradient goes to the second operand.",
  scalar: (a, b) => (a < b || Number.isNaN(b) ? b : a),
  rounding: "none",
  // b < most(a, b) where b < a: so a need not be kept.
  vjp: (g, { inputs: [, b], output, ct }) => {
    const first = g.less(b, output);
    return [g.select(first, ct, g.like(ct, 0)), g.select(first, g.like(ct, 0), ct)];
  },
  lower: (a, b) => v.most(a, b),
  examples: [
    [1, 2, 2],
    [2, 1, 2],
    [-0, 0, -0],
    [0, -0, 0],
    [Number.NaN, 1, Number.NaN],
    [1, Number.NaN, Number.NaN],
  ],
});
