import * as z from "zod";
import type { Optimizer } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { blend, everywhere, slotsOf } from "./shared.ts";

const schema = z.strictObject({
  learningRate: rateSchema(0.001),
  beta1: z.number().positive().max(1).default(0.9),
  beta2: z.number().min(0).max(1).default(0.99),
});

/** w ← w − lr · sign(β₁m + (1 − β₁)g), then m ← β₂m + (1 − β₂)g. https://keras.io/api/optimizers/lion/ */
export const lion: Optimizer<z.output<typeof schema>> = {
  name: "lion",
  says: "w −= lr·sign(β₁·m + (1 − β₁)·g), m = β₂·m + (1 − β₂)·g.",
  config: schema,
  globals: () => [],
  advance: () => ({}),
  slots: () => slotsOf(["m"]),
  update: (g, { weight, gradient, slots, learningRate, config: { beta1, beta2 } }) => {
    const step = g.mul(everywhere(g, learningRate, weight), g.sign(blend(g, slots.m, gradient, beta1)));
    return { weight: g.sub(weight, step), slots: { m: blend(g, slots.m, gradient, beta2) } };
  },
};
