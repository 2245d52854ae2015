import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = x · tanh(ln(1 + e^x))`, element by element. */
export const mish: Composite<NoAttrs> = composite1({
  name: "mish",
  says: "x · tanh(softplus(x)); NaN stays, −∞ gives NaN.",
  scalar: (x) => x * Math.tanh(x > 40 ? x : Math.log1p(Math.exp(x))),
  // tanh(log(1 + w)) = n / (n + 2) with n = w² + 2w, w = e^x. From x = 20 on the quotient is 1, and the bound keeps w² finite.
  expand: (g, x) => {
    const two = g.like(x, 2);
    const e = g.exp(g.min(x, g.like(x, 20)));
    const n = g.mul(e, g.add(e, two));
    return g.mul(x, g.div(n, g.add(n, two)));
  },
  examples: [
    [0, 0],
    [1000, 1000],
    [-1000, -0],
    [Number.NaN, Number.NaN],
  ],
});
