// Numbers along an axis that are each made of a few neighbours: resampling, and windows of uneven size. In: for every output the first
// input it reads and the weights of those that follow. Out: the axis with the outputs in its place.
// Guarantee: code does not grow with the axis, and terms are few: the matrix [outputs, inputs] is cut into blocks of B outputs that read
// U inputs, S on from block to block, so that one window view and one fold do for all blocks.
//
//   7 inputs, 3 outputs:   a window of 7 for 3 outputs, the next one 7 on, all with one matrix [3, 7]
//   coprime sizes:         blocks of about the root of the axis, a matrix for each: U falls from the axis to about its root
import type { Node, Size } from "../graph/graph.ts";
import type { G } from "../ops/index.ts";

/** What an output is made of: input `first + i` with `weights[i]`. */
export interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}
interface Blocks {
  /** Outputs of a block, and how many blocks there are. */
  readonly outputs: number;
  readonly count: number;
  /** Inputs of a block, from one to the next, and where the first one begins. */
  readonly span: number;
  readonly stride: number;
  readonly start: number;
}

/** Larger blocks than this one gain nothing but for what repeats. */
const mostOutputs = 64;

/** Σ weights · inputs for each output along `axis` of x. */
export function weighted(g: G, x: Node, axis: number, taps: readonly Taps[]): Node {
  return folded(g, x, axis, taps, (windows, weights, over) => g.reduceSum(g.mul(windows, weights), { axes: [over] }));
}

/** The largest input that has a weight, for each output along `axis` of x. */
export function largest(g: G, x: Node, axis: number, taps: readonly Taps[]): Node {
  return folded(g, x, axis, taps, (windows, weights, over) =>
    g.reduceMax(g.select(weights, windows, g.like(windows, Number.NEGATIVE_INFINITY)), { axes: [over] }),
  );
}

type Fold = (windows: Node, weights: Node, over: number) => Node;

function folded(g: G, x: Node, axis: number, taps: readonly Taps[], fold: Fold): Node {
  const length = x.type.shape[axis] as number;
  const blocks = blocksOf(length, taps);
  const { outputs, count, span, stride, start } = blocks;
  const put = <T>(list: readonly T[], ...items: T[]): T[] => [...list.slice(0, axis), ...items, ...list.slice(axis + 1)];
  const cover = (count - 1) * stride + span;
  const windows = g.window(within(g, x, axis, start, cover), { axes: [axis], sizes: [span], strides: [stride], dilations: [1] });
  const shape: Size[] = [...put<Size>(x.type.shape, count, outputs), span];
  const all = shape.map((_, i) => i);
  const last = shape.length - 1;
  const matrix = matrixOf(blocks, taps);
  const weights = g.as("weights", () => {
    const { sizes, values } = matrix;
    return g.broadcast(g.constant({ shape: sizes, values }), { shape, axes: sizes.length === 2 ? [axis + 1, last] : [axis, axis + 1, last] }); // biome-ignore format: one line
  });
  const y = fold(g.broadcast(windows, { shape, axes: all.filter((i) => i !== axis + 1) }), weights, last);
  const whole = g.reshape(y, { shape: put<Size>(x.type.shape, count * outputs) });
  return g.slice(whole, { starts: x.type.shape.map(() => 0), sizes: put<Size>(x.type.shape, taps.length) });
}

/** The `cover` points of an axis from `start` on, 0 where it has none. */
function within(g: G, x: Node, axis: number, start: number, cover: number): Node {
  const length = x.type.shape[axis] as number;
  const only = (value: number) => x.type.shape.map((_, i) => (i === axis ? value : 0));
  const [low, high] = [Math.max(-start, 0), Math.max(start + cover - length, 0)];
  const wide = low + high === 0 ? x : g.as("border", () => g.pad(x, { low: only(low), high: only(high), value: 0 }));
  const sizes = wide.type.shape.map((size, i) => (i === axis ? cover : size));
  return g.slice(wide, { starts: only(Math.max(start, 0)), sizes });
}

/** The blocks with the fewest terms, of those the ones with the fewest outputs. */
function blocksOf(length: number, taps: readonly Taps[]): Blocks {
  const total = taps.length;
  const period = total / greatestDivisor(length, total);
  const sizes = new Set([...Array.from({ length: Math.min(total, mostOutputs) }, (_, i) => i + 1), period]);
  const found = [...sizes].flatMap((outputs) => {
    const step = (outputs * length) / total;
    return [...new Set([Math.max(Math.floor(step), 1), Math.ceil(step)])].map((stride) => blocksAt(taps, outputs, stride));
  });
  const terms = ({ outputs, count, span }: Blocks) => outputs * count * span;
  return found.reduce((best, next) => (terms(next) < terms(best) ? next : best));
}

function blocksAt(taps: readonly Taps[], outputs: number, stride: number): Blocks {
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [o, { first, weights }] of taps.entries()) {
    const from = first - Math.floor(o / outputs) * stride;
    start = Math.min(start, from);
    end = Math.max(end, from + weights.length);
  }
  return { outputs, count: Math.ceil(taps.length / outputs), span: end - start, stride, start };
}

/** Weights as [blocks, outputs, span], or [outputs, span] where all blocks have the same. */
function matrixOf({ outputs, count, span, stride, start }: Blocks, taps: readonly Taps[]): { sizes: number[]; values: number[] } {
  const values = new Array<number>(count * outputs * span).fill(0);
  for (const [o, { first, weights }] of taps.entries()) {
    const from = o * span + first - Math.floor(o / outputs) * stride - start;
    for (const [i, weight] of weights.entries()) values[from + i] = weight;
  }
  const one = outputs * span;
  if (values.every((value, i) => value === values[i % one])) return { sizes: [outputs, span], values: values.slice(0, one) };
  return { sizes: [count, outputs, span], values };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
