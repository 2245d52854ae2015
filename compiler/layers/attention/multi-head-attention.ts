// Multi-head attention: several attentions side by side on projections of the same steps, and a projection of what they give.
import * as z from "zod";
import { mostAxes } from "../../graph/limits.ts";
import { layer, type Problem } from "../define.ts";
import { count, sampleShape } from "../shared.ts";
import { type Frame, headCalls, headKeys, headWeights, lowerHeads } from "./heads.ts";
import { badAttentionMask, badHeadShapes, badReach } from "./legal.ts";
import { shapesOf, taken } from "./roles.ts";

const schema = z.strictObject({
  numHeads: count,
  keyDim: count,
  valueDim: count.nullable().default(null),
  outputShape: z
    .union([count, z.array(count).min(1).max(mostAxes)])
    .nullable()
    .default(null),
  attentionAxes: z
    .union([z.int(), z.array(z.int()).min(1).max(mostAxes)])
    .nullable()
    .default(null),
  ...headKeys,
});
type Config = z.output<typeof schema>;

/**
 * [query, value] or [query, value, key], or one input for all: [n, …t, dq], [n, …s, dv] and [n, …s, dk] to [n, …t, outputShape or dq].
 * https://keras.io/api/layers/attention_layers/multi_head_attention/
 */
export const multiHeadAttention = layer({
  name: "multiHeadAttention",
  keras: "MultiHeadAttention",
  says: "Softmax(query · key / √keyDim) · value in `numHeads` projections, and a projection of all; `takes` says what the inputs are (masks too), `returnAttentionScores` gives the weights as `name:1`.",
  config: schema,
  ...headCalls,
  legal: (config, _input, inputs) => {
    const shapes = shapesOf(config.takes, inputs);
    if ("message" in shapes) return shapes;
    const { query } = shapes;
    const steps = stepsOf(config, query.length);
    const lead = query.slice(0, -1).filter((_, i) => !steps.includes(i + 1));
    return (
      badSteps(config, steps, query.length) ??
      badHeadShapes(shapes, steps) ??
      badReach(config, steps) ??
      badAttentionMask(shapes, steps, [...lead, config.numHeads])
    );
  },
  weights: (config, _input, inputs) => {
    const shapes = shapesOf(config.takes, inputs);
    if ("message" in shapes) return [];
    const [query, key, value] = [shapes.query, shapes.key, shapes.value].map((shape) => shape[shape.length - 1]);
    // Keras gives the gate no public name.
    return headWeights(config, frameOf(config, shapes.query), { query, key, value }, (name) =>
      name === "gate" ? "_gate_dense" : `${name}_dense`,
    );
  },
  lower: (g, context) => {
    const { config, xs, masks } = context;
    const input = sampleShape(taken(g, config.takes, xs, masks).query);
    // Keras has two ways, which differ where a step may look at nothing.
    const isExplicit = config.dropout > 0 || config.returnAttentionScores || input.length !== 2;
    return lowerHeads(g, context, frameOf(config, input), isExplicit);
  },
});

/** The axes of steps, counted from the batch: all but the batch and the features, where the config names none. */
function stepsOf({ attentionAxes }: Config, rank: number): readonly number[] {
  if (attentionAxes === null) return Array.from({ length: rank - 1 }, (_, i) => i + 1);
  return [attentionAxes].flat().map((axis) => (axis < 0 ? axis + rank + 1 : axis));
}

function badSteps({ attentionAxes }: Config, steps: readonly number[], rank: number): Problem | undefined {
  if (steps.every((axis, i) => axis >= 1 && axis < rank && steps.indexOf(axis) === i)) return undefined;
  return {
    path: "attentionAxes",
    code: "shape/rank",
    message: `attentionAxes needs different axes from 1 to ${rank - 1} (0 is the batch, the last are the features), found ${JSON.stringify(attentionAxes)}`,
    hint: "left out, attention goes over all of them",
  };
}

const frameOf = (config: Config, query: readonly number[]): Frame => ({
  steps: stepsOf(config, query.length),
  heads: config.numHeads,
  repeats: 1,
  keySize: config.keyDim,
  valueSize: config.valueDim ?? config.keyDim,
  output: [config.outputShape ?? query[query.length - 1]].flat(),
});
