// Which regions write straight into the place that is asked for. In: a level's nodes, its fusion, and where stored values
// shall go. Out: node that a region stores → place. Guarantee: a place that holds an old value is not read by a later region, nor by the writing
// one except at the very point that is written; whoever is not in the result is copied when all have run.
import { append } from "../base/groups.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { ops } from "../ops/index.ts";
import type { View } from "../program/nest/view.ts";
import type { Extent } from "../program/program.ts";
import { type Fusion, kindOf } from "./fuse.ts";

/** Where a stored value goes: a view, and, when it replaces what is read there, the node of the old value. */
export interface Demand {
  readonly node: Node;
  readonly out: View;
  readonly replaces?: Node;
}

/** The same for the value that a chain of views looks at, where its place is a view of the place too: a region can write there. */
export function beforeViews(demand: Demand, extents: (node: Node) => readonly Extent[]): Demand {
  let { node, out } = demand;
  for (;;) {
    const op = ops[node.op];
    const [input] = node.inputs;
    const back = op.kind === "primitive" && op.lower.kind === "view" ? op.lower.back?.(out, extents(input)) : undefined;
    if (back === undefined) return { ...demand, node, out };
    [node, out] = [input, back];
  }
}

/** `runsAt`: where the region of a root runs, which is where the last one of its group stands. */
export function chooseHomes(
  graph: Graph,
  demands: readonly Demand[],
  { roots, more }: Fusion,
  runsAt: (root: Node) => Node,
): ReadonlyMap<Node, View> {
  const order = new Map(graph.nodes.map((node, i) => [node, i]));
  const position = (node: Node): number => order.get(runsAt(roots.get(node) ?? node)) ?? 0;
  const kept = new Set(demands.map(({ node }) => storage(node)));
  const readers = readersOf(graph);
  const isStored = (node: Node): boolean => {
    const root = roots.get(node);
    return root !== undefined && (root === node || more.get(root)?.includes(node) === true);
  };
  const mayReplace = (old: Node, node: Node): boolean => {
    if (kept.has(old)) return false;
    const root = roots.get(node) as Node;
    return (readers.get(old) ?? []).every((user) =>
      roots.get(user) === root ? readsSamePoint(user, old) : position(user) < position(root),
    );
  };
  const homes = new Map<Node, View>();
  for (const { node, out, replaces } of demands) {
    if (homes.has(node) || !isStored(node)) continue;
    if (replaces === undefined || mayReplace(replaces, node)) homes.set(node, out);
  }
  return homes;
}

/** Who reads a stored value, be it through views. */
function readersOf({ nodes }: Graph): ReadonlyMap<Node, readonly Node[]> {
  const readers = new Map<Node, Node[]>();
  for (const user of nodes) {
    if (kindOf(user) === "view") continue;
    for (const value of new Set(user.inputs.map(storage))) append(readers, value, user);
  }
  return readers;
}

/** The stored value that a chain of views looks at. */
function storage(node: Node): Node {
  let value = node;
  while (kindOf(value) === "view" || kindOf(value) === "pick") [value] = value.inputs;
  return value;
}

const readsSamePoint = (user: Node, old: Node): boolean =>
  kindOf(user) === "pointwise" && user.inputs.every((input) => input === old || storage(input) !== old);
