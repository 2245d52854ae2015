import * as z from "zod";
import type { Loss } from "../define.ts";
import {
  axis,
  axisNeeds,
  axisOf,
  clippedShares,
  fixed,
  fromLogits,
  labelSmoothing,
  options,
  smoothedClasses,
  sumOver,
} from "./shared.ts";

const schema = options({
  alpha: z.union([z.number(), z.array(z.number())]).default(0.25),
  gamma: z.number().default(2),
  fromLogits,
  labelSmoothing,
  axis,
});

/**
 * −Σ alpha · (1 − p)^gamma · t · ln p over an axis, t smoothed to t · (1 − s) + s / classes; y and target [n, …, classes]. Keras takes
 * no logits from behind a softmax here: p is clipped, as below.
 * https://keras.io/api/losses/probabilistic_losses/#categoricalfocalcrossentropy-class
 */
export const categoricalFocalCrossentropy: Loss<z.output<typeof schema>> = {
  name: "categorical_focal_crossentropy",
  aliases: [],
  says: "−Σ alpha·(1 − p)^gamma·t·log p over the last axis, p scaled to sum 1 and kept 1e-7 away from 0 and 1; `alpha` is a number, or one a class.",
  takes: "distribution",
  config: schema,
  fixed,
  needs: (shape, config) => {
    const { alpha } = config;
    const last = shape[shape.length - 1];
    if (typeof alpha === "number" || alpha.length === 1 || alpha.length === last) return axisNeeds(shape, config);
    return `one alpha for each of the ${last} numbers of the last axis, found ${alpha.length}`;
  },
  target: (shape) => shape,
  lower: (g, { y, target, config }) => {
    const { alpha, gamma, fromLogits: isLogits } = config;
    const t = smoothedClasses(g, target, config.labelSmoothing);
    const p = clippedShares(g, isLogits ? g.softmax(y, { axis: axisOf(y, config.axis) }) : y, config.axis);
    const missed = g.pow(g.sub(g.like(p, 1), p), g.like(p, gamma));
    const list = typeof alpha === "number" ? [alpha] : alpha;
    const weight = g.broadcastTo(g.constant({ shape: [list.length], values: list }), p.type.shape);
    return { values: g.neg(sumOver(g, g.mul(g.mul(weight, missed), g.mul(t, g.log(p))), config.axis)) };
  },
};
