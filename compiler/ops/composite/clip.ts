import * as z from "zod";
import type { Composite } from "../define.ts";
import { parametric1 } from "../kit/elementwise.ts";

/** The bounds, low ≤ high. */
export type ClipAttrs = { readonly low: number; readonly high: number };

/** `y = max(low, min(high, x))`, element by element. Losses keep probabilities from 0 and 1 with it. */
export const clip: Composite<ClipAttrs> = parametric1({
  name: "clip",
  says: "x between low and high; NaN stays; the slope at low and high is 1.",
  attrs: z.strictObject({ low: z.number(), high: z.number() }).refine(({ low, high }) => low <= high, "low must not exceed high"),
  scalar: (x, { low, high }) => Math.max(Math.min(x, high), low),
  expand: (g, x, { low, high }) => g.max(g.like(x, low), g.min(g.like(x, high), x)),
  sampleAttrs: (random) => {
    const low = random.integer(-4, 4) / 4;
    return { low, high: low + random.integer(0, 4) / 4 };
  },
  exampleAttrs: { low: -1, high: 2 },
  examples: [
    [-3, -1],
    [0.5, 0.5],
    [Number.POSITIVE_INFINITY, 2],
    [Number.NaN, Number.NaN],
  ],
});
