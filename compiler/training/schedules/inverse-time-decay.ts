import * as z from "zod";
import type { Schedule } from "../define.ts";
import { floor32, floored, number, rate, steps } from "./shared.ts";

const schema = z.strictObject({
  initialLearningRate: rate,
  decaySteps: steps,
  decayRate: z.number().min(0),
  staircase: z.boolean().default(false),
});

/** lr / (1 + decayRate · t / decaySteps). https://keras.io/api/optimizers/learning_rate_schedules/inverse_time_decay/ */
export const inverseTimeDecay: Schedule<z.output<typeof schema>> = {
  name: "inverse_time_decay",
  says: "lr / (1 + decayRate · p), p = t/decaySteps, with `staircase` ⌊p⌋",
  config: schema,
  rate: (g, iteration, { initialLearningRate, decaySteps, decayRate, staircase }) => {
    const p = g.div(iteration, number(g, decaySteps));
    const grown = g.add(number(g, 1), g.mul(number(g, decayRate), staircase ? floored(g, p) : p));
    return g.div(number(g, initialLearningRate), grown);
  },
  at: (iteration, { initialLearningRate, decaySteps, decayRate, staircase }) => {
    const p = iteration / decaySteps;
    return initialLearningRate / (1 + decayRate * (staircase ? floor32(p) : p));
  },
};
