import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = x²`, element by element. */
export const square: Composite<NoAttrs> = composite1({
  name: "square",
  says: "x · x; NaN stays.",
  scalar: (x) => x * x,
  expand: (g, x) => g.mul(x, x),
  examples: [
    [-3, 9],
    [-0, 0],
    [Number.NaN, Number.NaN],
  ],
});
