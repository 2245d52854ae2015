import { bounds } from "../../program/nest/math/bounds.ts";
import * as math from "../../program/nest/math/trigonometric.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `y[i] = cos x[i]`; the slope is −sin x. */
export const cos: Primitive<NoAttrs> = pointwise1({
  name: "cos",
  says: "Cosine for |x| < 1e5; beyond, at ±∞ and for NaN it is NaN.",
  scalar: (x) => (Math.abs(x) < bounds.cos.limit ? Math.cos(x) : Number.NaN),
  rounding: ulps(bounds.cos.f32),
  vjp: (g, { inputs: [x], ct }) => [g.neg(g.mul(ct, g.sin(x)))],
  lower: (x) => math.cos(x),
  examples: [
    [0, 1],
    [-0, 1],
    [-1e5, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.NaN],
    [Number.NaN, Number.NaN],
  ],
});
