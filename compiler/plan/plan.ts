// Planning: Graph → Plan. In: a Graph of primitives and the number of rows. Out: regions in execution order, a place for
// every value, an arena with lifetimes. Guarantee: no region reads what a later one writes; updates read old values.
import { internal, invariant } from "../diagnostics/error.ts";
import { bindShape, type Graph, isGraph, type Node, sizeOf } from "../ir/graph.ts";
import { ops } from "../ops/index.ts";
import type { Extent, Role } from "../program/ir.ts";
import { type Operand, rowMajor, type View } from "../program/view.ts";
import { layOut } from "./arena.ts";
import { fuse, kindOf } from "./fuse.ts";
import type { ComputeRegion, CopyRegion, Plan, PlanBuffer, Region, Rows, ScanRegion } from "./ir.ts";
import { blockSize, packableAxis } from "./pack.ts";

/** Where a stored value goes: a view, and, when it replaces what is read there, the operand node of the old value. */
interface Demand {
  readonly node: Node;
  readonly out: View;
  readonly replaces?: Node;
}

export interface PlanOptions {
  readonly rows: Rows;
  /** Put before the names of everything that other plans of the same Program do not share. */
  readonly prefix?: string;
  /** Results that other plans read under this very name (prepared constants). */
  readonly shared?: ReadonlySet<string>;
  /** Params and results whose last axis lies in blocks (see pack). */
  readonly packed?: ReadonlySet<string>;
  /** Weights change between calls, so large right operands of dots are packed on the way, each time. */
  readonly packDots?: boolean;
}

export function plan(graph: Graph, options: PlanOptions): Plan {
  const { rows } = options;
  const planner = new Planner(options);
  for (const node of graph.nodes) planner.addSource(node);
  const demands: Demand[] = graph.results.map(([name, node]) => ({
    node,
    out: planner.allocate(name, "output", planner.extents(node)),
  }));
  for (const [name, node] of graph.updates) {
    const replaces = graph.nodes.find((old) => (old.op === "param" || old.op === "state") && old.attrs.name === name);
    // A param that is only written has no node to read; it still has a home.
    const out = replaces === undefined ? planner.allocate(name, "state", planner.extents(node)) : planner.viewOf(replaces);
    demands.push(replaces === undefined ? { node, out } : { node, out, replaces });
  }
  const regions = planner.planBody(graph, demands);
  const buffers = planner.buffers;
  return {
    name: graph.name,
    rows,
    graph,
    buffers,
    regions,
    operands: planner.operands,
    arena: layOut(buffers, regions, planner.operands),
  };
}

class Planner {
  readonly buffers: PlanBuffer[] = [];
  readonly operands = new Map<Node, Operand>();
  readonly #byName = new Map<string, PlanBuffer>();
  readonly #rows: Rows;
  readonly #prefix: string;
  readonly #shared: ReadonlySet<string>;
  readonly #packed: ReadonlySet<string>;
  readonly #packDots: boolean;
  /** Packed copies by what they copy and the axis in blocks. */
  readonly #copies = new Map<Node, ReadonlyMap<number, View>>();
  #position = 0;
  #loops = 0;

  constructor({ rows, prefix = "", shared = new Set(), packed = new Set(), packDots = false }: PlanOptions) {
    this.#packDots = packDots;
    this.#rows = rows;
    this.#prefix = prefix;
    this.#shared = shared;
    this.#packed = packed;
  }

  extents(node: Node): Extent[] {
    return this.#bind(node.type.shape);
  }

  /** A place in the arena for a node's value; rows of a batch may lie a gap apart. */
  allocateFor(node: Node, name: string): View {
    const shape = this.extents(node);
    const [rows, ...rest] = shape;
    const row = sizeOf(rest as number[]);
    if (node.type.shape[0] !== "n" || rows === 1 || row === 0 || row % cacheTrap !== 0)
      return this.allocate(name, "arena", shape);
    const view = this.allocate(name, "arena", [rows, row + gap]);
    return { ...view, shape, strides: [row + gap, ...rowMajor(rest)] };
  }

