// Row regions: which regions walk rows together, a block of them at a time, while it is in cache. In: a level's nodes and its fusion. Out:
// groups of regions that run as one. Guarantee: a member reads of what the others compute only what stands in its own row, nobody outside
// asks for a value of the group before its last member, and what nobody outside asks for at all needs the space of one block.
//
//   softmax of [n, t, c]      for each n and block of t:   the largest of each row;   e^(x − it);   the sums;   the quotients
//
// Sums, maxima and maps do so, and whole samples where convolutions are: a weight serves many points of each, and what lies between two
// layers stays in a cache. Products whose weights all rows share do not: there the rows of a tile share what they load.
import { append } from "../base/groups.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { ops } from "../ops/index.ts";
import { servedBy } from "../ops/nest/dot-axes.ts";
import type { View } from "../program/nest/view.ts";
import type { Extent } from "../program/program.ts";
import { type Fusion, isCheap, kindOf } from "./fuse.ts";
import { elementsBehind, leadingOf, wholeView } from "./leading.ts";

/** Some regions that run as one, row by row. */
export interface RowGroup {
  /** Leading axes that are walked outside, the last of them in blocks. */
  readonly axes: number;
  readonly block: number;
  /** Roots, in order; the group runs where the last one stands. */
  readonly roots: readonly Node[];
  /** What lives for one block only. */
  readonly inner: ReadonlySet<Node>;
  /** Maps that every member who asks for them computes again: the row they are made of is in cache. */
  readonly again: ReadonlySet<Node>;
}

/** What a region of the group computes again for itself, in graph order. */
export function againIn(members: readonly Node[], { again }: RowGroup): readonly Node[] {
  const found = new Set<Node>();
  const see = (node: Node): void => {
    for (const input of node.inputs) {
      if (!again.has(input) || found.has(input)) continue;
      see(input);
      found.add(input);
    }
  };
  members.forEach(see);
  return [...found];
}

/** Elements of a block: four tensors of it lie in a cache of 48 KB together. */
const most = 2048;
/** Fewer leave the machine waiting for one sum after the other. */
const fewest = 256;

/** What is known of the values of a level. */
interface Level {
  /** Asked for from outside. */
  readonly stored: ReadonlySet<Node>;
  /** Views of a value that it is written as, so that none of them needs a copy. */
  readonly written: ReadonlySet<Node>;
  readonly extents: (node: Node) => readonly Extent[];
}

/** The group of each root that is in one. */
export function groupRows({ nodes }: Graph, fusion: Fusion, level: Level): ReadonlyMap<Node, RowGroup> {
  const found = new Map<Node, RowGroup>();
  for (const kind of [lines, samples]) {
    const grouping = new Grouping(kind, nodes, fusion, level, found);
    for (const node of nodes) grouping.see(node);
    grouping.close();
  }
  return found;
}

/** What is walked together. */
interface Kind {
  /** Leading axes by which a region can be walked; 0 where that does not pay. */
  readonly axesOf: (members: readonly Node[], root: Node) => number;
  /** Which leading axes are walked outside, and how much of the last at once; undefined where one walk over everything is as good. */
  readonly walkOf: (
    roots: readonly Node[],
    site: { readonly longest: number; readonly shape: readonly Extent[]; readonly membersOf: (root: Node) => readonly Node[] },
  ) => Pick<RowGroup, "axes" | "block"> | undefined;
}

/** A group while it grows. */
interface Open {
  axes: number;
  readonly roots: Node[];
  /** What members store, and the views of it, row-major as far as the group sees it; how many leading axes they keep. */
  readonly values: Map<Node, { readonly view: View; readonly axes: number }>;
  folds: number;
}

class Grouping {
  readonly #kind: Kind;
  readonly #found: Map<Node, RowGroup>;
  readonly #fusion: Fusion;
  readonly #level: Level;
  readonly #members = new Map<Node, Node[]>();
  readonly #users = new Map<Node, Node[]>();
  #open: Open | undefined;

