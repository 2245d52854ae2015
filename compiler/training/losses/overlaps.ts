// Losses of how far two areas overlap, as pictures are cut up. In: y and target of one shape, both within 0 and 1. Out: by default one
// value of the whole batch; with `axis` one for every place that is left.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Loss } from "../define.ts";
import { axisOf, epsilon, fixed, options } from "./shared.ts";

type Axes = number | readonly number[] | null;
const axis = z
  .union([z.int(), z.array(z.int())])
  .nullable()
  .default(null);
const dices = options({ axis });
const tverskys = options({ alpha: z.number().default(0.5), beta: z.number().default(0.5), axis });

const listOf = (axis: Axes, length: number): readonly number[] =>
  axis === null ? Array.from({ length }, (_, i) => i) : typeof axis === "number" ? [axis] : axis;
/** Sums over the axes of an option. */
function summed(g: G, values: Node, axis: Axes): Node {
  const axes = listOf(axis, values.type.shape.length).map((one) => axisOf(values, one));
  return axes.length === 0 ? values : g.reduceSum(values, { axes: [...axes].sort((a, b) => a - b) });
}
function needs(shape: readonly number[], { axis }: { readonly axis: Axes }): string | undefined {
  const rank = shape.length + 1;
  const list = listOf(axis, rank);
  const places = list.map((one) => (one < 0 ? one + rank : one));
  if (places.every((one) => one >= 0 && one < rank) && new Set(places).size === places.length) return undefined;
  return `axes from 0 (the batch) to ${rank - 1}, each once, found ${JSON.stringify(axis)}`;
}
const common = { takes: "shares", fixed, needs, target: (shape: readonly number[]) => shape } as const;

/** https://keras.io/api/losses/segmentation_losses/#dice-class */
export const dice: Loss<z.output<typeof dices>> = {
  ...common,
  name: "dice",
  aliases: [],
  says: "1 − 2·Σ t·y / (Σ t + Σ y + 1e-7), over the whole batch, or over the axes `axis` (0 is the batch).",
  config: dices,
  lower: (g, { y, target, config }) => {
    const sum = (values: Node): Node => summed(g, values, config.axis);
    const both = sum(g.mul(target, y));
    const all = g.add(g.add(sum(target), sum(y)), g.like(both, epsilon));
    return { values: g.sub(g.like(both, 1), g.div(g.add(both, both), all)) };
  },
};

/**
 * Keras up to 3.15 swaps alpha and beta; here they are as its documentation and the paper have them, and as it is mended in 3.16.
 * https://keras.io/api/losses/segmentation_losses/#tversky-class
 */
export const tversky: Loss<z.output<typeof tverskys>> = {
  ...common,
  name: "tversky",
  aliases: [],
  says: "1 − i / (i + alpha·Σ (1 − t)·y + beta·Σ t·(1 − y) + 1e-7), i = Σ t·y: alpha weighs what is wrongly there, beta what is missing (Keras up to 3.15 swaps them); axes as of `dice`.",
  config: tverskys,
  lower: (g, { y, target, config: { alpha, beta, axis } }) => {
    const one = g.like(y, 1);
    const both = summed(g, g.mul(target, y), axis);
    const wrong = summed(g, g.mul(g.sub(one, target), y), axis);
    const missing = summed(g, g.mul(target, g.sub(one, y)), axis);
    const misses = g.add(g.mul(wrong, g.like(wrong, alpha)), g.mul(missing, g.like(missing, beta)));
    const all = g.add(g.add(both, misses), g.like(both, epsilon));
    return { values: g.sub(g.like(both, 1), g.div(both, all)) };
  },
};
