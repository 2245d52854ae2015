import { type AxisAttrs, axisAttrs, lineLength, mapLines, sampleAlong, spread } from "./along.ts";
import type { Composite } from "./define.ts";

export const sparsemax: Composite<AxisAttrs> = {
  kind: "composite",
  name: "sparsemax",
  says: "The point of the simplex nearest to x, along `axis` (arXiv:1602.02068); a line with NaN or ∞, or of −∞ alone, gives NaN.",
  arity: 1,
  attrs: axisAttrs,
  type: ([x], attrs) => {
    lineLength("sparsemax", x, attrs);
    return { shape: x.shape };
  },
  eval: ([x], attrs, { shape }) =>
    mapLines(x, attrs, shape, (line) => {
      const sorted = line.map((value) => value - Math.max(...line)).sort((a, b) => b - a);
      let sum = 0;
      let threshold = Number.NaN;
      for (const [k, value] of sorted.entries()) {
        sum += value;
        if (1 + (k + 1) * value > sum) threshold = (sum - 1) / (k + 1);
      }
      return line.map((value) => Math.max(value - Math.max(...line) - threshold, 0));
    }),
  // Without a sort: with z = x − max x, element i is in the support iff 1 + k zᵢ > s for the k elements zⱼ ≥ zᵢ and their sum s,
  // that is iff Σⱼ max(zⱼ − zᵢ, 0) < 1. Then p = max(z − (Σ z − 1) / count, 0), both over the support.
  expand: (g, [x], { axis }) => {
    const { shape } = x.type;
    const z = g.sub(x, spread(g, g.stopGradient(g.reduceMax(x, { axes: [axis] })), x, [axis]));
    const pairs = shape.toSpliced(axis, 0, shape[axis]);
    const without = (gone: number) => pairs.map((_, a) => a).filter((a) => a !== gone);
    const over = g.sub(
      g.broadcast(z, { shape: pairs, axes: without(axis + 1) }),
      g.broadcast(z, { shape: pairs, axes: without(axis) }),
    );
    const excess = g.reduceSum(g.max(over, g.like(over, 0)), { axes: [axis] });
    const support = g.less(excess, g.like(z, 1));
    const sum = g.reduceSum(g.select(support, z, g.like(z, 0)), { axes: [axis] });
    const threshold = g.div(g.sub(sum, g.like(sum, 1)), g.reduceSum(support, { axes: [axis] }));
    return g.max(g.sub(z, spread(g, threshold, x, [axis])), g.like(z, 0));
  },
  sample: sampleAlong,
  examples: [
    { inputs: [{ shape: [3], values: [1, 1.5, -1] }], attrs: { axis: 0 }, output: { shape: [3], values: [0.25, 0.75, 0] } },
    { inputs: [{ shape: [1, 3], values: [0, 1e30, -1e30] }], attrs: { axis: 1 }, output: { shape: [1, 3], values: [0, 1, 0] } },
  ],
};
