import * as z from "zod";
import { layer } from "../define.ts";
import { eachNumber } from "../stream.ts";

/**
 * x above the threshold, negativeSlope · (x − threshold) up to it, and no more than maxValue; any shape.
 * https://keras.io/api/layers/activation_layers/relu/
 */
export const reLU = layer({
  name: "reLU",
  keras: "ReLU",
  says: "x where x > threshold, else negativeSlope · (x − threshold); then at most maxValue.",
  config: z.strictObject({
    maxValue: z.number().min(0).nullable().default(null),
    negativeSlope: z.number().min(0).default(0),
    threshold: z.number().min(0).default(0),
  }),
  weights: () => [],
  stream: eachNumber,
  lower: (g, { x, config: { maxValue, negativeSlope, threshold } }) => {
    if (threshold === 0 && negativeSlope === 0)
      return { y: maxValue === null ? g.relu(x) : g.min(g.relu(x), g.like(x, maxValue)) };
    const below = negativeSlope === 0 ? g.like(x, 0) : g.mul(g.sub(x, g.like(x, threshold)), g.like(x, negativeSlope));
    const y = g.select(g.less(g.like(x, threshold), x), x, below);
    return { y: maxValue === null ? y : g.min(y, g.like(y, maxValue)) };
  },
});
