import * as z from "zod";
import type { Loss } from "../define.ts";
import {
  axis,
  axisNeeds,
  classesAlong,
  fixed,
  fromLogits,
  logitsOf,
  logProbabilities,
  options,
  sumOver,
  without,
} from "./shared.ts";

const schema = options({ fromLogits, ignoreClass: z.int().nullable().default(null), axis });

/**
 * −ln p[target], y [n, …, classes] and target [n, …] whole numbers from 0.
 * https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class
 */
export const sparseCategoricalCrossentropy: Loss<z.output<typeof schema>> = {
  name: "sparse_categorical_crossentropy",
  aliases: [],
  says: "−log p of the class whose number is the target; 0 for a number that is no class. Samples of `ignoreClass` do not count.",
  takes: "distribution",
  config: schema,
  fixed,
  needs: axisNeeds,
  target: without,
  labels: (shape, { ignoreClass, axis }) => ({
    below: shape.at(axis < 0 ? axis : axis - 1) as number,
    ...(ignoreClass === null ? {} : { ignore: ignoreClass }),
  }),
  lower: (g, { y, target, config }) => {
    const classes = classesAlong(g, y, target, config.axis);
    const logP = logProbabilities(g, y, logitsOf(y, "softmax", config), config.axis);
    // select, not a product: log p of another class may be −∞.
    const values = g.neg(sumOver(g, g.select(classes, logP, g.like(logP, 0)), config.axis));
    if (config.ignoreClass === null) return { values };
    return { values, mask: g.sub(g.like(target, 1), g.equal(target, g.like(target, config.ignoreClass))) };
  },
};
