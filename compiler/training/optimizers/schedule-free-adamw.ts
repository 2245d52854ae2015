import * as z from "zod";
import type { Optimizer } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { beta, epsilon, everywhere, power, raised, times, toward } from "./shared.ts";

const schema = z.strictObject({
  learningRate: rateSchema(0.0025),
  beta1: z.number().positive().max(1).default(0.9),
  beta2: beta.default(0.999),
  epsilon: epsilon(1e-8),
  warmupSteps: z.number().min(0).default(0),
});

/**
 * z ← z − lr · g / (√(v / (1 − β₂ᵗ)) + ε), x ← x + (z − x) / t, and the weight is y = (1 − β₁)z + β₁x, from which x is found again: by the
 * new z, as Keras does it on TensorFlow. The momentum z begins as the weight. https://keras.io/api/optimizers/schedule_free_adamw/
 */
export const scheduleFreeAdamw: Optimizer<z.output<typeof schema>> = {
  name: "schedulefreeadamw",
  says: "z −= lr·g/(√(v/(1 − β₂ᵗ)) + ε), x the mean of all z, w = (1 − β₁)·z + β₁·x; lr rises for `warmupSteps`.",
  config: schema,
  globals: ({ beta2 }) => [power("beta2Power", beta2)],
  advance: (g, { beta2Power }, { beta2 }) => ({ beta2Power: raised(g, beta2Power, beta2) }),
  slots: () => [
    { name: "momentum", initial: "weight" },
    { name: "velocity", initial: 0 },
  ],
  update: (g, { weight, gradient, each, slots, globals, learningRate, count, config }) => {
    const { beta1, beta2, epsilon, warmupSteps } = config;
    const [one, t] = [g.fill(1, []), count()];
    const warm = warmupSteps > 0 ? g.mul(learningRate, g.min(g.div(t, g.fill(warmupSteps, [])), one)) : learningRate;
    const velocity = toward(g, slots.velocity, each(g.square), beta2);
    const root = g.sqrt(g.div(velocity, everywhere(g, g.sub(one, globals.beta2Power), weight)));
    const step = g.div(g.mul(everywhere(g, warm, weight), gradient), g.add(root, g.like(root, epsilon)));
    const momentum = g.sub(slots.momentum, step);
    const share = g.div(one, t);
    const before = g.div(g.sub(weight, times(g, momentum, 1 - beta1)), g.like(weight, beta1));
    const mean = g.add(g.mul(everywhere(g, g.sub(one, share), weight), before), g.mul(everywhere(g, share, weight), momentum));
    return {
      weight: g.add(times(g, momentum, 1 - beta1), times(g, mean, beta1)),
      slots: { momentum, velocity },
    };
  },
};
