// Fusion is grouping, never a new op. In: the nodes of a Graph and which of them must be stored. Out: for every pointwise
// node and anchor, the root of its region, and what else a region stores. Guarantee: inside a region a node is used at the same
// shape; a region runs where its root stands, and nobody outside asks for a value of it sooner; at most one anchor, some dozen nodes.
//
//   used inside alone                            a, b → c           one loop, one store
//   used inside, and elsewhere later             m, v → w           one loop that stores m, v and w (the slots of an optimizer)
//   read side by side, asked for later           x → p;  x → q      one loop that stores p and q (the gates of a step, backward)
//   light, and folded alone                      x → t → Σ          the fold computes its terms
import { append } from "../base/groups.ts";
import { isBatched, type Node, sameShape } from "../graph/graph.ts";
import { ops } from "../ops/index.ts";
import { isLight } from "../ops/kit/work.ts";

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

/** Whether an anchor may compute what it folds. */
function takesTerms(node: Node): boolean {
  const op = ops[node.op];
  const isFold = op.kind === "primitive" && op.lower.kind === "nest" && op.lower.takesTerms === true;
  return isFold && node.type.shape.length < node.inputs[0].type.shape.length;
}

/** Computed where it is read at about the cost of reading it; what is left over of lanes is computed one by one. */
export const isCheap = (node: Node): boolean => isLight(ops[node.op], node);

/** Most nodes of a region: what is computed at a point is one expression, and who walks it goes as deep as it is long. */
const longest = 64;
/** Most values that a region stores: each is a pointer, and its value waits until all are computed. */
const mostStores = 6;

/** Why a node's value is stored, and no region of those that ask for it takes the node in. `user` asks first. */
export const apartSays = {
  result: () => "it is a result",
  alone: ({ node }) => `${node.op} is a loop of its own, which joins none`,
  view: ({ user }) => `${user.op} reads it by other addresses, or for all its steps`,
  folded: ({ user }) => `${user.op} does not read it point by point`,
  wide: ({ user }) => `${user.op} needs it at another shape, and it costs more to compute again than to read`,
  anchors: ({ user }) => `the loop of ${user.op} has a sum already`,
  shared: ({ user }) => `others than ${user.op} ask for it too`,
  strips: ({ user }) => `a sum over the batch rests in its result, and ${user.op} is stored with more`,
  long: () => `a region has at most ${longest} ops`,
  stores: () => `a region stores at most ${mostStores} values`,
} satisfies Record<string, (of: { readonly node: Node; readonly user: Node }) => string>;
/** Which of those reasons, and who asks. */
export interface Apart {
  readonly reason: keyof typeof apartSays;
  readonly user?: Node;
}

/** Which nodes run together. */
export interface Fusion {
  /** Root of each computed node's region: its last node, where the region runs. */
  readonly roots: ReadonlyMap<Node, Node>;
  /** By root: nodes that others ask for, beside the root; in graph order. */
  readonly more: ReadonlyMap<Node, readonly Node[]>;
  /** By root: why it joined nobody. */
  readonly apart: ReadonlyMap<Node, Apart>;
}

/** Groups nodes into regions. `stored`: nodes whose value is needed outside (results, updates). */
export function fuse(nodes: readonly Node[], stored: ReadonlySet<Node>): Fusion {
  const grouping = new Grouping(nodes, stored);
  // Backwards: when a node is reached, all its users have their region.
  for (const node of nodes.toReversed()) grouping.place(node);
  for (const node of nodes) grouping.joinSibling(node);
  return grouping.fusion();
}

class Grouping {
  readonly #stored: ReadonlySet<Node>;
  readonly #users = new Map<Node, Node[]>();
  readonly #order: ReadonlyMap<Node, number>;
  readonly #roots = new Map<Node, Node>();
  readonly #members = new Map<Node, Node[]>();
  readonly #anchored = new Set<Node>();
  readonly #apart = new Map<Node, Apart>();
  /** The last roots without an anchor that read a value from outside. */
  readonly #readers = new Map<Node, readonly Node[]>();

  constructor(nodes: readonly Node[], stored: ReadonlySet<Node>) {
    this.#stored = stored;
    this.#order = new Map(nodes.map((node, i) => [node, i]));
    for (const node of nodes) for (const input of new Set(node.inputs)) append(this.#users, input, node);
  }

  fusion(): Fusion {
    const more = new Map<Node, readonly Node[]>();
    for (const [root, members] of this.#members) {
      const others = members.filter((node) => node !== root && this.#isStored(node)).toReversed();
      if (others.length > 0) more.set(root, others);
    }
    return { roots: this.#roots, more, apart: this.#apart };
  }

  /** Where a node's region, or a node without one, stands. */
  #position(node: Node): number {
    return this.#order.get(this.#roots.get(node) ?? node) ?? 0;
  }

  #usersOf(node: Node): readonly Node[] {
    return this.#users.get(node) ?? [];
  }

  /** Whether a value is asked for outside of its region. */
  #isStored(node: Node): boolean {
    const root = this.#roots.get(node);
    return node === root || this.#stored.has(node) || this.#usersOf(node).some((user) => this.#roots.get(user) !== root);
  }

