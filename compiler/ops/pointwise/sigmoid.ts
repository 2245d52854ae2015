import { bounds } from "../../program/nest/math/bounds.ts";
import * as math from "../../program/nest/math/sigmoid.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `y[i] = σ(x[i]) = 1 / (1 + e^−x[i])`; the slope is y(1 − y). A crossentropy after it takes x itself. */
export const sigmoid: Primitive<NoAttrs> = pointwise1({
  name: "sigmoid",
  says: "1 / (1 + e^−x), without overflow on either side; 0 and 1 at ∓∞; NaN stays.",
  scalar: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  rounding: ulps(bounds.sigmoid.f32),
  vjp: (g, { output, ct }) => [g.mul(ct, g.mul(output, g.sub(g.like(output, 1), output)))],
  lower: (x) => math.sigmoid(x),
  examples: [
    [0, 0.5],
    [-0, 0.5],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.POSITIVE_INFINITY, 1],
    [Number.NaN, Number.NaN],
  ],
});
