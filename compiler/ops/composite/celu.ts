import * as z from "zod";
import type { Composite } from "../define.ts";
import { parametric1 } from "../kit/elementwise.ts";

/** Where the curve ends: it falls to −alpha. */
export type CeluAttrs = { readonly alpha: number };

/** `y = max(x, 0) + α · (e^(min(x, 0) / α) − 1)`, element by element; its slope at 0 is 1 for every α, that of `elu` is α. */
export const celu: Composite<CeluAttrs> = parametric1({
  name: "celu",
  says: "x above 0, alpha · (e^(x / alpha) − 1) below; NaN stays; the slope at 0 is 1.",
  attrs: z.strictObject({ alpha: z.number().positive() }),
  scalar: (x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x / alpha)),
  // As elu: only min(0, x) meets the exponential.
  expand: (g, x, { alpha }) => {
    const zero = g.like(x, 0);
    const scale = g.like(x, alpha);
    return g.add(g.max(x, zero), g.mul(scale, g.expm1(g.div(g.min(zero, x), scale))));
  },
  sampleAttrs: (random) => ({ alpha: random.integer(1, 6) / 4 }),
  exampleAttrs: { alpha: 2 },
  examples: [
    [3, 3],
    [0, 0],
    [Number.NEGATIVE_INFINITY, -2],
    [Number.NaN, Number.NaN],
  ],
});
