import * as z from "zod";
import type { Loss } from "../define.ts";
import { fixed, fromLogits, labelSmoothing, logitsOf, logProbabilities, sumOverLast } from "./shared.ts";

const schema = z.strictObject({ fromLogits, labelSmoothing });

/**
 * −Σ t · ln p over the last axis, t smoothed to t · (1 − s) + s / classes; y and target [n, …, classes].
 * https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class
 */
export const categoricalCrossentropy: Loss<z.output<typeof schema>> = {
  name: "categorical_crossentropy",
  aliases: [],
  says: "−Σ t·log p over the last axis, from the logits where y is a softmax; else p is scaled to sum 1 and kept 1e-7 away from 0 and 1.",
  takes: "distribution",
  config: schema,
  fixed: { ...fixed, axis: [-1] },
  target: (shape) => shape,
  lower: (g, { y, target, config }) => {
    const smooth = config.labelSmoothing;
    const classes = y.type.shape.at(-1) as number;
    const t = smooth === 0 ? target : g.add(g.mul(target, g.like(y, 1 - smooth)), g.like(y, smooth / classes));
    const logP = logProbabilities(g, y, logitsOf(y, "softmax", config));
    return { values: g.neg(sumOverLast(g, g.mul(t, logP))) };
  },
};
