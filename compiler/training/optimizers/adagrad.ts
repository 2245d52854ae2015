import * as z from "zod";
import type { Optimizer } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { epsilon, everywhere, slotsOf } from "./shared.ts";

const schema = z.strictObject({
  learningRate: rateSchema(0.001),
  initialAccumulatorValue: z.number().min(0).default(0.1),
  epsilon: epsilon(1e-7),
});

/** a ← a + g², w ← w − lr · g / √(a + ε). https://keras.io/api/optimizers/adagrad/ */
export const adagrad: Optimizer<z.output<typeof schema>> = {
  name: "adagrad",
  says: "a += g², from `initialAccumulatorValue`; w −= lr·g/√(a + ε).",
  config: schema,
  globals: () => [],
  advance: () => ({}),
  slots: ({ initialAccumulatorValue }) => slotsOf(["accumulator"], initialAccumulatorValue),
  update: (g, { weight, gradient, each, slots, learningRate, config: { epsilon } }) => {
    const accumulator = g.add(slots.accumulator, each(g.square));
    const root = g.sqrt(g.add(accumulator, g.like(weight, epsilon)));
    const step = g.div(g.mul(everywhere(g, learningRate, weight), gradient), root);
    return { weight: g.sub(weight, step), slots: { accumulator } };
  },
};
