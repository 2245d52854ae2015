import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = min(max(x, 0), 6)`, element by element. */
export const relu6: Composite<NoAttrs> = composite1({
  name: "relu6",
  says: "max(x, 0) up to 6: NaN stays, −0 gives 0; the slope at 0 and 6 is 0.",
  scalar: (x) => Math.min(Math.max(x, 0), 6),
  expand: (g, x) => g.min(g.max(x, g.like(x, 0)), g.like(x, 6)),
  examples: [
    [-1, 0],
    [2, 2],
    [7, 6],
    [Number.NaN, Number.NaN],
  ],
});
