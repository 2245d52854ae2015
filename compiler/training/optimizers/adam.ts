import * as z from "zod";
import type { Optimizer } from "../define.ts";
import { everywhere, fixed } from "./shared.ts";

const beta = z.number().min(0).lt(1);
const schema = z.strictObject({
  learningRate: z.number().min(0).default(0.001),
  beta1: beta.default(0.9),
  beta2: beta.default(0.999),
  epsilon: z.number().positive().default(1e-7),
  amsgrad: z.boolean().default(false),
});

/**
 * m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε), t from 1; with amsgrad the largest v
 * so far. The powers βᵗ are state, multiplied on. https://keras.io/api/optimizers/adam/
 */
export const adam: Optimizer<z.output<typeof schema>> = {
  name: "adam",
  says: "w −= lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε), m and v the running means of g and g²; ε is not bias-corrected, as in Keras.",
  config: schema,
  fixed,
  globals: () => [
    { name: "beta1Power", initial: 1 },
    { name: "beta2Power", initial: 1 },
  ],
  advance: (g, { beta1Power, beta2Power }, { beta1, beta2 }) => ({
    beta1Power: g.mul(beta1Power, g.fill(beta1, [])),
    beta2Power: g.mul(beta2Power, g.fill(beta2, [])),
  }),
  slots: ({ amsgrad }) => ["m", "v", ...(amsgrad ? ["vMax"] : [])].map((name) => ({ name, initial: 0 })),
  // m + (g − m)(1 − β) is Keras' form of the running mean; βm + (1 − β)g rounds otherwise.
  update: (g, { weight, gradient, slots, globals: { beta1Power, beta2Power }, learningRate, config }) => {
    const one = g.fill(1, []);
    const rate = g.div(g.mul(learningRate, g.sqrt(g.sub(one, beta2Power))), g.sub(one, beta1Power));
    const m = g.add(slots.m, g.mul(g.sub(gradient, slots.m), g.like(weight, 1 - config.beta1)));
    const v = g.add(slots.v, g.mul(g.sub(g.square(gradient), slots.v), g.like(weight, 1 - config.beta2)));
    const vMax = config.amsgrad ? g.max(slots.vMax, v) : v;
    const step = g.div(g.mul(m, everywhere(g, rate, weight)), g.add(g.sqrt(vMax), g.like(weight, config.epsilon)));
    return { weight: g.sub(weight, step), slots: { m, v, ...(config.amsgrad ? { vMax } : {}) } };
  },
};
