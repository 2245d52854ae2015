// What a Graph costs: counts, not time. In: a Graph. Out: multiply-adds of one row, number of arithmetic ops.
import { bindShape, type Graph, isGraph, type Node, sizeOf } from "./ir/graph.ts";

/** Multiply-adds of all dots for `rows` rows; a scan counts its body once a step. */
export function multiplyAdds(graph: Graph, rows = 1): number {
  return graph.nodes.reduce((sum, node) => sum + ofNode(node, rows), 0);
}

function ofNode(node: Node, rows: number): number {
  if (node.op === "scan" && isGraph(node.attrs.body)) return multiplyAdds(node.attrs.body, rows) * (node.attrs.length as number);
  if (node.op !== "dot") return 0;
  const [[...contracted]] = node.attrs.contract as readonly (readonly number[])[];
  const left = bindShape(node.inputs[0].type.shape, rows);
  return sizeOf(bindShape(node.type.shape, rows)) * sizeOf(contracted.map((axis) => left[axis]));
}

/** Nodes that compute something. */
export const countOps = (graph: Graph): number =>
  graph.nodes.filter(({ op }) => !["input", "param", "state", "constant", "rows"].includes(op)).length;
