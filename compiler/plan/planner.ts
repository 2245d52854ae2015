// Planning: Graph → Plan. In: a Graph of primitives and the number of rows. Out: regions in execution order, a place for
// every value, an arena with lifetimes. Guarantee: no region reads what a later one writes; updates read old values.
import { internal } from "../diagnostics/error.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { ops } from "../ops/index.ts";
import type { Operand, View } from "../program/nest/view.ts";
import { layOut } from "./arena.ts";
import { fuse, kindOf } from "./fuse.ts";
import { chooseHomes, type Demand } from "./homes.ts";
import { chooseLayouts, type Layouts } from "./layout.ts";
import { type Named, RegionNames } from "./names.ts";
import { type PlaceOptions, Places } from "./places.ts";
import type { ComputeRegion, CopyRegion, Plan, Region } from "./plan.ts";
import { planScan } from "./scan.ts";

/** How many rows a call has, what names begin with, and how values lie. */
export interface PlanOptions extends PlaceOptions {
  /** Weights change between calls, so large right operands of dots are laid out on the way, each time. */
  readonly copies?: boolean;
}

/** Plans a Graph of primitives: regions, views of their values, the arena. A value lives from the region that stores it to the last one that reads it. */
export function plan(graph: Graph, options: PlanOptions): Plan {
  const names = new RegionNames(graph);
  const places = new Places(options, names);
  const planner = new Planner(places, names, chooseLayouts(graph, options.rows, options.copies === true));
  for (const node of graph.nodes) places.addSource(node);
  const regions = planner.planBody(graph, demandsOf(graph, places));
  const { operands } = places;
  return { name: graph.name, rows: options.rows, graph, regions, operands, ...layOut(places.buffers, regions, operands) };
}

/** Results get fresh places; updates go where the old value stands. */
function demandsOf(graph: Graph, places: Places): Demand[] {
  const results = graph.results.map(
    ([name, node]): Demand => ({ node, out: places.allocate(name, "output", places.extents(node)) }),
  );
  const olds = new Map(graph.nodes.flatMap((old) => (old.op === "param" || old.op === "state" ? [[old.attrs.name, old]] : [])));
  const updates = graph.updates.map(([name, node]): Demand => {
    const replaces = olds.get(name) ?? internal(`${graph.name} updates ${name}, which it does not read`);
    return { node, out: places.viewOf(replaces), replaces };
  });
  return [...results, ...updates];
}

class Planner {
  readonly places: Places;
  readonly names: RegionNames;
  readonly #layouts: Layouts;
  /** Copies of right operands by what they copy and the axis in blocks. */
  readonly #copies = new Map<Node, ReadonlyMap<number | undefined, View>>();
  #position = 0;
  #loops = 0;
  #regions = 0;

  constructor(places: Places, names: RegionNames, layouts: Layouts) {
    this.places = places;
    this.names = names;
    this.#layouts = layouts;
  }

  advance(): number {
    return this.#position++;
  }

  nextId(): string {
    return `r${this.#regions++}`;
  }

