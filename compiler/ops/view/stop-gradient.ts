import type { NoAttrs, Primitive } from "../define.ts";
import { noAttrs, sampleShape } from "../kit/elementwise.ts";
import { array } from "../kit/tensor.ts";

/** `y = x`, of the same shape, as a constant to whoever differentiates. */
export const stopGradient: Primitive<NoAttrs> = {
  kind: "primitive",
  name: "stopGradient",
  says: "x itself, NaN and −0 included, but no gradient passes.",
  arity: 1,
  attrs: noAttrs,
  type: ([{ shape }]) => ({ shape }),
  eval: ([x]) => x,
  rounding: "none",
  vjp: () => [null],
  lower: { kind: "view", view: (input) => input },
  sample: (random) => ({ inputs: [sampleShape(random)], attrs: {} }),
  examples: [{ inputs: [array([2], [-0, Number.NaN])], attrs: {}, output: array([2], [-0, Number.NaN]) }],
};
