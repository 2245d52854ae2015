// The Nest: the meaning of one loop nest, unscheduled; and trees of nests, which is what a Plan is lowered to. In: types only.
//
//   for each point of map:   acc = init;  for each point of reduce: acc = acc ∘ term;   out[index] = finish(acc)   (or +=)
//
// A nest may store several values at each point (`more`): all of them are computed before the first is stored.
//
// Which loops run outside, how many points at once and in how many lanes is the Schedule's to say; the order of a sum is not.
import type { Extent, Folding, Formal, Index, Value } from "../program.ts";
import { indexValues, visit } from "../walk.ts";

/** How a Nest folds its reduce dims: `madd` multiplies two terms and adds, the rest take one term.
 * The order matters to `most` and `least` too: which of −0 and 0 stays. */
export type Fold = { readonly init: Value; readonly partial?: number } & (
  | { readonly how: "madd"; readonly term: readonly [Value, Value] }
  | { readonly how: Folding; readonly term: readonly [Value] }
);

/** What a nest stores at a point (over `acc`), and where. */
export interface Store {
  readonly finish: Value;
  readonly out: { readonly buffer: string; readonly index: Index };
}

/** The meaning of one loop nest: for every point of `map`, fold over `reduce`, then store. */
export interface Nest extends Store {
  readonly name: string;
  readonly origin: string;
  readonly map: readonly (readonly [dim: string, extent: Extent])[];
  /**
   * This order, outermost first, IS the summation order. With `partial` of the fold, a power of two, so many partial sums go side by side
   * over the innermost dim, term k in sum k mod `partial`; folded by halves they come to what was there, then the terms that are left.
   */
  readonly reduce: readonly (readonly [dim: string, extent: Extent])[];
  readonly fold?: Fold;
  /** What is stored beside; not where something is added. */
  readonly more?: readonly Store[];
  /** `add`: out += finish, points in the order of `map`. */
  readonly into: "store" | "add";
}

/** A nest, or a loop whose parts run in order once a turn (the steps of a scan). `L`: what a leaf is; with a schedule, later. */
export type Tree<L = Nest> = L | Loop<L>;
export interface Loop<L = Nest> {
  /** Dims and addresses inside may speak of it. */
  readonly loop: string;
  readonly to: Extent;
  readonly parts: readonly Tree<L>[];
}
/** Whether a part is a loop around others, not a leaf. */
export const isLoop = <L>(tree: Tree<L>): tree is Loop<L> => typeof tree === "object" && tree !== null && "parts" in tree;

/** The nests of one region, in the order in which they run. */
export interface NestKernel<L = Nest> {
  readonly name: string;
  readonly origin: string;
  readonly formals?: readonly Formal[];
  readonly parts: readonly Tree<L>[];
}

/** Every leaf of a tree replaced, loops kept. */
export const mapTree = <L, M>(tree: Tree<L>, map: (leaf: L) => M): Tree<M> =>
  isLoop(tree) ? { ...tree, parts: tree.parts.map((part) => mapTree(part, map)) } : map(tree);

/** Every leaf, in order. */
export function* leavesOf<L>(parts: readonly Tree<L>[]): Generator<L> {
  for (const part of parts) {
    if (isLoop(part)) yield* leavesOf(part.parts);
    else yield part;
  }
}

/** All that a nest stores. */
export const storesOf = ({ finish, out, more = [] }: Nest): readonly Store[] => [{ finish, out }, ...more];

/** The nest with every store replaced. */
export function mapStores(nest: Nest, map: (store: Store) => Store): Nest {
  const { more } = nest;
  return { ...nest, ...map({ finish: nest.finish, out: nest.out }), ...(more === undefined ? {} : { more: more.map(map) }) };
}

/** The values a nest is made of: what it stores, what it folds, what its addresses depend on. */
export const valuesOfNest = (nest: Nest): readonly Value[] => [
  ...storesOf(nest).flatMap(({ finish, out }) => [finish, ...indexValues(out.index)]),
  ...(nest.fold === undefined ? [] : [nest.fold.init, ...nest.fold.term]),
];

/** Buffers a nest reads or writes. */
export function buffersOfNest(nest: Nest): ReadonlySet<string> {
  const names = new Set(storesOf(nest).map(({ out }) => out.buffer));
  visit(valuesOfNest(nest), (value) => {
    if (value.op === "load") names.add(value.buffer);
  });
  return names;
}

/** Whether what a nest computes is made of what stands in a buffer. */
export function readsFrom(nest: Nest, buffer: string): boolean {
  let found = false;
  visit(valuesOfNest(nest), (value) => {
    if (value.op === "load" && value.buffer === buffer) found = true;
  });
  return found;
}
