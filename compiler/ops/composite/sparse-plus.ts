import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = x ≤ −1 ? 0 : x < 1 ? (x + 1)² / 4 : x`, element by element: a softplus that reaches 0; its slope is `sparseSigmoid`. */
export const sparsePlus: Composite<NoAttrs> = composite1({
  name: "sparsePlus",
  says: "0 up to −1, (x + 1)² / 4 up to 1, x above; NaN stays.",
  scalar: (x) => (x <= -1 ? 0 : x < 1 ? ((x + 1) * (x + 1)) / 4 : x),
  expand: (g, x) => {
    const [one, half] = [g.like(x, 1), g.like(x, 0.5)];
    const root = g.mul(half, g.add(g.max(x, g.like(x, -1)), one));
    return g.select(g.less(x, one), g.mul(root, root), x);
  },
  examples: [
    [-3, 0],
    [0, 0.25],
    [1, 1],
    [5, 5],
    [Number.NaN, Number.NaN],
  ],
});
