import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise2 } from "../kit/elementwise.ts";

/**
 * `y[i] = max(a[i], b[i])` over two tensors of one shape. Which operand stands second decides the slope at a tie: `max(x, 0)` has
 * slope 0 at 0, `max(0, x)` slope 1. Composites choose by it.
 */
export const max: Primitive<NoAttrs> = pointwise2({
  name: "max",
  says: "IEEE maximum: NaN wins, −0 < +0; at a tie (or NaN) the gradient goes to the second operand.",
  scalar: (a, b) => Math.max(a, b),
  rounding: "none",
  // b < max(a, b) where b < a: so a need not be kept.
  vjp: (g, { inputs: [, b], output, ct }) => {
    const first = g.less(b, output);
    return [g.select(first, ct, g.like(ct, 0)), g.select(first, g.like(ct, 0), ct)];
  },
  lower: (a, b) => v.max(a, b),
  examples: [
    [1, 2, 2],
    [-0, 0, 0],
    [0, -0, 0],
    [Number.NaN, 1, Number.NaN],
    [1, Number.NaN, Number.NaN],
  ],
});
