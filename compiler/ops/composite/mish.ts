import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = x · tanh(ln(1 + e^x))`, element by element. */
export const mish: Composite<NoAttrs> = composite1({
  name: "mish",
  says: "x · tanh(softplus(x)); NaN stays, −∞ gives NaN.",
  scalar: (x) => x * Math.tanh(x > 40 ? x : Math.log1p(Math.exp(x))),
  // tanh(log(1 + w)) = (w²/2 + w) / (w²/2 + w + 1) for w = e^x; above 0 both sides are divided by w². One exponential, and with
  // e = e^−|x| nothing overflows; the tie of |x| follows x, the branch taken at 0.
  expand: (g, x) => {
    const [half, one] = [g.like(x, 0.5), g.like(x, 1)];
    const negative = g.less(x, g.like(x, 0));
    const e = g.exp(g.neg(g.max(g.neg(x), x)));
    const top = g.select(negative, g.mul(e, g.add(g.mul(half, e), one)), g.add(half, e));
    return g.mul(x, g.div(top, g.add(top, g.select(negative, one, g.mul(e, e)))));
  },
  examples: [
    [0, 0],
    [1000, 1000],
    [-1000, -0],
    [Number.NaN, Number.NaN],
  ],
});
