import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = ln(1 + e^x)`, element by element; its slope is the sigmoid. */
export const softplus: Composite<NoAttrs> = composite1({
  name: "softplus",
  says: "log(1 + e^x) without overflow; NaN stays.",
  scalar: (x) => (x > 40 ? x : Math.log1p(Math.exp(x))),
  // max(x, 0) + log(1 + e^−|x|). At 0 the first term has slope 0, so |x| must fall there (its tie follows −x): 0 + 1/2.
  expand: (g, x) => {
    const e = g.exp(g.neg(g.max(x, g.neg(x))));
    return g.add(g.max(x, g.like(x, 0)), g.log1p(e));
  },
  examples: [
    [1000, 1000],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ],
});
