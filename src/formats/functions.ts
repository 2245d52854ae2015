// Functions that several formats have and the ops do not: of angles, along an axis. In: nodes. Out: nodes, made of ops.
import type { Node } from "../../compiler/graph/graph.ts";
import type { G } from "../../compiler/ops/index.ts";

/** A function of one number. */
export type Unary = (g: G, x: Node) => Node;

const axes = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const one = (g: G, x: Node): Node => g.like(x, 1);
/** arcsin x; NaN beyond ±1. */
export const asin: Unary = (g, x) => g.atan(g.div(x, g.sqrt(g.mul(g.sub(one(g, x), x), g.add(one(g, x), x)))));
/** (eˣ − e⁻ˣ) / 2. */
export const sinh: Unary = (g, x) => {
  const t = g.expm1(x);
  // Beyond 88 e^x is infinite while half of it is not: there e^(x/2) twice.
  const half = g.exp(g.mul(g.like(x, 0.5), g.abs(x)));
  const large = g.mul(g.mul(g.like(x, 0.5), half), half);
  const small = g.mul(g.like(x, 0.5), g.add(t, g.div(t, g.add(t, one(g, x)))));
  return g.select(g.less(g.abs(x), g.like(x, 10)), small, g.mul(g.sign(x), large));
};
/** (eˣ + e⁻ˣ) / 2. */
export const cosh: Unary = (g, x) => {
  const half = g.exp(g.mul(g.like(x, 0.5), g.abs(x)));
  const less = g.exp(g.neg(g.abs(x)));
  return g.add(g.mul(g.mul(g.like(x, 0.5), half), half), g.mul(g.like(x, 0.5), less));
};
/** log(|x| + √(x² + 1)) with the sign of x, written so that small x keep their digits. */
export const asinh: Unary = (g, x) => {
  const a = g.abs(x);
  const squared = g.square(a);
  const small = g.log1p(g.add(a, g.div(squared, g.add(one(g, x), g.sqrt(g.add(squared, one(g, x)))))));
  const large = g.add(g.log(a), g.like(x, Math.LN2));
  return g.mul(g.sign(x), g.select(g.less(a, g.like(x, 1e9)), small, large));
};
/** log(x + √(x² − 1)); NaN below 1. */
export const acosh: Unary = (g, x) => {
  const less = g.sub(x, one(g, x));
  const small = g.log1p(g.add(less, g.sqrt(g.mul(less, g.add(x, one(g, x))))));
  return g.select(g.less(x, g.like(x, 1e9)), small, g.add(g.log(x), g.like(x, Math.LN2)));
};
/** log((1 + x) / (1 − x)) / 2; NaN beyond ±1. */
export const atanh: Unary = (g, x) => g.mul(g.like(x, 0.5), g.sub(g.log1p(x), g.log1p(g.neg(x))));

/** sin x / cos x. */
export const tan: Unary = (g, x) => g.div(g.sin(x), g.cos(x));
/** arccos x; NaN beyond ±1. */
export const acos: Unary = (g, x) => g.sub(g.like(x, Math.PI / 2), asin(g, x));

/** y[…, j, …] = Σᵢ x[…, i, …] · matrix[i, j]. */
export function alongMatrix(g: G, x: Node, axis: number, matrix: Node): Node {
  const last = x.type.shape.length - 1;
  const y = g.dot(x, matrix, { batch: [[], []], contract: [[axis], [0]] });
  return axis === last ? y : g.transpose(y, { perm: axes(last + 1).map((i) => (i === axis ? last : i < axis ? i : i - 1)) });
}

/**
 * The k largest or smallest of the last axis, largest first, and their places; of equals the first. The rank of a number is how many come
 * before it; the number of rank r is the sum of those that have it.
 */
export function ranked(g: G, x: Node, k: number, isLargest: boolean): readonly [Node, Node] {
  const { shape } = x.type;
  const last = shape.length - 1;
  const size = shape[last] as number;
  const square = [...shape, size];
  const all = axes(last + 1);
  const here = g.broadcast(x, { shape: square, axes: all });
  const there = g.broadcast(x, { shape: square, axes: [...all.slice(0, -1), last + 1] });
  const index = (axis: number) => g.broadcast(g.iota({ shape: [size], axis: 0 }), { shape: square, axes: [axis] });
  const earlier = g.mul(g.equal(here, there), g.less(index(last + 1), index(last)));
  const before = isLargest ? g.less(here, there) : g.less(there, here);
  const rank = g.reduceSum(g.add(before, earlier), { axes: [last + 1] });
  const wide = [...shape, k];
  const isAt = g.equal(g.broadcast(rank, { shape: wide, axes: all }), g.broadcast(g.iota({ shape: [k], axis: 0 }), { shape: wide, axes: [last + 1] })); // biome-ignore format: one line
  const pick = (of: Node) => g.reduceSum(g.select(isAt, g.broadcast(of, { shape: wide, axes: all }), g.fill(0, wide)), { axes: [last] }); // biome-ignore format: one line
  return [pick(x), pick(g.broadcast(g.iota({ shape: [size], axis: 0 }), { shape, axes: [last] }))];
}
