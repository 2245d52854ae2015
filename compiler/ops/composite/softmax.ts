// Softmax along one axis: each line becomes positive numbers of sum 1. With m the line's largest element
//
//   y[…, c, …] = e^(x[…, c, …] − m) / Σ_k e^(x[…, k, …] − m)
//
// The factor e^−m cancels, and without it e^x overflows from x = 89 on in f32. Expanded it is a maximum, a map, a sum and a map.
import type { Composite } from "../define.ts";
import { type AxisAttrs, axisAttrs, lineLength, mapLines, sampleAlong, spread } from "../kit/along.ts";

/** Points of a line from which one quotient and a product for each are sooner than a quotient for each: they wait for one another. */
const fewest = 8;

/** `y = e^x / Σ e^x` along `axis`, of the shape of x; a crossentropy after it takes x itself. */
export const softmax: Composite<AxisAttrs> = {
  kind: "composite",
  name: "softmax",
  says: "e^x / Σ e^x along `axis` without overflow; a line with NaN or ∞, or of −∞ alone, gives NaN.",
  arity: 1,
  attrs: axisAttrs,
  type: ([x], attrs) => {
    lineLength("softmax", x, attrs);
    return { shape: x.shape };
  },
  eval: ([x], attrs, { shape }) =>
    mapLines(x, attrs, shape, (line) => {
      const e = line.map((value) => Math.exp(value - Math.max(...line)));
      return e.map((value) => value / e.reduce((a, b) => a + b));
    }),
  // A shift changes nothing, so no gradient flows through the largest element as such.
  expand: (g, [x], { axis }) => {
    const largest = g.as("max", () => g.stopGradient(g.reduceMax(x, { axes: [axis] })));
    const e = g.exp(g.sub(x, spread(g, largest, x, [axis])));
    const sum = g.as("sum", () => g.reduceSum(e, { axes: [axis] }));
    if (lineLength("softmax", x.type, { axis }) < fewest) return g.div(e, spread(g, sum, x, [axis]));
    // One quotient per line, not one per point; the sum is 1 or more.
    const scale = g.as("sum", () => g.div(g.like(sum, 1), sum));
    return g.mul(e, spread(g, scale, x, [axis]));
  },
  sample: sampleAlong,
  examples: [
    {
      inputs: [{ shape: [2, 2], values: [3, 3, 0, 1e30] }],
      attrs: { axis: 1 },
      output: { shape: [2, 2], values: [0.5, 0.5, 0, 1] },
    },
    {
      inputs: [{ shape: [2], values: [Number.NaN, 0] }],
      attrs: { axis: 0 },
      output: { shape: [2], values: [Number.NaN, Number.NaN] },
    },
  ],
};
