import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = min(max((x + 1) / 2, 0), 1)`, element by element. */
export const sparseSigmoid: Composite<NoAttrs> = composite1({
  name: "sparseSigmoid",
  says: "(x + 1) / 2 between 0 and 1; NaN stays; the slope at ±1 is 0.",
  scalar: (x) => Math.min(Math.max((x + 1) / 2, 0), 1),
  // Near −1 the sum x + 1 is exact, x / 2 + 1/2 is not.
  expand: (g, x) => g.min(g.max(g.mul(g.like(x, 0.5), g.add(x, g.like(x, 1))), g.like(x, 0)), g.like(x, 1)),
  examples: [
    [-3, 0],
    [0, 0.5],
    [1, 1],
    [Number.NaN, Number.NaN],
  ],
});
