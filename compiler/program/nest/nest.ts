// The Nest: the meaning of one loop nest, unscheduled; and trees of nests, which is what a Plan is lowered to. In: types only.
//
//   for each point of map:   acc = init;  for each point of reduce: acc = acc ∘ term;   out[index] = finish(acc)   (or +=)
//
// Which loops run outside, how many points at once and in how many lanes is the Schedule's to say; the order of a sum is not.
import type { Extent, Folding, Formal, Index, Value } from "../program.ts";
import { indexValues, visit } from "../walk.ts";

/** How a Nest folds its reduce dims: `madd` multiplies two terms and adds, the rest take one term.
 * The order matters to `most` and `least` too: which of −0 and 0 stays. */
export type Fold =
  | { readonly how: "madd"; readonly init: Value; readonly term: readonly [Value, Value] }
  | { readonly how: Folding; readonly init: Value; readonly term: readonly [Value] };

/** The meaning of one loop nest: for every point of `map`, fold over `reduce`, then store `finish` (over `acc`) at `at`. */
export interface Nest {
  readonly name: string;
  readonly origin: string;
  readonly map: readonly (readonly [dim: string, extent: Extent])[];
  /** This order, outermost first, IS the summation order. */
  readonly reduce: readonly (readonly [dim: string, extent: Extent])[];
  readonly fold?: Fold;
  readonly finish: Value;
  readonly out: { readonly buffer: string; readonly index: Index };
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

/** The values a nest is made of: what it stores, what it folds, what its address depends on. */
export const valuesOfNest = ({ finish, fold, out }: Nest): readonly Value[] => [
  finish,
  ...indexValues(out.index),
  ...(fold === undefined ? [] : [fold.init, ...fold.term]),
];

/** Buffers a nest reads or writes. */
export function buffersOfNest(nest: Nest): ReadonlySet<string> {
  const names = new Set([nest.out.buffer]);
  visit(valuesOfNest(nest), (value) => {
    if (value.op === "load") names.add(value.buffer);
  });
  return names;
}
