import { bounds } from "../../program/nest/math/bounds.ts";
import * as math from "../../program/nest/math/log.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `y[i] = ln x[i]`; the slope is 1 / x. */
export const log: Primitive<NoAttrs> = pointwise1({
  name: "log",
  says: "Natural logarithm; −∞ at ±0, NaN below 0; NaN stays.",
  scalar: (x) => Math.log(x),
  rounding: ulps(bounds.log.f32),
  vjp: (g, { inputs: [x], ct }) => [g.div(ct, x)],
  lower: (x) => math.log(x),
  examples: [
    [1, 0],
    [-0, Number.NEGATIVE_INFINITY],
    [-1, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ],
});
