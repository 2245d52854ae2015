import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = max(x, 0)`, element by element. */
export const relu: Composite<NoAttrs> = composite1({
  name: "relu",
  says: "max(x, 0): NaN stays, −0 gives 0; the slope at 0 is 0.",
  scalar: (x) => Math.max(x, 0),
  expand: (g, x) => g.max(x, g.like(x, 0)),
  examples: [
    [2, 2],
    [-2, 0],
    [-0, 0],
    [Number.NaN, Number.NaN],
  ],
});
