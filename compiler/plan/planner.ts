// Planning: Graph → Plan. In: a Graph of primitives and the number of rows. Out: regions in execution order, a place for
// every value, an arena with lifetimes. Guarantee: no region reads what a later one writes; updates read old values.

import { append } from "../base/groups.ts";
import { internal } from "../diagnostics/error.ts";
import { bindShape, type Graph, type Node } from "../graph/graph.ts";
import { checkSize } from "../graph/limits.ts";
import { ops } from "../ops/index.ts";
import type { Operand, View } from "../program/nest/view.ts";
import type { Extent } from "../program/program.ts";
import { layOut } from "./arena.ts";
import { type Fusion, fuse, kindOf } from "./fuse.ts";
import { beforeViews, chooseHomes, type Demand, type Wish, wishesOf } from "./homes.ts";
import { chooseLayouts, type Layout, type Layouts } from "./layout.ts";
import { type Named, RegionNames } from "./names.ts";
import { type PlaceOptions, Places } from "./places.ts";
import { type ComputeRegion, type CopyRegion, outsOf, type Plan, type Region, type RowsRegion } from "./plan.ts";
import { againIn, groupRows, type RowGroup } from "./rows.ts";
import { planScan } from "./scan.ts";

/** How many rows a call has, what names begin with, and how values lie. */
export interface PlanOptions extends PlaceOptions {
  /** Weights change between calls, so large right operands of dots are laid out on the way, each time. */
  readonly copies?: boolean;
  /** Regions never walk rows together: the law of row regions compares with it. */
  readonly apart?: boolean;
}

