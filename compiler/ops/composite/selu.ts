import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

// The fixed point of mean 0 and variance 1: Klambauer et al., Self-Normalizing Neural Networks, arXiv:1706.02515.
const SCALE = 1.0507009873554805;
const ALPHA = 1.6732632423543772;

/** `y = s · (x > 0 ? x : α · (e^x − 1))`, element by element. */
export const selu: Composite<NoAttrs> = composite1({
  name: "selu",
  says: "1.0507… times elu with alpha 1.6732…; NaN stays; the slope at 0 is that from below.",
  scalar: (x) => SCALE * (x > 0 ? x : ALPHA * Math.expm1(x)),
  expand: (g, x) => {
    const zero = g.like(x, 0);
    const below = g.mul(g.like(x, SCALE * ALPHA), g.expm1(g.min(zero, x)));
    return g.add(g.mul(g.like(x, SCALE), g.max(x, zero)), below);
  },
  examples: [
    [1, 1.0507009873554805],
    [0, 0],
    [Number.NEGATIVE_INFINITY, -1.0507009873554805 * 1.6732632423543772],
    [Number.NaN, Number.NaN],
  ],
});
