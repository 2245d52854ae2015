// Gradients held within a limit, by one of three rules. In: the gradients of a step. Out: the same, none larger than the limit.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Common } from "../../training/optimizers/common.ts";
import { type Gradient, whole } from "./gradient.ts";

/** The rules, each by its key in an optimizer's config. */
const rules: readonly (readonly [
  keyof Common & ("clipnorm" | "globalClipnorm" | "clipvalue"),
  (g: G, gradients: readonly Gradient[], limit: number) => readonly Gradient[],
])[] = [
  ["clipnorm", (g, gradients, limit) => gradients.map((gradient) => withinNorm(g, gradient, limit))],
  ["globalClipnorm", withinGlobalNorm],
  [
    "clipvalue",
    (g, gradients, limit) => gradients.map((gradient) => gradient.map((part) => g.clip(part, { low: -limit, high: limit }))),
  ],
];

/** The gradients as the config has them clipped; a limit of 0 clips nothing, as in Keras. */
export function clipped(g: G, gradients: readonly Gradient[], config: Common): readonly Gradient[] {
  const [rule] = rules.filter(([key]) => (config[key] ?? 0) > 0);
  return rule === undefined ? gradients : rule[1](g, gradients, config[rule[0]] ?? 0);
}

const scaled = (g: G, x: Node, scalar: Node): Node => g.mul(x, g.broadcast(scalar, { shape: x.type.shape, axes: [] }));
const squares = (g: G, x: Node): Node => g.reduceSum(g.square(x), { axes: x.type.shape.map((_, axis) => axis) });
const sum = (g: G, all: readonly Node[]): Node => all.reduce((a, b) => g.add(a, b));

/** g · limit / max(|g|, limit): a gradient of 0 stays 0. */
function withinNorm(g: G, gradient: Gradient, limit: number): Gradient {
  const norm = g.sqrt(sum(g, gradient.parts.map((part) => squares(g, part)))); // biome-ignore format: one line
  const most = g.max(norm, g.fill(limit, []));
  return gradient.map((part) => g.div(g.mul(part, g.like(part, limit)), g.broadcast(most, { shape: part.type.shape, axes: [] })));
}

/** All by one factor, min(1, limit / norm of all); NaN where the norm is not finite, as in Keras. */
function withinGlobalNorm(g: G, gradients: readonly Gradient[], limit: number): readonly Gradient[] {
  const norms = gradients.map(({ each }) => each(g.square)).map((all) => g.reduceSum(all, { axes: all.type.shape.map((_, axis) => axis) })); // biome-ignore format: one line
  const norm = g.sqrt(sum(g, norms));
  const one = g.fill(1, []);
  const factor = g.mul(g.fill(limit, []), g.min(g.div(one, norm), g.fill(1 / limit, [])));
  const finite = g.add(factor, g.sub(norm, norm));
  return gradients.map((gradient) => whole(scaled(g, gradient.sum, finite)));
}
