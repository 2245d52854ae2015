// Pieces that several losses share: the options of all, axes in Keras' counting, smoothed labels, the logits behind an output.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Reduction } from "../define.ts";

/** Keras' fuzz factor: probabilities are kept this far from 0 and 1. */
export const epsilon = 1e-7;
/** Keys of every loss that layerc honours at these values only. */
export const fixed = { dtype: [null, "float32"], name: "any" } as const;

/** How many values become one number; Keras writes none as null too. */
export const reduction: z.ZodType<Reduction> = z
  .enum(["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"])
  .nullable()
  .default("sum_over_batch_size")
  .transform((name) => name ?? "none");
/** The config of a loss: its own options, and those that all have. */
export const options = <S extends z.ZodRawShape>(own: S) => z.strictObject({ ...own, reduction });

/** Whether the model's output is logits rather than probabilities. */
export const fromLogits: z.ZodDefault<z.ZodBoolean> = z.boolean().default(false);
/** How much of each target goes to all classes alike. */
export const labelSmoothing: z.ZodDefault<z.ZodNumber> = z.number().min(0).max(1).default(0);
/** The axis that is gone from the values, counted with the batch as 0; below 0 from the end. */
export const axis: z.ZodDefault<z.ZodInt> = z.int().default(-1);

/** An axis of a node in the Graph's counting. */
export const axisOf = (y: Node, axis: number): number => (axis < 0 ? axis + y.type.shape.length : axis);
/** What an axis needs, for an output of `shape` (without the batch axis). */
export function axisNeeds(shape: readonly number[], { axis }: { readonly axis: number }): string | undefined {
  const { length } = shape;
  if (axis !== 0 && axis >= -length && axis <= length) return undefined;
  return `an axis of the sample (1 to ${length}, or -1 for the last), found ${axis}`;
}
/** `shape` (without the batch axis) less an axis. */
export const without = (shape: readonly number[], { axis }: { readonly axis: number }): readonly number[] =>
  shape.filter((_, i) => i !== (axis < 0 ? axis + shape.length : axis - 1));

/** Keras reduces over the last axis first: classes, or the numbers of one target. */
export const lastAxis = (y: Node): number => y.type.shape.length - 1;
export const meanOver = (g: G, values: Node, axis = -1): Node => g.mean(values, { axes: [axisOf(values, axis)] });
export const sumOver = (g: G, values: Node, axis = -1): Node => g.reduceSum(values, { axes: [axisOf(values, axis)] });
/** A sum over an axis, repeated along it. */
export function spreadSum(g: G, values: Node, axis = -1): Node {
  const { shape } = values.type;
  const kept = shape.map((_, i) => i).filter((i) => i !== axisOf(values, axis));
  return g.broadcast(sumOver(g, values, axis), { shape, axes: kept });
}

/** Labels of 0 and 1 that give half of `smoothing` away. */
export const smoothedBits = (g: G, target: Node, smoothing: number): Node =>
  smoothing === 0 ? target : g.add(g.mul(target, g.like(target, 1 - smoothing)), g.like(target, smoothing / 2));
/** A distribution over classes of which each gets its share of `smoothing`; Keras counts them on the last axis, whichever the loss's is. */
export function smoothedClasses(g: G, target: Node, smoothing: number): Node {
  if (smoothing === 0) return target;
  const classes = target.type.shape[lastAxis(target)] as number;
  return g.add(g.mul(target, g.like(target, 1 - smoothing)), g.like(target, smoothing / classes));
}

/**
 * The logits behind an output: itself if the config says so, the input of a softmax or sigmoid, else none. As Keras on TensorFlow does,
 * along whichever axis the softmax is.
 */
export function logitsOf(y: Node, activation: "softmax" | "sigmoid", config: { readonly fromLogits: boolean }): Node | undefined {
  if (config.fromLogits) return y;
  return y.op === activation ? y.inputs[0] : undefined;
}

/** Probabilities scaled to sum 1 along an axis, and kept from 0 and 1. */
export const clippedShares = (g: G, y: Node, axis = -1): Node =>
  g.clip(g.div(y, spreadSum(g, y, axis)), { low: epsilon, high: 1 - epsilon });
/** log p along an axis: of logits where there are some, else of probabilities, scaled and clipped. */
export const logProbabilities = (g: G, y: Node, logits: Node | undefined, axis = -1): Node =>
  logits === undefined ? g.log(clippedShares(g, y, axis)) : g.logSoftmax(logits, { axis: axisOf(logits, axis) });

/** −t·log p − (1 − t)·log(1 − p), number by number; of logits without a logarithm of 0. */
export function bitEntropy(g: G, { y, logits, target }: { y: Node; logits: Node | undefined; target: Node }): Node {
  // −t·logσ(z) − (1 − t)·logσ(−z) = z − z·t + softplus(−z)
  if (logits !== undefined) return g.add(g.sub(logits, g.mul(logits, target)), g.softplus(g.neg(logits)));
  const one = g.like(y, 1);
  const p = g.clip(y, { low: epsilon, high: 1 - epsilon });
  return g.neg(g.add(g.mul(target, g.log(p)), g.mul(g.sub(one, target), g.log(g.sub(one, p)))));
}

/** Where the numbers of classes in `target` stand along an axis of y, which target lacks: 1, else 0. */
export function classesAlong(g: G, y: Node, target: Node, axis = -1): Node {
  const at = axisOf(y, axis);
  const last = lastAxis(y);
  const hot = g.oneHot(target, { depth: y.type.shape[at] as number });
  if (at === last) return hot;
  const perm = y.type.shape.map((_, i) => (i < at ? i : i === at ? last : i - 1));
  return g.transpose(hot, { perm });
}
