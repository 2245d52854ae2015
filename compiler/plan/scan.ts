// Planning a scan. A carry kept "all" has length+1 slots along time: one iteration reads a slot and writes the next, so there
// is no copy and no ping-pong; the initial value is copied into the outer slot. A carry kept "last" has one slot, replaced
// like a state. In: the node and the planner of its level. Out: a region whose body is planned under one loop.
import { invariant } from "../diagnostics/error.ts";
import { type AttrValue, type Graph, isGraph, type Node } from "../graph/graph.ts";
import { holesOf } from "../ops/scan/attrs.ts";
import type { Operand, View } from "../program/nest/view.ts";
import type { Demand } from "./homes.ts";
import { layoutOfStack } from "./layout.ts";
import type { Named, RegionNames } from "./names.ts";
import type { Places } from "./places.ts";
import type { Region, ScanRegion } from "./plan.ts";

/** What planning a scan needs of the planner around it. */
export interface Level {
  readonly places: Places;
  readonly names: RegionNames;
  /** The next position, and the next region's id. */
  advance(): number;
  nextId(): string;
  copy(named: Named, node: Node, from: Operand, out: View, regions: Region[]): View;
  packClosed(graph: Graph, body: Graph, inner: Node, closed: Node, regions: Region[]): readonly View[];
  planBody(graph: Graph, demands: readonly Demand[]): Region[];
}

interface Attrs {
  readonly body: AttrValue;
  readonly carries: number;
  readonly xs: number;
  readonly length: number;
  readonly reverse: boolean;
  readonly keep: readonly ("all" | "last")[];
}

export function planScan(level: Level, graph: Graph, node: Node, loop: string, regions: Region[]): void {
  const { places } = level;
  const { body, carries, xs, length, reverse, keep } = node.attrs as unknown as Attrs;
  invariant(isGraph(body), "a scan has a body");
  const named = level.names.of(graph, [node]);
  const holes = holesOf(node);
  const packed = node.inputs.slice(carries + xs).flatMap((closed, k) => {
    const inner = holes[carries + xs + k];
    return inner === undefined ? [] : level.packClosed(graph, body, inner, closed, regions);
  });
  const begin = level.advance();
  const start = (i: number, name: string, slot: View): void => {
    level.copy({ ...named, name }, node.inputs[i], places.operandOf(node.inputs[i]), slot, regions);
  };
  const items: View[] = [];
  const demands: Demand[] = [];
  for (const [i, [result, value]] of body.results.entries()) {
    const carry = i < carries ? holes[i] : undefined;
    const role = body.origins.get(value)?.role;
    const stem = level.names.fresh(`${named.name}.${role === undefined ? result : `${wordOf(result)}_${role}`}`);
    if (keep[i] === "last") {
      const slot = places.allocate(stem, "arena", places.extents(value));
      if (i < carries) start(i, stem, slot);
      if (carry !== undefined) places.operands.set(carry, slot);
      demands.push({ node: value, out: slot, ...(carry === undefined ? {} : { replaces: carry }) });
      items.push(slot);
      continue;
    }
    const stack = new Stack(places, stem, value, { loop, length, reverse, isCarry: i < carries });
    if (i < carries) start(i, stem, stack.initial());
    if (carry !== undefined) places.operands.set(carry, stack.before());
    demands.push({ node: value, out: stack.after() });
    items.push(stack.item());
  }
  for (let j = 0; j < xs; j++) {
    const inner = holes[carries + j];
    if (inner !== undefined)
      places.operands.set(inner, slice(places, node.inputs[carries + j], inner, { loop, length, reverse }));
  }
  for (const [k, closed] of node.inputs.slice(carries + xs).entries()) {
    const inner = holes[carries + xs + k];
    if (inner !== undefined) places.operands.set(inner, places.operandOf(closed));
  }
  for (const inner of body.nodes) if (inner.op !== "input") places.addSource(inner);
  const [position, id] = [level.advance(), level.nextId()];
  const steps = level.planBody(body, demands);
  const region: ScanRegion = {
    kind: "scan",
    id,
    ...named,
    position,
    node,
    loop,
    length,
    body: steps,
    bodyGraph: body,
  };
  // Whatever the body reads or writes that outlives one iteration lives through the whole loop.
  const end = level.advance();
  for (const operand of [...items, ...packed, ...node.inputs.map((input) => places.operandOf(input))])
    places.touch(operand, begin, end);
  regions.push(region);
  places.operands.set(node, { kind: "constant", value: Number.NaN, shape: [] }); // a bundle has no place of its own
  for (const pick of graph.nodes)
    if (pick.op === "pick" && pick.inputs[0] === node) places.operands.set(pick, items[pick.attrs.index as number]);
}

