// Values whose axes have labels, so that a layer says which axes meet and not where they stand. In: values with a label for each axis,
// the batch "n" among them. Out: products summed over labels, and values laid over others.
// Guarantee: a product is one dot; its axes stand as wanted where a dot can give them so, and nothing is transposed unasked.
import type { Node } from "../graph/graph.ts";
import type { G } from "../ops/index.ts";

/** A value, and what each of its axes is. */
export interface Labelled {
  readonly y: Node;
  readonly axes: readonly string[];
}

/** A value with a label for each of its axes. */
export const labelled = (y: Node, axes: readonly string[]): Labelled => ({ y, axes });

/**
 * Σ a · b over the labels that `kept` lacks, those of one side alone included. The result has the labels of `kept`: in that order where
 * a dot has it, else in another.
 */
export function product(g: G, a: Labelled, b: Labelled, kept: readonly string[]): Labelled {
  const [left, right] = [summedAlone(g, a, b, kept), summedAlone(g, b, a, kept)];
  const both = (label: string): boolean => left.axes.includes(label) && right.axes.includes(label);
  const shared = kept.filter(both);
  const summed = right.axes.filter((label) => both(label) && !kept.includes(label));
  const free = [left.axes, right.axes].flatMap((axes) => axes.filter((label) => !both(label)));
  // The batch stands first, whether it is one of the shared axes or not.
  const least = shared.includes("n") || free.length === 0 ? 0 : 1;
  const orders = Array.from({ length: free.length + 1 - least }, (_, i) => free.toSpliced(i + least, 0, ...shared));
  const best = Math.max(
    orders.findIndex((order) => isSame(order, kept)),
    0,
  );
  const pair = (labels: readonly string[]) =>
    [labels.map((label) => left.axes.indexOf(label)), labels.map((label) => right.axes.indexOf(label))] as const;
  const at = shared.length === 0 ? 0 : best + least;
  return { y: g.dot(left.y, right.y, { batch: pair(shared), contract: pair(summed), at }), axes: orders[best] };
}

/** `value` without what neither the other side nor the result has. */
function summedAlone(g: G, value: Labelled, other: Labelled, kept: readonly string[]): Labelled {
  const stays = (label: string): boolean => kept.includes(label) || other.axes.includes(label);
  const axes = value.axes.flatMap((label, axis) => (stays(label) ? [] : [axis]));
  return axes.length === 0 ? value : { y: g.reduceSum(value.y, { axes }), axes: value.axes.filter(stays) };
}

/** The value with its axes in another order. */
export const ordered = (g: G, { y, axes }: Labelled, wanted: readonly string[]): Node =>
  isSame(axes, wanted) ? y : g.transpose(y, { perm: wanted.map((label) => axes.indexOf(label)) });

/** The value repeated along the axes of another that it lacks. */
export function over(g: G, value: Labelled, target: Labelled): Node {
  const own = target.axes.filter((label) => value.axes.includes(label));
  const { shape } = target.y.type;
  return g.broadcast(ordered(g, value, own), { shape, axes: own.map((label) => target.axes.indexOf(label)) });
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((label, i) => label === b[i]);
