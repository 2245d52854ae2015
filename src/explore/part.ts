// One layer's part of a Graph, as a Graph of its own. In: a Graph and the path of a layer. Out: its nodes; what they read of others comes in as
// inputs called after the node's place (`from_7`), what others read of them are results (`to_9`). Guarantee: its text can be read back and run.
import { internal } from "../../compiler/diagnostics/error.ts";
import { graph as fromRoots, type Graph, type Node } from "../../compiler/graph/graph.ts";
import { begin } from "../../compiler/ops/index.ts";

const sources: ReadonlySet<string> = new Set(["input", "param", "state", "constant"]);

/** The part; undefined where the layer computes nothing here, or reads a bundle of another. */
export function partOf(graph: Graph, path: string): Graph | undefined {
  const places = new Map(graph.nodes.map((node, place) => [node, place]));
  const isOwn = (node: Node): boolean => graph.origins.get(node)?.path === path && !sources.has(node.op);
  const own = new Set(graph.nodes.filter(isOwn));
  const read = new Set([...own].flatMap(({ inputs }) => inputs));
  if (own.size === 0 || [...read].some((node) => !own.has(node) && node.type.items !== undefined)) return undefined;
  const roots = new Set([...graph.results, ...graph.updates].map(([, node]) => node));
  const wanted = new Set(graph.nodes.flatMap((node) => (own.has(node) ? [] : node.inputs)));
  const given = [...own].filter((node) => (roots.has(node) || wanted.has(node)) && node.type.items === undefined);
  const nodes = graph.nodes.filter((node) => own.has(node) || read.has(node));
  const g = begin();
  const made = new Map<Node, Node>();
  const madeOf = (node: Node): Node => made.get(node) ?? internal(`${node.op} is read before it is made`);
  for (const node of nodes) {
    g.builder.origin = graph.origins.get(node);
    // The shape says whether a row stands in front.
    const isCopied = own.has(node) || sources.has(node.op);
    const input = (): Node => g.input({ name: `from_${places.get(node)}`, shape: [...node.type.shape] });
    made.set(node, isCopied ? g.builder.copy(node, node.inputs.map(madeOf)) : input());
  }
  const results = given.map((node) => [`to_${places.get(node)}`, madeOf(node)] as const);
  return fromRoots(graph.name, results, [], g.builder.origins);
}
