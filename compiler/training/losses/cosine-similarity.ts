import type * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Loss } from "../define.ts";
import { axis, axisNeeds, epsilon, fixed, options, sumOver } from "./shared.ts";

const schema = options({ axis });

/** The length of x along an axis; one shorter than 1e-7 counts as that. */
function lengthOf(g: G, x: Node, axis: number): Node {
  const squares = sumOver(g, g.square(x), axis);
  return g.sqrt(g.max(squares, g.like(squares, epsilon * epsilon)));
}

/**
 * −cos of the angle between y and target along an axis: −1 where they point the same way.
 * https://keras.io/api/losses/regression_losses/#cosinesimilarity-class
 */
export const cosineSimilarity: Loss<z.output<typeof schema>> = {
  name: "cosine_similarity",
  aliases: [],
  says: "−Σ y·target over the last axis, both scaled to length 1: −1 where they point the same way.",
  takes: "any",
  config: schema,
  fixed,
  needs: axisNeeds,
  target: (shape) => shape,
  // Divided once, by one length after the other: their product may overflow.
  lower: (g, { y, target, config: { axis } }) => {
    const product = sumOver(g, g.mul(target, y), axis);
    return { values: g.neg(g.div(g.div(product, lengthOf(g, target, axis)), lengthOf(g, y, axis))) };
  },
};
