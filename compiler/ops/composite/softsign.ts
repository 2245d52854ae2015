import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = x / (1 + |x|)`, element by element. */
export const softsign: Composite<NoAttrs> = composite1({
  name: "softsign",
  says: "x / (1 + |x|); NaN stays, ±∞ gives NaN.",
  scalar: (x) => x / (1 + Math.abs(x)),
  expand: (g, x) => g.div(x, g.add(g.like(x, 1), g.max(g.neg(x), x))),
  examples: [
    [1, 0.5],
    [-3, -0.75],
    [0, 0],
    [Number.POSITIVE_INFINITY, Number.NaN],
  ],
});
