import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = σ(x) = 1 / (1 + e^−x)`, element by element; a crossentropy after it takes x itself. */
export const sigmoid: Composite<NoAttrs> = composite1({
  name: "sigmoid",
  says: "1 / (1 + e^−x), without overflow on either side.",
  scalar: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  // e = e^−|x| never overflows; |x| is max(−x, x) so that the tie at 0 follows x, which gives the slope 1/4 there.
  expand: (g, x) => {
    const e = g.exp(g.neg(g.max(g.neg(x), x)));
    return g.div(g.select(g.less(x, g.like(x, 0)), e, g.like(x, 1)), g.add(g.like(x, 1), e));
  },
  examples: [[0, 0.5]],
});
