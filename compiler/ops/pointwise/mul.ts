import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise2 } from "../kit/elementwise.ts";
import { product } from "../kit/rounding.ts";

/** `y[i] = a[i] · b[i]` over two tensors of one shape. Each gets the cotangent times the other. */
export const mul: Primitive<NoAttrs> = pointwise2({
  name: "mul",
  says: "a · b; NaN wins, 0 · ∞ is NaN, signs multiply also for zeros.",
  scalar: (a, b) => a * b,
  rounding: product,
  vjp: (g, { inputs: [a, b], ct }) => [g.mul(ct, b), g.mul(ct, a)],
  lower: (a, b) => v.mul(a, b),
  examples: [
    [2, 3, 6],
    [-1, 0, -0],
    [0, Number.POSITIVE_INFINITY, Number.NaN],
  ],
});
