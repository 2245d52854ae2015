// A value of an ONNX graph while it becomes a Graph of layerc. ONNX knows shapes of numbers alone, a Graph has rows n on axis 0; `at` says
// where n is in a value:
//
//   at: 2          the file's axis 2 is the batch                      node [n, all axes but that one]
//   at: "each"     every row has a value of its own of this shape      node [n, ...shape]
//   at: "none"     no row has a part in it: weights, known numbers     node [...shape]
//   at: "merged"   the batch is a part of one axis, as in [B · T, F]   no node: that of `inner`, where it has an axis of its own
//
// Guarantee: shape is what the file would see for its own batch; known numbers are never live.
import type { Node, Shape } from "../../../compiler/graph/graph.ts";
import type { DType, Numbers } from "./numbers.ts";

/** Which axis of the file is the batch, or that each row has all of it, or none. */
export type At = number | "each" | "none" | "merged";

/** A tensor of the file: numbers that are known, or a node that computes them. */
export interface Value {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly at: At;
  /** Row-major; `at` is "none" then. */
  readonly data?: Numbers;
  readonly node?: Node;
  /** What a weight is called in the file. */
  readonly name?: string;
  /** Where `at` is "merged": the value with `count` axes in place of the one at `axis`. */
  readonly merged?: { readonly inner: Value; readonly axis: number; readonly count: number };
}

/** Numbers as a value. */
export const known = (dtype: DType, shape: readonly number[], data: Numbers | readonly number[]): Value => ({
  dtype,
  shape,
  at: "none",
  data: data instanceof Float32Array || data instanceof Float64Array ? data : Float64Array.from(data),
});

/** Where an axis of the file is in the node; the batch itself is on axis 0. */
export function nodeAxis(at: At, axis: number): number {
  if (at === "none" || at === axis) return at === axis ? 0 : axis;
  return typeof at === "number" && axis > at ? axis : axis + 1;
}

/** NumPy's rule for two shapes, or undefined where they do not fit. */
export function broadcastShape(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const [left, right] = [padShape(a, rank), padShape(b, rank)];
  const fits = left.every((size, axis) => size === right[axis] || size === 1 || right[axis] === 1);
  return fits ? left.map((size, axis) => (size === 1 ? right[axis] : size)) : undefined;
}

/** Ones in front up to `rank` axes. */
export const padShape = (shape: readonly number[], rank: number): readonly number[] => [
  ...Array.from({ length: Math.max(rank - shape.length, 0) }, () => 1),
  ...shape,
];

/** `[2, 3]` as `[2, 3]`. */
export const axesOf = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

/** The shape of the node of a value. */
export const shapeAt = (shape: readonly number[], at: At): Shape =>
  at === "none" ? shape : ["n", ...(typeof at === "number" ? shape.toSpliced(at, 1) : shape)];

/** `size` of known numbers along an axis from `start` on. */
export function cutKnown({ dtype, shape, data = new Float64Array() }: Value, axis: number, start: number, size: number): Value {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const [line, part] = [inner * shape[axis], inner * size];
  const cut = data instanceof Float32Array ? new Float32Array(outer * part) : new Float64Array(outer * part);
  for (let o = 0; o < outer; o++) cut.set(data.subarray(o * line + start * inner, o * line + start * inner + part), o * part);
  return known(dtype, shape.with(axis, size), cut);
}
