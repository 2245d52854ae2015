import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y[i] = |x[i]|`, with slope 0 at 0. Where the tie should follow x, composites write `max(−x, x)` instead. */
export const abs: Composite<NoAttrs> = composite1({
  name: "abs",
  says: "|x|: NaN stays, −0 gives 0; the slope at 0 is 0.",
  scalar: (x) => Math.abs(x),
  // max(−x, x) would give the tie at 0 a slope of 1.
  expand: (g, x) => {
    const zero = g.like(x, 0);
    return g.sub(g.max(x, zero), g.min(x, zero));
  },
  examples: [
    [-3, 3],
    [-0, 0],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ],
});
