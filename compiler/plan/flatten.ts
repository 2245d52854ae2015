// Plan → Graph, by replaying the regions in order: the proof that planning lost, added and reordered nothing that matters.
// A value may be used only when a region has stored it, or inside its own region.
import { internal } from "../diagnostics/error.ts";
import { Builder } from "../graph/builder.ts";
import { type Graph, graph, type Node } from "../graph/graph.ts";
import { ops } from "../ops/index.ts";
import { kindOf } from "./fuse.ts";
import type { Plan, Region } from "./plan.ts";

/** The Graph that the regions of a Plan compute, in their order. */
export function flatten(plan: Plan): Graph {
  const builder = new Builder(ops);
  const bodies = new Map<Node, Graph>();
  const map = replay(plan.graph, plan.regions, builder, bodies);
  return close(plan.graph, map);
}

function replay(source: Graph, regions: readonly Region[], builder: Builder, bodies: Map<Node, Graph>): Map<Node, Node> {
  const made = new Map<Node, Node>();
  const origins = source.origins;
  const make = (node: Node, inputs: readonly Node[], attrs = node.attrs): Node => {
    builder.origin = origins.get(node);
    const copy = builder.node(node.op, inputs, attrs);
    made.set(node, copy);
    return copy;
  };
  /** A stored value, a source, or a view of one. */
  const available = (node: Node): Node => {
    const known = made.get(node);
    if (known !== undefined) return known;
    const kind = kindOf(node);
    if (kind === "source") return make(node, []);
    if (kind === "view" || kind === "pick") return make(node, node.inputs.map(available));
    return internal(`${node.op} is used before a region has stored it`);
  };
  for (const region of regions.flatMap((one): readonly Region[] => (one.kind === "rows" ? one.body : [one]))) {
    if (region.kind === "copy") available(region.node);
    if (region.kind === "scan") {
      const body = close(region.bodyGraph, replay(region.bodyGraph, region.body, new Builder(ops), bodies));
      make(region.node, region.node.inputs.map(available), { ...region.node.attrs, body });
    }
    if (region.kind !== "compute") continue;
    const inside = new Map<Node, Node>();
    for (const node of region.nodes) {
      builder.origin = origins.get(node);
      inside.set(
        node,
        builder.node(
          node.op,
          node.inputs.map((input) => inside.get(input) ?? available(input)),
          node.attrs,
        ),
      );
    }
    const stored = [region.nodes[region.nodes.length - 1], ...(region.more ?? []).map(({ node }) => node)];
    for (const node of stored) made.set(node, inside.get(node) as Node);
  }
  for (const [, node] of [...source.results, ...source.updates]) available(node);
  return made;
}

function close(source: Graph, made: ReadonlyMap<Node, Node>): Graph {
  const to = (node: Node): Node => made.get(node) ?? internal(`the value of ${node.op} is never stored`);
  return graph(
    source.name,
    source.results.map(([name, node]) => [name, to(node)]),
    source.updates.map(([name, node]) => [name, to(node)]),
  );
}
