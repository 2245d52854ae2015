import * as z from "zod";
import type { Schedule } from "../define.ts";
import { ceil32, ceiled, number, rate, steps } from "./shared.ts";

const schema = z.strictObject({
  initialLearningRate: rate,
  decaySteps: steps,
  endLearningRate: rate.default(0.0001),
  power: z.number().min(0).default(1),
  cycle: z.boolean().default(false),
});

/**
 * From lr to endLearningRate in decaySteps, and there it stays; with `cycle` it begins again, each time down from (1 − t / d)^power of
 * the way, d the next multiple of decaySteps. https://keras.io/api/optimizers/learning_rate_schedules/polynomial_decay/
 */
export const polynomialDecay: Schedule<z.output<typeof schema>> = {
  name: "polynomial_decay",
  says: "(lr − end) · (1 − t/d)^power + end, d = decaySteps, then end; with `cycle` d is the next multiple of decaySteps",
  config: schema,
  rate: (g, iteration, { initialLearningRate, decaySteps, endLearningRate, power, cycle }) => {
    const [one, span] = [number(g, 1), number(g, decaySteps)];
    const turns = g.max(one, ceiled(g, g.div(iteration, span)));
    const p = cycle ? g.div(iteration, g.mul(span, turns)) : g.div(g.min(iteration, span), span);
    const left = g.pow(g.sub(one, p), number(g, power));
    const end = number(g, endLearningRate);
    return g.add(g.mul(g.sub(number(g, initialLearningRate), end), left), end);
  },
  at: (iteration, { initialLearningRate, decaySteps, endLearningRate, power, cycle }) => {
    const p = cycle
      ? iteration / (decaySteps * Math.max(1, ceil32(iteration / decaySteps)))
      : Math.min(iteration, decaySteps) / decaySteps;
    return (initialLearningRate - endLearningRate) * (1 - p) ** power + endLearningRate;
  },
};
