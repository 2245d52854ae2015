import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Global, Optimizer } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { beta, epsilon, everywhere, power, raised, slotsOf, toward } from "./shared.ts";

const schema = z.strictObject({
  learningRate: rateSchema(0.001),
  beta1: beta.default(0.9),
  beta2: beta.default(0.999),
  epsilon: epsilon(1e-7),
});

/** Keras' own, no key. */
const decay = 0.96;
/** μₜ = β₁(1 − 0.96ᵗ / 2), of the power. */
const momentumOf = (g: G, decayPower: Node, beta1: number): Node =>
  g.mul(g.fill(beta1, []), g.sub(g.fill(1, []), g.mul(g.fill(0.5, []), decayPower)));

/** Π μₜ so far. */
const product = (beta1: number): Global => ({
  name: "uProduct",
  initial: 1,
  at: (updates) => {
    let value = 1;
    let falling = 1;
    for (let t = 1; t <= updates && value > 0; t++) {
      falling *= decay;
      value *= beta1 * (1 - 0.5 * falling);
    }
    return value;
  },
});

/**
 * Adam with Nesterov's momentum: m̂ = μₜ₊₁ m / (1 − Π μ up to t + 1) + (1 − μₜ) g / (1 − Π μ up to t), v̂ = v / (1 − β₂ᵗ),
 * w ← w − lr · m̂ / (√v̂ + ε). https://keras.io/api/optimizers/nadam/
 */
export const nadam: Optimizer<z.output<typeof schema>> = {
  name: "nadam",
  says: "w −= lr·m̂/(√(v/(1 − β₂ᵗ)) + ε), m̂ = μₜ₊₁·m/(1 − Πμₜ₊₁) + (1 − μₜ)·g/(1 − Πμₜ), μₜ = β₁(1 − 0.96ᵗ/2).",
  config: schema,
  globals: ({ beta1, beta2 }) => [power("beta2Power", beta2), power("decayPower", decay), product(beta1)],
  advance: (g, globals, { beta1, beta2 }) => {
    const decayPower = raised(g, globals.decayPower, decay);
    return {
      beta2Power: raised(g, globals.beta2Power, beta2),
      decayPower,
      uProduct: g.mul(globals.uProduct, momentumOf(g, decayPower, beta1)),
    };
  },
  slots: () => slotsOf(["m", "v"]),
  update: (g, { weight, gradient, each, slots, globals, learningRate, config: { beta1, beta2, epsilon } }) => {
    const { beta2Power, decayPower, uProduct } = globals;
    const one = g.fill(1, []);
    const now = momentumOf(g, decayPower, beta1);
    const next = momentumOf(g, raised(g, decayPower, decay), beta1);
    const m = toward(g, slots.m, gradient, beta1);
    const v = toward(g, slots.v, each(g.square), beta2);
    const all = (scalar: Node): Node => everywhere(g, scalar, weight);
    const ahead = g.div(g.mul(all(next), m), all(g.sub(one, g.mul(uProduct, next))));
    const own = g.div(g.mul(all(g.sub(one, now)), gradient), all(g.sub(one, uProduct)));
    const root = g.sqrt(g.div(v, all(g.sub(one, beta2Power))));
    const step = g.div(g.mul(g.add(ahead, own), all(learningRate)), g.add(root, g.like(root, epsilon)));
    return { weight: g.sub(weight, step), slots: { m, v } };
  },
};
