import * as z from "zod";
import type { Constraint } from "../define.ts";
import { axis, needsAxes, scaleNorms, within } from "./shared.ts";

const schema = z
  .strictObject({
    minValue: z.number().min(0).default(0),
    maxValue: z.number().min(0).default(1),
    rate: z.number().default(1),
    axis,
  })
  .refine(({ minValue, maxValue }) => minValue <= maxValue, {
    path: ["minValue"],
    error: "a number of at most maxValue",
  });

/** Norms over `axis` from `minValue` to `maxValue`, by `rate` of the way there. https://keras.io/api/layers/constraints/#minmaxnorm-class */
export const minMaxNorm: Constraint<z.output<typeof schema>> = {
  name: "min_max_norm",
  aliases: [],
  says: "each norm over `axis` goes `rate` of the way to what lies from `minValue` to `maxValue`",
  config: schema,
  needs: needsAxes,
  project: (g, weight, { minValue, maxValue, rate, axis: axes }) =>
    scaleNorms(g, weight, axes, (norms) => {
      const held = within(g, norms, minValue, maxValue);
      if (rate === 1) return held;
      return g.add(g.mul(held, g.like(norms, rate)), g.mul(norms, g.like(norms, 1 - rate)));
    }),
};
