// The Nest: the meaning of one loop nest, unscheduled. In: nothing (types only).
//
//   for each point of map:   acc = init;  for each point of reduce: acc = acc ∘ term;   out[index] = finish(acc)   (or +=)
//
// Which loops run outside, how many points at once and in how many lanes is the Schedule's to say; the order of a sum is not.
import type { Extent, Index, Value } from "../program.ts";

/** How a Nest folds its reduce dims: `madd` multiplies two terms and adds, the rest take one term. */
export type Fold =
  | { readonly how: "madd"; readonly init: Value; readonly term: readonly [Value, Value] }
  | { readonly how: "add" | "max" | "min"; readonly init: Value; readonly term: readonly [Value] };

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
