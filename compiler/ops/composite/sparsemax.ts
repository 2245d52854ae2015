import type { Composite } from "../define.ts";
import { type AxisAttrs, axisAttrs, lineLength, mapLines, sampleAlong, spread } from "../kit/along.ts";

/** `y = max(x − τ, 0)` along `axis`, of the shape of x, with τ as Keras 3 takes it. */
export const sparsemax: Composite<AxisAttrs> = {
  kind: "composite",
  name: "sparsemax",
  says: "Sparsemax along `axis` as Keras 3 computes it: max(x − τ, 0), τ = (the sum of all running sums over the support − 1) / count. A line with NaN or ∞, or of −∞ alone, gives NaN.",
  arity: 1,
  attrs: axisAttrs,
  type: ([x], attrs) => {
    lineLength("sparsemax", x, attrs);
    return { shape: x.shape };
  },
  // arXiv:1602.02068 takes the last running sum where Keras takes them all; a support of one element makes no difference. Both
  // statements shift by the maximum m, or the threshold of a line that reaches 1e8 would swallow the 1: x − τ is then
  // z − m (k − 1) / 2 − (Σ of the running sums of z − 1) / k.
  eval: ([x], attrs, { shape }) =>
    mapLines(x, attrs, shape, (line) => {
      const most = Math.max(...line);
      const sorted = line.map((value) => value - most).sort((a, b) => b - a);
      let [running, total, count] = [0, 0, 0];
      for (const [i, value] of sorted.entries()) {
        running += value;
        if (!(1 + (i + 1) * value > running)) continue;
        total += running;
        count++;
      }
      return line.map((value) => Math.max(value - most - (most * (count - 1)) / 2 - (total - 1) / count, 0));
    }),
  // Without a sort: element i is in the support iff 1 + k zᵢ > s for the k elements zⱼ ≥ zᵢ and their sum s, that is iff
  // Σⱼ max(zⱼ − zᵢ, 0) < 1. It stands in as many running sums as there are elements of the support not before it; its place is the
  // number of greater elements, equal ones sharing the mean of theirs.
  expand: (g, [x], { axis }) => {
    const { shape } = x.type;
    const most = spread(g, g.stopGradient(g.reduceMax(x, { axes: [axis] })), x, [axis]);
    const z = g.sub(x, most);
    const pairs = shape.toSpliced(axis, 0, shape[axis]);
    const without = (gone: number) => pairs.map((_, a) => a).filter((a) => a !== gone);
    const other = g.broadcast(z, { shape: pairs, axes: without(axis + 1) });
    const own = g.broadcast(z, { shape: pairs, axes: without(axis) });
    const over = g.sub(other, own);
    const sum = (values: typeof z) => g.reduceSum(values, { axes: [axis] });
    const support = g.less(sum(g.max(over, g.like(over, 0))), g.like(z, 1));
    const half = g.like(z, 0.5);
    const place = g.add(sum(g.less(own, other)), g.mul(half, g.sub(sum(g.equal(own, other)), g.like(z, 1))));
    const count = spread(g, sum(support), x, [axis]);
    const total = spread(g, sum(g.select(support, g.mul(z, g.sub(count, place)), g.like(z, 0))), x, [axis]);
    const threshold = g.div(g.sub(total, g.like(z, 1)), count);
    const shift = g.mul(g.mul(half, most), g.sub(count, g.like(z, 1)));
    return g.max(g.sub(g.sub(z, shift), threshold), g.like(z, 0));
  },
  sample: sampleAlong,
  examples: [
    { inputs: [{ shape: [2], values: [1, 0.25] }], attrs: { axis: 0 }, output: { shape: [2], values: [0.375, 0] } },
    { inputs: [{ shape: [1, 3], values: [0, 1e30, -1e30] }], attrs: { axis: 1 }, output: { shape: [1, 3], values: [0, 1, 0] } },
  ],
};
