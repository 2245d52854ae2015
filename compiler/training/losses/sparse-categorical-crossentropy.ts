import * as z from "zod";
import type { Loss } from "../define.ts";
import { fixed, fromLogits, lastAxis, logitsOf, logProbabilities, sumOverLast } from "./shared.ts";

const schema = z.strictObject({ fromLogits, ignoreClass: z.int().nullable().default(null) });

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
  fixed: { ...fixed, axis: [-1] },
  target: (shape) => shape.slice(0, -1),
  labels: (shape, { ignoreClass }) => ({
    below: shape[shape.length - 1],
    ...(ignoreClass === null ? {} : { ignore: ignoreClass }),
  }),
  lower: (g, { y, target, config }) => {
    const classes = g.oneHot(target, { depth: y.type.shape[lastAxis(y)] as number });
    const logP = logProbabilities(g, y, logitsOf(y, "softmax", config));
    // select, not a product: log p of another class may be −∞.
    const values = g.neg(sumOverLast(g, g.select(classes, logP, g.like(logP, 0))));
    if (config.ignoreClass === null) return { values };
    return { values, mask: g.sub(g.like(target, 1), g.equal(target, g.like(target, config.ignoreClass))) };
  },
};
