import * as v from "../../program/value.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise3, sampleShape } from "../kit/elementwise.ts";

/**
 * `y[i] = mask[i] ≠ 0 ? a[i] : b[i]` over three tensors of one shape. A product with the mask is no substitute: 0 · ∞ and 0 · NaN
 * are NaN. The cotangent goes to the side that was picked.
 */
export const select: Primitive<NoAttrs> = {
  ...pointwise3({
    name: "select",
    says: "a where mask ≠ 0, else b; a NaN mask picks a, −0 picks b; the side not picked never matters, NaN or not.",
    scalar: (mask, a, b) => (mask === 0 ? b : a),
    rounding: "none",
    vjp: (g, { inputs: [mask], ct }) => [null, g.select(mask, ct, g.like(ct, 0)), g.select(mask, g.like(ct, 0), ct)],
    lower: (mask, a, b) => v.select(v.toMask(mask), a, b),
    examples: [
      [1, 2, 3, 2],
      [0, 2, 3, 3],
      [-0, Number.NaN, -0, -0],
      [Number.NaN, -0, 3, -0],
    ],
  }),
  // A mask of zeros and ones, so that both sides are picked.
  sample: (random) => {
    const type = sampleShape(random);
    return { inputs: [type, type, type], attrs: {}, integers: [2, undefined, undefined] };
  },
};
