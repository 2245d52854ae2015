// What regions and buffers are called: after the layer they come from, so that a person finds it again in the emitted code.
import type { Graph, Node } from "../graph/graph.ts";

/** The first origin among some nodes. */
export const originOf = (graph: Graph, nodes: readonly Node[]): string =>
  nodes.map((node) => graph.origins.get(node)).find((origin) => origin !== undefined) ?? "";

/** The layer's name (`layers[1] dense "hidden"` → hidden), else the op's. */
export function nameOf(graph: Graph, node: Node): string {
  const origin = graph.origins.get(node) ?? "";
  const quoted = /"(.*)"/s.exec(origin);
  const layer = quoted === null ? node.op : quoted[1];
  return origin.startsWith("∂") ? `d_${layer}` : layer;
}
