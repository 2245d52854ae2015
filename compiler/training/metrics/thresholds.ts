// Yes and no by thresholds: how much weight of the labels of a kind lies above each. In: outputs, targets, weights, thresholds. Out: sums,
// one per threshold. Guarantee: where Keras sorts numbers into buckets of even width, the same numbers are above the same thresholds.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { MetricShapes, MetricSite } from "../define.ts";
import { alongFirst, alongLast, amongLargest, at, epsilon, lastAxis, list, not, sameTarget, sumAll } from "./shared.ts";

/** Stands for no number below, and none above. */
const furthest = 3.4e38;
/** What a number is that is not among the k largest: Keras' own. */
const outside = -1e10;

/** The next float32 above or below one that is positive. */
export function neighbour(x: number, step: 1 | -1): number {
  const bits = new Int32Array(new Float32Array([x]).buffer);
  bits[0] += step;
  return new Float32Array(bits.buffer)[0];
}

/**
 * The same as `thresholds` i / (count − 1) of numbers in 0..1, where a number is above the i-th if the float32 product with count − 1 is
 * above i. `open`: at the ends stand thresholds beyond 0 and 1, so that all are above the first and none above the last.
 */
function evenThresholds(count: number, open: boolean): readonly number[] {
  return Array.from({ length: count }, (_, i) => {
    if (i === count - 1) return furthest;
    if (i === 0) return open ? -furthest : 0;
    const isAbove = (p: number): boolean => Math.fround(p * (count - 1)) > i;
    let bound = Math.fround(i / (count - 1));
    while (isAbove(bound)) bound = neighbour(bound, -1);
    while (!isAbove(neighbour(bound, 1))) bound = neighbour(bound, 1);
    return bound;
  });
}

/** Keras' test, with the tolerances of NumPy's allclose. */
const isEven = (values: readonly number[]): boolean =>
  values.length >= 3 &&
  values.every((value, i) => {
    const even = Math.fround(i / (values.length - 1));
    return Math.abs(value - even) <= epsilon + 1e-5 * even;
  });

/** Thresholds as they are compared: a number is yes where it is above. */
export const comparedWith = (values: readonly number[]): readonly number[] =>
  isEven(values) ? evenThresholds(values.length, false) : values.map(Math.fround);

/** So many thresholds from 0 to 1. `open`: those at the ends lie outside. */
export const spread = (count: number, open: boolean): readonly number[] => (count === 1 ? [0.5] : evenThresholds(count, open));

/** Thresholds of one's own between 0 and 1, whose ends are added. */
export function between(values: readonly number[]): readonly number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const all = [0, ...sorted, 1];
  return isEven(all) ? evenThresholds(all.length, true) : [-epsilon, ...sorted, 1 + epsilon].map(Math.fround);
}

/** What of an output is judged: one class of all, or the largest. */
export interface Choice {
  readonly topK?: number | null;
  readonly classId?: number | null;
}

/** What a metric needs that judges so. */
export function needsOf(shapes: MetricShapes, { topK = null, classId = null }: Choice): string | undefined {
  const classes = shapes.output.at(-1) ?? 0;
  if (topK !== null && topK > classes) return `topK up to the ${classes} numbers of the output, found ${topK}`;
  if (classId !== null && classId >= classes) return `a classId below the ${classes} numbers of the output, found ${classId}`;
  return sameTarget(shapes);
}

/** Numbers to be judged [n, …], and the weights of those that are wanted and of those that are not, of the same shape. */
export interface Judged {
  readonly p: Node;
  readonly wanted: Node;
  readonly unwanted: Node;
}

/** A target that is not 0 is wanted, whatever it is. */
export function judged(
  g: G,
  { y, target, weigh }: Pick<MetricSite<object>, "y" | "target"> & { readonly weigh: (x: Node) => Node },
  { topK = null, classId = null }: Choice = {},
): Judged {
  const largest = topK === null ? y : g.select(amongLargest(g, y, topK), y, g.like(y, outside));
  const chosen = (x: Node): Node => (classId === null ? x : at(g, x, classId));
  const [p, t] = [chosen(largest), chosen(target)];
  const one = g.like(p, 1);
  const isWanted = g.select(t, one, g.like(p, 0));
  return { p, wanted: weigh(isWanted), unwanted: weigh(not(g, isWanted)) };
}

/** Which side of a threshold counts. */
type Side = "above" | "below";

/**
 * The weight on one side of each threshold: [thresholds]; `perLabel`: [labels, thresholds] of p [n, labels].
 */
export function weightOn(
  g: G,
  side: Side,
  { p, weight, thresholds, perLabel = false }: { p: Node; weight: Node; thresholds: readonly number[]; perLabel?: boolean },
): Node {
  const shape = [...p.type.shape, thresholds.length];
  const bounds = alongLast(g, list(g, thresholds), shape);
  const isAbove = g.less(bounds, alongFirst(g, p, shape));
  const weights = alongFirst(g, weight, shape);
  const none = g.like(weights, 0);
  const counted = side === "above" ? g.select(isAbove, weights, none) : g.select(isAbove, none, weights);
  const axes = p.type.shape.map((_, axis) => axis);
  return g.reduceSum(counted, { axes: perLabel ? axes.slice(0, lastAxis(p)) : axes });
}

/** A list of one number as that number, where one threshold was given. */
export const alone = (g: G, sums: Node): Node => (sums.type.shape[0] === 1 ? sumAll(g, sums) : sums);
