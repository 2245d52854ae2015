// Packing: weights that never change get their layout once. In: prepare and main as `hoist` gives them. Out: the same with the right
// operands of dots replaced by params `packed0`, …, which prepare computes: of large ones the last axis lies in blocks, of others it
// is filled up with zeros, and main reads a slice (layout.ts). What is turned on its way to the dot (a transposed kernel) is laid out as
// the dot reads it.

import { freshNames } from "../base/names.ts";
import { type Graph, graph, isGraph, type Node } from "../graph/graph.ts";
import { copyInto, regraph } from "../graph/rebuild.ts";
import { begin, type G } from "../ops/index.ts";
import { holesOf } from "../ops/scan/attrs.ts";
import type { Hoisted } from "../rewrite/hoist.ts";
import { blockedAxis, isTurned, type Layout, paddedColumns, weightOf } from "./layout.ts";

/** `hoist`ed graphs whose main reads large weights in blocks. */
export interface Packed extends Hoisted {
  /** Layouts of params, by name. */
  readonly layouts: ReadonlyMap<string, Layout>;
}

/** The weights of a scan that its steps read as right operands of large dots alone, of which the last axis is better read in blocks. */
function closedBlocks(scan: Node): readonly Node[] {
  const { op, attrs, inputs } = scan;
  if (op !== "scan" || !isGraph(attrs.body)) return [];
  const { nodes, results } = attrs.body;
  const holes = holesOf(scan);
  return inputs.filter((weight, i) => {
    const inner = i < (attrs.carries as number) + (attrs.xs as number) ? undefined : holes[i];
    if (inner === undefined || weight.op !== "param" || inputs.indexOf(weight) !== i) return false;
    const users = nodes.filter((node) => node.inputs.includes(inner));
    const isResult = results.some(([, node]) => node === inner);
    return !isResult && users.every((node) => node.op === "dot" && node.inputs[0] !== inner && isBlocked(node));
  });
}

/** A param to be packed: what it will be called, and the columns that it is filled up to, where it does not lie in blocks. */
interface Weight {
  readonly name: string;
  /** Whether its last axis lies in blocks. */
  readonly blocked: boolean;
  readonly columns: number | undefined;
}

/** Gives every right operand of a dot that is a param and better read otherwise a param of its own; `vectors`: some target has lanes. */
export function pack({ prepare, main }: Hoisted, { vectors }: { readonly vectors: boolean }): Packed {
  const columnsOf = (node: Node): number | undefined => (vectors ? paddedColumns(node) : undefined);
  const isPackable = (node: Node): boolean =>
    node.op === "dot" &&
    (node.inputs[1].op === "param" ? isBlocked(node) || columnsOf(node) !== undefined : isTurned(node.inputs[1]));
  const weights = new Map<Node, Weight>();
  const next = freshNames("packed", new Set([...main.nodes, ...(prepare?.nodes ?? [])].map(({ attrs }) => attrs.name)));
  for (const node of main.nodes) {
    const weight = node.inputs[1];
    if (weight === undefined || weights.has(weight) || !isPackable(node)) continue;
    const blocked = isBlocked(node);
    weights.set(weight, { name: next(), blocked, columns: blocked ? undefined : columnsOf(node) });
  }
  for (const weight of main.nodes.flatMap(closedBlocks))
    if (!weights.has(weight)) weights.set(weight, { name: next(), blocked: true, columns: undefined });
  if (weights.size === 0) return { prepare, main, layouts: new Map() };
  const g = begin();
  const made = copyInto(g.builder, main, (node, inputs) => {
    const own = closedBlocks(node);
    const packedIn = (weight: Node): Node => packed(g, weight, weights.get(weight) as Weight);
    if (own.length > 0)
      return g.builder.copy(node, inputs.map((input, i) => (own.includes(node.inputs[i]) ? packedIn(node.inputs[i]) : input))); // biome-ignore format: one line
    return isPackable(node) ? g.builder.copy(node, [inputs[0], packedIn(node.inputs[1])]) : undefined;
  });
  const rest = regraph(g.builder, main, made);
  const layouts = [...weights].flatMap(([{ type }, { name, blocked }]) =>
    blocked ? [[name, { blocked: type.shape.length - 1 }] as const] : [],
  );
  return { prepare: prepareWith(prepare, rest, weights, main.origins), main: rest, layouts: new Map(layouts) };
}

/**
 * Of a Graph whose weights change: the right operands of dots whose columns make no whole vectors, filled up with zeros on the way. The
 * planner lays out the others.
 */
export function fillColumns(source: Graph): Graph {
  const columnsOf = (node: Node): number | undefined =>
    node.op === "dot" && blockedAxis(node) === undefined && weightOf(node.inputs[1]) !== undefined
      ? paddedColumns(node)
      : undefined;
  if (source.nodes.every((node) => columnsOf(node) === undefined)) return source;
  const g = begin();
  const made = copyInto(g.builder, source, (node, [left, right]) => {
    const columns = columnsOf(node);
    if (columns === undefined) return undefined;
    const { shape } = right.type;
    const none = shape.map(() => 0);
    const whole = g.pad(right, { low: none, high: none.with(-1, columns - (shape.at(-1) as number)), value: 0 });
    return g.builder.copy(node, [left, g.slice(whole, { starts: none, sizes: shape })]);
  });
  return regraph(g.builder, source, made);
}

/** What a dot reads in place of a weight. */
function packed(g: G, { type: { shape } }: Node, { name, columns }: Weight): Node {
  if (columns === undefined) return g.param({ name, shape });
  return g.slice(g.param({ name, shape: shape.with(-1, columns) }), { starts: shape.map(() => 0), sizes: shape });
}

/** A param, or views of one, as prepare has it. */
function turnedIn(g: G, node: Node, computed: ReadonlyMap<string, Node>): Node {
  if (node.op !== "param") return g.builder.copy(node, [turnedIn(g, node.inputs[0], computed)]);
  const name = String(node.attrs.name);
  return computed.get(name) ?? g.param({ name, shape: node.type.shape });
}

/** What prepare computed and main still reads, and the packed weights. */
function prepareWith(
  prepare: Graph | undefined,
  main: Graph,
  weights: ReadonlyMap<Node, Weight>,
  origins: Graph["origins"],
): Graph {
  const g = begin();
  const made: ReadonlyMap<Node, Node> = prepare === undefined ? new Map() : copyInto(g.builder, prepare);
  const computed = new Map((prepare?.results ?? []).map(([name, node]) => [name, made.get(node) as Node]));
  const read = new Set(main.nodes.filter(({ op }) => op === "param").map(({ attrs }) => attrs.name));
  const packed = [...weights].map(([param, { name, columns }]) => {
    g.builder.origin = origins.get(param);
    const { shape } = param.type;
    const whole = turnedIn(g, param, computed);
    if (columns === undefined) return [name, whole] as const;
    const none = shape.map(() => 0);
    return [name, g.pad(whole, { low: none, high: none.with(-1, columns - (shape.at(-1) as number)), value: 0 })] as const;
  });
  return graph("prepare", [...[...computed].filter(([name]) => read.has(name)), ...packed], [], g.builder.origins);
}

const isBlocked = (node: Node): boolean => blockedAxis(node) === node.inputs[1].type.shape.length - 1;
