// Dims of a nest, reshaped: a dim that walks a blocked axis becomes two; two neighbours that every access walks as one become
// one. In and out: a Nest, same meaning, same order.
import { blockSize, innerOf, outerOf } from "../program/nest/block.ts";
import type { Nest } from "../program/nest/nest.ts";
import type { Extent, Index, Value } from "../program/program.ts";
import * as v from "../program/value.ts";
import { indexValues, mapIndex, mapOperands, operandsOf, shared } from "../program/walk.ts";

type Dims = readonly (readonly [string, Extent])[];

export function collapse(nest: Nest): Nest {
  let current = nest;
  for (const group of ["map", "reduce"] as const) {
    for (let i = current[group].length - 2; i >= 0; i--) {
      const [outer, outerExtent] = current[group][i];
      const [inner, innerExtent] = current[group][i + 1];
      if (typeof outerExtent !== "number" || typeof innerExtent !== "number" || !mergeable(current, outer, inner, innerExtent))
        continue;
      const dims: Dims = [...current[group].slice(0, i), [inner, outerExtent * innerExtent], ...current[group].slice(i + 2)];
      current = { ...dropDim(current, outer), [group]: dims };
    }
  }
  return current;
}

/** Every access steps along `outer` by innerExtent steps along `inner`, and neither is used as a number. */
function mergeable(nest: Nest, outer: string, inner: string, innerExtent: number): boolean {
  const stride = (index: Index, dim: string) => index.terms.find(([name]) => name === dim)?.[1] ?? 0;
  const fits = (index: Index) => stride(index, outer) === stride(index, inner) * innerExtent;
  const seen = new Set<Value>();
  const check = (value: Value): boolean => {
    if (seen.has(value)) return true;
    seen.add(value);
    if (value.op === "loop" && (value.name === outer || value.name === inner)) return false;
    return (value.op !== "load" || fits(value.index)) && operandsOf(value).every(check);
  };
  return [...valuesOf(nest), ...indexValues(nest.out.index)].every(check) && fits(nest.out.index);
}

const valuesOf = (nest: Nest): readonly Value[] => [
  nest.finish,
  ...(nest.fold === undefined ? [] : [nest.fold.init, ...nest.fold.term]),
];

const dropDim = (nest: Nest, dim: string): Nest => rewriteDims(nest, ([name, stride]) => (name === dim ? [] : [[name, stride]]));

/** Dims that walk a blocked axis as an outer and an inner dim, everywhere. */
export function splitBlocked(nest: Nest): Nest {
  const indices: Index[] = [];
  rewriteDims(nest, (term, index) => {
    indices.push(index);
    return [term];
  });
  const split = [...nest.map, ...nest.reduce]
    .map(([name]) => name)
    .filter((name) => indices.some(({ terms }) => terms.some(([term]) => term === innerOf(name))));
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
function rewriteDims(
  nest: Nest,
  rewrite: (term: Index["terms"][number], index: Index) => Index["terms"],
  asValue: (dim: string, node: Value) => Value = (_, node) => node,
): Nest {
  const drop = (index: Index): Index => ({
    ...mapIndex(index, visit),
    terms: index.terms.flatMap((term) => rewrite(term, index)),
  });
  const visit = shared<Value>((value, inner) =>
    value.op === "loop" ? asValue(value.name, value) : mapOperands(value, inner, drop),
  );
  const { fold } = nest;
  return {
    ...nest,
    ...(fold === undefined
      ? {}
      : {
          fold:
            fold.how === "madd"
              ? { ...fold, init: visit(fold.init), term: [visit(fold.term[0]), visit(fold.term[1])] }
              : { ...fold, init: visit(fold.init), term: [visit(fold.term[0])] },
        }),
    finish: visit(nest.finish),
    out: { ...nest.out, index: drop(nest.out.index) },
  };
}
