import * as z from "zod";
import type { Composite } from "../define.ts";
import { spread } from "../kit/along.ts";
import { axesSchema } from "../kit/checks.ts";
import type { ReduceAttrs } from "../kit/reduce.ts";
import { reduceType, sampleReduce } from "../kit/reduce.ts";
import { element, tabulate } from "../kit/tensor.ts";

/** `y[…kept] = mean over …gone of (x − mean x)²`, divided by the count and not by the count less one. */
export const variance: Composite<ReduceAttrs> = {
  kind: "composite",
  name: "variance",
  says: "Mean of (x − mean x)² over `axes`, which vanish (biased, as layers use it); of nothing it is NaN, and NaN wins.",
  arity: 1,
  attrs: z.strictObject({ axes: axesSchema }),
  type: (inputs, attrs) => reduceType("variance", inputs, attrs),
  eval: ([x], { axes }, { shape }) => {
    const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    return tabulate(shape, (coords) => {
      const values: number[] = [];
      tabulate(x.shape, (at) => {
        if (kept.every((axis, k) => at[axis] === coords[k])) values.push(element(x, at));
        return 0;
      });
      const center = values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length;
    });
  },
  // Two passes: E[x²] − E[x]² would cancel.
  expand: (g, [x], { axes }) => {
    const centered = g.sub(x, spread(g, g.mean(x, { axes }), x, axes));
    return g.mean(g.square(centered), { axes });
  },
  sample: sampleReduce,
  examples: [
    { inputs: [{ shape: [2, 2], values: [1, 3, 5, 9] }], attrs: { axes: [1] }, output: { shape: [2], values: [1, 4] } },
    { inputs: [{ shape: [1], values: [7] }], attrs: { axes: [0] }, output: { shape: [], values: [0] } },
  ],
};
