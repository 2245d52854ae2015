import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Optimizer } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { beta, epsilon, everywhere, power, raised, slotsOf, toward } from "./shared.ts";

const schema = z.strictObject({
  learningRate: rateSchema(0.001),
  beta1: beta.default(0.9),
  beta2: beta.default(0.999),
  epsilon: epsilon(1e-7),
});

const norm = (g: G, x: Node): Node => g.sqrt(g.reduceSum(g.square(x), { axes: x.type.shape.map((_, axis) => axis) }));

/** |w| / |u|, 1 where one of them is 0. */
function trust(g: G, weight: Node, update: Node): Node {
  const [w, u, one, zero] = [norm(g, weight), norm(g, update), g.fill(1, []), g.fill(0, [])];
  return g.select(g.less(zero, w), g.select(g.less(zero, u), g.div(w, u), one), one);
}

/** u = m̂ / (√v̂ + ε) as Adam's, both bias-corrected; w ← w − |w| / |u| · lr · u. https://keras.io/api/optimizers/lamb/ */
export const lamb: Optimizer<z.output<typeof schema>> = {
  name: "lamb",
  says: "w −= |w|/|u|·lr·u, u = m̂/(√v̂ + ε), m̂ and v̂ Adam's means, bias-corrected; the ratio of norms is 1 where one is 0.",
  config: schema,
  globals: ({ beta1, beta2 }) => [power("beta1Power", beta1), power("beta2Power", beta2)],
  advance: (g, { beta1Power, beta2Power }, { beta1, beta2 }) => ({
    beta1Power: raised(g, beta1Power, beta1),
    beta2Power: raised(g, beta2Power, beta2),
  }),
  slots: () => slotsOf(["m", "v"]),
  update: (g, { weight, gradient, each, slots, globals, learningRate, config: { beta1, beta2, epsilon } }) => {
    const m = toward(g, slots.m, gradient, beta1);
    const v = toward(g, slots.v, each(g.square), beta2);
    const grown = (power: Node): Node => everywhere(g, g.sub(g.fill(1, []), power), weight);
    const root = g.sqrt(g.div(v, grown(globals.beta2Power)));
    const update = g.div(g.div(m, grown(globals.beta1Power)), g.add(root, g.like(root, epsilon)));
    const rate = g.mul(trust(g, weight, update), learningRate);
    return { weight: g.sub(weight, g.mul(everywhere(g, rate, weight), update)), slots: { m, v } };
  },
};