  #bind(shape: readonly (number | "n")[]): Extent[] {
    return shape.map((size) => (size !== "n" ? size : typeof this.#rows === "number" ? this.#rows : { scalar: "n", per: 1 }));
  }

  allocate(name: string, role: Role, shape: readonly Extent[], initial?: number): View {
    const shared = role === "param" || role === "state" || (role === "output" && this.#shared.has(name));
    const stem = shared ? name : this.#prefix + name;
    let unique = stem;
    for (let k = 1; this.#byName.has(unique); k++) unique = `${stem}_${k}`;
    const rows = typeof this.#rows === "number" ? this.#rows : this.#rows.max;
    const length = sizeOf(
      bindShape(
        shape.map((size) => (typeof size === "number" ? size : "n")),
        rows,
      ),
    );
    const outside = role !== "arena";
    const buffer: PlanBuffer = {
      name: unique,
      role,
      shape,
      length,
      from: outside ? 0 : Number.POSITIVE_INFINITY,
      to: outside ? Number.POSITIVE_INFINITY : -1,
      at: 0,
    };
    this.buffers.push(initial === undefined ? buffer : { ...buffer, initial });
    this.#byName.set(unique, this.buffers[this.buffers.length - 1]);
    const view: View = { kind: "view", buffer: unique, base: 0, shape, strides: rowMajor(shape), loops: [] };
    return this.#packed.has(unique) ? inBlocks(view, shape.length - 1) : view;
  }

  addSource(node: Node): void {
    if (kindOf(node) !== "source") return;
    const shape = this.extents(node);
    const { name, values, initial } = node.attrs as { name?: string; values?: readonly number[]; initial?: number };
    if (node.op === "rows") {
      this.operands.set(
        node,
        typeof this.#rows === "number" ? { kind: "constant", value: this.#rows, shape } : { kind: "scalar", name: "n", shape },
      );
    } else if (node.op === "constant") {
      invariant(values !== undefined, "a constant has values");
      this.operands.set(
        node,
        values.length === 1 ? { kind: "constant", value: values[0], shape } : this.allocate("table", "const", shape),
      );
    } else {
      invariant(name !== undefined, `a source ${node.op} has a name`);
      this.operands.set(
        node,
        this.allocate(name, node.op === "param" ? "param" : node.op === "state" ? "state" : "input", shape, initial),
      );
    }
  }

  operandOf(node: Node): Operand {
    return this.operands.get(node) ?? internal(`no place for the value of ${node.op}`);
  }

  viewOf(node: Node): View {
    const operand = this.operandOf(node);
    return operand.kind === "view" ? operand : internal(`${node.op} is a number, not a buffer`);
  }

  /** Regions of one level (the graph, or a scan's body) in order, every demand written. */
  planBody(graph: Graph, demands: readonly Demand[]): Region[] {
    const regions: Region[] = [];
    const roots = fuse(graph.nodes, new Set(demands.map(({ node }) => node)));
    const members = new Map<Node, Node[]>();
    for (const node of graph.nodes) {
      const root = roots.get(node);
      if (root !== undefined) members.set(root, [...(members.get(root) ?? []), node]);
    }
    const homes = this.#chooseHomes(graph, demands, roots);
    for (const node of graph.nodes) {
      const kind = kindOf(node);
      if (kind === "source" || this.operands.has(node)) continue;
      if (kind === "view") this.#view(graph, node, regions);
      else if (kind === "scan") this.#scan(graph, node, regions);
      else if (kind === "pick")
        continue; // placed with its scan
      else if (roots.get(node) === node) this.#compute(graph, node, members.get(node) ?? [node], homes.get(node), regions);
    }
    // Demands not written by their own region: first save every value that another copy could overwrite, then write.
    const late = demands.filter(({ node, out }) => homes.get(node) !== out);
    const saved = late.map((demand) => {
      const from = this.operandOf(demand.node);
      const overwritten = from.kind === "view" && late.some(({ out }) => out.buffer === from.buffer);
      return overwritten
        ? this.#copy(
            graph,
            demand.node,
            from,
            this.allocate(nameOf(graph, demand.node), "arena", this.extents(demand.node)),
            regions,
          )
        : from;
    });
    late.forEach((demand, i) => {
      this.#copy(graph, demand.node, saved[i], demand.out, regions);
    });
    return regions;
  }

  /**
   * Which roots write straight into their demanded place. Always legal for a fresh place; a place that holds an old value
   * must not be read by a later region, nor by this one except at the very point that is written.
   */
  #chooseHomes(graph: Graph, demands: readonly Demand[], roots: ReadonlyMap<Node, Node>): Map<Node, View> {
    const order = new Map(graph.nodes.map((node, i) => [node, i]));
    const base = (node: Node): Node => (kindOf(node) === "view" || kindOf(node) === "pick" ? base(node.inputs[0]) : node);
    const homes = new Map<Node, View>();
    for (const { node, out, replaces } of demands) {
      if (homes.has(node) || roots.get(node) !== node) continue;
      if (replaces !== undefined) {
        const readsOld = graph.nodes.filter(
          (user) => user.inputs.some((input) => base(input) === replaces) && kindOf(user) !== "view",
        );
        const legal = readsOld.every((user) => {
          const region = roots.get(user) ?? user;
          if (region === node)
            return kindOf(user) === "pointwise" && user.inputs.every((input) => input === replaces || base(input) !== replaces);
          return (order.get(region) ?? 0) < (order.get(node) ?? 0);
        });
        const demanded = demands.some((other) => base(other.node) === replaces);
        if (!legal || demanded) continue;
      }
      homes.set(node, out);
    }
    return homes;
  }

  #compute(graph: Graph, root: Node, nodes: readonly Node[], home: View | undefined, regions: Region[]): void {
    const name = nameOf(graph, root);
    const out = home ?? this.allocateFor(root, name);
    const anchor = nodes.find((node) => kindOf(node) === "nest");
    const packed = anchor === undefined ? undefined : this.#packOperand(graph, anchor, regions);
    const region: ComputeRegion = {
      kind: "compute",
      name,
      origin: originOf(graph, nodes),
      position: this.#position++,
      ...(anchor === undefined ? {} : { anchor }),
      ...(anchor === undefined || packed === undefined ? {} : { anchorReads: [this.operandOf(anchor.inputs[0]), packed] }),
      nodes: anchor === undefined ? nodes : [anchor, ...nodes.filter((node) => node !== anchor)],
      out,
    };
    const inside = new Set(nodes);
    for (const node of nodes)
      for (const input of node.inputs) if (!inside.has(input)) this.#touch(this.operandOf(input), region.position);
    if (packed !== undefined) this.#touch(packed, region.position);
    this.#touch(out, region.position);
    this.operands.set(root, out);
    regions.push(region);
  }

