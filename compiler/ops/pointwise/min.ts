import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise2 } from "../kit/elementwise.ts";

/** `y[i] = min(a[i], b[i])` over two tensors of one shape. At a tie the second operand has the slope, as in `max`. */
export const min: Primitive<NoAttrs> = pointwise2({
  name: "min",
  says: "IEEE minimum: NaN wins, −0 < +0; at a tie (or NaN) the gradient goes to the second operand.",
  scalar: (a, b) => Math.min(a, b),
  rounding: "none",
  // min(a, b) < b where a < b: so a need not be kept.
  vjp: (g, { inputs: [, b], output, ct }) => {
    const first = g.less(output, b);
    return [g.select(first, ct, g.like(ct, 0)), g.select(first, g.like(ct, 0), ct)];
  },
  lower: (a, b) => v.min(a, b),
  examples: [
    [1, 2, 1],
    [-0, 0, -0],
    [0, -0, -0],
    [Number.NaN, 1, Number.NaN],
    [1, Number.NaN, Number.NaN],
  ],
});
