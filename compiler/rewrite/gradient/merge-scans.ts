// Scans that run the same loop and differ only in what they keep become one. In: a Graph as differentiation leaves it, where
// the gradient runs each scan again to keep its carries, and results that the first one did not have. Out: an equal Graph, bit for bit, that runs each loop once.
import type { Graph, Node } from "../../graph/graph.ts";
import { copyInto, regraph } from "../../graph/rebuild.ts";
import { begin } from "../../ops/index.ts";
import { type ScanAttrs, timeAxis } from "../../ops/scan/attrs.ts";

const attrsOf = (scan: Node): ScanAttrs => scan.attrs as unknown as ScanAttrs;

/** Whether one body has the results of the other, and perhaps more behind them. */
const isPrefix = ({ results: a }: Graph, { results: b }: Graph): boolean =>
  a.slice(0, b.length).every(([name, node], i) => name === b[i][0] && node === b[i][1]);

// The same nodes, the same inputs: nodes are interned, so identity decides.
function isSameLoop(one: Node, other: Node): boolean {
  const [a, b] = [attrsOf(one), attrsOf(other)];
  const equal =
    isPrefix(a.body, b.body) && a.carries === b.carries && a.xs === b.xs && a.length === b.length && a.reverse === b.reverse;
  return equal && one.inputs.length === other.inputs.length && one.inputs.every((input, i) => input === other.inputs[i]);
}

/** The Graph with scans of one loop merged: the one that stays keeps "all" of an item where any of them did. */
export function mergeScans(source: Graph): Graph {
  const groups: Node[][] = [];
  // Scans over the same first input are few, those of a deep model many.
  const byInput = new Map<Node | undefined, Node[][]>();
  for (const node of source.nodes) {
    if (node.op !== "scan") continue;
    const near = byInput.get(node.inputs[0]) ?? [];
    byInput.set(node.inputs[0], near);
    const group = near.find((all) => all.every((one) => isSameLoop(one, node)));
    if (group !== undefined) group.push(node);
    else {
      const made = [node];
      near.push(made);
      groups.push(made);
    }
  }
  const keeps = new Map<Node, Pick<ScanAttrs, "body" | "keep">>();
  for (const group of groups.filter(({ length }) => length > 1)) {
    const { body, keep: most } = group.map(attrsOf).reduce((a, b) => (b.body.results.length > a.body.results.length ? b : a));
    const keep = most.map((_, i) => (group.some((scan) => attrsOf(scan).keep[i] === "all") ? "all" : "last"));
    for (const scan of group) keeps.set(scan, { body, keep });
  }
  if (keeps.size === 0) return source;

  const g = begin();
  const made = copyInto(g.builder, source, (node, inputs) => {
    if (node.op === "scan") {
      const merged = keeps.get(node);
      return merged && g.node("scan", inputs, { ...node.attrs, ...merged });
    }
    const keep = node.op === "pick" ? keeps.get(node.inputs[0])?.keep : undefined;
    const index = node.attrs.index as number;
    if (keep === undefined || keep[index] === attrsOf(node.inputs[0]).keep[index]) return undefined;
    // The final step's value, out of all of them.
    const { length, reverse } = attrsOf(node.inputs[0]);
    const item = g.pick(inputs[0], { index });
    const axis = timeAxis(node.type.shape);
    const starts = item.type.shape.map((_, a) => (a === axis && !reverse ? length - 1 : 0));
    return g.reshape(g.slice(item, { starts, sizes: item.type.shape.with(axis, 1) }), { shape: node.type.shape });
  });
  return regraph(g.builder, source, made);
}
