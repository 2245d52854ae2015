import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise2 } from "../kit/elementwise.ts";

/** `y[i]` is `b[i]` where b < a or b is NaN, else `a[i]`. At a tie the second operand has the slope, as in `most`. */
export const least: Primitive<NoAttrs> = pointwise2({
  name: "least",
  says: "Minimum: NaN wins, and of two equal numbers the first, so of −0 and 0 too; at a tie (or NaN) the gradient goes to the second operand.",
  scalar: (a, b) => (b < a || Number.isNaN(b) ? b : a),
  rounding: "none",
  vjp: (g, { inputs: [, b], output, ct }) => {
    const first = g.less(output, b);
    return [g.select(first, ct, g.like(ct, 0)), g.select(first, g.like(ct, 0), ct)];
  },
  lower: (a, b) => v.least(a, b),
  examples: [
    [1, 2, 1],
    [2, 1, 1],
    [-0, 0, -0],
    [0, -0, 0],
    [Number.NaN, 1, Number.NaN],
    [1, Number.NaN, Number.NaN],
  ],
});