/** `carry` of `carry0`: what is said of a result whose part of the layer has a name of its own, such as h. */
const wordOf = (result: string): string => result.replace(/\d+$/, "");

interface Time {
  readonly loop: string;
  readonly length: number;
  readonly reverse: boolean;
}

/** Time is axis 1 of a batched value, axis 0 of any other. */
const timeAxis = (node: Node): number => (node.type.shape[0] === "n" ? 1 : 0);

/** The slots of a result that is kept for all steps. */
class Stack {
  readonly #whole: View;
  readonly #value: Node;
  readonly #places: Places;
  readonly #time: Time & { readonly isCarry: boolean };

  constructor(places: Places, name: string, value: Node, time: Time & { readonly isCarry: boolean }) {
    this.#places = places;
    this.#value = value;
    this.#time = time;
    const slots = time.length + (time.isCarry ? 1 : 0);
    const stacked = value.type.shape.toSpliced(timeAxis(value), 0, slots);
    this.#whole = places.allocate(name, "arena", places.extents(value).toSpliced(timeAxis(value), 0, slots), {
      layout: layoutOfStack(stacked, places.rows),
    });
  }

  /** One slot, moving `perStep` slots with each turn of the loop. */
  #slot(slot: number, perStep: number): View {
    const axis = timeAxis(this.#value);
    const stride = this.#whole.strides[axis];
    return {
      ...this.#whole,
      base: slot * stride,
      shape: this.#places.extents(this.#value),
      strides: this.#whole.strides.toSpliced(axis, 1),
      loops: perStep === 0 ? [] : [[this.#time.loop, perStep * stride]],
    };
  }

  initial(): View {
    return this.#slot(this.#time.reverse ? this.#time.length : 0, 0);
  }
  /** What a step reads as its carry. */
  before(): View {
    return this.#time.reverse ? this.#slot(this.#time.length, -1) : this.#slot(0, 1);
  }
  /** Where a step writes. */
  after(): View {
    const { length, reverse, isCarry } = this.#time;
    return reverse ? this.#slot(length - 1, -1) : this.#slot(isCarry ? 1 : 0, 1);
  }
  /** All steps in the order of time. */
  item(): View {
    const { length, reverse, isCarry } = this.#time;
    const axis = timeAxis(this.#value);
    const base = isCarry && !reverse ? this.#whole.strides[axis] : 0;
    return { ...this.#whole, base, shape: this.#places.extents(this.#value).toSpliced(axis, 0, length) };
  }
}

/** The slice of a scanned operand at the loop's time. */
function slice(places: Places, outer: Node, inner: Node, { loop, length, reverse }: Time): Operand {
  const operand = places.operandOf(outer);
  const shape = places.extents(inner);
  if (operand.kind !== "view") return { ...operand, shape };
  const axis = timeAxis(inner);
  const stride = operand.strides[axis];
  return {
    ...operand,
    base: operand.base + (reverse ? (length - 1) * stride : 0),
    shape,
    strides: operand.strides.toSpliced(axis, 1),
    loops: [...operand.loops, [loop, reverse ? -stride : stride]],
  };
}
