// Dims of a nest rewritten: a dim that walks a blocked axis becomes two. In and out: a Nest, same meaning, same order.
import type { Extent, Index, Value } from "../program.ts";
import * as v from "../value.ts";
import { mapIndex, mapOperands, shared, visit } from "../walk.ts";
import { blockSize, innerOf, outerOf } from "./block.ts";
import { mapStores, type Nest, storesOf, valuesOfNest } from "./nest.ts";

type Dims = readonly (readonly [string, Extent])[];

/** Dims that walk a blocked axis as an outer and an inner dim, everywhere. */
export function splitBlocked(nest: Nest): Nest {
  const terms = new Set(storesOf(nest).flatMap(({ out }) => out.index.terms.map(([term]) => term)));
  visit(valuesOfNest(nest), (value) => {
    if (value.op === "load") for (const [term] of value.index.terms) terms.add(term);
  });
  const split = [...nest.map, ...nest.reduce].map(([name]) => name).filter((name) => terms.has(innerOf(name)));
  if (split.length === 0) return nest;
  const divide = (dims: Dims): Dims =>
    dims.flatMap(
      ([name, extent]): Dims =>
        split.includes(name)
          ? [
              [outerOf(name), (extent as number) / blockSize],
              [innerOf(name), blockSize],
            ]
          : [[name, extent]],
    );
  const asTerms = (name: string, stride: number): Index["terms"] =>
    split.includes(name)
      ? [
          [outerOf(name), blockSize * stride],
          [innerOf(name), stride],
        ]
      : [[name, stride]];
  const asValue = (name: string, node: Value): Value =>
    split.includes(name) ? v.iadd(v.imul(v.dim(outerOf(name)), v.lit(blockSize, "i32")), v.dim(innerOf(name))) : node;
  return {
    ...rewriteDims(nest, ([name, stride]) => asTerms(name, stride), asValue),
    map: divide(nest.map),
    reduce: divide(nest.reduce),
  };
}

/** The nest with every index term, and every dim used as a number, rewritten. */
export const rewriteDims = (
  nest: Nest,
  rewrite: (term: Index["terms"][number]) => Index["terms"],
  asValue: (dim: string, node: Value) => Value = (_, node) => node,
): Nest => rewriteAddresses(nest, (_, { base, terms }) => ({ base, terms: terms.flatMap(rewrite) }), asValue);

/** The nest with every address (but its data-dependent row), and every dim used as a number, rewritten. */
export function rewriteAddresses(
  nest: Nest,
  rewrite: (buffer: string, index: Index) => Index,
  asValue: (dim: string, node: Value) => Value = (_, node) => node,
): Nest {
  const place = (buffer: string, index: Index): Index => ({ ...mapIndex(index, rewritten), ...rewrite(buffer, index) });
  const rewritten = shared<Value>((value, inner) => {
    if (value.op === "loop") return asValue(value.name, value);
    return mapOperands(value, inner, value.op === "load" ? (index) => place(value.buffer, index) : undefined);
  });
  const { fold } = nest;
  return {
    ...mapStores(nest, ({ finish, out }) => ({
      finish: rewritten(finish),
      out: { ...out, index: place(out.buffer, out.index) },
    })),
    ...(fold === undefined
      ? {}
      : {
          fold:
            fold.how === "madd"
              ? { ...fold, init: rewritten(fold.init), term: [rewritten(fold.term[0]), rewritten(fold.term[1])] }
              : { ...fold, init: rewritten(fold.init), term: [rewritten(fold.term[0])] },
        }),
  };
}
