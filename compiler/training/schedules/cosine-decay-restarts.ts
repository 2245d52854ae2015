import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Schedule } from "../define.ts";
import { floor32, floored, halfCosine, halfCosineAt, number, rate, steps } from "./shared.ts";

const schema = z.strictObject({
  initialLearningRate: rate,
  firstDecaySteps: steps,
  tMul: z.number().positive().default(2),
  mMul: z.number().min(0).default(1),
  alpha: z.number().default(0),
});

/** A quotient of logarithms is a few roundings off, and a restart is a jump: what is so near to one is one. */
const near = 2e-6;

/** How many times it has begun again, and how far it has come since then, for p first periods. */
function turn(g: G, p: Node, tMul: number): { readonly restarts: Node; readonly done: Node } {
  if (tMul === 1) {
    const restarts = floored(g, p);
    return { restarts, done: g.sub(p, restarts) };
  }
  const [one, grows] = [number(g, 1), number(g, tMul)];
  const longer = g.sub(grows, one);
  const restarts = g.floor(g.add(g.div(g.log(g.add(one, g.mul(p, longer))), g.log(grows)), number(g, near)));
  const length = g.pow(grows, restarts);
  return { restarts, done: g.div(g.sub(p, g.div(g.sub(length, one), longer)), length) };
}

function turnAt(p: number, tMul: number): { readonly restarts: number; readonly done: number } {
  if (tMul === 1) return { restarts: floor32(p), done: p - floor32(p) };
  const restarts = Math.floor(Math.log(1 + p * (tMul - 1)) / Math.log(tMul) + near);
  const length = tMul ** restarts;
  return { restarts, done: (p - (length - 1) / (tMul - 1)) / length };
}

/**
 * Down half a cosine in firstDecaySteps, and again and again: each time tMul as long, from mMul as high.
 * https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay_restarts/
 */
export const cosineDecayRestarts: Schedule<z.output<typeof schema>> = {
  name: "cosine_decay_restarts",
  says: "lr · ((1 − alpha) · mMulⁱ · (1 + cos πp)/2 + alpha), p from 0 to 1 in firstDecaySteps · tMulⁱ, i restarts so far",
  config: schema,
  rate: (g, iteration, { initialLearningRate, firstDecaySteps, tMul, mMul, alpha }) => {
    const { restarts, done } = turn(g, g.div(iteration, number(g, firstDecaySteps)), tMul);
    const wave = g.mul(g.pow(number(g, mMul), restarts), halfCosine(g, done));
    return g.mul(number(g, initialLearningRate), g.add(g.mul(number(g, 1 - alpha), wave), number(g, alpha)));
  },
  at: (iteration, { initialLearningRate, firstDecaySteps, tMul, mMul, alpha }) => {
    const { restarts, done } = turnAt(iteration / firstDecaySteps, tMul);
    return initialLearningRate * ((1 - alpha) * mMul ** restarts * halfCosineAt(done) + alpha);
  },
};
