import * as z from "zod";
import type { Optimizer } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { blend, epsilon, everywhere, slotsOf, times } from "./shared.ts";

const schema = z.strictObject({
  learningRate: rateSchema(0.001),
  rho: z.number().min(0).max(1).default(0.9),
  momentum: z.number().min(0).max(1).default(0),
  epsilon: epsilon(1e-7),
  centered: z.boolean().default(false),
});

/** v ← ρv + (1 − ρ)g², w ← w − lr · g / √(v + ε); centered: v − (mean of g)². https://keras.io/api/optimizers/rmsprop/ */
export const rmsprop: Optimizer<z.output<typeof schema>> = {
  name: "rmsprop",
  says: "d = lr·g/√(v + ε), v the running mean of g², `centered` less the square of that of g; w −= d, with momentum m = μ·m + d and w −= m.",
  config: schema,
  globals: () => [],
  advance: () => ({}),
  slots: ({ momentum, centered }) =>
    slotsOf(["velocity", ...(momentum > 0 ? ["momentum"] : []), ...(centered ? ["averageGradient"] : [])]),
  update: (g, { weight, gradient, each, slots, learningRate, config: { rho, momentum, epsilon, centered } }) => {
    const velocity = blend(g, slots.velocity, each(g.square), rho);
    const average = centered ? { averageGradient: blend(g, slots.averageGradient, gradient, rho) } : undefined;
    const spread = average === undefined ? velocity : g.sub(velocity, g.square(average.averageGradient));
    const own = g.div(g.mul(everywhere(g, learningRate, weight), gradient), g.sqrt(g.add(spread, g.like(weight, epsilon))));
    const moved = momentum > 0 ? { momentum: g.add(times(g, slots.momentum, momentum), own) } : undefined;
    return { weight: g.sub(weight, moved?.momentum ?? own), slots: { velocity, ...moved, ...average } };
  },
};
