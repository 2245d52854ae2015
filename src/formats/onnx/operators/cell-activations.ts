// Activation functions of recurrent operators, by name, with numbers of their own in the order of use, and a bound on what goes in.
import type { Node } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import type { Site } from "../define.ts";

/** A function of a gate. */
export type Activate = (g: G, x: Node) => Node;
interface Row {
  readonly alpha?: number;
  readonly beta?: number;
  readonly of: (g: G, x: Node, alpha: number, beta: number) => Node;
}

const rows: Readonly<Record<string, Row>> = {
  relu: { of: (g, x) => g.relu(x) },
  tanh: { of: (g, x) => g.tanh(x) },
  sigmoid: { of: (g, x) => g.sigmoid(x) },
  softsign: { of: (g, x) => g.softsign(x) },
  softplus: { of: (g, x) => g.softplus(x) },
  affine: { alpha: 1, beta: 0, of: (g, x, alpha, beta) => g.add(g.mul(g.like(x, alpha), x), g.like(x, beta)) },
  leakyrelu: { alpha: 0.01, of: (g, x, slope) => g.leakyRelu(x, { slope }) },
  thresholdedrelu: { alpha: 1, of: (g, x, value) => g.threshold(x, { value, default: 0 }) },
  scaledtanh: { alpha: 1, beta: 1, of: (g, x, alpha, beta) => g.mul(g.like(x, alpha), g.tanh(g.mul(g.like(x, beta), x))) },
  hardsigmoid: {
    alpha: 0.2,
    beta: 0.5,
    of: (g, x, alpha, beta) => g.clip(g.add(g.mul(g.like(x, alpha), x), g.like(x, beta)), { low: 0, high: 1 }),
  },
  elu: { alpha: 1, of: (g, x, alpha) => g.elu(x, { alpha }) },
};

/** A function by its name, with the numbers of its own in order. Refuses a name that it does not know. */
export function activationNamed(site: Site, name: string, numbers: readonly number[]): Activate {
  const row = rows[name.toLowerCase()] ?? site.refuse(`with the activation ${JSON.stringify(name)}`);
  return (g, x) => row.of(g, x, numbers[0] ?? row.alpha ?? 0, numbers[1] ?? row.beta ?? 0);
}

/** The functions of a direction. Numbers are listed for those functions alone that have any. */
export function cellActivations(site: Site, defaults: readonly string[], direction: number): readonly Activate[] {
  const count = defaults.length;
  const given = site.strings("activations");
  const names = given === undefined || given.length === 0 ? [...defaults, ...defaults] : given;
  const alphas = [...(site.attribute("activation_alpha")?.floats ?? [])];
  const betas = [...(site.attribute("activation_beta")?.floats ?? [])];
  const clip = site.float("clip", 0);
  const all = names.map((name): Activate => {
    const row = rows[name.toLowerCase()] ?? site.refuse(`with the activation ${JSON.stringify(name)}`);
    const alpha = row.alpha === undefined ? 0 : (alphas.shift() ?? row.alpha);
    const beta = row.beta === undefined ? 0 : (betas.shift() ?? row.beta);
    return (g, x) => row.of(g, clip > 0 ? g.clip(x, { low: -clip, high: clip }) : x, alpha, beta);
  });
  const own = all.slice(direction * count, (direction + 1) * count);
  return own.length === count ? own : site.refuse(`with ${names.length} activations`);
}
