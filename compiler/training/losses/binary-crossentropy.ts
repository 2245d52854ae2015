import * as z from "zod";
import type { Loss } from "../define.ts";
import { epsilon, fixed, fromLogits, labelSmoothing, logitsOf, meanOverLast } from "./shared.ts";

const schema = z.strictObject({ fromLogits, labelSmoothing });

/**
 * Mean over the last axis of −t · ln p − (1 − t) · ln(1 − p), t smoothed to t · (1 − s) + s / 2; y and target of one shape.
 * https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class
 */
export const binaryCrossentropy: Loss<z.output<typeof schema>> = {
  name: "binary_crossentropy",
  aliases: ["bce"],
  says: "−t·log p − (1 − t)·log(1 − p), from the logits where y is a sigmoid; else p is kept 1e-7 away from 0 and 1.",
  takes: "probabilities",
  config: schema,
  fixed: { ...fixed, axis: [-1] },
  target: (shape) => shape,
  lower: (g, { y, target, config }) => {
    const smooth = config.labelSmoothing;
    const t = smooth === 0 ? target : g.add(g.mul(target, g.like(y, 1 - smooth)), g.like(y, smooth / 2));
    const z = logitsOf(y, "sigmoid", config);
    // −t·logσ(z) − (1 − t)·logσ(−z) = z − z·t + softplus(−z)
    if (z !== undefined) return { values: meanOverLast(g, g.add(g.sub(z, g.mul(z, t)), g.softplus(g.neg(z)))) };
    const one = g.like(y, 1);
    const p = g.clip(y, { low: epsilon, high: 1 - epsilon });
    const likelihood = g.add(g.mul(t, g.log(p)), g.mul(g.sub(one, t), g.log(g.sub(one, p))));
    return { values: meanOverLast(g, g.neg(likelihood)) };
  },
};
