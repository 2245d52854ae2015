// Normal noise in training: added (gaussianNoise), or as a factor around 1 (gaussianDropout). At inference both give x itself.
import * as z from "zod";
import { layer } from "../define.ts";
import { eachNumber } from "../stream.ts";
import { normalNoise, seedSchema, untrainable } from "./noise.ts";

/**
 * x + N(0, stddev) in training; at inference x. The shape stays.
 * https://keras.io/api/layers/regularization_layers/gaussian_noise/
 */
export const gaussianNoise = layer({
  name: "gaussianNoise",
  keras: "GaussianNoise",
  says: "In training x + noise of a normal distribution with mean 0 and deviation `stddev`; otherwise nothing.",
  config: z.strictObject({ stddev: z.number().min(0).max(1), seed: seedSchema }),
  weights: () => [],
  stream: eachNumber,
  lower: (g, { x, noise, config: { stddev, seed } }) => {
    if (noise === undefined || stddev === 0) return { y: x };
    const normal = normalNoise(g, noise, { shape: x.type.shape, seed });
    return { y: g.add(x, g.mul(normal, g.like(normal, stddev))) };
  },
});

/**
 * x · N(1, √(rate / (1 − rate))) in training: the mean stays, the spread is that of dropout; at inference x. The shape stays.
 * https://keras.io/api/layers/regularization_layers/gaussian_dropout/
 */
export const gaussianDropout = layer({
  name: "gaussianDropout",
  keras: "GaussianDropout",
  says: "In training x times a normal number of mean 1 and deviation √(rate / (1 − rate)); otherwise nothing.",
  config: z.strictObject({ rate: z.number().min(0).max(1), seed: seedSchema }),
  weights: () => [],
  stream: eachNumber,
  lower: (g, { x, noise, config: { rate, seed } }) => {
    if (noise === undefined || rate === 0) return { y: x };
    if (rate === 1) throw untrainable("a rate of 1 has an infinite deviation, √(rate / (1 − rate))");
    const normal = normalNoise(g, noise, { shape: x.type.shape, seed });
    const factor = g.add(g.mul(normal, g.like(normal, Math.sqrt(rate / (1 - rate)))), g.like(normal, 1));
    return { y: g.mul(x, factor) };
  },
});
