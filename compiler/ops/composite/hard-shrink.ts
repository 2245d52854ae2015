import * as z from "zod";
import type { Composite } from "../define.ts";
import { parametric1 } from "../kit/elementwise.ts";

/** Half the width of the dead zone. */
export type HardShrinkAttrs = { readonly threshold: number };

/** `y = |x| > threshold ? x : 0`, element by element; it jumps where `softShrink` bends. */
export const hardShrink: Composite<HardShrinkAttrs> = parametric1({
  name: "hardShrink",
  says: "x where |x| > threshold, else 0; NaN stays.",
  attrs: z.strictObject({ threshold: z.number().min(0) }),
  scalar: (x, { threshold }) => (Math.abs(x) <= threshold ? 0 : x),
  // |x| ≤ t written as max(|x|, t) = t, which NaN fails.
  expand: (g, x, { threshold }) => {
    const bound = g.like(x, threshold);
    return g.select(g.equal(g.max(g.max(g.neg(x), x), bound), bound), g.like(x, 0), x);
  },
  sampleAttrs: (random) => ({ threshold: random.integer(0, 6) / 4 }),
  exampleAttrs: { threshold: 0.5 },
  examples: [
    [2, 2],
    [-0.5, 0],
    [-0.75, -0.75],
    [Number.NaN, Number.NaN],
  ],
});
