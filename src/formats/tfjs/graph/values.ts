// The values of a TensorFlow graph while it is read. In: what operators make. Out: shapes as TensorFlow has them, over nodes of a Graph that
// have rows on axis 0. Guarantee: what depends on an input has rows, and nothing of one row reaches another.
//
//   by axis 0   TensorFlow's axis 0 is the rows: [n, 28, 28, 1] is itself
//   by sample   a row is all that the graph takes at a time: [1, 28, 28, 1] is [n, 1, 28, 28, 1]
//
// Whole numbers are float32 here and exact to 2^24; what is known while the file is read (a shape, a list of axes) is `known`, where "n" may
// stand for the rows.
import { CompileError } from "../../../../compiler/diagnostics/error.ts";
import { type Node, type Shape, type Size, sameShape, showShape, sizeOf } from "../../../../compiler/graph/graph.ts";
import { checkSize } from "../../../../compiler/graph/limits.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import type { Dtype } from "../manifest.ts";

/** Which axis of the graph the rows are. */
export type Rows = "by axis 0" | "by sample";

/** A value that was known when the file was written, or follows from shapes. */
export interface Known {
  readonly kind: "known";
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: ArrayLike<Size>;
  /** A weight of the file; what was computed from such has none. */
  readonly name?: string;
}
/** A value that a node computes. */
export interface Live {
  readonly kind: "live";
  readonly dtype: Dtype;
  /** As TensorFlow has it; "n" on axis 0 where that is the rows. */
  readonly shape: Shape;
  readonly node: Node;
  /** Whether it depends on an input: its node has rows. */
  readonly hasRows: boolean;
}
/** What stands on an edge of the graph. */
export type Value = Known | Live;

/** Known values that are larger than this are not computed with here. */
export const mostKnown = 2 ** 12;
/** Floats of the file that are more are a weight: what is computed of it is for the Graph. */
const fewest = 8;

/** Whether a value is computed with while the file is read. */
export const isFoldable = (value: Value): value is Known =>
  value.kind === "known" &&
  value.values.length <= mostKnown &&
  (value.dtype !== "float32" || value.name === undefined || value.values.length <= fewest);
/** Numbers of a constant in the Graph's text; more are a weight. */
const mostConstant = 64;
/** Whole numbers from here on are not all floats. */
const exactBelow = 2 ** 24;

/** Where values become nodes: one for each reading. */
export class Values {
  readonly g: G;
  readonly rows: Rows;
  /** Weights that nodes read, by name. */
  readonly weights = new Map<string, Float32Array>();
  readonly #names = new Set<string>();

  /** How many rows the file says that there are; undefined: any number. */
  readonly batch: number | undefined;

  constructor(g: G, rows: Rows, batch: number | undefined, taken: Iterable<string>) {
    this.g = g;
    this.rows = rows;
    this.batch = batch;
    for (const name of taken) this.#names.add(name);
  }

  /** How many axes of a node stand before those of TensorFlow's. */
  lead(value: Value): number {
    return value.kind === "live" && value.hasRows && this.rows === "by sample" ? 1 : 0;
  }

  /** The node of a value; a weight of the file is a param. */
  node(value: Value): Node {
    if (value.kind === "live") return value.node;
    const { shape, values, dtype } = value;
    checkSize("a constant", shape, "");
    const numbers = new Float32Array(values.length);
    for (let i = 0; i < numbers.length; i++) numbers[i] = numberIn(values[i], dtype);
    const isWeight = value.name !== undefined && shape.length > 0 && dtype === "float32";
    if (!isWeight && numbers.every((number) => Object.is(number, numbers[0])))
      return numbers.length === 0 ? this.g.constant({ shape: [...shape], values: [] }) : this.g.fill(numbers[0], shape);
    if (!isWeight && numbers.length <= mostConstant) return this.g.constant({ shape: [...shape], values: [...numbers] });
    return this.weight(value.name ?? this.free("constant_0"), shape, numbers);
  }

  /** Numbers as a param of this name. */
  weight(name: string, shape: readonly number[], numbers: Float32Array): Node {
    this.weights.set(name, numbers);
    return this.g.param({ name, shape: [...shape] });
  }

  /** What a node made of values gives. `shape` is TensorFlow's. */
  live(node: Node, dtype: Dtype, like: readonly Value[]): Live {
    const hasRows = like.some((value) => value.kind === "live" && value.hasRows);
    const skip = hasRows && this.rows === "by sample" ? 1 : 0;
    return { kind: "live", dtype, shape: node.type.shape.slice(skip), node, hasRows };
  }

  /** The nodes of values that go together by NumPy's rule, all of one shape. */
  spread(values: readonly Value[]): readonly Node[] {
    const shape = values.map((value): Shape => value.shape).reduce(together);
    const hasRows = values.some((value) => value.kind === "live" && value.hasRows);
    return values.map((value) => this.spreadTo(value, shape, hasRows));
  }

  /** A value as TensorFlow's `shape`, with rows where `hasRows`. */
  spreadTo(value: Value, shape: Shape, hasRows: boolean): Node {
    const node = this.node(value);
    if (!hasRows || this.rows === "by axis 0") return this.g.broadcastTo(node, shape);
    const wide = ["n" as const, ...shape];
    if (this.lead(value) === 0) return this.g.broadcastTo(node, wide);
    const ones = Array.from({ length: shape.length - value.shape.length }, () => 1);
    const apart = ones.length === 0 ? node : this.g.reshape(node, { shape: ["n", ...ones, ...value.shape] });
    return this.g.broadcastTo(apart, wide);
  }

  /** A name that nothing has yet; a number at its end counts up. */
  free(name: string): string {
    const [, stem, count] = /^(.*?)(?:_(\d{1,9}))?$/s.exec(name) ?? ["", name, "0"];
    let free = name;
    for (let k = Number(count ?? 0) + 1; this.#names.has(free); k++) free = `${stem}_${k}`;
    this.#names.add(free);
    return free;
  }
}

/** A known value of numbers. */
export const known = (dtype: Dtype, shape: readonly number[], values: ArrayLike<Size>): Known => ({
  kind: "known",
  dtype,
  shape,
  values,
});

function numberIn(value: Size, dtype: Dtype): number {
  if (value === "n") return refuse("the number of rows is computed with");
  if (dtype === "int32" && Math.abs(value) > exactBelow)
    return refuse(`the whole number ${value} is computed with, and float32 holds those to 2^24`);
  return value;
}

/** The shape of two that go together. */
export function together(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i): Size => {
    const [x, y] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new CompileError({
      code: "shape/mismatch",
      path: "",
      message: `${showShape(a)} and ${showShape(b)} do not go together`,
    });
  });
}

/** Refuses what TensorFlow can do and layerc cannot. */
export function refuse(message: string, hint?: string): never {
  throw new CompileError({ code: "format/unsupported", path: "", message, ...(hint === undefined ? {} : { hint }) });
}

/** Whether both are of one shape, and the number of elements of one without rows. */
export { sameShape, sizeOf };
