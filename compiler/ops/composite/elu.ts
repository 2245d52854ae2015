import * as z from "zod";
import type { Composite } from "../define.ts";
import { parametric1 } from "../kit/elementwise.ts";

/** The curve falls to −alpha. */
export type EluAttrs = { readonly alpha: number };

/** `y = max(x, 0) + α · (e^min(x, 0) − 1)`, element by element. */
export const elu: Composite<EluAttrs> = parametric1({
  name: "elu",
  says: "x above 0, alpha · (e^x − 1) below; NaN stays; the slope at 0 is alpha.",
  attrs: z.strictObject({ alpha: z.number() }),
  scalar: (x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x)),
  // The exponential sees no positive x, so nothing overflows behind a zero cotangent; the tie of min follows x.
  expand: (g, x, { alpha }) => {
    const zero = g.like(x, 0);
    return g.add(g.max(x, zero), g.mul(g.like(x, alpha), g.expm1(g.min(zero, x))));
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
