import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { Schedule } from "../define.ts";
import { halfCosine, halfCosineAt, number, rate, steps } from "./shared.ts";

const schema = z.strictObject({
  initialLearningRate: rate,
  decaySteps: steps,
  alpha: z.number().default(0),
  warmupTarget: rate.nullable().default(null),
  warmupSteps: z.number().min(0).default(0),
});

/**
 * Down half a cosine to alpha of where it began; with a `warmupTarget` in a line up to that first, and from there.
 * https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay/
 */
export const cosineDecay: Schedule<z.output<typeof schema>> = {
  name: "cosine_decay",
  says: "lr · ((1 − alpha) · (1 + cos πp)/2 + alpha), p = t/decaySteps up to 1; first from lr to `warmupTarget` in `warmupSteps`",
  config: schema,
  rate: (g, iteration, { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps }) => {
    const [start, span] = [number(g, initialLearningRate), number(g, decaySteps)];
    const down = (from: Node, t: Node): Node =>
      g.mul(from, g.add(g.mul(number(g, 1 - alpha), halfCosine(g, g.div(t, span))), number(g, alpha)));
    if (warmupTarget === null) return down(start, g.min(iteration, span));
    const [target, warm] = [number(g, warmupTarget), number(g, warmupSteps)];
    const t = g.min(iteration, g.add(span, warm));
    const up = g.add(g.mul(g.sub(target, start), g.div(t, warm)), start);
    return g.select(g.less(t, warm), up, down(target, g.sub(t, warm)));
  },
  at: (iteration, { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps }) => {
    const down = (from: number, t: number): number => from * ((1 - alpha) * halfCosineAt(t / decaySteps) + alpha);
    if (warmupTarget === null) return down(initialLearningRate, Math.min(iteration, decaySteps));
    const t = Math.min(iteration, decaySteps + warmupSteps);
    if (t >= warmupSteps) return down(warmupTarget, t - warmupSteps);
    return (warmupTarget - initialLearningRate) * (t / warmupSteps) + initialLearningRate;
  },
};
