// Composite ops become their expansions until only primitives remain, inside scan bodies too.
// In: any Graph. Out: an equal Graph of primitives. The Graph itself where nothing is composite.
import { invariant } from "../diagnostics/error.ts";
import { type Graph, isGraph, type Node } from "../graph/graph.ts";
import { copyInto, regraph } from "../graph/rebuild.ts";
import { begin, ops } from "../ops/index.ts";

/** The Graph over primitives alone; its results, updates and names stay. */
export function expandComposites(source: Graph): Graph {
  // Two scans over one body keep sharing it.
  const bodies = new Map<Graph, Graph>();
  const bodyOf = (body: Graph): Graph => {
    const expanded = bodies.get(body) ?? expandComposites(body);
    bodies.set(body, expanded);
    return expanded;
  };
  // Primitive, and its body (of a scan) is, too.
  const isDone = (node: Node) =>
    ops[node.op]?.kind === "primitive" && (!isGraph(node.attrs.body) || bodyOf(node.attrs.body) === node.attrs.body);

  let current = source;
  // Each turn opens one level of nesting; an expansion that contains itself would never end.
  for (let depth = 0; !current.nodes.every(isDone); depth++) {
    invariant(depth < 64, `the expansion of ${current.nodes.find((node) => !isDone(node))?.op} does not end`);
    const g = begin();
    const made = copyInto(g.builder, current, (node, inputs) => {
      const op = ops[node.op];
      if (op?.kind === "composite") return op.expand(g, inputs, node.attrs);
      return isGraph(node.attrs.body) ? g.node(node.op, inputs, { ...node.attrs, body: bodyOf(node.attrs.body) }) : undefined;
    });
    current = regraph(g.builder, current, made);
  }
  return current;
}
