import { bounds } from "../../program/nest/math/bounds.ts";
import * as math from "../../program/nest/math/exp.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `y[i] = e^x[i] − 1`, with the digits that the subtraction would lose near 0; the slope is y + 1. */
export const expm1: Primitive<NoAttrs> = pointwise1({
  name: "expm1",
  says: "e^x − 1 without cancellation near 0; −0 and NaN stay.",
  scalar: (x) => Math.expm1(x),
  rounding: ulps(bounds.expm1.f32),
  vjp: (g, { output, ct }) => [g.mul(ct, g.add(output, g.like(output, 1)))],
  lower: (x) => math.expm1(x),
  examples: [
    [0, 0],
    [-0, -0],
    [Number.NEGATIVE_INFINITY, -1],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ],
});
