import * as z from "zod";
import type { Optimizer } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { everywhere, slotsOf } from "./shared.ts";

const schema = z.strictObject({
  learningRate: rateSchema(0.01),
  momentum: z.number().min(0).max(1).default(0),
  nesterov: z.boolean().default(false),
});

/** w ← w − lr · g, or with momentum w ← w + m, m ← μ · m − lr · g. https://keras.io/api/optimizers/sgd/ */
export const sgd: Optimizer<z.output<typeof schema>> = {
  name: "sgd",
  says: "w −= lr·g; with momentum m = μ·m − lr·g and w += m (Nesterov: w += μ·m − lr·g).",
  config: schema,
  globals: () => [],
  advance: () => ({}),
  slots: ({ momentum }) => (momentum === 0 ? [] : slotsOf(["momentum"])),
  update: (g, { weight, gradient, slots, learningRate, config: { momentum, nesterov } }) => {
    const step = g.mul(gradient, everywhere(g, learningRate, weight));
    if (momentum === 0) return { weight: g.sub(weight, step), slots };
    const mu = g.like(weight, momentum);
    const m = g.sub(g.mul(slots.momentum, mu), step);
    return { weight: g.add(weight, nesterov ? g.sub(g.mul(m, mu), step) : m), slots: { momentum: m } };
  },
};