  /** A packed copy of a large right operand of a dot over the rows of a batch; undefined where it would not pay. */
  #packOperand(graph: Graph, anchor: Node, regions: Region[]): View | undefined {
    const axis = this.#packDots ? packableAxis(anchor) : undefined;
    const [left, right] = anchor.inputs;
    const from = axis === undefined ? undefined : this.operandOf(right);
    if (axis === undefined || from?.kind !== "view" || left.type.shape[0] !== "n") return undefined;
    const known = this.#copies.get(right)?.get(axis);
    if (known !== undefined) return known;
    const name = nameOf(graph, right);
    const to = inBlocks(this.allocate(`${name}/packed`, "arena", this.extents(right)), axis);
    this.#copies.set(right, new Map(this.#copies.get(right)).set(axis, to));
    return this.#copy(graph, right, from, to, regions);
  }

  #copy(graph: Graph, node: Node, from: Operand, out: View, regions: Region[]): View {
    const region: CopyRegion = {
      kind: "copy",
      name: nameOf(graph, node),
      origin: originOf(graph, [node]),
      position: this.#position++,
      node,
      from,
      out,
    };
    this.#touch(from, region.position);
    this.#touch(out, region.position);
    regions.push(region);
    return out;
  }

  #view(graph: Graph, node: Node, regions: Region[]): void {
    const [input] = node.inputs;
    const operand = this.operandOf(input);
    const shape = this.extents(node);
    const op = ops[node.op];
    if (op.kind !== "primitive" || op.lower.kind !== "view") internal(`${node.op} is no view`);
    if (operand.kind !== "view") {
      this.operands.set(node, { ...operand, shape });
      return;
    }
    let seen = op.lower.view(operand, node.attrs, shape);
    if (seen === undefined) {
      const flat = this.#copy(graph, input, operand, this.allocate(nameOf(graph, input), "arena", this.extents(input)), regions);
      seen = op.lower.view(flat, node.attrs, shape);
    }
    this.operands.set(node, seen ?? internal(`${node.op} of a row-major value must be a view`));
  }

  /**
   * A scan. A carry kept "all" has length+1 slots along time: one iteration reads a slot and writes the next, so no copy and
   * no ping-pong; the initial value is copied into the outer slot. A carry kept "last" has one slot, replaced like a state.
   */
  #scan(graph: Graph, node: Node, regions: Region[]): void {
    const { body, carries, xs, length, reverse, keep } = node.attrs as {
      body: unknown;
      carries: number;
      xs: number;
      length: number;
      reverse: boolean;
      keep: readonly string[];
    };
    invariant(isGraph(body as Graph), "a scan has a body");
    const bodyGraph = body as Graph;
    const loop = `t${this.#loops++}`;
    const name = nameOf(graph, node);
    const inputs = new Map(bodyGraph.nodes.filter(({ op }) => op === "input").map((input) => [input.attrs.name, input]));
    const begin = this.#position;
    const items: View[] = [];
    const demands: Demand[] = [];
    bodyGraph.results.forEach(([result, value], i) => {
      const isCarry = i < carries;
      const carry = inputs.get(`carry${i}`);
      const step = this.extents(value);
      const axis = value.type.shape[0] === "n" ? 1 : 0;
      if (keep[i] === "last") {
        const slot = this.allocate(`${name}_${result}`, "arena", step);
        if (isCarry) this.#copy(graph, node.inputs[i], this.operandOf(node.inputs[i]), slot, regions);
        if (carry !== undefined && isCarry) this.operands.set(carry, slot);
        demands.push(carry !== undefined && isCarry ? { node: value, out: slot, replaces: carry } : { node: value, out: slot });
        items.push(slot);
        return;
      }
      const slots = length + (isCarry ? 1 : 0);
      const stack = this.allocate(`${name}_${result}`, "arena", [...step.slice(0, axis), slots, ...step.slice(axis)]);
      const stride = stack.strides[axis];
      const slotView = (slot: number, perStep: number): View => ({
        ...stack,
        base: slot * stride,
        shape: step,
        strides: stack.strides.filter((_, k) => k !== axis),
        loops: perStep === 0 ? [] : [[loop, perStep * stride]],
      });
      if (isCarry) {
        this.#copy(graph, node.inputs[i], this.operandOf(node.inputs[i]), slotView(reverse ? length : 0, 0), regions);
        if (carry !== undefined) this.operands.set(carry, reverse ? slotView(length, -1) : slotView(0, 1));
      }
      const first = reverse ? length - 1 : isCarry ? 1 : 0;
      demands.push({ node: value, out: slotView(first, reverse ? -1 : 1) });
      items.push({
        ...stack,
        base: isCarry && !reverse ? stride : 0,
        shape: [...step.slice(0, axis), length, ...step.slice(axis)],
      });
    });
    for (let j = 0; j < xs; j++) {
      const inner = inputs.get(`x${j}`);
      if (inner !== undefined)
        this.operands.set(inner, this.#slice(this.operandOf(node.inputs[carries + j]), inner, loop, length, reverse));
    }
    node.inputs.slice(carries + xs).forEach((closed, k) => {
      const inner = inputs.get(`closed${k}`);
      if (inner !== undefined) this.operands.set(inner, this.operandOf(closed));
    });
    for (const inner of bodyGraph.nodes) if (inner.op !== "input") this.addSource(inner);
    const position = this.#position++;
    const steps = this.planBody(bodyGraph, demands);
    const region: ScanRegion = {
      kind: "scan",
      name,
      origin: originOf(graph, [node]),
      position,
      node,
      loop,
      length,
      body: steps,
      bodyGraph,
    };
    // Whatever the body reads or writes that outlives one iteration lives through the whole loop.
    const end = this.#position++;
    const outer = new Set(items.map(({ buffer }) => buffer));
    for (const input of node.inputs) {
      const operand = this.operandOf(input);
      if (operand.kind === "view") outer.add(operand.buffer);
    }
    for (const buffer of outer) {
      const held = this.#byName.get(buffer);
      if (held === undefined) continue;
      held.from = Math.min(held.from, begin);
      held.to = Math.max(held.to, end);
    }
    regions.push(region);
    this.operands.set(node, { kind: "constant", value: Number.NaN, shape: [] }); // a bundle has no place of its own
    for (const pick of graph.nodes)
      if (pick.op === "pick" && pick.inputs[0] === node) this.operands.set(pick, items[pick.attrs.index as number]);
  }

  /** The slice of a scanned operand at the loop's time. */
  #slice(operand: Operand, inner: Node, loop: string, length: number, reverse: boolean): Operand {
    const shape = this.extents(inner);
    if (operand.kind !== "view") return { ...operand, shape };
    const axis = inner.type.shape[0] === "n" ? 1 : 0;
    const stride = operand.strides[axis];
    return {
      ...operand,
      base: operand.base + (reverse ? (length - 1) * stride : 0),
      shape,
      strides: operand.strides.filter((_, k) => k !== axis),
      loops: [...operand.loops, [loop, reverse ? -stride : stride]],
    };
  }

  #touch(operand: Operand, position: number): void {
    if (operand.kind !== "view") return;
    const buffer = this.#byName.get(operand.buffer);
    invariant(buffer !== undefined, `buffer ${operand.buffer} exists`);
    buffer.from = Math.min(buffer.from, position);
    buffer.to = Math.max(buffer.to, position);
  }
}

/** Floats between rows whose length is a multiple of this many would fall on the same few lines of a cache; they get a gap. */
const cacheTrap = 256;
const gap = 16;

/** The elements of `view`'s buffer laid out anew: the other axes row-major, then eight of `axis`, blocks of them outermost. */
function inBlocks(view: View, axis: number): View {
  const others = view.shape.filter((_, k) => k !== axis) as number[];
  const strides = rowMajor(others).map((stride) => stride * blockSize);
  return {
    ...view,
    strides: strides.toSpliced(axis, 0, 1),
    blocked: { axis, size: blockSize, outer: blockSize * sizeOf(others) },
  };
}

const originOf = (graph: Graph, nodes: readonly Node[]): string =>
  nodes.map((node) => graph.origins.get(node)).find((origin) => origin !== undefined) ?? "";

/** A readable name: the layer's (`layers[1] dense "hidden"` → hidden), else the op's. */
function nameOf(graph: Graph, node: Node): string {
  const origin = graph.origins.get(node) ?? "";
  const quoted = /"(.*)"/s.exec(origin);
  const layer = quoted === null ? node.op : quoted[1];
  return origin.startsWith("∂") ? `d_${layer}` : layer;
}
