import * as z from "zod";
import type { Loss } from "../define.ts";
import { classesAlong, fixed, options, sumOver } from "./shared.ts";

const schema = options({ q: z.number().gt(0).lt(1).default(0.5) });

/**
 * (1 − p^q) / q, p what y [n, …, classes] gives the class whose number the target [n, …] is: between a crossentropy (q near 0) and the mean
 * absolute error (q near 1), for labels of which some are wrong.
 * https://keras.io/api/losses/probabilistic_losses/#categoricalgeneralizedcrossentropy-class
 */
export const categoricalGeneralizedCrossEntropy: Loss<z.output<typeof schema>> = {
  name: "categorical_generalized_cross_entropy",
  aliases: [],
  says: "(1 − p^q) / q of the class whose number is the target, 0 < q < 1.",
  takes: "distribution",
  config: schema,
  fixed,
  target: (shape) => shape.slice(0, -1),
  labels: (shape) => ({ below: shape[shape.length - 1] }),
  lower: (g, { y, target, config: { q } }) => {
    const p = sumOver(g, g.select(classesAlong(g, y, target), y, g.like(y, 0)));
    return { values: g.mul(g.sub(g.like(p, 1), g.pow(p, g.like(p, q))), g.like(p, 1 / q)) };
  },
};
