import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

/** `y = x − tanh x`, element by element. Near 0 that is x³ / 3, of which the difference keeps few digits. */
export const tanhShrink: Composite<NoAttrs> = composite1({
  name: "tanhShrink",
  says: "x − tanh(x); the error counts in ulps of x; NaN stays.",
  scalar: (x) => x - Math.tanh(x),
  expand: (g, x) => g.sub(x, g.tanh(x)),
  examples: [
    [0, 0],
    [1000, 999],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ],
});
