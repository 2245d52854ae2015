// A scan under construction: its body is drafted with free-standing input nodes (holes), each of which is told what fills it.
// In: holes and fillings. Out: one scan node and its items. Slices and closed values that the body does not reach are left out.
import { graph, type Node } from "../../graph/graph.ts";
import { copyInto, regraph } from "../../graph/rebuild.ts";
import type { G } from "../define.ts";

/** An item of the scan to be: the final value of a carry, or a value of all steps, stacked. */
export type Item = { readonly of: "carries" | "ys"; readonly index: number };
/** `hole` stands in the body, what fills it outside. */
type Filled = readonly [hole: Node, outside: Node];

/** Collects carries, slices, closed values and what leaves the loop; `finish` makes one scan of them and tells items apart. */
export class Loop {
  /** Builds the body. */
  readonly g: G;
  readonly #carries: { readonly hole: Node; readonly start: Node; readonly next: Node }[] = [];
  readonly #slices: Filled[] = [];
  readonly #closed: Filled[] = [];
  readonly #ys: Node[] = [];
  /** Nodes of the body that come from outside after all, slice by slice. */
  readonly #recalled = new Map<Node, Node>();

  constructor(g: G) {
    this.g = g;
  }

  /** A value that each step hands to the next. */
  carry(hole: Node, start: Node, next: Node): Item {
    return { of: "carries", index: this.#carries.push({ hole, start, next }) - 1 };
  }
  /** The hole is the step's slice of `stacked`. */
  slice(hole: Node, stacked: Node): void {
    this.#slices.push([hole, stacked]);
  }
  /** A node of the body is not computed: `hole` stands in its place, and is the step's slice of `stacked`. */
  recall(node: Node, hole: Node, stacked: Node): void {
    this.#recalled.set(node, hole);
    this.slice(hole, stacked);
  }
  /** The hole is the same value at every step. */
  close(hole: Node, value: Node): void {
    this.#closed.push([hole, value]);
  }
  /** The node's values of all steps leave the loop. */
  emit(node: Node): Item {
    const known = this.#ys.indexOf(node);
    return { of: "ys", index: known < 0 ? this.#ys.push(node) - 1 : known };
  }
  /** The same, but what is a slice already has its values outside. */
  stacked(node: Node): Item | Node {
    const inside = this.#recalled.get(node) ?? node;
    return this.#slices.find(([hole]) => hole === inside)?.[1] ?? this.emit(node);
  }
  /** What the body has to compute so far. */
  get roots(): readonly Node[] {
    return [...this.#carries.map(({ next }) => next), ...this.#ys];
  }

  /** The scan in `g`; gives its items. */
  finish(g: G, { length, reverse }: { readonly length: number; readonly reverse: boolean }): (item: Item) => Node {
    const named = (name: string, nodes: readonly Node[]) => nodes.map((node, i) => [`${name}${i}`, node] as const);
    const nexts = this.#carries.map(({ next }) => next);
    const whole = graph("gradient", [...named("carry", nexts), ...named("y", this.#ys)], [], this.g.builder.origins);
    const draft = regraph(
      this.g.builder,
      whole,
      copyInto(this.g.builder, whole, (node) => this.#recalled.get(node)),
    );
    const reached = new Set(draft.nodes);
    const slices = this.#slices.filter(([hole]) => reached.has(hole));
    const closed = this.#closed.filter(([hole]) => reached.has(hole));
    const holes = (list: readonly Filled[]) => list.map(([hole]) => hole);
    const carried = this.#carries.map(({ hole }) => hole);
    const names = new Map(
      [...named("carry", carried), ...named("x", holes(slices)), ...named("closed", holes(closed))].map(([name, hole]) => [
        hole,
        name,
      ]),
    );
    const b = this.g.fresh();
    const made = copyInto(b.builder, draft, (node) =>
      node.op === "input" ? b.input({ name: names.get(node) as string, shape: node.type.shape }) : undefined,
    );
    const results = draft.results.map(([name, node]) => [name, made.get(node) as Node] as const);
    const starts = this.#carries.map(({ start }) => start);
    const inputs = [...starts, ...slices.map(([, stacked]) => stacked), ...closed.map(([, value]) => value)];
    const keep = results.map((_, i) => (i < starts.length ? "last" : "all"));
    const body = graph("gradient", results, [], b.builder.origins);
    const scan = g.node("scan", inputs, { body, carries: starts.length, xs: slices.length, length, reverse, keep });
    return ({ of, index }) => g.pick(scan, { index: of === "carries" ? index : starts.length + index });
  }
}
