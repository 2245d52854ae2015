import { bounds } from "../../program/nest/math/bounds.ts";
import * as math from "../../program/nest/math/trigonometric.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `y[i] = sin x[i]`; the slope is cos x. */
export const sin: Primitive<NoAttrs> = pointwise1({
  name: "sin",
  says: "Sine for |x| < 1e5; beyond, at ±∞ and for NaN it is NaN; −0 stays.",
  scalar: (x) => (Math.abs(x) < bounds.sin.limit ? Math.sin(x) : Number.NaN),
  rounding: ulps(bounds.sin.f32),
  vjp: (g, { inputs: [x], ct }) => [g.mul(ct, g.cos(x))],
  lower: (x) => math.sin(x),
  examples: [
    [0, 0],
    [-0, -0],
    [1e5, Number.NaN],
    [Number.NEGATIVE_INFINITY, Number.NaN],
    [Number.NaN, Number.NaN],
  ],
});
