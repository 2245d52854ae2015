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

/** Which nodes run together. */
export interface Fusion {
  /** Root of each computed node's region: its last node, where the region runs. */
  readonly roots: ReadonlyMap<Node, Node>;
  /** By root: nodes that others ask for, beside the root; in graph order. */
  readonly more: ReadonlyMap<Node, readonly Node[]>;
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
    return { roots: this.#roots, more };
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
    const root = this.#hostOf(node) ?? node;
    this.#roots.set(node, root);
    if (kind === "nest") this.#anchored.add(root);
    append(this.#members, root, node);
  }

  /** The region that a node joins: the first that asks for it, where the others ask later. */
  #hostOf(node: Node): Node | undefined {
    const users = this.#usersOf(node);
    if (users.length === 0 || !isFusable(node)) return undefined;
    const first = users.reduce((a, b) => (this.#position(b) < this.#position(a) ? b : a));
    const host = this.#roots.get(first);
    if (users.length === 1 && host !== undefined && takesTerms(first) && isCheap(node) && !this.#stored.has(node)) return host;
    if (host === undefined || (this.#members.get(host)?.length ?? 0) >= longest) return undefined;
    const inside = users.filter((user) => this.#roots.get(user) === host);
    if (!inside.every((user) => canTake(user, node))) return undefined;
    const isTerm = !sameShape(node.type.shape, host.type.shape);
    if (isTerm && !isCheap(node)) return undefined;
    const isPrivate = inside.length === users.length && !this.#stored.has(node);
    // A sum over the batch rests in its result between strips, so that is all it stores.
    if (kindOf(node) === "nest")
      return isPrivate && !this.#anchored.has(host) && (isBatched(node.type) || this.#storesOf(host) === 1) ? host : undefined;
    if (isPrivate) return host;
    return this.#anchored.has(host) || this.#storesOf(host) >= mostStores ? undefined : host;
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
    this.#members.get(root)?.push(...members);
    this.#members.delete(other);
  }
}

const canTake = (user: Node, node: Node): boolean => kindOf(user) === "pointwise" && sameShape(user.type.shape, node.type.shape);
