// Log-softmax along one axis, m the line's largest element:
//
//   y[…, c, …] = (x[…, c, …] − m) − ln Σ_k e^(x[…, k, …] − m)
//
// log(softmax x) would take the logarithm of an underflow and give −∞; here y falls as x does.
import type { Composite } from "../define.ts";
import { type AxisAttrs, axisAttrs, lineLength, mapLines, sampleAlong, spread } from "../kit/along.ts";

/** `y = x − ln Σ e^x` along `axis`, of the shape of x: what crossentropies take of logits. */
export const logSoftmax: Composite<AxisAttrs> = {
  kind: "composite",
  name: "logSoftmax",
  says: "x − log Σ e^x along `axis` without overflow, to an ulp of max(1, |y|); a line with NaN or ∞, or of −∞ alone, gives NaN.",
  arity: 1,
  attrs: axisAttrs,
  type: ([x], attrs) => {
    lineLength("logSoftmax", x, attrs);
    return { shape: x.shape };
  },
  eval: ([x], attrs, { shape }) =>
    mapLines(x, attrs, shape, (line) => {
      const shifted = line.map((value) => value - Math.max(...line));
      const sum = shifted.reduce((total, value) => total + Math.exp(value), 0);
      return shifted.map((value) => value - Math.log(sum));
    }),
  expand: (g, [x], { axis }) => {
    const largest = g.as("max", () => g.stopGradient(g.reduceMax(x, { axes: [axis] })));
    const shifted = g.sub(x, spread(g, largest, x, [axis]));
    const e = g.exp(shifted);
    const sum = g.as("sum", () => g.reduceSum(e, { axes: [axis] }));
    return g.sub(shifted, spread(g, g.log(sum), x, [axis]));
  },
  sample: sampleAlong,
  examples: [
    { inputs: [{ shape: [1, 1], values: [7] }], attrs: { axis: 1 }, output: { shape: [1, 1], values: [0] } },
    { inputs: [{ shape: [2], values: [-1e9, 0] }], attrs: { axis: 0 }, output: { shape: [2], values: [-1e9, 0] } },
    {
      inputs: [{ shape: [2], values: [Number.NaN, 0] }],
      attrs: { axis: 0 },
      output: { shape: [2], values: [Number.NaN, Number.NaN] },
    },
  ],
};
