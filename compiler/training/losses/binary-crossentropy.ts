import type * as z from "zod";
import type { Loss } from "../define.ts";
import {
  axis,
  axisNeeds,
  bitEntropy,
  fixed,
  fromLogits,
  labelSmoothing,
  logitsOf,
  meanOver,
  options,
  smoothedBits,
} from "./shared.ts";

const schema = options({ fromLogits, labelSmoothing, axis });

/**
 * Mean over an axis of −t · ln p − (1 − t) · ln(1 − p), t smoothed to t · (1 − s) + s / 2; y and target of one shape.
 * https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class
 */
export const binaryCrossentropy: Loss<z.output<typeof schema>> = {
  name: "binary_crossentropy",
  aliases: ["bce", "BCE"],
  says: "−t·log p − (1 − t)·log(1 − p), from the logits where y is a sigmoid; else p is kept 1e-7 away from 0 and 1.",
  takes: "probabilities",
  config: schema,
  fixed,
  needs: axisNeeds,
  target: (shape) => shape,
  lower: (g, { y, target, config }) => {
    const t = smoothedBits(g, target, config.labelSmoothing);
    return { values: meanOver(g, bitEntropy(g, { y, logits: logitsOf(y, "sigmoid", config), target: t }), config.axis) };
  },
};
