import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = −softplus(−x)`, element by element. */
export const logSigmoid: Composite<NoAttrs> = composite1({
  name: "logSigmoid",
  says: "log(1 / (1 + e^−x)) without overflow; NaN stays.",
  scalar: (x) => (x < -40 ? x : -Math.log1p(Math.exp(-x))),
  expand: (g, x) => g.neg(g.softplus(g.neg(x))),
  examples: [
    [-1000, -1000],
    [Number.POSITIVE_INFINITY, -0],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ],
});
