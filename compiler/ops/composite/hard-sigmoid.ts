import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = min(max(x + 3, 0), 6) / 6`, element by element. Keras 1 and 2 have the slope 0.2 instead of 1/6. */
export const hardSigmoid: Composite<NoAttrs> = composite1({
  name: "hardSigmoid",
  says: "x / 6 + 1/2 between 0 and 1, as Keras 3 defines it; NaN stays; the slope at ±3 is 0.",
  scalar: (x) => Math.min(Math.max((x + 3) / 6, 0), 1),
  // Near −3 the sum x + 3 is exact, x / 6 + 1/2 is not.
  expand: (g, x) => g.div(g.relu6(g.add(x, g.like(x, 3))), g.like(x, 6)),
  examples: [
    [0, 0.5],
    [-5, 0],
    [3, 1],
    [Number.NaN, Number.NaN],
  ],
});
