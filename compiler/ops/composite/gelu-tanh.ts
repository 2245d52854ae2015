import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = x · σ(2√(2/π) · (x + 0.044715 x³))`, element by element: the older approximation of `gelu` that many checkpoints use. */
export const geluTanh: Composite<NoAttrs> = composite1({
  name: "geluTanh",
  says: "x · (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2; NaN stays, −∞ gives NaN.",
  scalar: (x) => (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2,
  // (1 + tanh z) / 2 is sigmoid(2z), which keeps the digits of the negative tail. From x² = 100 on the sigmoid is 0 or 1, and
  // the bound keeps ∞ away from the zero slope.
  expand: (g, x) => {
    const square = g.min(g.mul(x, x), g.like(x, 100));
    const cubic = g.add(g.like(x, 1), g.mul(g.like(x, 0.044715), square));
    return g.mul(x, g.sigmoid(g.mul(g.mul(g.like(x, 2 * Math.sqrt(2 / Math.PI)), x), cubic)));
  },
  examples: [
    [0, 0],
    [1000, 1000],
    [-1000, -0],
    [Number.NaN, Number.NaN],
  ],
});
