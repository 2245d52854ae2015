// The order of nodes. In: nodes of a graph as a file has them, which some tools write in any order (a cast put in front of an input may stand
// last). Out: the same nodes, each behind those whose results it reads; as they stand where that is so already.
import type { NodeProto } from "./schema.ts";
import { damaged } from "./wire.ts";

/** Graphs within graphs, and calls within calls. */
export const deepest = 64;

/** All names that a node reads, those of the graphs in it too: some may be names of their own, which does no harm. */
export function readsOf(node: NodeProto, depth = 0): readonly string[] {
  if (depth > deepest) damaged(`graphs are nested more than ${deepest} deep`);
  const inner = node.attributes.flatMap(({ graph }) =>
    graph === undefined
      ? []
      : [...graph.outputs.map(({ name }) => name), ...graph.nodes.flatMap((child) => readsOf(child, depth + 1))],
  );
  return [...node.inputs, ...inner];
}

/** Nodes behind those that they read; `isGiven`: a name that needs no node. Throws CompileError format/onnx where they lead in a circle. */
export function inOrder(nodes: readonly NodeProto[], isGiven: (name: string) => boolean): readonly NodeProto[] {
  // Of several nodes that make a name the first: whoever stands behind reads it, or a later one, as the file has them.
  const makers = new Map<string, number>();
  for (const [i, { outputs }] of nodes.entries())
    for (const name of outputs) if (name !== "" && !makers.has(name) && !isGiven(name)) makers.set(name, i);
  const before = nodes.map((node, i) => readsOf(node).flatMap((name) => makers.get(name) ?? []).filter((maker) => maker !== i)); // biome-ignore format: one line
  if (before.every((list, i) => list.every((maker) => maker < i))) return nodes;
  const state = new Uint8Array(nodes.length);
  const sorted: NodeProto[] = [];
  // A stack of our own: a chain of ten thousand nodes would be too deep a recursion.
  for (const [first] of nodes.entries()) {
    const stack = [first];
    for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
      const left = state[at] === 2 ? [] : before[at].filter((maker) => state[maker] !== 2);
      if (left.length === 0) {
        if (state[at] !== 2) sorted.push(nodes[at]);
        state[at] = 2;
        stack.pop();
      } else {
        if (state[at] === 1) damaged("the node reads what follows from it", nodes[at].name || nodes[at].outputs[0]);
        state[at] = 1;
        stack.push(...left.toReversed());
      }
    }
  }
  return sorted;
}
