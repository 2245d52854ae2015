// Places of values: buffers as they are asked for, and which view of which buffer a node's value is. In: nodes, names,
// shapes with n bound. Out: views; buffers whose lifetimes grow as regions touch them.
import { internal, invariant } from "../diagnostics/error.ts";
import { bindShape, type Node, type Shape, sizeOf } from "../graph/graph.ts";
import type { Operand, View } from "../program/nest/view.ts";
import type { Extent, Role } from "../program/program.ts";
import { kindOf } from "./fuse.ts";
import { bufferShape, type Layout, stridesOf } from "./layout.ts";
import { type Numbers, numbered, type RegionNames } from "./names.ts";
import type { PlanBuffer, Rows } from "./plan.ts";

/** How many rows a plan has, and what its names and layouts share with other plans. */
export interface PlaceOptions {
  readonly rows: Rows;
  /** Put before the names of everything that other plans of the same Program do not share. */
  readonly prefix?: string;
  /** Results that other plans read under this very name (prepared constants). */
  readonly shared?: ReadonlySet<string>;
  /** Names of weights, of which this plan may read none: nothing else is called so. */
  readonly reserved?: ReadonlySet<string>;
  /** Of params and results, by name. */
  readonly layouts?: ReadonlyMap<string, Layout>;
}

/** A stretch of memory while regions are made: its lifetime grows with every region that touches it. */
export interface Stretch extends Omit<PlanBuffer, "at" | "inPlaceOf"> {
  from: number;
  to: number;
}

interface Allocation {
  readonly layout?: Layout | undefined;
  readonly initial?: number;
}

/** Hands out buffers, and remembers which view of which buffer a node's value is. */
export class Places {
  readonly buffers: Stretch[] = [];
  readonly operands = new Map<Node, Operand>();
  readonly #byName = new Map<string, Stretch>();
  readonly #numbers: Numbers = new Map();
  readonly #names: RegionNames;
  readonly rows: Rows;
  readonly #prefix: string;
  readonly #shared: ReadonlySet<string>;
  readonly #layouts: ReadonlyMap<string, Layout>;
  readonly #reserved: ReadonlySet<string>;

  constructor(
    { rows, prefix = "", shared = new Set(), reserved = new Set(), layouts = new Map() }: PlaceOptions,
    names: RegionNames,
  ) {
    this.#names = names;
    this.rows = rows;
    this.#prefix = prefix;
    this.#shared = shared;
    this.#layouts = layouts;
    this.#reserved = reserved;
  }

  /** The node's shape with n bound. */
  extents(node: Node): Extent[] {
    return this.#bind(node.type.shape);
  }

  #bind(shape: Shape): Extent[] {
    return shape.map((size) => (size !== "n" ? size : typeof this.rows === "number" ? this.rows : { scalar: "n", per: 1 }));
  }

  /** A fresh buffer for a value, by default row-major; its name is made unique. */
  allocate(name: string, role: Role, shape: readonly Extent[], { layout, initial }: Allocation = {}): View {
    const isShared = role === "param" || role === "state" || (role === "output" && this.#shared.has(name));
    const prefix = isShared ? "" : this.#prefix;
    const isTaken = (given: string) =>
      this.#byName.has(given) ||
      (role !== "param" && this.#reserved.has(given)) ||
      (given !== prefix + name && this.#names.isLayer(given.slice(prefix.length)));
    const unique = numbered(prefix + name, isTaken, this.#numbers);
    const most = typeof this.rows === "number" ? this.rows : this.rows.max;
    const how = layout ?? this.#layouts.get(unique) ?? {};
    const held = bufferShape(shape, how);
    const sizes: Shape = held.map((size) => (typeof size === "number" ? size : "n"));
    const isArena = role === "arena";
    const buffer: Stretch = {
      name: unique,
      role,
      shape: held,
      length: sizeOf(bindShape(sizes, most)),
      ...(initial === undefined ? {} : { initial }),
      from: isArena ? Number.POSITIVE_INFINITY : 0,
      to: isArena ? -1 : Number.POSITIVE_INFINITY,
    };
    this.buffers.push(buffer);
    this.#byName.set(unique, buffer);
    return { kind: "view", buffer: unique, base: 0, shape, ...stridesOf(shape, how), loops: [] };
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
      return typeof this.rows === "number" ? { kind: "constant", value: this.rows, shape } : { kind: "scalar", name: "n", shape };
    if (node.op === "constant") {
      invariant(values !== undefined, "a constant has values");
      return values.length === 1 ? { kind: "constant", value: values[0], shape } : this.allocate("table", "const", shape);
    }
    invariant(name !== undefined, `a source ${node.op} has a name`);
    return this.allocate(
      name,
      node.op === "param" ? "param" : node.op === "state" ? "state" : "input",
      shape,
      initial === undefined ? {} : { initial },
    );
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
