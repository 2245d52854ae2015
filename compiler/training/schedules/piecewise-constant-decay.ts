import * as z from "zod";
import type { Schedule } from "../define.ts";
import { number, rate } from "./shared.ts";

const schema = z
  .strictObject({ boundaries: z.array(z.number()).min(1), values: z.array(rate).min(2) })
  .refine(({ boundaries, values }) => boundaries.length === values.length - 1, {
    path: ["values"],
    error: "one value more than boundaries",
  })
  .refine(({ boundaries }) => boundaries.every((boundary, i) => i === 0 || boundary >= boundaries[i - 1]), {
    path: ["boundaries"],
    error: "boundaries in ascending order",
  });

/** The i-th value while t is at most the i-th boundary. https://keras.io/api/optimizers/learning_rate_schedules/piecewise_constant_decay/ */
export const piecewiseConstantDecay: Schedule<z.output<typeof schema>> = {
  name: "piecewise_constant_decay",
  says: "the i-th of `values` while t ≤ the i-th of `boundaries`, then the last",
  config: schema,
  // From behind: a later boundary counts where no earlier one does. Keras cuts them down to whole numbers.
  rate: (g, iteration, { boundaries, values }) =>
    boundaries.reduceRight(
      (later, boundary, i) => g.select(g.less(number(g, Math.trunc(boundary)), iteration), later, number(g, values[i])),
      number(g, values[boundaries.length]),
    ),
  at: (iteration, { boundaries, values }) => {
    const i = boundaries.findIndex((boundary) => iteration <= Math.trunc(boundary));
    return values[i < 0 ? boundaries.length : i];
  },
};
