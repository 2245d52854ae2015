import { bounds } from "../../program/nest/math/bounds.ts";
import * as math from "../../program/nest/math/sigmoid.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `y[i] = ln(1 + e^x[i])`; the slope is the sigmoid. */
export const softplus: Primitive<NoAttrs> = pointwise1({
  name: "softplus",
  says: "log(1 + e^x) without overflow; NaN stays.",
  scalar: (x) => (x > 40 ? x : Math.log1p(Math.exp(x))),
  rounding: ulps(bounds.softplus.f32),
  vjp: (g, { inputs: [x], ct }) => [g.mul(ct, g.sigmoid(x))],
  lower: (x) => math.softplus(x),
  examples: [
    [1000, 1000],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ],
});
