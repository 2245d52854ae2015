// Which regions write straight into the place that is asked for. In: a level's nodes, its fusion, and where stored values
// shall go. Out: node that a region stores → place. Guarantee: a place that holds an old value is not read by a later region, nor by the writing
// one except at the very point that is written; whoever is not in the result is copied when all have run.
import { append } from "../base/groups.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { ops } from "../ops/index.ts";
import type { View } from "../program/nest/view.ts";
import type { Extent } from "../program/program.ts";
import { type Fusion, kindOf } from "./fuse.ts";
import { stridesOf } from "./layout.ts";

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
    // An axis in blocks is one of the place itself: views of it are no places.
    if (out.blocked !== undefined) return { ...demand, node, out };
    const op = ops[node.op];
    const [input] = node.inputs;
    const back =
      op.kind === "primitive" && op.lower.kind === "view" ? op.lower.back?.(out, extents(input), node.attrs) : undefined;
    if (back === undefined) return { ...demand, node, out };
    [node, out] = [input, back];
  }
}

/** A value that would be copied so that a view of it can be had, and where it lies if it is written as the copy would be. */
export interface Wish {
  /** The view, row-major where it is asked for. */
  readonly node: Node;
  readonly value: Node;
  readonly out: View;
}

/**
 * The views that strides cannot give of values as regions write them, such as phases that are woven into an axis, where strides can say it
 * the other way round. Guarantee: nobody but that view reads the value. The buffer is not named yet.
 */
export function wishesOf(
  { nodes }: Graph,
  stored: ReadonlySet<Node>,
  extents: (node: Node) => readonly Extent[],
): readonly Wish[] {
  const whole = (node: Node): View => {
    const shape = extents(node);
    return { kind: "view", buffer: "", base: 0, shape, ...stridesOf(shape, {}), loops: [] };
  };
  const readers = new Map<Node, number>();
  for (const { inputs } of nodes) for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  const isAlone = (node: Node) => readers.get(node) === 1 && !stored.has(node);
  return nodes.flatMap((node): readonly Wish[] => {
    if (kindOf(node) !== "view" || stored.has(node)) return [];
    const [from] = node.inputs;
    if (!isAlone(from) || viewed(from, extents, whole) === undefined || viewed(node, extents, whole) !== undefined) return [];
    const { node: value, out } = beforeViews({ node, out: whole(node) }, extents);
    let link = from;
    while (link !== value && isAlone(link)) [link] = link.inputs;
    return link === value && isAlone(value) && kindOf(value) !== "view" ? [{ node, value, out }] : [];
  });
}

/** A chain of views over a value that lies row-major; undefined where strides cannot say it. */
function viewed(node: Node, extents: (node: Node) => readonly Extent[], whole: (node: Node) => View): View | undefined {
  const op = ops[node.op];
  if (op.kind !== "primitive" || op.lower.kind !== "view") return whole(node);
  const below = viewed(node.inputs[0], extents, whole);
  return below && op.lower.view(below, node.attrs, extents(node));
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
