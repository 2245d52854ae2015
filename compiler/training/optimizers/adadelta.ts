import * as z from "zod";
import type { Optimizer } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { blend, epsilon, everywhere, slotsOf } from "./shared.ts";

const schema = z.strictObject({
  learningRate: rateSchema(0.001),
  rho: z.number().min(0).max(1).default(0.95),
  epsilon: epsilon(1e-7),
});

/** d ← g · √(D + ε) / √(G + ε), G and D the running means of g² and d²; w ← w − lr · d. https://keras.io/api/optimizers/adadelta/ */
export const adadelta: Optimizer<z.output<typeof schema>> = {
  name: "adadelta",
  says: "d = √(D + ε)/√(G + ε) · g, G and D the running means of g² and, until then, d²; w −= lr·d.",
  config: schema,
  globals: () => [],
  advance: () => ({}),
  slots: () => slotsOf(["accumulatedGradient", "accumulatedDelta"]),
  update: (g, { weight, gradient, each, slots, learningRate, config: { rho, epsilon } }) => {
    const small = g.like(weight, epsilon);
    const squares = each(g.square);
    const accumulatedGradient = blend(g, slots.accumulatedGradient, squares, rho);
    const ratio = g.div(g.sqrt(g.add(slots.accumulatedDelta, small)), g.sqrt(g.add(accumulatedGradient, small)));
    // The squares of what each part of the gradient moves are its own times that of the ratio.
    const accumulatedDelta = blend(g, slots.accumulatedDelta, g.mul(squares, g.square(ratio)), rho);
    const delta = g.mul(ratio, gradient);
    return {
      weight: g.sub(weight, g.mul(everywhere(g, learningRate, weight), delta)),
      slots: { accumulatedGradient, accumulatedDelta },
    };
  },
};