/** Plans a Graph of primitives: regions, views of their values, the arena. A value lives from the region that stores it to the last one that reads it. */
export function plan(graph: Graph, options: PlanOptions): Plan {
  const names = new RegionNames(graph);
  const places = new Places(options, names);
  const planner = new Planner(places, names, chooseLayouts(graph, options.rows, options.copies === true), options.apart === true);
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

/** What a region computes has the size of a value even where it is not stored. */
function checkComputed(node: Node): void {
  const kind = kindOf(node);
  if (kind !== "pointwise" && kind !== "nest") return;
  checkSize(`what ${node.op} computes`, bindShape(node.type.shape, 1), "");
}

/** A region that knows all but when it runs. */
type Unplaced = Omit<ComputeRegion, "position">;

/** What a region is made in. */
interface Site {
  readonly graph: Graph;
  readonly homes: ReadonlyMap<Node, View>;
  readonly wishes: ReadonlyMap<Node, Wish>;
  readonly regions: Region[];
  readonly fusion: Fusion;
  readonly group?: RowGroup;
}

class Planner {
  readonly places: Places;
  readonly names: RegionNames;
  readonly #layouts: Layouts;
  readonly #apart: boolean;
  /** Copies of right operands by what they copy and the axis in blocks. */
  readonly #copies = new Map<Node, ReadonlyMap<number | undefined, View>>();
  /** Regions of groups that are not complete. */
  readonly #pending = new Map<RowGroup, { readonly id: string; readonly made: readonly Unplaced[] }>();
  #position = 0;
  #loops = 0;
  #regions = 0;

  constructor(places: Places, names: RegionNames, layouts: Layouts, apart: boolean) {
    this.#apart = apart;
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
  planBody(graph: Graph, asked: readonly Demand[]): Region[] {
    const regions: Region[] = [];
    graph.nodes.forEach(checkComputed);
    const extents = (node: Node): readonly Extent[] => this.places.extents(node);
    const demands = asked.map((demand) => beforeViews(demand, extents));
    const stored = new Set(demands.map(({ node }) => node));
    const fusion = fuse(graph.nodes, stored);
    const { roots } = fusion;
    const wishes = new Map(wishesOf(graph, stored, extents).map((wish) => [wish.value, wish]));
    const written = new Set(Array.from(wishes.values(), ({ node }) => node));
    const rows = this.#apart ? new Map<Node, RowGroup>() : groupRows(graph, fusion, { stored, written, extents });
    const members = new Map<Node, Node[]>();
    for (const node of graph.nodes) {
      const root = roots.get(node);
      if (root === undefined) continue;
      append(members, root, node);
    }
    const homes = chooseHomes(graph, demands, fusion, (root) => rows.get(root)?.roots.at(-1) ?? root);
    const isRead = new Set([...stored, ...graph.nodes.flatMap(({ inputs }) => inputs)]);
    for (const node of graph.nodes) {
      if (this.places.operands.has(node)) continue; // a source, or an item that its scan has placed
      const kind = kindOf(node);
      // A result that is written as a view of itself asks for no view.
      if (kind === "view" && !isRead.has(node)) continue;
      if (kind === "view") this.#view(graph, node, regions);
      else if (kind === "scan") planScan(this, graph, node, `t${this.#loops++}`, regions);
      else if (roots.get(node) === node) {
        const group = rows.get(node);
        const site: Site = { graph, homes, wishes, regions, fusion, ...(group === undefined ? {} : { group }) };
        if (group?.again.has(node)) continue; // whoever asks for it computes it
        const made = this.#region(members.get(node) ?? [node], site);
        if (group === undefined) this.#emit([made], regions);
        else this.#inGroup(group, node, made, regions);
      }
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

  /** A region and the places of what it stores; when it runs is not said yet. */
  #region(own: readonly Node[], { graph, homes, wishes, regions, group, fusion }: Site): Unplaced {
    const again = group === undefined ? [] : againIn(own, group);
    const nodes = [...again, ...own];
    const root = nodes[nodes.length - 1];
    const named = this.names.of(graph, own);
    const placed = (node: Node, name: () => string): View => {
      const shape = this.places.extents(node);
      const wish = wishes.get(node);
      if (group?.inner.has(node)) {
        const block = (of: Node): View => this.#oneBlock(name(), this.places.extents(of), group, this.#layouts.values.get(of));
        return wish === undefined ? block(node) : { ...wish.out, buffer: block(wish.node).buffer };
      }
      const home = homes.get(node);
      if (home !== undefined) return home;
      if (wish === undefined) return this.places.allocate(name(), "arena", shape, { layout: this.#layouts.values.get(node) });
      return { ...wish.out, buffer: this.places.allocate(name(), "arena", this.places.extents(wish.node)).buffer };
    };
    const out = placed(root, () => named.name);
    const apart = fusion.apart.get(root);
    const more = (fusion.more.get(root) ?? []).map((node) => ({
      node,
      out: placed(node, () => this.names.of(graph, [node]).name),
    }));
    const anchor = nodes.find((node) => kindOf(node) === "nest");
    const packed = anchor === undefined ? undefined : this.#packOperand(graph, anchor, regions);
    for (const stored of [{ node: root, out }, ...more]) this.places.operands.set(stored.node, stored.out);
    return {
      kind: "compute",
      id: this.nextId(),
      ...named,
      ...(anchor === undefined ? {} : { anchor }),
      ...(anchor === undefined || packed === undefined ? {} : { anchorReads: [this.places.operandOf(anchor.inputs[0]), packed] }),
      nodes,
      out,
      ...(more.length === 0 ? {} : { more }),
      ...(apart === undefined ? {} : { apart }),
      ...(again.length === 0 ? {} : { again: new Set(again) }),
    };
  }

  /** Space for a block of rows of a value that is asked for in its own rows alone. */
  #oneBlock(name: string, shape: readonly Extent[], { axes, block }: RowGroup, layout?: Layout): View {
    const rows = this.places.allocate(name, "arena", [block, ...shape.slice(axes)], { layout });
    return { ...rows, shape, strides: [...shape.slice(1, axes).map(() => 0), ...rows.strides] };
  }

  /** The regions run now, at one position, as one where a group is given. */
  #emit(made: readonly Unplaced[], regions: Region[], as?: Omit<RowsRegion, "position" | "body">): void {
    const position = this.advance();
    const body = made.map((region): ComputeRegion => ({ ...region, position }));
    for (const region of body) {
      const inside = new Set(region.nodes);
      const read = region.nodes.flatMap((node) => node.inputs).filter((input) => !inside.has(input));
      for (const input of read) this.places.touch(this.places.operandOf(input), position);
      for (const operand of [...(region.anchorReads ?? []), ...outsOf(region)]) this.places.touch(operand, position);
    }
    if (as === undefined) regions.push(...body);
    else regions.push({ ...as, position, body });
  }

  #inGroup(group: RowGroup, root: Node, made: Unplaced, regions: Region[]): void {
    const pending = this.#pending.get(group) ?? { id: this.nextId(), made: [] };
    this.#pending.set(group, { ...pending, made: [...pending.made, made] });
    if (root !== group.roots.at(-1)) return;
    const { name, origin, others } = made;
    const shape = this.places.extents(root).slice(0, group.axes);
    const inner = new Set([...group.inner].map((node) => this.places.viewOf(node).buffer));
    const { block } = group;
    this.#emit([...pending.made, made], regions, { kind: "rows", id: pending.id, name, origin, others, shape, block, inner });
  }

  /** A copy of a dot's right operand in the layout it is to be read in; undefined where it is read as it lies. */
  #packOperand(graph: Graph, anchor: Node, regions: Region[]): View | undefined {
    const layout = this.#layouts.operands.get(anchor);
    const right = anchor.inputs[1];
    const from = layout === undefined ? undefined : this.places.operandOf(right);
    if (layout === undefined || from?.kind !== "view") return undefined;
    return this.#packed(graph, right, right, layout, from, regions);
  }

  /** The copy of `node`, by which `right` is read; the one there is, where it was made before. */
  #packed(graph: Graph, right: Node, node: Node, layout: Layout, from: View, regions: Region[]): View {
    const known = this.#copies.get(right)?.get(layout.blocked);
    if (known !== undefined) return known;
    const named = this.names.of(graph, [node], "packed");
    const to = this.places.allocate(named.name, "arena", this.places.extents(node), { layout });
    this.#copies.set(right, new Map(this.#copies.get(right)).set(layout.blocked, to));
    return this.copy(named, node, from, to, regions);
  }

  /** Copies of what a scan's body reads as `inner` at every step, laid out as its dots read it: made once, before the loop. */
  packClosed(graph: Graph, body: Graph, inner: Node, closed: Node, regions: Region[]): readonly View[] {
    const from = this.places.operandOf(closed);
    const dots = body.nodes.filter((node) => node.inputs[1] === inner && this.#layouts.operands.has(node));
    return from.kind !== "view"
      ? []
      : dots.flatMap((dot) => this.#packed(graph, inner, closed, this.#layouts.operands.get(dot) ?? {}, from, regions));
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
