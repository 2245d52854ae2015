// Attention in heads, which multiHeadAttention and groupQueryAttention share. In: query, value and key with their steps; kernels.
//
//   q[n, …t, h] = (query · kernel + bias) / √(size of a head)      k, v likewise; heads h = N, or N · R where R query heads share
//   scores[n, …, N, R, t, s] = Σ q · k                             a key and value head N
//   y[n, …t, …out] = Σ over heads and their numbers of (Σ_s weights · v) (· gate) · kernel + bias
//
// Labels: n the batch, x axes that are no steps, t and s the steps of query and value, N and R heads, H and E their numbers, D features.
// Every product is one dot, with the heads as batch axes: nothing is transposed but a result whose steps are not its first axes.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { InitializerSpec } from "../../training/define.ts";
import type { Context, LayerResult, WeightSpec } from "../define.ts";
import { type Labelled, labelled, ordered, over, product } from "../labels.ts";
import { seedSchema } from "../regularization/noise.ts";
import { biasKeys, biasOf, count, rate, sizeOf, weightKeys, weightOf } from "../shared.ts";
import { roles, type Taken, taken, takesSchema } from "./roles.ts";
import { dropped, keepOf, weighed } from "./weighing.ts";

/** Keras' keys of both layers. */
export const headKeys = {
  dropout: rate,
  useGate: z.boolean().default(false),
  slidingWindow: count.nullable().default(null),
  seed: seedSchema,
  ...weightKeys("kernel", "glorot_uniform"),
  ...biasKeys,
  useCausalMask: z.boolean().default(false),
  returnAttentionScores: z.boolean().default(false),
  takes: takesSchema(roles),
};
/** What both layers say of their inputs, and of Keras' other keys. */
export const headCalls = {
  takes: [1, roles.length],
  roles,
  perCall: { useCausalMask: false, returnAttentionScores: false, takes: null },
  fixed: { flashAttention: "any" },
} as const;

/** What those keys say. */
export interface HeadConfig {
  readonly dropout: number;
  readonly seed: number | null;
  readonly useBias: boolean;
  readonly useGate: boolean;
  readonly slidingWindow: number | null;
  readonly useCausalMask: boolean;
  readonly returnAttentionScores: boolean;
  readonly takes: Parameters<typeof taken>[1];
  readonly kernelInitializer: InitializerSpec;
  readonly biasInitializer: InitializerSpec;
}

/** How many numbers and heads there are, and which axes of an input, counted from the batch, are its steps, in Keras' order. */
export interface Frame {
  readonly steps: readonly number[];
  /** Key and value heads. */
  readonly heads: number;
  /** Query heads for each of them. */
  readonly repeats: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly output: readonly number[];
}

const projections = ["query", "key", "gate", "value", "output"] as const;
type Projection = (typeof projections)[number];

/** Kernel and bias of each projection, in Keras' order; `folder`: where its files keep one. */
export function headWeights(
  config: HeadConfig,
  { heads, repeats, keySize, valueSize, output }: Frame,
  features: { readonly query: number; readonly key: number; readonly value: number },
  folder: (projection: Projection) => string,
): readonly WeightSpec[] {
  const queryHeads = heads * repeats;
  const shapes: Readonly<Record<Projection, { readonly in: readonly number[]; readonly out: readonly number[] }>> = {
    query: { in: [features.query], out: [queryHeads, keySize] },
    key: { in: [features.key], out: [heads, keySize] },
    gate: { in: [features.query], out: [queryHeads, valueSize] },
    value: { in: [features.value], out: [heads, valueSize] },
    output: { in: [queryHeads, valueSize], out: output },
  };
  return projections
    .filter((projection) => config.useGate || projection !== "gate")
    .flatMap((projection) => {
      const { in: inputs, out } = shapes[projection];
      const fans = { in: sizeOf(inputs), out: sizeOf(out) };
      const within = folder(projection);
      return [
        weightOf(config, "kernel", [...inputs, ...out], { name: `${projection}_kernel`, within, fans }),
        ...biasOf(config, out, { name: `${projection}_bias`, within }),
      ];
    });
}

