import * as z from "zod";
import type { Composite } from "../define.ts";
import { parametric1 } from "../kit/elementwise.ts";

/** How far x is moved, and half the width of the dead zone. */
export type SoftShrinkAttrs = { readonly threshold: number };

/** `y = x − clip(x, −threshold, threshold)`, element by element. */
export const softShrink: Composite<SoftShrinkAttrs> = parametric1({
  name: "softShrink",
  says: "x moved towards 0 by threshold, 0 where |x| ≤ threshold (slope 0 there); NaN stays.",
  attrs: z.strictObject({ threshold: z.number().min(0) }),
  scalar: (x, { threshold }) => (x > threshold ? x - threshold : x < -threshold ? x + threshold : x * 0),
  // x − clip(x); ties follow x, so the slope is 1 − 1 at the thresholds.
  expand: (g, x, { threshold }) => g.sub(x, g.max(g.like(x, -threshold), g.min(g.like(x, threshold), x))),
  sampleAttrs: (random) => ({ threshold: random.integer(0, 6) / 4 }),
  exampleAttrs: { threshold: 0.5 },
  examples: [
    [2, 1.5],
    [-1, -0.5],
    [0.5, 0],
    [Number.NaN, Number.NaN],
  ],
});
