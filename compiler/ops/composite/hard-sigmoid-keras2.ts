import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = min(max(0.2 · x + 0.5, 0), 1)`, element by element: the hard sigmoid of Keras 1 and 2. */
export const hardSigmoidKeras2: Composite<NoAttrs> = composite1({
  name: "hardSigmoidKeras2",
  says: "x / 5 + 1/2 between 0 and 1, as Keras 1 and 2 define it; NaN stays; the slope at ±2.5 is 0.",
  scalar: (x) => Math.min(Math.max((x + 2.5) / 5, 0), 1),
  // Near −2.5 the sum x + 2.5 is exact, 0.2 · x + 0.5 is not.
  expand: (g, x) => {
    const most = g.like(x, 5);
    return g.div(g.min(g.max(g.add(x, g.like(x, 2.5)), g.like(x, 0)), most), most);
  },
  examples: [
    [0, 0.5],
    [-3, 0],
    [2.5, 1],
    [Number.NaN, Number.NaN],
  ],
});
