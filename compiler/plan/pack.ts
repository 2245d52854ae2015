// Packing: weights that never change get their layout once. In: prepare and main as `hoist` gives them. Out: the same with the right
// operands of large dots replaced by params `packed0`, …, which prepare computes and whose last axis lies in blocks (layout.ts).

import { type Graph, graph, type Node } from "../graph/graph.ts";
import { copyInto, regraph } from "../graph/rebuild.ts";
import { begin } from "../ops/index.ts";
import type { Hoisted } from "../rewrite/hoist.ts";
import { blockedAxis, type Layout } from "./layout.ts";

/** `hoist`ed graphs whose main reads large weights in blocks. */
export interface Packed extends Hoisted {
  /** Layouts of params, by name. */
  readonly layouts: ReadonlyMap<string, Layout>;
}

/** Gives every large right operand of a dot that is a param a param of its own, laid out in blocks. */
export function pack({ prepare, main }: Hoisted): Packed {
  const weights = new Map<Node, string>();
  for (const node of main.nodes)
    if (isPackable(node) && !weights.has(node.inputs[1])) weights.set(node.inputs[1], `packed${weights.size}`);
  if (weights.size === 0) return { prepare, main, layouts: new Map() };
  const g = begin();
  const made = copyInto(g.builder, main, (node, inputs) => {
    const name = isPackable(node) ? weights.get(node.inputs[1]) : undefined;
    return name === undefined
      ? undefined
      : g.builder.copy(node, [inputs[0], g.param({ name, shape: node.inputs[1].type.shape })]);
  });
  const rest = regraph(g.builder, main, made);
  const layouts = [...weights].map(([node, name]) => [name, { blocked: node.type.shape.length - 1 }] as const);
  return { prepare: prepareWith(prepare, rest, weights, main.origins), main: rest, layouts: new Map(layouts) };
}

/** What prepare computed and main still reads, and the packed weights. */
function prepareWith(
  prepare: Graph | undefined,
  main: Graph,
  weights: ReadonlyMap<Node, string>,
  origins: Graph["origins"],
): Graph {
  const g = begin();
  const made: ReadonlyMap<Node, Node> = prepare === undefined ? new Map() : copyInto(g.builder, prepare);
  const computed = new Map((prepare?.results ?? []).map(([name, node]) => [name, made.get(node) as Node]));
  const read = new Set(main.nodes.filter(({ op }) => op === "param").map(({ attrs }) => attrs.name));
  const packed = [...weights].map(([param, name]) => {
    g.builder.origin = origins.get(param);
    const weight = String(param.attrs.name);
    return [name, computed.get(weight) ?? g.param({ name: weight, shape: param.type.shape })] as const;
  });
  return graph("prepare", [...[...computed].filter(([name]) => read.has(name)), ...packed], [], g.builder.origins);
}

const isPackable = (node: Node): boolean =>
  node.op === "dot" && node.inputs[1].op === "param" && blockedAxis(node) === node.inputs[1].type.shape.length - 1;
