// The helpers of a Site that move values between layouts. In: values, where their batch is. Out: nodes whose axes fit each other.
// Guarantee: an axis that is the batch is never merged, sliced or moved inside a row; where an operator asks for that and the file's batch
// has more than one row, `Kept` is thrown and the importer takes the whole input as one row.
import { type Node, type Shape, sameShape } from "../../../compiler/graph/graph.ts";
import type { G } from "../../../compiler/ops/index.ts";
import type { Layouts } from "./layouts.ts";
import { mergedOf, split } from "./merged.ts";
import type { DType } from "./numbers.ts";
import { type At, broadcastShape, cutKnown, padShape, shapeAt, type Value } from "./values.ts";

/** Every row with all of the value. */
export function eachOf(of: Layouts, value: Value): Value {
  const { at } = value;
  if (at === "each" || at === "none") return value;
  if (at === "merged" || of.rows !== 1) of.mixed();
  return { ...value, at: "each", node: of.g.reshape(of.node(value), { shape: ["n", ...value.shape] }) };
}

/** The batch on axis `at` of `rank` where the value has it there or nowhere; a value of each row where the batch has one row. */
export function laidOut(of: Layouts, value: Value, at: At, rank: number): Node {
  const padded = padShape(value.shape, rank);
  const { g } = of;
  if (value.at === "merged" || at === "merged") return of.mixed();
  if (at === "each" || at === "none") {
    const whole = at === "each" ? eachOf(of, value) : value;
    return reshaped(g, of.node(whole), whole.at === "none" ? padded : ["n", ...padded]);
  }
  const rest = padded.toSpliced(at, 1);
  if (typeof value.at === "number") {
    if (value.at + rank - value.shape.length !== at) of.mixed();
    return reshaped(g, of.node(value), ["n", ...rest]);
  }
  if (padded[at] === 1) return reshaped(g, of.node(value), value.at === "each" ? ["n", ...rest] : rest);
  if (value.at === "each" || !isUniform(value, at + value.shape.length - rank)) of.mixed();
  const axis = at + value.shape.length - rank;
  const first = cutKnown(value, axis, 0, 1);
  return of.node({ ...first, shape: rest });
}

/** Whether known numbers are the same all along an axis. */
export function isUniform({ data, shape }: Value, axis: number): boolean {
  if (data === undefined) return false;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const stride = inner * shape[axis];
  for (let i = 0; i < data.length; i++) {
    if (!Object.is(data[i], data[i - (i % stride) + (i % inner)])) return false;
  }
  return true;
}

const reshaped = (g: G, node: Node, shape: Shape): Node =>
  sameShape(node.type.shape, shape) ? node : g.reshape(node, { shape });

/** Where the batch is in what is broadcast to `rank` axes. */
export function commonAt(of: Layouts, values: readonly Value[], rank: number): At {
  const places = new Set(values.flatMap(({ at, shape }) => (typeof at === "number" ? [at + rank - shape.length] : [])));
  const [place] = places;
  if (place === undefined) return values.some(({ at }) => at === "each") ? "each" : "none";
  const fits = (value: Value): boolean => {
    const size = padShape(value.shape, rank)[place];
    if (typeof value.at === "number" || size === 1) return true;
    return value.at === "none" && size === of.rows && isUniform(value, place + value.shape.length - rank);
  };
  return places.size === 1 && values.every(fits) ? place : "each";
}

/** Element by element, after NumPy's rule. */
export function elementwiseOf(
  of: Layouts,
  values: readonly Value[],
  build: (g: G, ...nodes: Node[]) => Node,
  dtype: DType,
): Value {
  if (values.some((value) => value.dtype === "string")) return of.refuse("texts");
  const shape = values
    .map((value) => value.shape)
    .reduce((a, b) => {
      const both = broadcastShape(a, b);
      return both ?? of.refuse(`inputs of the shapes [${a.join(", ")}] and [${b.join(", ")}]`);
    });
  const mixed = values.find((value) => value.at === "merged");
  if (mixed !== undefined) return apartElementwise(of, values, mixed, shape.length, build, dtype);
  const at = commonAt(of, values, shape.length);
  const to = shapeAt(shape, at);
  const nodes = values.map((value) => of.g.broadcastTo(laidOut(of, value, at, shape.length), to));
  return { dtype, shape, at, node: build(of.g, ...nodes) };
}

/** The same where the batch is a part of an axis: that axis taken apart in all of them, and put together again. */
function apartElementwise(
  of: Layouts,
  values: readonly Value[],
  { shape, merged }: Value,
  rank: number,
  build: (g: G, ...nodes: Node[]) => Node,
  dtype: DType,
): Value {
  const { axis, count, inner } = merged ?? of.mixed();
  const place = axis + rank - shape.length;
  const sizes = inner.shape.slice(axis, axis + count);
  const parts = values.map((value) => split(of, value, place - rank + value.shape.length, sizes));
  return mergedOf(of, elementwiseOf(of, parts, build, dtype), place, count);
}

/** All nodes with n where one has it. */
export function alignedNodes(of: Layouts, values: readonly Value[], at: At): readonly Node[] {
  return values.map((value) => {
    const node = laidOut(of, value, at, value.shape.length);
    const shape = shapeAt(value.shape, at);
    if (at === "none" || node.type.shape[0] === "n") return node;
    return of.g.broadcast(node, { shape, axes: node.type.shape.map((_, axis) => axis + 1) });
  });
}

/** A node with its batch at `at` as a value. */
export function madeOf(of: Layouts, node: Node, at: At, dtype: DType): Value {
  const { shape } = node.type;
  const sizes = (at === "none" ? shape : shape.slice(1)) as readonly number[];
  return { dtype, at, node, shape: typeof at === "number" ? sizes.toSpliced(at, 0, of.rows) : sizes };
}

/** The batch on axis 0, or every row with all of it. */
export function firstAxisOf(of: Layouts, value: Value): Value {
  if (value.at === 0 || value.at === "none") return value;
  const whole = eachOf(of, value);
  if (of.rows !== 1 || whole.shape[0] !== 1) return whole;
  return { ...whole, at: 0, node: of.g.reshape(of.node(whole), { shape: ["n", ...whole.shape.slice(1)] }) };
}

/** The batch on none of these axes. */
export const apartFrom = (of: Layouts, value: Value, axes: readonly number[]): Value =>
  typeof value.at === "number" && axes.includes(value.at) ? eachOf(of, value) : value;