  #storesOf(root: Node): number {
    return (this.#members.get(root) ?? []).filter((node) => this.#isStored(node)).length;
  }

  place(node: Node): void {
    const kind = kindOf(node);
    if (kind !== "pointwise" && kind !== "nest") return;
    const found = this.#hostOf(node);
    const root = "reason" in found ? node : found;
    if ("reason" in found) this.#apart.set(node, found);
    this.#roots.set(node, root);
    if (kind === "nest") this.#anchored.add(root);
    append(this.#members, root, node);
  }

  /** The root of the region that a node joins: the first that asks for it, where the others ask later; or why there is none. */
  #hostOf(node: Node): Node | Apart {
    const users = this.#usersOf(node);
    if (users.length === 0) return { reason: "result" };
    if (!isFusable(node)) return { reason: "alone" };
    const user = users.reduce((a, b) => (this.#position(b) < this.#position(a) ? b : a));
    const apart = (reason: Apart["reason"]): Apart => ({ reason, user });
    const isAsked = this.#stored.has(node);
    const host = this.#roots.get(user);
    if (host === undefined) return apart("view");
    if (users.length === 1 && takesTerms(user) && isCheap(node) && !isAsked) return host;
    if ((this.#members.get(host)?.length ?? 0) >= longest) return apart("long");
    const inside = users.filter((one) => this.#roots.get(one) === host);
    const reader = inside.find((one) => !canTake(one, node));
    if (reader !== undefined) return { reason: "folded", user: reader };
    const isTerm = !sameShape(node.type.shape, host.type.shape);
    if (isTerm && !isCheap(node)) return apart("wide");
    const isPrivate = inside.length === users.length && !isAsked;
    if (kindOf(node) === "nest") {
      if (!isPrivate) return apart(isAsked ? "result" : "shared");
      if (this.#anchored.has(host)) return apart("anchors");
      // A sum over the batch rests in its result between strips, so that is all it stores.
      return isBatched(node.type) || this.#storesOf(host) === 1 ? host : apart("strips");
    }
    if (isPrivate) return host;
    if (this.#anchored.has(host)) return apart(isAsked ? "result" : "shared");
    return this.#storesOf(host) >= mostStores ? apart("stores") : host;
  }

  /** A map that reads what an earlier one of its shape reads takes that one in, where nobody asks for it before. */
  joinSibling(root: Node): void {
    if (this.#roots.get(root) !== root || this.#anchored.has(root)) return;
    const reads = this.#readsOf(root);
    const candidates = new Set(reads.flatMap((input) => [...(this.#readers.get(input) ?? []), this.#roots.get(input) ?? input]));
    for (const other of candidates) if (this.#canAbsorb(root, other)) this.#absorb(root, other);
    // The nearest two will do: whatever has many readers would make this a search of all pairs.
    for (const input of this.#readsOf(root)) this.#readers.set(input, [...(this.#readers.get(input) ?? []), root].slice(-2));
  }

  /** Tensors of the region's shape that it reads from outside: a number, or a row for all, is no reason to run together. */
  #readsOf(root: Node): readonly Node[] {
    const members = this.#members.get(root) ?? [];
    const inputs = new Set(members.flatMap((node) => node.inputs));
    return [...inputs].filter(
      (input) => this.#roots.get(input) !== root && input.op !== "constant" && sameShape(input.type.shape, root.type.shape),
    );
  }

  #canAbsorb(root: Node, other: Node): boolean {
    if (
      this.#roots.get(other) !== other ||
      other === root ||
      this.#anchored.has(other) ||
      !sameShape(root.type.shape, other.type.shape)
    )
      return false;
    const [own, members] = [this.#members.get(root) ?? [], this.#members.get(other) ?? []];
    if (own.length + members.length > longest || this.#storesOf(root) + this.#storesOf(other) > mostStores) return false;
    const [from, to] = [this.#position(other), this.#position(root)];
    return (
      members.every((node) =>
        this.#usersOf(node).every((user) => {
          const host = this.#roots.get(user);
          return host === other || (host === root ? canTake(user, node) : this.#position(user) > to);
        }),
      ) && from < to
    );
  }

  #absorb(root: Node, other: Node): void {
    const members = this.#members.get(other) ?? [];
    for (const node of members) this.#roots.set(node, root);
    this.#apart.delete(other);
    this.#members.get(root)?.push(...members);
    this.#members.delete(other);
  }
}

const canTake = (user: Node, node: Node): boolean => kindOf(user) === "pointwise" && sameShape(user.type.shape, node.type.shape);
