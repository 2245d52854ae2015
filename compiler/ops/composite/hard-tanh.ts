import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = max(min(x, 1), −1)`, element by element; its slope at ±1 is 0, where that of `clip` is 1. */
export const hardTanh: Composite<NoAttrs> = composite1({
  name: "hardTanh",
  says: "x between −1 and 1; NaN stays; the slope at ±1 is 0.",
  scalar: (x) => Math.max(Math.min(x, 1), -1),
  expand: (g, x) => g.max(g.min(x, g.like(x, 1)), g.like(x, -1)),
  examples: [
    [0.5, 0.5],
    [-3, -1],
    [Number.POSITIVE_INFINITY, 1],
    [Number.NaN, Number.NaN],
  ],
});
