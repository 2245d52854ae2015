// What the layers that change pictures at random share: keys, and draws that are one per picture. At inference all of them give the
// picture back. In training a draw is a function of the seed, the step and the row, so that the same step changes a row the same way
// whatever batch it is in.
import * as z from "zod";
import { seedFor } from "../../base/random.ts";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Noise, Problem } from "../define.ts";
import { type channelsLast, formatKey, needsSpace } from "../layout.ts";

/** Keras' keys of a picture's layer: where its channels stand, and boxes, which layerc does not pass along. */
export const imageKeys = { ...formatKey };
/** Keys that say nothing about the picture. */
export const imageFixed = { boundingBoxFormat: "any" } as const;
/** The layer's own seed; null: the model's, by the layer's name. */
export const seedKey = { seed: z.int().nullable().default(null) };
/** The least and the largest number of a picture. */
export const rangeKey = { valueRange: z.array(z.number()).length(2).default([0, 255]) };

/** A number, or the least and the most; Keras' numbers lie within bounds. */
export const factorKey = (least: number, most: number) =>
  z.union([
    z.number().min(Math.min(-most, least)).max(most),
    z.array(z.number()).length(2).refine((pair) => Math.min(...pair) <= most && Math.max(...pair) >= least, `two numbers that reach into ${least} to ${most}`),
  ]); // biome-ignore format: one form a line

/** The range that a factor stands for: a number goes to both sides, as far as the bounds let it. */
export function factorRange(factor: number | readonly number[], least: number): readonly [number, number] {
  if (typeof factor !== "number") return [Math.min(...factor), Math.max(...factor)];
  const most = Math.abs(factor);
  return [Math.max(-most, least), most];
}

/** The problem of an input that is no picture. */
export const needsImage = (config: Parameters<typeof channelsLast>[0], input: readonly number[]): Problem | undefined =>
  needsSpace(2, config, input);

/** A number for each picture, uniform from `least` to `most`, at every point of `x`. */
export function drawEach(
  g: G,
  noise: Noise,
  {
    x,
    seed,
    least = 0,
    most = 1,
  }: { readonly x: Node; readonly seed: number | null; readonly least?: number; readonly most?: number },
): Node {
  const drawn = g.random(noise.step, { shape: ["n"], seed: seedFor(seed ?? noise.seed, "") });
  const scaled = g.add(g.mul(drawn, g.like(drawn, most - least)), g.like(drawn, least));
  return g.broadcast(least === 0 && most === 1 ? drawn : scaled, { shape: x.type.shape, axes: [0] });
}

/** Numbers held within a range. */
export const clipped = (g: G, x: Node, [least, most]: readonly number[]): Node =>
  g.min(g.max(x, g.like(x, least)), g.like(x, most));