  /** Regions of one level (the graph, or a scan's body) in order, every demand written. */
  planBody(graph: Graph, demands: readonly Demand[]): Region[] {
    const regions: Region[] = [];
    const fusion = fuse(graph.nodes, new Set(demands.map(({ node }) => node)));
    const { roots, more } = fusion;
    const members = new Map<Node, Node[]>();
    for (const node of graph.nodes) {
      const root = roots.get(node);
      if (root === undefined) continue;
      const known = members.get(root);
      if (known === undefined) members.set(root, [node]);
      else known.push(node);
    }
    const homes = chooseHomes(graph, demands, fusion);
    for (const node of graph.nodes) {
      if (this.places.operands.has(node)) continue; // a source, or an item that its scan has placed
      const kind = kindOf(node);
      if (kind === "view") this.#view(graph, node, regions);
      else if (kind === "scan") planScan(this, graph, node, `t${this.#loops++}`, regions);
      else if (roots.get(node) === node) this.#compute(graph, members.get(node) ?? [node], more.get(node) ?? [], homes, regions);
    }
    this.#writeRest(
      graph,
      demands.filter(({ node, out }) => homes.get(node) !== out),
      regions,
    );
    return regions;
  }

  /** Demands that no region wrote: first save every value that another copy could overwrite, then write. */
  #writeRest(graph: Graph, demands: readonly Demand[], regions: Region[]): void {
    const written = new Set(demands.map(({ out }) => out.buffer));
    const saved = demands.map(({ node }): Operand => {
      const from = this.places.operandOf(node);
      const isOverwritten = from.kind === "view" && written.has(from.buffer);
      return isOverwritten ? this.#toArena(graph, node, regions) : from;
    });
    for (const [i, { node, out }] of demands.entries())
      this.copy(this.names.of(graph, [node], "copy"), node, saved[i], out, regions);
  }

  #compute(graph: Graph, nodes: readonly Node[], also: readonly Node[], homes: ReadonlyMap<Node, View>, regions: Region[]): void {
    const root = nodes[nodes.length - 1];
    const named = this.names.of(graph, nodes);
    const placed = (node: Node, name: () => string): View =>
      homes.get(node) ??
      this.places.allocate(name(), "arena", this.places.extents(node), { layout: this.#layouts.values.get(node) });
    const out = placed(root, () => named.name);
    const more = also.map((node) => ({ node, out: placed(node, () => this.names.of(graph, [node]).name) }));
    const anchor = nodes.find((node) => kindOf(node) === "nest");
    const packed = anchor === undefined ? undefined : this.#packOperand(graph, anchor, regions);
    const region: ComputeRegion = {
      kind: "compute",
      id: this.nextId(),
      ...named,
      position: this.advance(),
      ...(anchor === undefined ? {} : { anchor }),
      ...(anchor === undefined || packed === undefined ? {} : { anchorReads: [this.places.operandOf(anchor.inputs[0]), packed] }),
      nodes: anchor === undefined ? nodes : [anchor, ...nodes.filter((node) => node !== anchor)],
      out,
      ...(more.length === 0 ? {} : { more }),
    };
    const inside = new Set(nodes);
    const outside = nodes.flatMap((node) => node.inputs).filter((input) => !inside.has(input));
    for (const input of outside) this.places.touch(this.places.operandOf(input), region.position);
    if (packed !== undefined) this.places.touch(packed, region.position);
    for (const stored of [{ node: root, out }, ...more]) {
      this.places.touch(stored.out, region.position);
      this.places.operands.set(stored.node, stored.out);
    }
    regions.push(region);
  }

  /** A copy of a dot's right operand in the layout it is to be read in; undefined where it is read as it lies. */
  #packOperand(graph: Graph, anchor: Node, regions: Region[]): View | undefined {
    const layout = this.#layouts.operands.get(anchor);
    const right = anchor.inputs[1];
    const from = layout === undefined ? undefined : this.places.operandOf(right);
    if (layout === undefined || from?.kind !== "view") return undefined;
    const known = this.#copies.get(right)?.get(layout.blocked);
    if (known !== undefined) return known;
    const named = this.names.of(graph, [right], "packed");
    const to = this.places.allocate(named.name, "arena", this.places.extents(right), { layout });
    this.#copies.set(right, new Map(this.#copies.get(right)).set(layout.blocked, to));
    return this.copy(named, right, from, to, regions);
  }

  copy(named: Named, node: Node, from: Operand, out: View, regions: Region[]): View {
    const position = this.advance();
    const region: CopyRegion = {
      kind: "copy",
      id: this.nextId(),
      ...named,
      position,
      node,
      from,
      out,
    };
    this.places.touch(from, position);
    this.places.touch(out, position);
    regions.push(region);
    return out;
  }

  /** A row-major copy of a node's value. */
  #toArena(graph: Graph, node: Node, regions: Region[]): View {
    const named = this.names.of(graph, [node], "copy");
    const out = this.places.allocate(named.name, "arena", this.places.extents(node));
    return this.copy(named, node, this.places.operandOf(node), out, regions);
  }

  #view(graph: Graph, node: Node, regions: Region[]): void {
    const [input] = node.inputs;
    const operand = this.places.operandOf(input);
    const shape = this.places.extents(node);
    const op = ops[node.op];
    if (op.kind !== "primitive" || op.lower.kind !== "view") internal(`${node.op} is no view`);
    const { view } = op.lower;
    const seen =
      operand.kind === "view"
        ? (view(operand, node.attrs, shape) ?? view(this.#toArena(graph, input, regions), node.attrs, shape))
        : { ...operand, shape };
    this.places.operands.set(node, seen ?? internal(`${node.op} of a row-major value must be a view`));
  }
}
