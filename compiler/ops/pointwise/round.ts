import * as math from "../../program/nest/math/round.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";

/** `y[i]` is the whole number nearest to x[i], of two the even one, as in NumPy. */
export const round: Primitive<NoAttrs> = pointwise1({
  name: "round",
  says: "The nearest integer, half to even; NaN, −0 and ±∞ stay, and −0.5 gives −0. No gradient.",
  scalar: (x) => {
    const below = Math.floor(x);
    const nearest = x - below === 0.5 ? 2 * Math.round(below / 2) : Math.round(x);
    return nearest === 0 ? 0 * Math.sign(x) : nearest;
  },
  rounding: "none",
  vjp: () => [null],
  lower: (x) => math.round(x),
  examples: [
    [0.5, 0],
    [1.5, 2],
    [-2.5, -2],
    [-0.5, -0],
    [0.49999997, 0],
    [8388607.5, 8388608],
    [-0, -0],
    [Number.NaN, Number.NaN],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ],
});
