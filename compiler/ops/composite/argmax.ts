import type { Composite } from "../define.ts";
import { type AxisAttrs, axisAttrs, lineLength, mapLines, sampleAlong, spread } from "../kit/along.ts";

/** `y[…] = argmax over c of x[…, c, …]`, a whole number as float; the axis is gone. No gradient flows through it. */
export const argmax: Composite<AxisAttrs> = {
  kind: "composite",
  name: "argmax",
  says: "Index of the largest element along `axis`, which vanishes: the first of equals (−0 equals 0); a line with NaN gives 0.",
  arity: 1,
  attrs: axisAttrs,
  type: ([x], attrs) => {
    lineLength("argmax", x, attrs);
    return { shape: x.shape.toSpliced(attrs.axis, 1) };
  },
  eval: ([x], attrs, { shape }) =>
    mapLines(x, attrs, shape, (line) => [line.some(Number.isNaN) ? 0 : line.findIndex((a) => line.every((b) => a >= b))]),
  // Counted from the end, so that the first of equals has the largest rank; beside NaN nothing is less, so element 0 wins.
  expand: (g, [x], { axis }) => {
    const last = lineLength("argmax", x.type, { axis }) - 1;
    const rank = g.sub(g.fill(last, [last + 1]), g.iota({ shape: [last + 1], axis: 0 }));
    const ranks = g.broadcast(rank, { shape: x.type.shape, axes: [axis] });
    const best = g.less(x, spread(g, g.reduceMax(x, { axes: [axis] }), x, [axis]));
    const first = g.reduceMax(g.select(best, g.like(x, 0), ranks), { axes: [axis] });
    return g.sub(g.like(first, last), first);
  },
  sample: sampleAlong,
  examples: [
    {
      inputs: [{ shape: [4, 3], values: [1, 3, 3, -0, 0, -1, 5, Number.NaN, 9, 1, 2, 3] }],
      attrs: { axis: 1 },
      output: { shape: [4], values: [1, 0, 0, 2] },
    },
  ],
};
