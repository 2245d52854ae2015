// A graph of ONNX under construction, and the file that it is part of. In: nodes of a Graph, which rows turn into calls of operators. Out:
// names of values. Guarantee: each node is written once, names are unique in the whole file, and a value has the shape of its node, n as the
// open size `batch`.
//
//   value(node)    all its numbers
//   thin(node)     what becomes them where ONNX stretches axes of size 1, as elementwise operators do

import { freeName } from "../../../../compiler/base/names.ts";
import { CompileError, internal } from "../../../../compiler/diagnostics/error.ts";
import type { Graph, Node, Shape } from "../../../../compiler/graph/graph.ts";
import { sameShape, sizeOf } from "../../../../compiler/graph/graph.ts";
import { showOrigin } from "../../../../compiler/graph/origin.ts";
import type { Attributes, NodeSpec, TensorSpec } from "./proto.ts";
import { whole, wholes } from "./proto.ts";

/** How an op is written: gives the name of its value. */
export interface Row {
  readonly op: string;
  readonly write: (writer: Writer, node: Node) => string;
  /** Written where it is asked for: often its thin form, or a part of it, is enough. */
  readonly lazy?: true;
}

/** What all graphs of a file share. */
export class Book {
  readonly rows: ReadonlyMap<string, Row>;
  readonly tensors: TensorSpec[] = [];
  /** Nodes that come first: sizes that depend on the batch alone. */
  readonly head: NodeSpec[] = [];
  /** Numbers of the weights, by name. */
  readonly weights: Readonly<Record<string, Float32Array>>;
  readonly #names = new Set<string>();
  readonly #known = new Map<string, string>();
  readonly #batched: string;

  /** `batched`: the name of an input, whose first size is the batch. */
  constructor(
    rows: ReadonlyMap<string, Row>,
    weights: Readonly<Record<string, Float32Array>>,
    names: readonly string[],
    batched: string,
  ) {
    this.rows = rows;
    this.weights = weights;
    this.#batched = batched;
    for (const name of names) this.#names.add(name);
  }

