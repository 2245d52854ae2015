// Dims of a nest merged: two neighbours that every access walks as one become one. In and out: a Nest, same meaning, same order.
import { rewriteDims } from "../program/nest/dims.ts";
import { type Nest, storesOf, valuesOfNest } from "../program/nest/nest.ts";
import type { Extent, Index, Value } from "../program/program.ts";
import { operandsOf } from "../program/walk.ts";

type Dims = readonly (readonly [string, Extent])[];
/** Two neighbours: the inner one has `extent` points. */
interface Pair {
  readonly outer: string;
  readonly inner: string;
  readonly extent: number;
}

/** The nest with as few dims as its accesses allow; partial sums go over the innermost dim as it is. */
export const collapse = (nest: Nest): Nest => without(nest, [...pairsOf(nest.map), ...summedPairs(nest)]);

/** The same of its summed dims alone. */
export const collapseSums = (nest: Nest): Nest => without(nest, summedPairs(nest));

const summedPairs = ({ fold, reduce }: Nest): readonly Pair[] => (fold?.partial === undefined ? pairsOf(reduce) : []);

function without(nest: Nest, pairs: readonly Pair[]): Nest {
  const dropped = new Set(mergeable(nest, pairs).map(({ outer }) => outer));
  if (dropped.size === 0) return nest;
  const rest = rewriteDims(nest, ([name, stride]) => (dropped.has(name) ? [] : [[name, stride]]));
  return { ...rest, map: merged(nest.map, dropped), reduce: merged(nest.reduce, dropped) };
}

const pairsOf = (dims: Dims): readonly Pair[] =>
  dims.slice(1).flatMap(([inner, extent], i): Pair[] => {
    const [outer, above] = dims[i];
    return typeof extent === "number" && typeof above === "number" ? [{ outer, inner, extent }] : [];
  });

/**
 * The pairs that may become one: every access steps along `outer` by as many steps along `inner` as that has points, and neither is
 * used as a number. Whether a pair may does not depend on the others: merged, the inner dim walks on as it did, only longer.
 */
function mergeable(nest: Nest, pairs: readonly Pair[]): readonly Pair[] {
  let left = pairs;
  const seeIndex = ({ terms }: Index): void => {
    const strides = new Map(terms);
    const strideOf = (dim: string): number => strides.get(dim) ?? 0;
    left = left.filter(({ outer, inner, extent }) => strideOf(outer) === strideOf(inner) * extent);
  };
  const seen = new Set<Value>();
  const see = (value: Value): void => {
    if (left.length === 0 || seen.has(value)) return;
    seen.add(value);
    if (value.op === "loop") left = left.filter(({ outer, inner }) => value.name !== outer && value.name !== inner);
    if (value.op === "load") seeIndex(value.index);
    operandsOf(value).forEach(see);
  };
  for (const { out } of storesOf(nest)) seeIndex(out.index);
  valuesOfNest(nest).forEach(see);
  return left;
}

/** Dims without those dropped, each as long as it and the ones dropped before it. */
function merged(dims: Dims, dropped: ReadonlySet<string>): Dims {
  const rest: [string, Extent][] = [];
  let before = 1;
  for (const [name, extent] of dims) {
    if (dropped.has(name)) before *= extent as number;
    else {
      rest.push([name, before === 1 ? extent : before * (extent as number)]);
      before = 1;
    }
  }
  return rest;
}
