import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Optimizer, Trained, UpdateSite } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { adamRate, adamStep } from "./adam.ts";
import { hasKeyword, isKeyword } from "./keywords.ts";
import { beta, epsilon, everywhere, power, raised, slotsOf, times, toward } from "./shared.ts";

const schema = z.strictObject({
  learningRate: rateSchema(0.001),
  adamBeta1: beta.default(0.9),
  adamBeta2: beta.default(0.999),
  adamWeightDecay: z.number().nullable().default(0.004),
  epsilon: epsilon(1e-7),
  weightDecay: z.number().nullable().default(0.004),
  excludeLayers: z.array(z.string().refine(isKeyword, { error: "words to be found in a weight's name" })).default([]),
  excludeEmbeddings: z.boolean().default(true),
  muonA: z.number().default(3.4445),
  muonB: z.number().default(-4.775),
  muonC: z.number().default(2.0315),
  adamLrRatio: z.number().min(0).default(1),
  momentum: z.number().min(0).max(1).default(0.95),
  nsSteps: z.int().min(0).max(64).default(5),
  nesterov: z.boolean().default(true),
  rmsRate: z.number().nullable().default(0.2),
});
type Config = z.output<typeof schema>;

/** Whether the weight is moved as AdamW does it: all but matrices that nobody excludes. */
const isAdam = ({ excludeLayers, excludeEmbeddings }: Config, { name, shape }: Trained): boolean =>
  shape.length !== 2 || (excludeEmbeddings && name.toLowerCase().includes("embedding")) || hasKeyword(name, excludeLayers);

/** Near to U·Vᵀ of a matrix U·S·Vᵀ, by iterations of Newton and Schulz. */
function orthogonal(g: G, given: Node, { nsSteps, muonA, muonB, muonC }: Config): Node {
  const [rows, columns] = given.type.shape as readonly number[];
  const turned = (x: Node): Node => (rows > columns ? g.transpose(x, { perm: [1, 0] }) : x);
  const product = (a: Node, b: Node): Node => g.dot(a, b, { batch: [[], []], contract: [[1], [0]] });
  const norm = g.add(g.sqrt(g.reduceSum(g.square(given), { axes: [0, 1] })), g.fill(1e-7, []));
  let x = turned(g.div(given, everywhere(g, norm, given)));
  for (let i = 0; i < nsSteps; i++) {
    const square = g.dot(x, x, { batch: [[], []], contract: [[1], [1]] });
    const sum = g.add(times(g, square, muonB), product(times(g, square, muonC), square));
    x = g.add(times(g, x, muonA), product(sum, x));
  }
  return turned(x);
}

type Site = UpdateSite & { readonly config: Config };
type Moved = ReturnType<Optimizer["update"]>;

function asAdam(g: G, site: Site): Moved {
  const { weight, gradient, each, slots, learningRate, config } = site;
  const momentum = toward(g, slots.momentum, gradient, config.adamBeta1);
  const velocity = toward(g, slots.velocity, each(g.square), config.adamBeta2);
  const rate = adamRate(g, { ...site, learningRate: times(g, learningRate, config.adamLrRatio) });
  return {
    weight: g.sub(weight, adamStep(g, momentum, velocity, rate, config.epsilon)),
    slots: { momentum, velocity },
  };
}

function alongMatrix(g: G, { weight, gradient, slots, learningRate, config }: Site): Moved {
  const momentum = g.add(slots.momentum, g.add(gradient, times(g, slots.momentum, config.momentum - 1)));
  const direction = config.nesterov ? g.add(gradient, times(g, momentum, config.momentum)) : momentum;
  const step = g.mul(everywhere(g, learningRate, weight), orthogonal(g, direction, config));
  const [rows, columns] = weight.type.shape as readonly number[];
  const scale = config.rmsRate === null ? 1 : Math.sqrt(Math.max(rows, columns)) * config.rmsRate;
  return { weight: g.sub(weight, times(g, step, scale)), slots: { momentum } };
}

/**
 * A matrix is moved along its orthogonalized momentum, m ← μ·m + g, times √max(rows, columns) · rmsRate; any other weight as AdamW does
 * it. https://keras.io/api/optimizers/muon/
 */
export const muon: Optimizer<Config> = {
  name: "muon",
  says: "matrices: w −= lr·rmsRate·√max(rows, columns)·U·Vᵀ of the momentum μ·m + g (Newton-Schulz); embeddings, `excludeLayers` and all else adamw.",
  config: schema,
  globals: ({ adamBeta1, adamBeta2 }) => [power("beta1Power", adamBeta1), power("beta2Power", adamBeta2)],
  advance: (g, { beta1Power, beta2Power }, { adamBeta1, adamBeta2 }) => ({
    beta1Power: raised(g, beta1Power, adamBeta1),
    beta2Power: raised(g, beta2Power, adamBeta2),
  }),
  slots: (config, weight) => slotsOf(["momentum", ...(isAdam(config, weight) ? ["velocity"] : [])]),
  decay: (config, weight) => (isAdam(config, weight) ? config.adamWeightDecay : config.weightDecay),
  update: (g, site) => (site.slots.velocity === undefined ? alongMatrix(g, site) : asAdam(g, site)),
};
