import * as z from "zod";
import { sizeOf } from "../../graph/graph.ts";
import type { Composite } from "../define.ts";
import { axesSchema } from "../kit/checks.ts";
import type { ReduceAttrs } from "../kit/reduce.ts";
import { evalReduce, reduceType, sampleReduce } from "../kit/reduce.ts";

/** `y[…kept] = (Σ over …gone of x) / count`; n counts as the number of rows of this call. */
export const mean: Composite<ReduceAttrs> = {
  kind: "composite",
  name: "mean",
  says: "Mean over `axes`, which vanish; over the batch axis it is that of exactly n rows; of nothing it is NaN, and NaN wins.",
  arity: 1,
  attrs: z.strictObject({ axes: axesSchema }),
  type: (inputs, attrs) => reduceType("mean", inputs, attrs),
  eval: ([x], attrs, context) => {
    const count = attrs.axes.reduce((product, axis) => product * x.shape[axis], 1);
    const sum = evalReduce(x, attrs, context, 0, (a, b) => a + b);
    return { shape: sum.shape, data: sum.data.map((value) => value / count) };
  },
  expand: (g, [x], { axes }) => {
    const sizes = axes.map((axis) => x.type.shape[axis]);
    const sum = g.reduceSum(x, { axes });
    const count = g.like(sum, sizeOf(sizes.map((size) => (size === "n" ? 1 : size))));
    const points = () => (sizes.includes("n") ? g.mul(g.broadcastTo(g.rows(), sum.type.shape), count) : count);
    return g.div(sum, g.as("count", points));
  },
  sample: sampleReduce,
  examples: [
    { inputs: [{ shape: [2, 2], values: [1, 3, 5, 8] }], attrs: { axes: [1] }, output: { shape: [2], values: [2, 6.5] } },
    { inputs: [{ shape: [2, 2], values: [1, 3, 5, 9] }], attrs: { axes: [0, 1] }, output: { shape: [], values: [4.5] } },
    { inputs: [{ shape: [0], values: [] }], attrs: { axes: [0] }, output: { shape: [], values: [Number.NaN] } },
  ],
};
