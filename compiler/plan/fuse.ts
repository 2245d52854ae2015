// Fusion is grouping, never a new op. In: the nodes of a Graph and which of them must be stored. Out: for every pointwise
// node and anchor, the root of its region. Guarantee: a node inside a region is used only inside it, at the same shape,
// and a region has at most one anchor and some dozen nodes.
import { type Node, sameShape } from "../graph/graph.ts";
import { ops } from "../ops/index.ts";

/** How a node becomes loops; `pick` and `scan` are the planner's own. */
export function kindOf(node: Node): "source" | "pointwise" | "view" | "nest" | "scan" | "pick" {
  if (node.op === "pick") return "pick";
  const op = ops[node.op];
  if (op.kind === "composite") throw new Error(`composite ${node.op} reached the planner`);
  return op.lower.kind;
}

function isFusable(node: Node): boolean {
  const op = ops[node.op];
  return op.kind === "primitive" && (op.lower.kind === "pointwise" || (op.lower.kind === "nest" && op.lower.fusable));
}

/** Most nodes of a region: what is computed at a point is one expression, and who walks it goes as deep as it is long. */
const longest = 64;

/** Root of each computed node's region. `stored`: nodes whose value is needed outside (results, updates). */
export function fuse(nodes: readonly Node[], stored: ReadonlySet<Node>): ReadonlyMap<Node, Node> {
  const users = new Map<Node, Node[]>();
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      const known = users.get(input);
      if (known === undefined) users.set(input, [node]);
      else known.push(node);
    }
  }
  const root = new Map<Node, Node>();
  const sizes = new Map<Node, number>();
  const anchored = new Set<Node>();
  // Backwards: when a node is reached, all its users have their region. It joins theirs if they share one.
  for (const node of [...nodes].reverse()) {
    const kind = kindOf(node);
    if (kind !== "pointwise" && kind !== "nest") continue;
    const roots = new Set((users.get(node) ?? []).map((user) => (canTake(user, node) ? root.get(user) : undefined)));
    const [shared] = roots;
    const joins =
      roots.size === 1 &&
      shared !== undefined &&
      !stored.has(node) &&
      isFusable(node) &&
      (sizes.get(shared) ?? 1) < longest &&
      !(kind === "nest" && anchored.has(shared));
    const to = joins ? shared : node;
    root.set(node, to);
    sizes.set(to, (sizes.get(to) ?? 0) + 1);
    if (kind === "nest") anchored.add(to);
  }
  return root;
}

const canTake = (user: Node, node: Node): boolean => kindOf(user) === "pointwise" && sameShape(user.type.shape, node.type.shape);
