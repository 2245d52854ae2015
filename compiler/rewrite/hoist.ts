// Splits off what depends on weights alone. In: a Graph whose params do not change between calls. Out: `prepare`, run once,
// whose results are prepared0, prepared1, …; and `main`, which reads them as params of those names.
// Guarantee: main after prepare is the Graph; a mere view of a weight, or one number everywhere, is not worth a buffer and stays.
import { freshNames } from "../base/names.ts";
import { type Graph, graph, isBatched, type Node } from "../graph/graph.ts";
import { copyInto, regraph } from "../graph/rebuild.ts";
import { begin } from "../ops/index.ts";
import { fixedness } from "./engine.ts";
import { isView } from "./rules/constants.ts";

/** A Graph in two: what runs once per set of weights, and what runs at every call. */
export interface Hoisted {
  /** Undefined where nothing depends on weights alone. */
  readonly prepare: Graph | undefined;
  readonly main: Graph;
}

/** Splits a Graph; `main` is the Graph itself where nothing is worth it. */
export function hoist(source: Graph): Hoisted {
  const isFixed = fixedness();
  const hoistable = new Set<Node>();
  for (const node of source.nodes) {
    if (isFixed(node) && !isBatched(node.type) && node.inputs.every((input) => hoistable.has(input))) hoistable.add(node);
  }
  // The values at the border, in the order in which the Graph needs them.
  const names = new Map<Node, string>();
  const next = freshNames("prepared", new Set(source.nodes.map(({ attrs }) => attrs.name)));
  const keep = (node: Node) => {
    let value = node;
    // What a view looks at is kept, not the view: strides cost nothing in main.
    while (isView(value)) [value] = value.inputs;
    if (hoistable.has(value) && value.inputs.length > 0 && !names.has(value)) names.set(value, next());
  };
  for (const node of source.nodes)
    if (!hoistable.has(node)) for (const input of node.inputs) if (hoistable.has(input)) keep(input);
  for (const [, node] of [...source.results, ...source.updates]) if (hoistable.has(node)) keep(node);
  if (names.size === 0) return { prepare: undefined, main: source };

  const prepared = [...names].map(([node, name]) => [name, node] as const);
  const prepare = graph("prepare", prepared, [], source.origins);
  const g = begin();
  const made = copyInto(g.builder, source, (node) => {
    const name = names.get(node);
    return name === undefined ? undefined : g.param({ name, shape: node.type.shape });
  });
  return { prepare, main: regraph(g.builder, source, made) };
}