  constructor(kind: Kind, nodes: readonly Node[], fusion: Fusion, level: Level, found: Map<Node, RowGroup>) {
    this.#kind = kind;
    this.#found = found;
    this.#fusion = fusion;
    this.#level = level;
    for (const node of nodes) {
      const root = fusion.roots.get(node);
      if (root !== undefined) append(this.#members, root, node);
      for (const input of new Set(node.inputs)) append(this.#users, input, node);
    }
  }

  see(node: Node): void {
    const root = this.#fusion.roots.get(node);
    if (root === node) this.#region(node);
    else if (root === undefined) this.#other(node);
  }

  /** A view of the group's values may go on in it; whatever else asks for one ends it. */
  #other(node: Node): void {
    const open = this.#open;
    const known = node.inputs.map((input) => open?.values.get(input)).find((value) => value !== undefined);
    if (open === undefined || known === undefined) return;
    const op = ops[node.op];
    const axes = Math.min(known.axes, leadingOf(node).result);
    const view =
      op?.kind === "primitive" && op.lower.kind === "view" && axes > 0
        ? op.lower.view(known.view, node.attrs, wholeView(node, "").shape)
        : undefined;
    if (view === undefined && axes > 0 && this.#level.written.has(node))
      open.values.set(node, { view: wholeView(node, ""), axes });
    else if (view === undefined) this.close();
    else open.values.set(node, { view, axes });
  }

  #region(root: Node): void {
    const members = this.#members.get(root) ?? [root];
    const own = this.#found.has(root) ? 0 : this.#kind.axesOf(members, root);
    if (this.#open !== undefined && this.#asks(members)) {
      const axes = Math.min(this.#open.axes, own, this.#axesRead(members));
      if (axes > 0) {
        this.#join(this.#open, root, members, axes);
        return;
      }
      this.close();
    }
    if (own === 0 || (this.#open !== undefined && this.#open.folds > 0)) return;
    this.close();
    this.#open = { axes: own, roots: [], values: new Map(), folds: 0 };
    this.#join(this.#open, root, members, own);
  }

  #asks(members: readonly Node[]): boolean {
    return members.some(({ inputs }) => inputs.some((input) => this.#open?.values.has(input)));
  }

  /** Leading axes that members keep of the group's values. */
  #axesRead(members: readonly Node[]): number {
    let axes = Number.POSITIVE_INFINITY;
    for (const node of members)
      for (const [i, input] of node.inputs.entries()) {
        const value = this.#open?.values.get(input);
        if (value !== undefined) axes = Math.min(axes, value.axes, leadingOf(node).inputs[i]);
      }
    return axes;
  }

  #join(open: Open, root: Node, members: readonly Node[], axes: number): void {
    open.axes = axes;
    open.roots.push(root);
    if (members.some((node) => kindOf(node) === "nest")) open.folds++;
    for (const node of [...(this.#fusion.more.get(root) ?? []), root])
      open.values.set(node, { view: wholeView(node, ""), axes: node.type.shape.length });
  }

  /** Ends the group; it is one where there is something to gain. */
  close(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined || open.folds === 0 || open.roots.length < 2) return;
    const { roots, values } = open;
    const membersOf = (root: Node): readonly Node[] => this.#members.get(root) ?? [root];
    const walked = this.#kind.walkOf(roots, { longest: open.axes, shape: this.#level.extents(roots[0]), membersOf });
    if (walked === undefined) return;
    const inside = new Set(roots.flatMap((root) => this.#members.get(root) ?? [root]));
    const staysInside = (node: Node): boolean =>
      !this.#level.stored.has(node) &&
      (this.#users.get(node) ?? []).every((user) => inside.has(user) || (values.has(user) && staysInside(user)));
    const inner = new Set([...values.keys()].filter((node) => inside.has(node) && staysInside(node)));
    const again = new Set([...inner].filter((node) => this.#isMadeAgain(node, inside)));
    const group: RowGroup = { ...walked, roots, inner: new Set([...inner].filter((node) => !again.has(node))), again };
    for (const root of roots) this.#found.set(root, group);
  }

  /** One light op, a region of its own, asked for point by point. */
  #isMadeAgain(node: Node, inside: ReadonlySet<Node>): boolean {
    const isAlone = this.#fusion.roots.get(node) === node && this.#members.get(node)?.length === 1;
    const users = this.#users.get(node) ?? [];
    return isAlone && isCheap(node) && users.every((user) => inside.has(user) && kindOf(user) === "pointwise");
  }
}

/** Sums, maxima and maps, line by line: a block of lines lies in the nearest cache. */
const lines: Kind = {
  axesOf(members, root) {
    const anchor = members.find((node) => kindOf(node) === "nest");
    if (anchor === undefined) return root.type.shape.length;
    const { result, inputs } = leadingOf(anchor);
    const isFold = anchor.inputs.length === 1 && anchor.type.shape.length < anchor.inputs[0].type.shape.length;
    return isFold ? Math.min(result, ...inputs) : 0;
  },
  walkOf(roots, { longest, shape, membersOf }) {
    const read = roots.map((root) => membersOf(root).find((node) => kindOf(node) === "nest")?.inputs[0] ?? root);
    const rowOf = (axes: number): number => Math.max(...read.map((node) => elementsBehind(node, axes)));
    let axes = 1;
    while (axes < longest && (rowOf(axes) > most || typeof shape[axes - 1] !== "number")) axes++;
    const [row, extent] = [rowOf(axes), shape[axes - 1]];
    const block = typeof extent === "number" ? largestPart(extent, most / row) : 1;
    const isWhole = block === extent && shape.slice(0, axes - 1).every((size) => size === 1);
    return isWhole || block * row < fewest ? undefined : { axes, block };
  },
};

/**
 * Whole samples, one after the other, where those of a batch do not fit a cache together. Seen on 2026-11-26 (Node 20, plain SIMD): an MNIST
 * CNN of 32 rows 1.4 times, its training step 1.13 times, strided convolutions' 1.05 times as fast as layer by layer.
 */
const samples: Kind = {
  axesOf(members, root) {
    if (root.type.shape[0] !== "n") return 0;
    for (const node of members) {
      const { result, inputs } = leadingOf(node);
      if (result === 0 || node.inputs.some(({ type }, i) => type.shape[0] === "n" && inputs[i] === 0)) return 0;
      if (servedBy(node) === "rows") return 0;
    }
    return 1;
  },
  walkOf(roots, { shape: [rows], membersOf }) {
    // How many samples a call has, where only the call says so: more than one, as a rule.
    const count = typeof rows === "number" ? rows : 32;
    const isHeavy = roots.some((root) => membersOf(root).some((node) => servedBy(node) === "points"));
    const sample = roots.reduce((sum, root) => sum + elementsBehind(root, 1), 0);
    return isHeavy && count > 1 && count * sample > far ? { axes: 1, block: 1 } : undefined;
  },
};
/** Floats that a second-level cache holds beside the weights. */
const far = 1 << 16;

/** The largest number that divides a whole, and is not above a limit; at least 1. */
function largestPart(whole: number, limit: number): number {
  let part = Math.max(1, Math.min(whole, Math.floor(limit)));
  while (whole % part !== 0) part--;
  return part;
}
