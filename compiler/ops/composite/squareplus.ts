import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = (x + √(x² + 4)) / 2`, element by element: a softplus without an exponential. */
export const squareplus: Composite<NoAttrs> = composite1({
  name: "squareplus",
  says: "(x + √(x² + 4)) / 2 without overflow or cancellation; NaN stays.",
  scalar: (x) => (x < 0 ? 2 / (Math.hypot(x, 2) - x) : (x + Math.hypot(x, 2)) / 2),
  // With r = √(x² + 4) and h = (r + |x|) / 2 the answer for −|x| is 1 / h, since (r + |x|)(r − |x|) = 4. From |x| = 1e9 on r is |x|
  // in f32 and f64, so the square is taken of less. At 0 the tie of |x| follows x, the branch taken there.
  expand: (g, x) => {
    const half = g.like(x, 0.5);
    const size = g.max(g.neg(x), x);
    const bounded = g.min(size, g.like(x, 1e9));
    const root = g.max(size, g.sqrt(g.add(g.mul(bounded, bounded), g.like(x, 4))));
    const h = g.add(g.mul(half, root), g.mul(half, size));
    return g.select(g.less(x, g.like(x, 0)), g.div(g.like(x, 1), h), h);
  },
  examples: [
    [0, 1],
    [1.5, 2],
    [-1.5, 0.5],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.NaN, Number.NaN],
  ],
});
