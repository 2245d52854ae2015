import * as z from "zod";
import type { Optimizer } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { beta, epsilon, everywhere, power, raised, slotsOf, times, toward } from "./shared.ts";

const schema = z.strictObject({
  learningRate: rateSchema(0.001),
  beta1: beta.default(0.9),
  beta2: beta.default(0.999),
  epsilon: epsilon(1e-7),
});

/** m as Adam's, u ← max(β₂u, |g|), w ← w − lr · m / ((1 − β₁ᵗ)(u + ε)). https://keras.io/api/optimizers/adamax/ */
export const adamax: Optimizer<z.output<typeof schema>> = {
  name: "adamax",
  says: "w −= lr·m/((1 − β₁ᵗ)(u + ε)), m the running mean of g, u = max(β₂·u, |g|).",
  config: schema,
  globals: ({ beta1 }) => [power("beta1Power", beta1)],
  advance: (g, { beta1Power }, { beta1 }) => ({ beta1Power: raised(g, beta1Power, beta1) }),
  slots: () => slotsOf(["m", "u"]),
  update: (g, { weight, gradient, each, slots, globals, learningRate, config: { beta1, beta2, epsilon } }) => {
    const m = toward(g, slots.m, gradient, beta1);
    const u = g.max(times(g, slots.u, beta2), each(g.abs));
    const grown = everywhere(g, g.sub(g.fill(1, []), globals.beta1Power), weight);
    const step = g.div(g.mul(everywhere(g, learningRate, weight), m), g.mul(grown, g.add(u, g.like(u, epsilon))));
    return { weight: g.sub(weight, step), slots: { m, u } };
  },
};
