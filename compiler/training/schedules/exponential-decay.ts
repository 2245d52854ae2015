import * as z from "zod";
import type { Schedule } from "../define.ts";
import { floor32, floored, number, rate, steps } from "./shared.ts";

const schema = z.strictObject({
  initialLearningRate: rate,
  decaySteps: steps,
  decayRate: z.number().min(0),
  staircase: z.boolean().default(false),
});

/** lr · decayRate^(t / decaySteps). https://keras.io/api/optimizers/learning_rate_schedules/exponential_decay/ */
export const exponentialDecay: Schedule<z.output<typeof schema>> = {
  name: "exponential_decay",
  says: "lr · decayRate^p, p = t/decaySteps, with `staircase` ⌊p⌋",
  config: schema,
  rate: (g, iteration, { initialLearningRate, decaySteps, decayRate, staircase }) => {
    const p = g.div(iteration, number(g, decaySteps));
    return g.mul(number(g, initialLearningRate), g.pow(number(g, decayRate), staircase ? floored(g, p) : p));
  },
  at: (iteration, { initialLearningRate, decaySteps, decayRate, staircase }) => {
    const p = iteration / decaySteps;
    return initialLearningRate * decayRate ** (staircase ? floor32(p) : p);
  },
};
