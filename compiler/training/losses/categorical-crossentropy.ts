import type * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Loss } from "../define.ts";
import {
  axis,
  axisNeeds,
  axisOf,
  fixed,
  fromLogits,
  labelSmoothing,
  lastAxis,
  logitsOf,
  logProbabilities,
  meanOver,
  options,
  smoothedClasses,
  sumOver,
} from "./shared.ts";

const schema = options({ fromLogits, labelSmoothing, axis });

/**
 * 0, with the slope that TensorFlow gives logits: p − t, as if the targets summed to 1 along the axis. Those of another axis than the
 * last seldom do: they are one-hot along that.
 */
function slopeOfOne(g: G, { logits, logP, t }: { logits: Node; logP: Node; t: Node }, axis: number): Node {
  // log Σ e^z, whose slope is p.
  const total = meanOver(g, g.sub(logits, logP), axis);
  const missing = g.sub(g.like(total, 1), sumOver(g, t, axis));
  return g.mul(missing, g.sub(total, g.stopGradient(total)));
}

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
    const logits = logitsOf(y, "softmax", config);
    const logP = logProbabilities(g, y, logits, config.axis);
    const values = g.neg(sumOver(g, g.mul(t, logP), config.axis));
    const isLast = axisOf(y, config.axis) === lastAxis(y);
    return { values: logits === undefined || isLast ? values : g.add(values, slopeOfOne(g, { logits, logP, t }, config.axis)) };
  },
};
