import * as z from "zod";
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

const schema = options({
  applyClassBalancing: z.boolean().default(false),
  alpha: z.number().default(0.25),
  gamma: z.number().default(2),
  fromLogits,
  labelSmoothing,
  axis,
});

/**
 * Mean over an axis of (1 − q)^gamma · crossentropy, q the probability of what was wanted: t · p + (1 − t) · (1 − p). Balanced, a value
 * counts alpha where t is 1 and 1 − alpha where it is 0. y and target of one shape.
 * https://keras.io/api/losses/probabilistic_losses/#binaryfocalcrossentropy-class
 */
export const binaryFocalCrossentropy: Loss<z.output<typeof schema>> = {
  name: "binary_focal_crossentropy",
  aliases: [],
  says: "(1 − q)^gamma times the binary crossentropy, q = t·p + (1 − t)·(1 − p); with `applyClassBalancing` times t·alpha + (1 − t)·(1 − alpha).",
  takes: "probabilities",
  config: schema,
  fixed,
  needs: axisNeeds,
  target: (shape) => shape,
  lower: (g, { y, target, config }) => {
    const { alpha, gamma } = config;
    const one = g.like(y, 1);
    const t = smoothedBits(g, target, config.labelSmoothing);
    const not = g.sub(one, t);
    const logits = logitsOf(y, "sigmoid", config);
    const p = config.fromLogits ? g.sigmoid(y) : y;
    // σ(−z) has all its digits where 1 − σ(z) has none left.
    const rest = logits === undefined ? g.sub(one, y) : g.sigmoid(g.neg(logits));
    const missed = g.add(g.mul(t, rest), g.mul(not, p));
    const focal = g.mul(g.pow(missed, g.like(missed, gamma)), bitEntropy(g, { y, logits, target: t }));
    if (!config.applyClassBalancing) return { values: meanOver(g, focal, config.axis) };
    const balance = g.add(g.mul(t, g.like(t, alpha)), g.mul(not, g.like(t, 1 - alpha)));
    return { values: meanOver(g, g.mul(balance, focal), config.axis) };
  },
};
