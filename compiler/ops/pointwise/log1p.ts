import { bounds } from "../../program/nest/math/bounds.ts";
import * as math from "../../program/nest/math/log.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `y[i] = ln(1 + x[i])`, with the digits that the sum would lose near 0; the slope is 1 / (1 + x). */
export const log1p: Primitive<NoAttrs> = pointwise1({
  name: "log1p",
  says: "log(1 + x) without cancellation near 0; −∞ at −1, NaN below; −0 and NaN stay.",
  scalar: (x) => Math.log1p(x),
  rounding: ulps(bounds.log1p.f32),
  vjp: (g, { inputs: [x], ct }) => [g.div(ct, g.add(x, g.like(x, 1)))],
  lower: (x) => math.log1p(x),
  examples: [
    [0, 0],
    [-0, -0],
    [-1, Number.NEGATIVE_INFINITY],
    [-2, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ],
});
