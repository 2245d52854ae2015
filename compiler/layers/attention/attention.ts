// Attention without projections: what of the values a query's step gets, weighed by how well the keys fit it.
//
//   scores[n, t, s] of query [n, t, d] and key [n, s, d]          y[n, t, e] = Σ_s softmax over s (scores)[n, t, s] · value[n, s, e]
//
//   attention, dot        Σ_d query · key, times scale           with axes between n and t in all three, which are batch axes
//   attention, concat     weight · Σ_d tanh(scale · (query + key))
//   additiveAttention     Σ_d scale[d] · tanh(query + key)
import * as z from "zod";
import { type Node, showShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { type Context, type LayerResult, layer, type Problem, type WeightSpec } from "../define.ts";
import { type Labelled, labelled, ordered, over, product } from "../labels.ts";
import { seedSchema } from "../regularization/noise.ts";
import { rate } from "../shared.ts";
import { plainRoles, shapesOf, taken, takesSchema } from "./roles.ts";
import { dropped, keepOf, softmaxOver } from "./weighing.ts";

/** Keys that all of them have; the last three are arguments of a call in Keras. */
const common = {
  dropout: rate,
  seed: seedSchema,
  useCausalMask: z.boolean().default(false),
  returnAttentionScores: z.boolean().default(false),
  takes: takesSchema(plainRoles),
};
const perCall = { useCausalMask: false, returnAttentionScores: false, takes: null };
type Common = z.output<z.ZodObject<typeof common>>;
type Sides = { readonly q: Labelled; readonly k: Labelled };

/**
 * [query, value] or [query, value, key], or one input for all: [n, …, t, d], [n, …, s, e] and [n, …, s, d] to [n, …, t, e].
 * https://keras.io/api/layers/attention_layers/attention/
 */
export const attention = layer({
  name: "attention",
  keras: "Attention",
  says: "Sums of the value's steps, weighed by the softmax of query · key (or of Σ tanh(query + key), `concat`); `takes` says what the inputs are, `returnAttentionScores` gives the weights as `name:1`.",
  config: z.strictObject({
    useScale: z.boolean().default(false),
    scoreMode: z.enum(["dot", "concat"]).default("dot"),
    ...common,
  }),
  takes: [1, plainRoles.length],
  roles: plainRoles,
  perCall,
  legal: (config, _input, inputs) => badShapes(config, inputs),
  weights: ({ useScale, scoreMode }) => [
    ...(useScale ? [one("scale")] : []),
    ...(scoreMode === "concat" ? [one("concat_score_weight")] : []),
  ],
  lower: (g, context) =>
    lower(g, context, ({ q, k }) => {
      const { scale, concat_score_weight: weight } = context.weights;
      const times = (value: Node, factor: Node | undefined): Node =>
        factor === undefined ? value : g.mul(value, g.broadcastTo(factor, value.type.shape));
      if (context.config.scoreMode === "dot") {
        const scores = product(g, q, k, scoreAxes(q, k));
        return { ...scores, y: times(scores.y, scale) };
      }
      const pairs = sums(g, { q, k });
      const bent = g.tanh(times(pairs.y, scale));
      return labelled(times(g.reduceSum(bent, { axes: [pairs.axes.length - 1] }), weight), scoreAxes(q, k));
    }),
});

/**
 * The same with Σ scale · tanh(query + key) as scores.
 * https://keras.io/api/layers/attention_layers/additive_attention/
 */
export const additiveAttention = layer({
  name: "additiveAttention",
  keras: "AdditiveAttention",
  says: "Sums of the value's steps, weighed by the softmax of Σ scale · tanh(query + key); `takes` says what the inputs are, `returnAttentionScores` gives the weights as `name:1`.",
  config: z.strictObject({ useScale: z.boolean().default(true), ...common }),
  takes: [1, plainRoles.length],
  roles: plainRoles,
  perCall,
  legal: (config, _input, inputs) => badShapes(config, inputs),
  weights: ({ useScale, takes }, _input, inputs) => {
    const shapes = shapesOf(takes, inputs);
    if (!useScale || "message" in shapes) return [];
    return [{ name: "scale", shape: [shapes.query[shapes.query.length - 1]], initializer: "glorot_uniform", trainable: true }];
  },
  lower: (g, context) =>
    lower(g, context, ({ q, k }) => {
      const { scale } = context.weights;
      const pairs = sums(g, { q, k });
      const bent = { ...pairs, y: g.tanh(pairs.y) };
      const weighted = scale === undefined ? bent.y : g.mul(bent.y, over(g, labelled(scale, ["d"]), bent));
      return labelled(g.reduceSum(weighted, { axes: [pairs.axes.length - 1] }), scoreAxes(q, k));
    }),
});

const one = (name: string): WeightSpec => ({ name, shape: [], initializer: "ones", trainable: true });

const scoreAxes = (q: Labelled, k: Labelled): readonly string[] => [...q.axes.slice(0, -1), k.axes[k.axes.length - 2]];

/** query + key for each pair of their steps, [n, …, t, s, d]. */
function sums(g: G, { q, k }: Sides): Labelled {
  const axes = [...scoreAxes(q, k), "d"];
  const { shape } = q.y.type;
  const steps = k.y.type.shape[k.axes.length - 2];
  const space: Labelled = { y: g.fill(0, shape.toSpliced(-1, 0, steps)), axes };
  return { y: g.add(over(g, q, space), over(g, k, space)), axes };
}

function lower<C extends Common>(
  g: G,
  { xs, masks, noise, config }: Context<C>,
  scored: (sides: Sides) => Labelled,
): LayerResult {
  const { query, value, key, masks: keeps, mask } = taken(g, config.takes, xs, masks);
  // Axes between the batch and the steps are the same in all.
  const lead = query.type.shape.slice(0, -2).map((_, axis) => (axis === 0 ? "n" : `axis ${axis}`));
  const [q, k, v] = [
    labelled(query, [...lead, "t", "d"]),
    labelled(key, [...lead, "s", "d"]),
    labelled(value, [...lead, "s", "e"]),
  ];
  const scores = g.as("scores", () => scored({ q, k }));
  const weights = g.as("weights", () => {
    const ofValue = keeps.value === undefined ? [] : [labelled(keeps.value, [...lead, "s"])];
    const keep = keepOf(g, scores, ofValue, { causal: config.useCausalMask, window: null });
    const lowered =
      keep === undefined ? scores.y : g.select(keep, scores.y, ofValue.length === 0 ? g.like(scores.y, -1e9) : far(g, scores.y));
    return dropped(g, { ...scores, y: softmaxOver(g, lowered, 1) }, noise, config);
  });
  const sum = ordered(g, product(g, weights, v, [...lead, "t", "e"]), [...lead, "t", "e"]);
  const steps =
    keeps.query === undefined ? undefined : over(g, labelled(keeps.query, [...lead, "t"]), labelled(sum, [...lead, "t", "e"]));
  const y = steps === undefined ? sum : g.select(steps, sum, g.like(sum, 0));
  return { y, mask, ...(config.returnAttentionScores ? { more: [weights.y] } : {}) };
}

/**
 * Keras takes 1e9 from a masked score and keeps it, so that a line of nothing but masked ones still has weights and a slope: float32
 * knows multiples of 64 there. Said in whole numbers, it is the same where numbers have more digits.
 */
function far(g: G, scores: Node): Node {
  const step = g.like(scores, 64);
  const coarse = g.mul(g.round(g.div(scores, step)), step);
  const rounded = g.add(scores, g.stopGradient(g.sub(coarse, scores)));
  return g.sub(rounded, g.like(scores, 1e9));
}

function badShapes({ takes }: Common, inputs: readonly (readonly number[])[]): Problem | undefined {
  const shapes = shapesOf(takes, inputs);
  if ("message" in shapes) return shapes;
  const { query, value, key } = shapes;
  const bad = (message: string, hint: string): Problem => ({ path: "inputs", code: "shape/mismatch", message, hint });
  const found = `found ${[query, value, key].map((shape) => showShape(shape)).join(", ")}`;
  if ([query, value, key].some(({ length }) => length < 2 || length !== query.length))
    return bad(
      `query, value and key need steps and features behind the batch, and as many axes as one another; ${found}`,
      "put reshape before",
    );
  const lead = (shape: readonly number[]) => JSON.stringify(shape.slice(0, -2));
  if (lead(value) !== lead(query) || lead(key) !== lead(query))
    return bad(`query, value and key need the same axes before their steps; ${found}`, "put reshape before");
  if (query[query.length - 1] !== key[key.length - 1])
    return bad(`query and key need the same number of features; ${found}`, "a dense layer before one of them can change it");
  if (value[value.length - 2] !== key[key.length - 2])
    return bad(`value and key need the same number of steps; ${found}`, "each key stands for a value");
  return undefined;
}
