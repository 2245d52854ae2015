// What the rules' samples are made of: inputs of random small shapes, and nodes shaped alike.

import type { Random } from "../../base/random.ts";
import type { Node, Shape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";

/** A shape of `least` to 3 axes, batched half of the time. */
export function shapeOf(random: Random, least = 0): Shape {
  const shape: (number | "n")[] = Array.from({ length: random.integer(least, 3) }, () => random.integer(1, 4));
  if (shape.length > 0 && random.integer(0, 1) === 1) shape[0] = "n";
  return shape;
}

/** Inputs x0, x1, … of one random shape. */
export function inputs(g: G, random: Random, count: number, least = 0): Node[] {
  const shape = shapeOf(random, least);
  return Array.from({ length: count }, (_, i) => g.input({ name: `x${i}`, shape }));
}
/** One input, x0. */
export const input = (g: G, random: Random, least = 0): Node => inputs(g, random, 1, least)[0];

/** A param of `shape` repeated along the last axis' rows: [N] to [..., N]. */
export const perFeature = (g: G, name: string, shape: Shape): Node => {
  const last = shape.length - 1;
  return g.broadcast(g.param({ name, shape: [shape[last]] }), { shape, axes: [last] });
};

/** x · w with x [n, 3] an input and w [3, 4] a param. */
export const dense = (g: G): Node =>
  g.dot(g.input({ name: "x0", shape: ["n", 3] }), g.param({ name: "w", shape: [3, 4] }), {
    batch: [[], []],
    contract: [[1], [0]],
  });