  /** A name that nothing in the file has. */
  unique(wanted: string): string {
    const name = freeName(wanted, (one) => this.#names.has(one));
    this.#names.add(name);
    return name;
  }

  /** What `make` makes once of a key. */
  once(key: string, make: () => string): string {
    const known = this.#known.get(key) ?? make();
    this.#known.set(key, known);
    return known;
  }

  /** Numbers of a weight or of the Graph, by name. */
  floats(name: string, shape: readonly number[], data: Float32Array): string {
    const own = this.unique(name);
    this.tensors.push({ name: own, shape, data });
    return own;
  }

  /** One number. */
  scalar(value: number): string {
    return this.once(`scalar ${Object.is(value, -0) ? "-0" : value}`, () => this.floats("number", [], Float32Array.of(value)));
  }

  /** A list of whole numbers. */
  ints(values: readonly number[]): string {
    return this.once(`ints ${values.join()}`, () => this.#wholes([values.length], values));
  }

  /** Whole numbers of a shape. */
  grid(shape: readonly number[], values: readonly number[]): string {
    return this.once(`grid ${shape.join()}: ${values.join()}`, () => this.#wholes(shape, values));
  }

  #wholes(shape: readonly number[], values: readonly number[]): string {
    const name = this.unique("sizes");
    this.tensors.push({ name, shape, data: BigInt64Array.from(values, BigInt) });
    return name;
  }

  /** The size of the batch: a list of one. */
  batch(): string {
    return this.once("batch", () => this.#early("Shape", [this.#batched], { start: whole(0), end: whole(1) }));
  }

  /** A shape as numbers, n as the size of the batch. */
  shape(shape: Shape): string {
    if (shape[0] !== "n") return this.ints(shape as readonly number[]);
    const rest = shape.slice(1) as readonly number[];
    if (rest.length === 0) return this.batch();
    return this.once(`shape ${rest.join()}`, () => this.#early("Concat", [this.batch(), this.ints(rest)], { axis: whole(0) }));
  }

  #early(operator: string, inputs: readonly string[], attributes: Attributes): string {
    const name = this.unique("batch");
    this.head.push({ name, operator, inputs, outputs: [name], attributes });
    return name;
  }
}

/** Shapes with all axes: 1 where ONNX stretches. */
const thinShape = ({ op, attrs, type: { shape } }: Node): Shape => {
  const isKept = (axis: number): boolean =>
    op === "broadcast"
      ? (attrs.axes as readonly number[]).includes(axis)
      : op === "iota"
        ? attrs.axis === axis
        : !isFill(op, attrs);
  return shape.map((size, axis) => (isKept(axis) ? size : 1));
};
const isFill = (op: string, attrs: Node["attrs"]): boolean =>
  op === "constant" && (attrs.values as readonly number[]).length === 1;

/** n as the size that follows from the others. */
const open = (shape: Shape): readonly number[] => shape.map((size) => (size === "n" ? -1 : size));

/** One graph: the file's own, or the body of a loop. */
export class Writer {
  readonly book: Book;
  readonly nodes: NodeSpec[] = [];
  readonly #origins: Graph["origins"];
  readonly #values = new Map<Node, string>();
  readonly #thin = new Map<Node, string>();
  readonly #bools = new Map<Node, string>();
  readonly #bundles = new Map<Node, readonly string[]>();
  /** What a value was before it got another shape, or another order of axes. */
  readonly #reshaped = new Map<string, { readonly name: string; readonly shape: Shape }>();
  readonly #transposed = new Map<string, { readonly name: string; readonly perm: readonly number[] }>();
  #prefix = "";

  constructor(book: Book, { origins }: Pick<Graph, "origins">) {
    this.book = book;
    this.#origins = origins;
  }

  /** A node that is known by another name: an input of the graph. */
  bind(node: Node, name: string): void {
    this.#values.set(node, name);
  }

  /** Everything in `graph`, operands first, so that no chain of nodes is too deep for the stack. */
  run({ nodes }: Graph): void {
    for (const node of nodes) {
      const isLazy = node.op === "input" || isFill(node.op, node.attrs) || this.book.rows.get(node.op)?.lazy === true;
      if (!isLazy) this.value(node);
    }
  }

  /** The name of a node's value. Throws CompileError format/unwritten for an op without a row. */
  value(node: Node): string {
    const known = this.#values.get(node);
    if (known !== undefined) return known;
    const row = this.book.rows.get(node.op) ?? this.refuse(node);
    const outer = this.#prefix;
    const origin = this.#origins.get(node);
    if (origin !== undefined)
      this.#prefix =
        origin.path === ""
          ? origin.name
          : `${origin.name}/${origin.role === undefined ? "" : `${origin.role.replaceAll(".", "/")}/`}`;
    const made = row.write(this, node);
    this.#prefix = outer;
    this.#values.set(node, made);
    return made;
  }

  /** Throws what an op that ONNX cannot say is refused with. `what`: more than its name. */
  refuse(node: Node, what = ""): never {
    const origin = this.#origins.get(node);
    throw new CompileError({
      code: "format/unwritten",
      path: origin?.path ?? "",
      message: `the op ${node.op}${what === "" ? "" : ` ${what}`}${origin === undefined ? "" : ` of ${showOrigin(origin)}`} is not written as ONNX`,
      hint: "a .safetensors file holds every model",
    });
  }

  /** A call of an operator with one result; its name. */
  emit(operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.emitAll(operator, inputs, 1, attributes)[0];
  }

  /** A call of an operator; the names of its results. */
  emitAll(
    operator: string,
    inputs: readonly string[],
    count: number,
    attributes: Attributes = {},
    uses: readonly string[] = [],
  ): readonly string[] {
    const name = this.book.unique(`${this.#prefix}${operator}`);
    const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? name : this.book.unique(`${name}:${i}`)));
    this.nodes.push({ name, operator, inputs, outputs, attributes, ...(uses.length === 0 ? {} : { uses }) });
    return outputs;
  }

  /** A value under another shape of as many numbers; itself where it has that already. Of two changes of shape in a row the last counts. */
  reshape(name: string, from: Shape, to: Shape): string {
    const before = this.#reshaped.get(name) ?? { name, shape: from };
    if (sameShape(before.shape, to)) return before.name;
    const made = this.emit("Reshape", [before.name, this.book.ints(open(to))]);
    this.#reshaped.set(made, before);
    return made;
  }

  /** The value with its axes in another order; two changes of order in a row are one, or none. */
  transpose(name: string, perm: readonly number[]): string {
    const before = this.#transposed.get(name);
    const whole = before === undefined ? perm : perm.map((axis) => before.perm[axis]);
    const source = before?.name ?? name;
    if (whole.every((axis, i) => axis === i)) return source;
    const made = this.emit("Transpose", [source], { perm: wholes(whole) });
    this.#transposed.set(made, { name: source, perm: whole });
    return made;
  }

  /** What becomes the node's value where axes of size 1 are stretched. */
  thin(node: Node): string {
    const known = this.#thin.get(node);
    if (known !== undefined) return known;
    const made = this.#thinly(node);
    this.#thin.set(node, made);
    return made;
  }

  #thinly(node: Node): string {
    const { op, attrs, inputs, type } = node;
    if (isFill(op, attrs)) return this.book.scalar((attrs.values as readonly number[])[0]);
    if (op === "iota" && type.shape[attrs.axis as number] !== "n") {
      const [size, axis] = [type.shape[attrs.axis as number] as number, attrs.axis as number];
      const shape = [size, ...type.shape.slice(axis + 1).map(() => 1)];
      return this.book.once(`iota ${shape.join()}`, () =>
        this.book.floats(
          "iota",
          shape,
          Float32Array.from({ length: size }, (_, i) => i),
        ),
      );
    }
    if (op !== "broadcast") return this.value(node);
    const [x] = inputs;
    if (isFill(x.op, x.attrs)) return this.thin(x);
    // Axes are aligned at the end: those in front need not be there.
    const shape = thinShape(node);
    const first = shape.findIndex((size) => size !== 1);
    const least = shape.length - x.type.shape.length;
    return this.reshape(this.value(x), x.type.shape, shape.slice(first < 0 ? least : Math.min(first, least)));
  }

