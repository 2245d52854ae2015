// Embedding: y[n, …i, k] = embeddings[x[n, …i], k]. Ids are float32 numbers, as all inputs are; what is no id is floored and clamped
// (the op gather). The gradient adds each row's cotangents up in the order of the batch.
import * as z from "zod";
import { layer } from "../define.ts";
import { count, weightKeys, weightOf } from "../shared.ts";
import { eachNumber } from "../stream.ts";

/**
 * Whole numbers from 0 to inputDim − 1 to rows of a trained table: [n, …] to [n, …, outputDim]. Ids that other layers compute are made
 * to fit: floored, then clamped to 0 … inputDim − 1; NaN reads row 0.
 * https://keras.io/api/layers/core_layers/embedding/
 */
export const embedding = layer({
  name: "embedding",
  keras: "Embedding",
  says: "Row x of a trained table for every whole number x (computed ids are floored and clamped to the table, NaN is 0); with maskZero, 0 marks a step that later layers skip.",
  config: z.strictObject({
    // Whole numbers are exact in float32 up to here.
    inputDim: count.max(2 ** 24),
    outputDim: count,
    ...weightKeys("embeddings", "uniform"),
    maskZero: z.boolean().default(false),
  }),
  fixed: {
    inputLength: "any",
    sparse: [false],
    loraRank: [null],
    quantizationConfig: [null],
    weights: [null],
  },
  integers: ({ inputDim }) => inputDim,
  weights: (config) => [weightOf(config, "embeddings", [config.inputDim, config.outputDim])],
  stream: eachNumber,
  marksNothing: ({ maskZero }) => (maskZero === true ? 0 : undefined),
  lower: (g, { x, weights: { embeddings }, config: { maskZero } }) => ({
    y: g.gather(embeddings, x),
    mask: maskZero ? g.as("mask", () => g.sub(g.like(x, 1), g.equal(x, g.like(x, 0)))) : null,
  }),
});
