import type { Composite, NoAttrs, Tensor } from "../define.ts";
import { noAttrs, sampleShape, sharedShape } from "../kit/elementwise.ts";
import { erf } from "../pointwise/erf.ts";

/** `y = x · Φ(x)`, element by element, Φ the normal distribution function: what Keras' string `gelu` means. */
export const gelu: Composite<NoAttrs> = {
  kind: "composite",
  name: "gelu",
  says: "x · (1 + erf(x / √2)) / 2, the exact form; the error counts in ulps of x; NaN stays, −∞ gives NaN.",
  arity: 1,
  attrs: noAttrs,
  type: (inputs) => sharedShape("gelu", inputs),
  eval: ([x], attrs, context) => {
    const { data } = erf.eval([{ ...x, data: x.data.map((number) => number / Math.SQRT2) }], attrs, context) as Tensor;
    return { shape: x.shape, data: x.data.map((number, i) => (number * (1 + data[i])) / 2) };
  },
  // The halving comes first and is exact, so that a huge x does not overflow.
  expand: (g, [x]) => g.mul(g.mul(g.like(x, 0.5), x), g.add(g.like(x, 1), g.erf(g.mul(g.like(x, Math.SQRT1_2), x)))),
  sample: (random) => ({ inputs: [sampleShape(random)], attrs: {} }),
  examples: [
    {
      inputs: [{ shape: [4], values: [0, 1000, -1000, Number.NaN] }],
      attrs: {},
      output: { shape: [4], values: [0, 1000, -0, Number.NaN] },
    },
  ],
};
