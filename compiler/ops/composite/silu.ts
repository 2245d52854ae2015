import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = x · σ(x)`, element by element. */
export const silu: Composite<NoAttrs> = composite1({
  name: "silu",
  says: "x · sigmoid(x), also called swish; NaN stays, −∞ gives NaN.",
  scalar: (x) => x / (1 + Math.exp(-x)),
  expand: (g, x) => g.mul(x, g.sigmoid(x)),
  examples: [
    [0, 0],
    [1000, 1000],
    [-1000, -0],
    [Number.NaN, Number.NaN],
  ],
});
