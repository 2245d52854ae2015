// Reversible embedding: a table that is read by ids, and, called again with `reverse`, gives a score to every id.
//
//   ids [n, …i]          →  [n, …i, outputDim]     embeddings[x[n, …i]]
//   reverse: [n, …, f]   →  [n, …, inputDim]       x · embeddingsᵀ, or x · reverse_embeddings where they are not tied
//   logitSoftCap c                                 c · tanh(y / c)
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer, type Problem } from "../define.ts";
import { count, matmul, needsAxes, weightKeys, weightOf } from "../shared.ts";
import { eachNumber, eachStep } from "../stream.ts";

/**
 * Rows of a table for whole numbers, as embedding; `reverse` for the way back, which `reuse` may say of the same weights.
 * https://keras.io/api/layers/core_layers/reversible_embedding/
 */
export const reversibleEmbedding = layer({
  name: "reversibleEmbedding",
  keras: "ReversibleEmbedding",
  says: "Row x of a trained table for every whole number x; called with `reverse`, x · tableᵀ: a score for every row (`tieWeights: false`: of a table of its own).",
  config: z.strictObject({
    // Whole numbers are exact in float32 up to here.
    inputDim: count.max(2 ** 24),
    outputDim: count,
    tieWeights: z.boolean().default(true),
    ...weightKeys("embeddings", "uniform"),
    maskZero: z.boolean().default(false),
    logitSoftCap: z.number().positive().nullable().default(null),
    reverse: z.boolean().default(false),
  }),
  perCall: { reverse: false },
  fixed: {
    inputLength: "any",
    reverseDtype: "any",
    sparse: [false],
    loraRank: [null],
    loraAlpha: "any",
    quantizationConfig: [null],
    weights: [null],
  },
  integers: ({ inputDim, reverse }) => (reverse ? undefined : inputDim),
  legal: ({ outputDim, reverse }, input) => (reverse ? (needsAxes(1, input) ?? badFeatures(outputDim, input)) : undefined),
  weights: (config) => [
    weightOf(config, "embeddings", [config.inputDim, config.outputDim]),
    // Keras gives the second table the initializer alone.
    ...(config.tieWeights
      ? []
      : [
          weightOf(config, "embeddings", [config.outputDim, config.inputDim], {
            name: "reverse_embeddings",
            regularizer: null,
            constraint: null,
          }),
        ]),
  ],
  stream: { says: "yes", of: ({ reverse }, inputs) => (reverse ? eachStep : eachNumber).of({}, inputs) },
  marksNothing: ({ maskZero }) => (maskZero === true ? 0 : undefined),
  lower: (g, { x, weights, config }) => {
    const { embeddings, reverse_embeddings: own } = weights;
    if (!config.reverse) {
      const mask = config.maskZero ? g.as("mask", () => g.sub(g.like(x, 1), g.equal(x, g.like(x, 0)))) : null;
      return { y: g.gather(embeddings, x), mask };
    }
    const last = x.type.shape.length - 1;
    const scores = own === undefined ? g.dot(x, embeddings, { batch: [[], []], contract: [[last], [1]] }) : matmul(g, x, own);
    return { y: config.logitSoftCap === null ? scores : capped(g, scores, config.logitSoftCap), mask: null };
  },
});

const capped = (g: G, y: Node, cap: number): Node => g.mul(g.tanh(g.div(y, g.like(y, cap))), g.like(y, cap));

function badFeatures(outputDim: number, input: readonly number[]): Problem | undefined {
  const found = input[input.length - 1];
  if (found === outputDim) return undefined;
  const message = `reverse needs rows of the table, ${outputDim} numbers along the last axis, found ${found}`;
  return { path: "outputDim", code: "shape/mismatch", message, hint: "a dense layer before it can change the last axis" };
}
