import * as z from "zod";
import type { Composite } from "../define.ts";
import { parametric1 } from "../kit/elementwise.ts";

/** The slope below 0. */
export type LeakyReluAttrs = { readonly slope: number };

/** `y = x > 0 ? x : slope · x`, element by element. */
export const leakyRelu: Composite<LeakyReluAttrs> = parametric1({
  name: "leakyRelu",
  says: "x above 0, slope · x elsewhere; NaN stays; the slope at 0 is that from below.",
  attrs: z.strictObject({ slope: z.number() }),
  scalar: (x, { slope }) => (x > 0 ? x : slope * x),
  expand: (g, x, { slope }) => g.select(g.less(g.like(x, 0), x), x, g.mul(g.like(x, slope), x)),
  sampleAttrs: (random) => ({ slope: random.integer(0, 5) / 8 }),
  exampleAttrs: { slope: 0.25 },
  examples: [
    [3, 3],
    [-4, -1],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ],
});
