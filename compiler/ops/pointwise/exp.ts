import { bounds } from "../../program/nest/math/bounds.ts";
import * as math from "../../program/nest/math/exp.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `y[i] = e^x[i]`; its own slope. */
export const exp: Primitive<NoAttrs> = pointwise1({
  name: "exp",
  says: "e^x; overflows to ∞ and underflows to 0; NaN stays.",
  scalar: (x) => Math.exp(x),
  rounding: ulps(bounds.exp.f32),
  vjp: (g, { output, ct }) => [g.mul(ct, output)],
  lower: (x) => math.exp(x),
  examples: [
    [0, 1],
    [-0, 1],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ],
});
