// Places of values: buffers as they are asked for, and which view of which buffer a node's value is. In: nodes, names,
// shapes with n bound. Out: views; buffers whose lifetimes grow as regions touch them.
import { internal, invariant } from "../diagnostics/error.ts";
import { bindShape, type Node, type Shape, sizeOf } from "../graph/graph.ts";
import { blockSize } from "../program/nest/block.ts";
import { type Operand, rowMajor, type View } from "../program/nest/view.ts";
import type { Extent, Role } from "../program/program.ts";
import { kindOf } from "./fuse.ts";
import { numbered, type RegionNames } from "./names.ts";
import type { PlanBuffer, Rows } from "./plan.ts";

export interface PlaceOptions {
  readonly rows: Rows;
  /** Put before the names of everything that other plans of the same Program do not share. */
  readonly prefix?: string;
  /** Results that other plans read under this very name (prepared constants). */
  readonly shared?: ReadonlySet<string>;
  /** Params and results whose last axis lies in blocks (see pack). */
  readonly packed?: ReadonlySet<string>;
}

/** Floats between rows whose length is a multiple of this many would fall on the same few lines of a cache; they get a gap. */
const cacheTrap = 256;
const gap = 16;

export class Places {
  readonly buffers: PlanBuffer[] = [];
  readonly operands = new Map<Node, Operand>();
  readonly #byName = new Map<string, PlanBuffer>();
  readonly #names: RegionNames;
  readonly #rows: Rows;
  readonly #prefix: string;
  readonly #shared: ReadonlySet<string>;
  readonly #packed: ReadonlySet<string>;

  constructor({ rows, prefix = "", shared = new Set(), packed = new Set() }: PlaceOptions, names: RegionNames) {
    this.#names = names;
    this.#rows = rows;
    this.#prefix = prefix;
    this.#shared = shared;
    this.#packed = packed;
  }

  /** The node's shape with n bound. */
  extents(node: Node): Extent[] {
    return this.#bind(node.type.shape);
  }

  #bind(shape: Shape): Extent[] {
    return shape.map((size) => (size !== "n" ? size : typeof this.#rows === "number" ? this.#rows : { scalar: "n", per: 1 }));
  }

  /** A fresh buffer, row-major but for packed ones; its name is made unique. */
  allocate(name: string, role: Role, shape: readonly Extent[], initial?: number): View {
    const isShared = role === "param" || role === "state" || (role === "output" && this.#shared.has(name));
    const stem = isShared ? name : this.#prefix + name;
    const unique = numbered(stem, (given) => this.#byName.has(given) || (given !== stem && this.#names.isLayer(given)));
    const most = typeof this.#rows === "number" ? this.#rows : this.#rows.max;
    const sizes: Shape = shape.map((size) => (typeof size === "number" ? size : "n"));
    const isArena = role === "arena";
    const buffer: PlanBuffer = {
      name: unique,
      role,
      shape,
      length: sizeOf(bindShape(sizes, most)),
      ...(initial === undefined ? {} : { initial }),
      from: isArena ? Number.POSITIVE_INFINITY : 0,
      to: isArena ? -1 : Number.POSITIVE_INFINITY,
      at: 0,
    };
    this.buffers.push(buffer);
    this.#byName.set(unique, buffer);
    const view: View = { kind: "view", buffer: unique, base: 0, shape, strides: rowMajor(shape), loops: [] };
    return this.#packed.has(unique) ? inBlocks(view, shape.length - 1) : view;
  }

  /** A place in the arena for a node's value; rows of a batch may lie a gap apart. */
  allocateFor(node: Node, name: string): View {
    const shape = this.extents(node);
    const [rows, ...rest] = shape;
    const row = sizeOf(rest as number[]);
    const isTrap = node.type.shape[0] === "n" && rows !== 1 && row > 0 && row % cacheTrap === 0;
    if (!isTrap) return this.allocate(name, "arena", shape);
    const view = this.allocate(name, "arena", [rows, row + gap]);
    return { ...view, shape, strides: [row + gap, ...rowMajor(rest)] };
  }

  /** Places an input, param, state, constant or the number of rows; other nodes are placed by their regions. */
  addSource(node: Node): void {
    if (kindOf(node) !== "source") return;
    const shape = this.extents(node);
    const { name, values, initial } = node.attrs as { name?: string; values?: readonly number[]; initial?: number };
    this.operands.set(node, this.#source(node, shape, values, name, initial));
  }

  #source(node: Node, shape: readonly Extent[], values?: readonly number[], name?: string, initial?: number): Operand {
    if (node.op === "rows")
      return typeof this.#rows === "number"
        ? { kind: "constant", value: this.#rows, shape }
        : { kind: "scalar", name: "n", shape };
    if (node.op === "constant") {
      invariant(values !== undefined, "a constant has values");
      return values.length === 1 ? { kind: "constant", value: values[0], shape } : this.allocate("table", "const", shape);
    }
    invariant(name !== undefined, `a source ${node.op} has a name`);
    return this.allocate(name, node.op === "param" ? "param" : node.op === "state" ? "state" : "input", shape, initial);
  }

  operandOf(node: Node): Operand {
    return this.operands.get(node) ?? internal(`no place for the value of ${node.op}`);
  }

  viewOf(node: Node): View {
    const operand = this.operandOf(node);
    return operand.kind === "view" ? operand : internal(`${node.op} is a number, not a buffer`);
  }

  /** The buffer of a view is alive at these positions, both included. */
  touch(operand: Operand, from: number, to = from): void {
    if (operand.kind !== "view") return;
    const buffer = this.#byName.get(operand.buffer);
    invariant(buffer !== undefined, `buffer ${operand.buffer} exists`);
    buffer.from = Math.min(buffer.from, from);
    buffer.to = Math.max(buffer.to, to);
  }
}

/** The elements of `view`'s buffer laid out anew: the other axes row-major, then eight of `axis`, blocks of them outermost. */
export function inBlocks(view: View, axis: number): View {
  const others = view.shape.filter((_, k) => k !== axis) as number[];
  const strides = rowMajor(others).map((stride) => stride * blockSize);
  return {
    ...view,
    strides: strides.toSpliced(axis, 0, 1),
    blocked: { axis, size: blockSize, outer: blockSize * sizeOf(others) },
  };
}
