import * as z from "zod";
import type { Composite } from "../define.ts";
import { parametric1 } from "../kit/elementwise.ts";

/** The bound, and what stands for everything up to it. */
export type ThresholdAttrs = { readonly value: number; readonly default: number };

/** `y = x > value ? x : default`, element by element. */
export const threshold: Composite<ThresholdAttrs> = parametric1({
  name: "threshold",
  says: "x where x > value, else default; NaN stays.",
  attrs: z.strictObject({ value: z.number(), default: z.number() }),
  scalar: (x, attrs) => (x <= attrs.value ? attrs.default : x),
  // x ≤ value written as max(x, value) = value, which NaN fails.
  expand: (g, x, attrs) => {
    const bound = g.like(x, attrs.value);
    return g.select(g.equal(g.max(x, bound), bound), g.like(x, attrs.default), x);
  },
  sampleAttrs: (random) => ({ value: random.integer(-4, 4) / 4, default: random.integer(-4, 4) / 4 }),
  exampleAttrs: { value: 1, default: -2 },
  examples: [
    [2, 2],
    [1, -2],
    [0, -2],
    [Number.NaN, Number.NaN],
  ],
});
