import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Optimizer, UpdateSite } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { beta, epsilon, everywhere, power, raised, slotsOf, toward } from "./shared.ts";

/** Adam's keys. */
export const adamSchema = z.strictObject({
  learningRate: rateSchema(0.001),
  beta1: beta.default(0.9),
  beta2: beta.default(0.999),
  epsilon: epsilon(1e-7),
  amsgrad: z.boolean().default(false),
});

/** lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ), a scalar. */
export function adamRate(g: G, { globals: { beta1Power, beta2Power }, learningRate }: UpdateSite): Node {
  const one = g.fill(1, []);
  return g.div(g.mul(learningRate, g.sqrt(g.sub(one, beta2Power))), g.sub(one, beta1Power));
}

/** rate · m / (√v + ε), what a weight loses. */
export const adamStep = (g: G, m: Node, v: Node, rate: Node, epsilon: number): Node =>
  g.div(g.mul(m, everywhere(g, rate, m)), g.add(g.sqrt(v), g.like(v, epsilon)));

/**
 * m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε), t from 1; with amsgrad the largest v
 * so far. The powers βᵗ are state, multiplied on. https://keras.io/api/optimizers/adam/
 */
export const adam: Optimizer<z.output<typeof adamSchema>> = {
  name: "adam",
  says: "w −= lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε), m and v the running means of g and g²; ε is not bias-corrected, as in Keras.",
  config: adamSchema,
  globals: ({ beta1, beta2 }) => [power("beta1Power", beta1), power("beta2Power", beta2)],
  advance: (g, { beta1Power, beta2Power }, { beta1, beta2 }) => ({
    beta1Power: raised(g, beta1Power, beta1),
    beta2Power: raised(g, beta2Power, beta2),
  }),
  slots: ({ amsgrad }) => slotsOf(["m", "v", ...(amsgrad ? ["vMax"] : [])]),
  update: (g, site) => {
    const { weight, gradient, each, slots, config } = site;
    const rate = adamRate(g, site);
    const m = toward(g, slots.m, gradient, config.beta1);
    const v = toward(g, slots.v, each(g.square), config.beta2);
    const vMax = config.amsgrad ? g.max(slots.vMax, v) : v;
    const step = adamStep(g, m, vMax, rate, config.epsilon);
    return { weight: g.sub(weight, step), slots: { m, v, ...(config.amsgrad ? { vMax } : {}) } };
  },
};
