import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = e^x`, element by element. */
export const exponential: Composite<NoAttrs> = composite1({
  name: "exponential",
  says: "e^x by its Keras name.",
  scalar: (x) => Math.exp(x),
  expand: (g, x) => g.exp(x),
  examples: [
    [0, 1],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.NaN, Number.NaN],
  ],
});
