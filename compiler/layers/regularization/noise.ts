// Noise that several layers draw. In: the layer's noise, a shape, a seed. Out: numbers of the op `random`, which are a function of seed,
// step and place: the same on every executor, and the same for a row however many rows a batch has.
import * as z from "zod";
import { seedFor } from "../../base/random.ts";
import { CompileError } from "../../diagnostics/error.ts";
import { type Node, type Shape, showShape } from "../../graph/graph.ts";
import { mostAxes } from "../../graph/limits.ts";
import type { G } from "../../ops/index.ts";
import type { Noise, Problem } from "../define.ts";
import { batched } from "../shared.ts";

type NoiseShape = readonly (number | null)[] | null;

/** Keras' key: the shape of what is drawn, the batch first; null is the input's own size. */
export const noiseShapeSchema: z.ZodDefault<z.ZodType<NoiseShape, NoiseShape>> = z
  .array(z.int().min(1).nullable())
  .min(1)
  .max(mostAxes + 1)
  .nullable()
  .default(null);
/** Keras' key: the layer's own seed; null: the model's, by the layer's name. */
export const seedSchema: z.ZodDefault<z.ZodNullable<z.ZodInt>> = z.int().nullable().default(null);

/** The problem of a `noiseShape` that cannot be repeated over the input. */
export function badNoiseShape(noiseShape: NoiseShape, input: readonly number[]): Problem | undefined {
  if (noiseShape === null) return undefined;
  const [rows, ...sizes] = noiseShape;
  const fits = sizes.length === input.length && sizes.every((size, i) => size === null || size === 1 || size === input[i]);
  if (fits && (rows === null || rows === 1)) return undefined;
  const message = `noiseShape needs null or 1 for the batch and then sizes of 1 or those of ${showShape(input)}, found ${JSON.stringify(noiseShape)}`;
  return { path: "noiseShape", code: "shape/mismatch", message, hint: "leave it out for a draw of its own at every point" };
}

/** The shape that is drawn for samples of `input`. */
export function drawnShape(noiseShape: NoiseShape, input: readonly number[]): Shape {
  const sizes = input.map((size, i) => noiseShape?.[i + 1] ?? size);
  return noiseShape?.[0] === 1 ? [1, ...sizes] : batched(sizes);
}

/** 1 with probability 1 − rate, else 0. */
export function keepMask(g: G, noise: Noise, { rate, shape, seed }: { rate: number; shape: Shape; seed: number | null }): Node {
  const drawn = g.random(noise.step, { shape, seed: seedFor(seed ?? noise.seed, "") });
  return g.sub(g.fill(1, shape), g.less(drawn, g.fill(rate, shape)));
}

/**
 * Normal noise of mean 0 and deviation 1, from two uniform draws u, v at each place (Box and Muller): √(−2 ln(1 − u)) · cos 2πv.
 * 1 − u is never 0, so that no draw is infinite: the largest is 5.77.
 */
export function normalNoise(g: G, noise: Noise, { shape, seed }: { shape: Shape; seed: number | null }): Node {
  const draw = (use: string): Node => g.random(noise.step, { shape, seed: seedFor(seed ?? noise.seed, use) });
  const [radius, angle] = [draw("radius"), draw("angle")];
  const square = g.mul(g.log(g.sub(g.fill(1, shape), radius)), g.fill(-2, shape));
  return g.mul(g.sqrt(square), g.cos(g.mul(angle, g.fill(2 * Math.PI, shape))));
}

/** The error of a rate that means nothing in training, where Keras divides by zero. */
export const untrainable = (why: string): CompileError =>
  new CompileError({ code: "layer/config", path: "rate", message: `${why}: it cannot be trained`, hint: "take a rate below 1" });
