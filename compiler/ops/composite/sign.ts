import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = sign x`, element by element; NaN and zeros come through as they are. */
export const sign: Composite<NoAttrs> = composite1({
  name: "sign",
  says: "−1, 0 or 1: ±0 and NaN stay; the slope is 0.",
  scalar: (x) => Math.sign(x),
  expand: (g, x) => {
    const zero = g.like(x, 0);
    return g.select(g.less(zero, x), g.like(x, 1), g.select(g.less(x, zero), g.like(x, -1), g.stopGradient(x)));
  },
  examples: [
    [-3, -1],
    [-0, -0],
    [Number.POSITIVE_INFINITY, 1],
    [Number.NaN, Number.NaN],
  ],
});
