import { bounds } from "../../program/nest/math/bounds.ts";
import * as math from "../../program/nest/math/sigmoid.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `y[i] = tanh x[i]`; the slope is 1 − y². */
export const tanh: Primitive<NoAttrs> = pointwise1({
  name: "tanh",
  says: "Hyperbolic tangent, ±1 at ±∞; −0 and NaN stay.",
  scalar: (x) => Math.tanh(x),
  rounding: ulps(bounds.tanh.f32),
  vjp: (g, { output, ct }) => [g.mul(ct, g.sub(g.like(output, 1), g.mul(output, output)))],
  lower: (x) => math.tanh(x),
  examples: [
    [0, 0],
    [-0, -0],
    [Number.NEGATIVE_INFINITY, -1],
    [Number.POSITIVE_INFINITY, 1],
    [Number.NaN, Number.NaN],
  ],
});