  /** The node's value made of its thin one. */
  stretched(node: Node): string {
    return this.emit("Expand", [this.thin(node), this.book.shape(node.type.shape)]);
  }

  /** Operands of an elementwise operator whose result has the whole shape of `node`. */
  operands({ type: { shape } }: Node, list: readonly Node[]): readonly string[] {
    const shapes = list.map(thinShape);
    const isWhole = shape.every((size, axis) => size === 1 || shapes.some((thin) => thin[axis] === size));
    return list.map((node, i) => (isWhole || i > 0 ? this.thin(node) : this.value(node)));
  }

  /** A comparison as truth values, which it is in ONNX; `make` is asked where it is not there yet. */
  bool(node: Node, make: () => string): string {
    const known = this.#bools.get(node) ?? make();
    this.#bools.set(node, known);
    return known;
  }

  /** Whether a comparison is there as truth values. */
  boolOf(node: Node): string | undefined {
    return this.#bools.get(node);
  }

  /** The results of a loop. */
  bundle(node: Node, names: readonly string[]): void {
    this.#bundles.set(node, names);
  }

  /** One of them. */
  picked(node: Node, index: number): string {
    return this.#bundles.get(node)?.[index] ?? internal(`there is no result ${index} of ${node.op}`);
  }
}

/** A shape as a file states it. */
export const sizesOf = (shape: Shape): readonly (number | string)[] => shape.map((size) => (size === "n" ? "batch" : size));

/** How many numbers a shape has in a row. */
export const rowSize = (shape: Shape): number => sizeOf(shape.filter((size) => size !== "n") as number[]);
