// Re-creating a Graph's nodes in another Builder: what every pass over a Graph stands on.
// In: a Graph, and a function that may replace a node once its inputs are rebuilt. Out: old node → new node.
// Guarantee: operands first, one visit per node, no recursion; origins are carried over.
import { invariant } from "../diagnostics/error.ts";
import type { Builder } from "./builder.ts";
import { type Graph, graph, type Node, sameShape, showShape } from "./graph.ts";

/** Given a node and its rebuilt inputs: the node to use instead (of the same type), or undefined to copy it. */
export type Visit = (node: Node, inputs: readonly Node[]) => Node | undefined;

/** Every node of `source` made anew in `builder`, or what `visit` gives in its place; old node → new node. */
export function copyInto(builder: Builder, source: Graph, visit: Visit = () => undefined): Map<Node, Node> {
  const made = new Map<Node, Node>();
  const outer = builder.origin;
  for (const node of source.nodes) {
    const inputs = node.inputs.map((input) => rebuilt(made, input));
    builder.origin = source.origins.get(node);
    const replaced = visit(node, inputs) ?? builder.copy(node, inputs);
    invariant(
      sameShape(replaced.type.shape, node.type.shape),
      `${node.op} ${showShape(node.type.shape)} was replaced by ${replaced.op} ${showShape(replaced.type.shape)}`,
    );
    made.set(node, replaced);
  }
  builder.origin = outer;
  return made;
}

/** The Graph with the same name, results and updates over rebuilt nodes. */
export function regraph(builder: Builder, source: Graph, made: ReadonlyMap<Node, Node>): Graph {
  const move = ([name, node]: readonly [string, Node]) => [name, rebuilt(made, node)] as const;
  return graph(source.name, source.results.map(move), source.updates.map(move), builder.origins);
}

function rebuilt(made: ReadonlyMap<Node, Node>, node: Node): Node {
  const found = made.get(node);
  invariant(found !== undefined, `${node.op} is used before it is made`);
  return found;
}
