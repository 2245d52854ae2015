// What regions and buffers are called, so that a person finds a layer again in the emitted code. In: a Graph, and the nodes that a
// region holds. Out: its name and the layers it is of. Guarantee: no two regions of a Plan share a name, and none that is called
// like a layer is of another one.
//
//   dense              the region that stores what the layer gives to others          d_dense          the same of its gradient
//   dense.max          a part of it: the role of what is stored, else the op           d_dense.kernel
//   dense.max.2        the next of that name
import { append } from "../base/groups.ts";
import { type Graph, isGraph, type Node } from "../graph/graph.ts";
import { type Origin, showOrigin, withoutRole } from "../graph/origin.ts";
import { kindOf } from "./fuse.ts";

/** What a region is called and of which layers it is. */
export interface Named {
  readonly name: string;
  /** Of what it stores. */
  readonly origin: Origin | undefined;
  /** Other layers of which it holds nodes, in their order. */
  readonly others: readonly Origin[];
}

/** Gives the names of one Plan. */
export class RegionNames {
  readonly #top: Graph;
  /** Path of the layer that has a name. */
  readonly #owners = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #numbers: Numbers = new Map();
  readonly #results: ReadonlySet<Node>;
  readonly #users = new Map<Node, Node[]>();
  /** A Graph of weights alone gives what no layer gives to another. */
  readonly #hasInput: boolean;

  constructor(top: Graph) {
    this.#top = top;
    this.#results = new Set(top.results.map(([, node]) => node));
    this.#hasInput = top.nodes.some(({ op }) => op === "input");
    this.#own(top);
    for (const node of top.nodes) {
      for (const input of node.inputs) {
        append(this.#users, input, node);
      }
    }
  }

  #own({ nodes, origins }: Graph): void {
    // A layer may be called "loss"; what is no layer then goes by another name.
    for (const { path, name } of origins.values())
      if (path !== "" && (!this.#owners.has(name) || path.startsWith("layers["))) this.#owners.set(name, path);
    for (const { attrs } of nodes) if (isGraph(attrs.body)) this.#own(attrs.body);
  }

  /** The name of a region over `nodes` that stores the last of them; `copied`: it only writes that value once more. */
  of(graph: Graph, nodes: readonly Node[], copied?: "copy" | "packed"): Named {
    const root = nodes[nodes.length - 1];
    const layerOf = (node: Node): Origin | undefined => graph.origins.get(node);
    const found = layerOf(root) ?? nodes.map(layerOf).findLast((origin) => origin !== undefined);
    // What a sum is divided by, or what is added to it, belongs to the sum: the anchor says which part of its layer this is.
    const anchor = nodes.find((node) => kindOf(node) === "nest" && isSame(layerOf(node), found));
    const { op } = anchor ?? root;
    if (found === undefined || found.path === "") {
      const does = copied === "packed" ? `${op}.packed` : op;
      const name = this.fresh(found?.gradient ? `d_${does}` : does);
      return { name, origin: found, others: othersOf(nodes.map(layerOf), found) };
    }
    const role = found.role ?? (anchor === undefined ? undefined : layerOf(anchor)?.role);
    const origin = { ...found, ...(role === undefined ? {} : { role }) };
    const base = `${found.gradient ? "d_" : ""}${found.name}`;
    const whole = role === undefined && graph === this.#top && this.#leaves(root, found);
    const part = [role ?? (copied === undefined ? op : undefined), copied].filter((word) => word !== undefined).join(".");
    const name = whole && this.#isFree(base, found) ? this.#take(base) : this.fresh(`${base}.${part}`);
    return { name, origin, others: othersOf(nodes.map(layerOf), origin) };
  }

  /** A name like `stem` that no layer has, and nothing named here: `stem`, `stem.2`, `stem.3`, … */
  fresh(stem: string): string {
    return this.#take(numbered(stem, (name) => this.#taken.has(name) || this.#owners.has(name), this.#numbers));
  }

  /** Whether a layer has the name. */
  isLayer(name: string): boolean {
    return this.#owners.has(name);
  }

  #take(name: string): string {
    this.#taken.add(name);
    return name;
  }

  #isFree(name: string, { path, gradient }: Origin): boolean {
    const owner = this.#owners.get(name);
    return !this.#taken.has(name) && (owner === undefined || (owner === path && !gradient));
  }

  /** Whether a value goes from its layer to another one, or out: as it is, or seen through the layer's views. */
  #leaves(node: Node, from: Origin): boolean {
    if (this.#results.has(node)) return this.#hasInput;
    return (this.#users.get(node) ?? []).some((user) => {
      const to = this.#top.origins.get(user);
      // Any layer's gradient may ask for a value again: that does not make it what the layer gives.
      if (to !== undefined && to.gradient !== from.gradient) return false;
      if (to?.path !== from.path) return true;
      return (kindOf(user) === "view" || kindOf(user) === "pick") && this.#leaves(user, from);
    });
  }
}

/** Stem → the last number that was given with it. */
export type Numbers = Map<string, number>;

/** `stem`, or the first of `stem.2`, `stem.3`, … that is not taken. `last`: numbers up to there are taken; what is taken stays so. */
export function numbered(stem: string, isTaken: (name: string) => boolean, last: Numbers): string {
  if (!isTaken(stem)) return stem;
  let k = (last.get(stem) ?? 1) + 1;
  while (isTaken(`${stem}.${k}`)) k++;
  last.set(stem, k);
  return `${stem}.${k}`;
}

const isSame = (a: Origin | undefined, b: Origin | undefined): boolean => a?.path === b?.path && a?.gradient === b?.gradient;

function othersOf(origins: readonly (Origin | undefined)[], own: Origin | undefined): readonly Origin[] {
  const others = origins.filter((origin) => origin !== undefined && !isSame(origin, own)) as readonly Origin[];
  return [...new Map(others.map(withoutRole).map((origin) => [showOrigin(origin), origin])).values()];
}
