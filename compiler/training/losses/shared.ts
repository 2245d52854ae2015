// Pieces that several losses share.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";

/** Keras' fuzz factor: probabilities are kept this far from 0 and 1. */
export const epsilon = 1e-7;
/** Keys of every loss that layerc honours at these values only. */
export const fixed = { reduction: ["sum_over_batch_size"], dtype: [null, "float32"], name: "any" } as const;
/** Whether the model's output is logits rather than probabilities. */
export const fromLogits: z.ZodDefault<z.ZodBoolean> = z.boolean().default(false);
/** How much of each target goes to all classes alike. */
export const labelSmoothing: z.ZodDefault<z.ZodNumber> = z.number().min(0).max(1).default(0);

/** Keras reduces over the last axis first: classes, or the numbers of one target. */
export const lastAxis = (y: Node): number => y.type.shape.length - 1;
export const meanOverLast = (g: G, values: Node): Node => g.mean(values, { axes: [lastAxis(values)] });
export const sumOverLast = (g: G, values: Node): Node => g.reduceSum(values, { axes: [lastAxis(values)] });

/** The logits behind an output: itself if the config says so, the input of a softmax or sigmoid (Keras on TensorFlow does the same), else none. */
export function logitsOf(y: Node, activation: "softmax" | "sigmoid", config: { readonly fromLogits: boolean }): Node | undefined {
  if (config.fromLogits) return y;
  const onLastAxis = activation === "sigmoid" || y.attrs.axis === lastAxis(y);
  return y.op === activation && onLastAxis ? y.inputs[0] : undefined;
}

/** log p along the last axis: of logits where there are some, else of probabilities, normalised and clipped. */
export function logProbabilities(g: G, y: Node, logits: Node | undefined): Node {
  if (logits !== undefined) return g.logSoftmax(logits, { axis: lastAxis(logits) });
  const { shape } = y.type;
  const total = g.broadcast(sumOverLast(g, y), { shape, axes: shape.map((_, axis) => axis).slice(0, -1) });
  return g.log(g.clip(g.div(y, total), { low: epsilon, high: 1 - epsilon }));
}
