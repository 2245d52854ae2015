// From scores to weights, for every attention. In: a score for each query step and value step, and what may not be looked at. Out: the
// weights, which are positive and sum to 1 over the value's steps.
//
//   scores [n, …, t, s]   t the query's steps, s the value's; both may be several axes, whose labels begin with t and s
//   causal                a step looks at no later one: t ≥ s
//   window w              and at none further away than w − 1 on either side: |t − s| < w
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Noise } from "../define.ts";
import { type Labelled, over } from "../labels.ts";
import { dropMask } from "../shared.ts";

/** Keras' stand-in for −∞, with room below: a line of nothing else has equal weights, not NaN. */
const lowest = -0.7 * 3.38953e38;

/** What may be looked at, from the order of steps alone. */
export interface Reach {
  readonly causal: boolean;
  readonly window: number | null;
}

/** 1 where all masks keep a score; undefined where nothing is masked. With `reach`, t and s are one axis each. */
export function keepOf(g: G, scores: Labelled, masks: readonly Labelled[], { causal, window }: Reach): Node | undefined {
  const { shape } = scores.y.type;
  const place = (kind: "t" | "s"): Node => g.iota({ shape, axis: scores.axes.findIndex((label) => label.startsWith(kind)) });
  const parts = masks.map((mask) => over(g, mask, scores));
  if (causal) parts.push(g.sub(g.fill(1, shape), g.less(place("t"), place("s"))));
  if (window !== null) {
    const [ahead, behind] = [g.sub(place("s"), place("t")), g.sub(place("t"), place("s"))];
    // Where no later step is looked at, one side says it all.
    if (!causal) parts.push(g.less(ahead, g.fill(window, shape)));
    parts.push(g.less(behind, g.fill(window, shape)));
  }
  return parts.length === 0 ? undefined : g.as("mask", () => parts.reduce((a, b) => g.mul(a, b)));
}

/** Softmax over the axes s, which are the last; of what is kept. A line without any has equal weights, or with `zero` none. */
export function weighed(g: G, scores: Labelled, keep: Node | undefined, zero: boolean): Labelled {
  const { y, axes } = scores;
  const lowered = keep === undefined ? y : g.select(keep, y, g.like(y, lowest));
  const weights = softmaxOver(g, lowered, axes.filter((label) => label.startsWith("s")).length);
  return { y: keep === undefined || !zero ? weights : g.select(keep, weights, g.like(y, 0)), axes };
}

/** Softmax over the last `count` axes together. */
export function softmaxOver(g: G, y: Node, count: number): Node {
  const { shape } = y.type;
  if (count === 1) return g.softmax(y, { axis: shape.length - 1 });
  const kept = shape.slice(0, shape.length - count);
  const size = shape.slice(kept.length).reduce<number>((product, extent) => product * (extent as number), 1);
  const flat = g.reshape(y, { shape: [...kept, size] });
  return g.reshape(g.softmax(flat, { axis: kept.length }), { shape });
}

/** In training, weights that are dropped, each by itself; the others are widened. */
export function dropped(
  g: G,
  weights: Labelled,
  noise: Noise | undefined,
  drop: { readonly dropout: number; readonly seed: number | null },
): Labelled {
  if (noise === undefined || drop.dropout === 0) return weights;
  const mask = dropMask(g, noise, { rate: drop.dropout, shape: weights.y.type.shape, seed: drop.seed });
  return { ...weights, y: g.mul(weights.y, mask) };
}
