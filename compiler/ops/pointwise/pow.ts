import { bounds } from "../../program/nest/math/bounds.ts";
import * as math from "../../program/nest/math/power.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise2 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `z[i] = x[i]^y[i]` over two tensors of one shape. */
export const pow: Primitive<NoAttrs> = pointwise2({
  name: "pow",
  says: "x^y as C and NumPy define it: x^0 and 1^y are 1, also for NaN, and (−1)^±∞; NaN for x < 0 unless y is whole. In y the slope is 0 where x ≤ 0.",
  // JavaScript alone gives NaN for (±1)^±∞ and 1^NaN.
  scalar: (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y),
  rounding: ulps(bounds.pow.f32),
  // y·x^(y − 1) and x^y·log x. A slope that is 0 must not meet the ∞ of 0^−1 or of log 0.
  vjp: (g, { inputs: [x, y], output, ct }) => {
    const [zero, one] = [g.like(x, 0), g.like(x, 1)];
    const inX = g.select(g.equal(y, zero), zero, g.mul(y, g.pow(x, g.sub(y, one))));
    const hasLog = g.less(zero, x);
    const inY = g.select(hasLog, g.mul(output, g.log(g.select(hasLog, x, one))), zero);
    return [g.mul(ct, inX), g.mul(ct, inY)];
  },
  lower: (x, y) => math.pow(x, y),
  examples: [
    [2, 10, 1024],
    [0.25, -0.5, 2],
    [-2, 3, -8],
    [-2, -2, 0.25],
    [-2, 0.5, Number.NaN],
    [Number.NaN, 0, 1],
    [1, Number.NaN, 1],
    [-1, Number.NEGATIVE_INFINITY, 1],
    [-0, -3, Number.NEGATIVE_INFINITY],
    [-0, 2, 0],
    [Number.NEGATIVE_INFINITY, 0.5, Number.POSITIVE_INFINITY],
    [0.5, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  ],
});