/** The layer as Graph; its activities are what each projection gives. `zero`: a step that may look at nothing gets nothing, else it gets the mean of all values. */
export function lowerHeads<C extends HeadConfig>(
  g: G,
  { xs, masks, weights, noise, config }: Context<C>,
  frame: Frame,
  zero: boolean,
): LayerResult {
  const inputs = taken(g, config.takes, xs, masks);
  const { heads, repeats } = frame;
  const queryHeads = repeats === 1 ? ["N"] : ["N", "R"];
  const sizes = repeats === 1 ? [heads] : [heads, repeats];
  const rank = inputs.query.type.shape.length;
  const axes = (kind: "t" | "s"): readonly string[] =>
    Array.from({ length: rank - 1 }, (_, axis) =>
      axis === 0 ? "n" : frame.steps.includes(axis) ? `${kind}${axis}` : `x${axis}`,
    );
  const stepsOf = (kind: "t" | "s") => frame.steps.map((axis) => `${kind}${axis}`);
  const project = (name: Projection, x: Node, kind: "t" | "s", out: readonly string[], outSizes: readonly number[]): Labelled =>
    g.as(name, () => projected(g, labelled(x, [...axes(kind), "D"]), weights, name, ["D"], out, outSizes));

  const full = project("query", inputs.query, "t", [...queryHeads, "H"], [...sizes, frame.keySize]);
  // Before the products: there are fewer numbers in a query than in its scores.
  const q = { ...full, y: g.as("query", () => g.mul(full.y, g.like(full.y, 1 / Math.sqrt(frame.keySize)))) };
  const k = project("key", inputs.key, "s", ["N", "H"], [heads, frame.keySize]);
  const v = project("value", inputs.value, "s", ["N", "E"], [heads, frame.valueSize]);
  const outer = axes("t").filter((label) => !label.startsWith("t"));
  const scores = g.as("scores", () =>
    product(g, q, k, [...outer, ...queryHeads, ...ascending(stepsOf("t")), ...ascending(stepsOf("s"))]),
  );
  const kept = keptBy(g, inputs, { axes, lead: [...outer, "N"], stepsOf, frame });
  const reach = { causal: config.useCausalMask, window: config.slidingWindow };
  const own = g.as("weights", () => weighed(g, scores, keepOf(g, scores, kept, reach), zero));
  const used = g.as("weights", () => dropped(g, own, noise, config));
  const seen = product(g, used, v, [...outer, ...queryHeads, ...ascending(stepsOf("t")), "E"]);
  const opened = config.useGate
    ? project("gate", inputs.query, "t", [...queryHeads, "E"], [...sizes, frame.valueSize])
    : undefined;
  const gate = opened === undefined ? undefined : { ...opened, y: g.as("gate", () => g.sigmoid(opened.y)) };
  const context = gate === undefined ? seen : { ...seen, y: g.mul(seen.y, over(g, gate, seen)) };
  const out = frame.output.map((_, i) => `out${i}`);
  const summed = g.as("output", () =>
    projected(g, context, weights, "output", [...queryHeads, "E"], out, frame.output, sizes, axes("t")),
  );
  const y = ordered(g, summed, [...axes("t"), ...out]);
  const { mask } = inputs;
  const activities = [full.y, k.y, ...(gate === undefined ? [] : [gate.y]), v.y, y];
  if (!config.returnAttentionScores) return { y, mask, activities };
  const shown = ordered(g, own, [...outer, ...queryHeads, ...stepsOf("t"), ...stepsOf("s")]);
  const { shape } = shown.type;
  const flat = repeats === 1 ? shown : g.reshape(shown, { shape: shape.toSpliced(outer.length, 2, heads * repeats) });
  return { y, mask, activities, more: [flat] };
}

/** The axes of steps in the order in which the input has them. */
const ascending = (labels: readonly string[]): readonly string[] =>
  [...labels].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));

/** x · kernel + bias, with `from` summed and `out` in its place; `headSizes` where the heads are summed. */
function projected(
  g: G,
  x: Labelled,
  weights: Readonly<Record<string, Node>>,
  name: Projection,
  from: readonly string[],
  out: readonly string[],
  outSizes: readonly number[],
  headSizes: readonly number[] = [],
  first: readonly string[] = x.axes.filter((label) => !from.includes(label)),
): Labelled {
  const kernel = weights[`${name}_kernel`];
  const bias = weights[`${name}_bias`];
  const { shape } = kernel.type;
  const inSizes = headSizes.length === 0 ? [shape[0]] : [...headSizes, shape[1]];
  const matrix = labelled(g.reshape(kernel, { shape: [...inSizes, ...outSizes] }), [...from, ...out]);
  const sum = product(g, x, matrix, [...first, ...out]);
  if (bias === undefined) return sum;
  return { ...sum, y: g.add(sum.y, over(g, labelled(g.reshape(bias, { shape: outSizes }), out), sum)) };
}

interface Laid {
  readonly axes: (kind: "t" | "s") => readonly string[];
  /** The axes of scores before the steps, as Keras has them: its heads are one axis. */
  readonly lead: readonly string[];
  readonly stepsOf: (kind: "t" | "s") => readonly string[];
  readonly frame: Frame;
}

/** The masks of a call with labels. */
function keptBy(g: G, { masks }: Taken, { axes, lead, stepsOf, frame }: Laid): readonly Labelled[] {
  const known = (mask: Node | undefined, own: readonly string[]): readonly Labelled[] =>
    mask === undefined ? [] : [labelled(mask, own)];
  const { attention } = masks;
  const steps = [...stepsOf("t"), ...stepsOf("s")];
  const laid =
    attention === undefined
      ? []
      : [narrow(g, attention, [...lead.slice(0, attention.type.shape.length - steps.length), ...steps], frame)];
  return [...known(masks.query, axes("t")), ...known(masks.value, axes("s")), ...known(masks.key, axes("s")), ...laid];
}

/** A mask without its axes of 1, and its heads as the two axes that scores have. */
function narrow(g: G, mask: Node, axes: readonly string[], { repeats }: Frame): Labelled {
  const wide = axes.flatMap((label, axis) => {
    const size = mask.type.shape[axis];
    if (size === 1 && label !== "n") return [];
    return label === "N" && repeats > 1
      ? [["N", (size as number) / repeats] as const, ["R", repeats] as const]
      : [[label, size] as const];
  });
  return labelled(
    g.reshape(mask, { shape: wide.map(([, size]) => size) }),
    wide.map(([label]) => label),
  );
}
