import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Optimizer } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { everywhere, times } from "./shared.ts";

const strength = z.number().min(0).default(0);
const schema = z.strictObject({
  learningRate: rateSchema(0.001),
  learningRatePower: z.number().max(0).default(-0.5),
  initialAccumulatorValue: z.number().min(0).default(0.1),
  l1RegularizationStrength: strength,
  l2RegularizationStrength: strength,
  l2ShrinkageRegularizationStrength: strength,
  beta: strength,
});

/** x^power, by a root where it is one. */
const powered = (g: G, x: Node, power: number): Node => (power === 0.5 ? g.sqrt(x) : g.pow(x, g.like(x, power)));

/**
 * a′ = a + g², z ← z + g + 2·shrinkage·w − (a′^p − a^p) / lr · w with p = −learningRatePower, and w ← (z held within ±l1 − z) /
 * (a′^p / lr + 2·l2 + beta / lr). https://keras.io/api/optimizers/ftrl/
 */
export const ftrl: Optimizer<z.output<typeof schema>> = {
  name: "ftrl",
  says: "w = (clip(z, ±l1) − z)/(aᵖ/lr + 2·l2 + beta/lr), a += g², z += g + 2·shrinkage·w − Δaᵖ/lr·w, p = −learningRatePower.",
  config: schema,
  globals: () => [],
  advance: () => ({}),
  slots: ({ initialAccumulatorValue }) => [
    { name: "accumulator", initial: initialAccumulatorValue },
    { name: "linear", initial: 0 },
  ],
  update: (g, { weight, gradient, each, slots, learningRate, config }) => {
    const { l1RegularizationStrength: l1, l2RegularizationStrength: l2, beta } = config;
    const rate = everywhere(g, learningRate, weight);
    const accumulator = g.add(slots.accumulator, each(g.square));
    const [next, before] = [accumulator, slots.accumulator].map((a) => powered(g, a, -config.learningRatePower));
    const pull = g.add(gradient, times(g, weight, 2 * config.l2ShrinkageRegularizationStrength));
    const linear = g.add(slots.linear, g.sub(pull, g.mul(g.div(g.sub(next, before), rate), weight)));
    const ridge = g.add(g.fill(l2, []), g.div(g.fill(beta, []), g.mul(g.fill(2, []), learningRate)));
    const quadratic = g.add(g.div(next, rate), everywhere(g, g.mul(g.fill(2, []), ridge), weight));
    const held = g.min(g.max(linear, g.like(linear, -l1)), g.like(linear, l1));
    return { weight: g.div(g.sub(held, linear), quadratic), slots: { accumulator, linear } };
  },
};
