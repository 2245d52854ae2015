// Numbers of classes as Keras gives them to a net: as they are, or as a 1 at their place of an axis with one place per class. Shared by
// all layers that sort what they take into classes. What is no class (−1, or beyond the last one) has a 1 nowhere.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Problem } from "../define.ts";
import { sampleShape } from "../shared.ts";
import { alongTime, eachNumber, eachStep, type InTime } from "../stream.ts";

/** Keras' output modes but tf_idf. */
export const modes = ["int", "one_hot", "multi_hot", "count"] as const;
/** How the classes of a row leave the layer. */
export type OutputMode = (typeof modes)[number] | "tf_idf";
/** Keras' key `output_mode` where tf_idf is no choice. */
export const outputMode = z.enum(modes).default("int");
/** The most classes: their numbers are exact in float32. */
export const mostClasses = 2 ** 24;

/** Whether the mode gives one list of classes for several numbers. */
const isBag = (mode: OutputMode): boolean => mode !== "int" && mode !== "one_hot";

/** The problem of a mode that collects several numbers of a row, where a row is one number. */
export function badMode(mode: OutputMode, input: readonly number[]): Problem | undefined {
  if (!isBag(mode) || input.length > 0) return undefined;
  const message = `${JSON.stringify(mode)} collects what stands along an axis, and a row is a single value`;
  return { path: "outputMode", code: "shape/rank", message, hint: "give it rows of [1], or take one_hot" };
}

/** The classes of sequences in chunks: those that stand along an axis are collected along time, and a single number loses its axis. */
export const classStream: InTime<{ readonly outputMode: OutputMode }> = {
  says: "with `outputMode` int or one_hot",
  of: ({ outputMode: mode }, inputs) => (isBag(mode) ? alongTime : (mode === "int" ? eachNumber : eachStep).of({}, inputs)),
};

interface Classes {
  readonly mode: OutputMode;
  /** How many classes there are. */
  readonly depth: number;
  /** tf_idf: what an occurrence of each class counts. */
  readonly weights?: readonly number[];
  /** What each number counts, of the shape of the numbers. */
  readonly each?: Node;
}

/**
 * [n, …i] as the mode says: [n, …i] for `int`, [n, …i, depth] for `one_hot` ([n, …, 1] loses its last axis), and for the others
 * [n, …i without its first, depth], as Keras computes it.
 */
export function asClasses(g: G, ids: Node, { mode, depth, weights, each }: Classes): Node {
  if (mode === "int") return ids;
  const shape = sampleShape(ids);
  if (mode === "one_hot") {
    const single = shape.at(-1) === 1;
    return g.oneHot(single ? g.reshape(ids, { shape: ["n", ...shape.slice(0, -1)] }) : ids, { depth });
  }
  const hot = g.oneHot(ids, { depth });
  if (mode === "multi_hot") return g.reduceMax(hot, { axes: [1] });
  const axes = ids.type.shape.map((_, axis) => axis);
  const weighed = each === undefined ? hot : g.mul(hot, g.broadcast(each, { shape: hot.type.shape, axes }));
  const counts = g.reduceSum(weighed, { axes: [1] });
  if (weights === undefined) return counts;
  const list = g.constant({ shape: [depth], values: weights.map(Math.fround) });
  return g.mul(counts, g.broadcast(list, { shape: counts.type.shape, axes: [counts.type.shape.length - 1] }));
}
