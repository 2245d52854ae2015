import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `y[i] = √x[i]`; the slope is 1 / (2y). */
export const sqrt: Primitive<NoAttrs> = pointwise1({
  name: "sqrt",
  says: "√x, rounded once; NaN below 0, −0 stays; the slope at 0 is ∞.",
  scalar: (x) => Math.sqrt(x),
  rounding: ulps(1),
  vjp: (g, { output, ct }) => [g.div(ct, g.add(output, output))],
  lower: (x) => v.sqrt(x),
  examples: [
    [4, 2],
    [-0, -0],
    [-1, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ],
});
