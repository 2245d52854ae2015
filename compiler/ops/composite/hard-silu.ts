import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = x · hardSigmoid(x)`, element by element. */
export const hardSilu: Composite<NoAttrs> = composite1({
  name: "hardSilu",
  says: "x · hardSigmoid(x), also called hard swish; NaN stays, −∞ gives NaN.",
  scalar: (x) => x * Math.min(Math.max((x + 3) / 6, 0), 1),
  expand: (g, x) => g.mul(x, g.hardSigmoid(x)),
  examples: [
    [3, 3],
    [1, 2 / 3],
    [-4, -0],
    [Number.NaN, Number.NaN],
  ],
});
