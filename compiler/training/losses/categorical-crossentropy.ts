import type * as z from "zod";
import type { Loss } from "../define.ts";
import {
  axis,
  axisNeeds,
  fixed,
  fromLogits,
  labelSmoothing,
  logitsOf,
  logProbabilities,
  options,
  smoothedClasses,
  sumOver,
} from "./shared.ts";

const schema = options({ fromLogits, labelSmoothing, axis });

/**
 * −Σ t · ln p over an axis, t smoothed to t · (1 − s) + s / classes; y and target [n, …, classes].
 * https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class
 */
export const categoricalCrossentropy: Loss<z.output<typeof schema>> = {
  name: "categorical_crossentropy",
  aliases: [],
  says: "−Σ t·log p over the last axis, from the logits where y is a softmax; else p is scaled to sum 1 and kept 1e-7 away from 0 and 1.",
  takes: "distribution",
  config: schema,
  fixed,
  needs: axisNeeds,
  target: (shape) => shape,
  lower: (g, { y, target, config }) => {
    const t = smoothedClasses(g, target, config.labelSmoothing);
    const logP = logProbabilities(g, y, logitsOf(y, "softmax", config), config.axis);
    return { values: g.neg(sumOver(g, g.mul(t, logP), config.axis)) };
  },
};
