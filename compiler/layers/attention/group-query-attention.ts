// Grouped-query attention: multi-head attention where several query heads look at the same key and value head.
import * as z from "zod";
import { layer, type Problem } from "../define.ts";
import { count } from "../shared.ts";
import { type Frame, headCalls, headKeys, headWeights, lowerHeads } from "./heads.ts";
import { badAttentionMask, badHeadShapes } from "./legal.ts";
import { shapesOf, taken } from "./roles.ts";

const schema = z.strictObject({
  headDim: count,
  numQueryHeads: count,
  numKeyValueHeads: count,
  ...headKeys,
});
type Config = z.output<typeof schema>;

/**
 * [query, value] or [query, value, key], or one input for all: [n, t, dq], [n, s, dv] and [n, s, dk] to [n, t, dq].
 * https://keras.io/api/layers/attention_layers/group_query_attention/
 */
export const groupQueryAttention = layer({
  name: "groupQueryAttention",
  keras: "GroupQueryAttention",
  class: "GroupedQueryAttention",
  says: "Multi-head attention whose `numQueryHeads` share `numKeyValueHeads` keys and values; `takes` says what the inputs are (masks too), `returnAttentionScores` gives the weights as `name:1`.",
  config: schema,
  ...headCalls,
  legal: (config, _input, inputs) => {
    const shapes = shapesOf(config.takes, inputs);
    if ("message" in shapes) return shapes;
    return (
      badHeads(config) ??
      badRank(shapes.query) ??
      badHeadShapes(shapes, [1]) ??
      badAttentionMask(shapes, [1], [config.numQueryHeads])
    );
  },
  weights: (config, _input, inputs) => {
    const shapes = shapesOf(config.takes, inputs);
    if ("message" in shapes) return [];
    const [query, key, value] = [shapes.query, shapes.key, shapes.value].map((shape) => shape[shape.length - 1]);
    return headWeights(config, frameOf(config, query), { query, key, value }, (name) => `_${name}_dense`);
  },
  lower: (g, context) => {
    const { config, xs, masks } = context;
    const { shape } = taken(g, config.takes, xs, masks).query.type;
    // Keras has two ways, which differ where a step may look at nothing.
    const made = lowerHeads(g, context, frameOf(config, shape[2] as number), config.dropout > 0 || config.returnAttentionScores);
    const { y, more = [], activities = [] } = made;
    // Keras gives the regularizer to the layer too, not to its projections alone.
    return { ...made, activities: [...activities, y, ...more] };
  },
});

const frameOf = ({ numQueryHeads, numKeyValueHeads, headDim }: Config, features: number): Frame => ({
  steps: [1],
  heads: numKeyValueHeads,
  repeats: numQueryHeads / numKeyValueHeads,
  keySize: headDim,
  valueSize: headDim,
  output: [features],
});

function badHeads({ numQueryHeads, numKeyValueHeads }: Config): Problem | undefined {
  if (numQueryHeads % numKeyValueHeads === 0) return undefined;
  const message = `numQueryHeads needs to be a multiple of the ${numKeyValueHeads} key and value heads, found ${numQueryHeads}`;
  return { path: "numQueryHeads", message, hint: "every key and value head serves as many query heads" };
}

function badRank(query: readonly number[]): Problem | undefined {
  if (query.length === 2) return undefined;
  const message = `the query needs 2 axes (steps, features), found ${query.length}`;
  return { path: "inputs", code: "shape/rank", message, hint: "put reshape before, or take multiHeadAttention" };
}
