// Merging dims: two neighbours that every access walks as one become one loop. In and out: a Nest, same meaning, same order.
import type { Extent, Index, Nest, Value } from "./ir.ts";
import { mapOperands, operandsOf } from "./sharing.ts";

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
  const { row } = nest.out.index;
  return valuesOf(nest).every(check) && fits(nest.out.index) && (row === undefined || check(row.index));
}

const valuesOf = (nest: Nest): readonly Value[] => [
  nest.finish,
  ...(nest.fold === undefined ? [] : [nest.fold.init, ...nest.fold.term]),
];

function dropDim(nest: Nest, dim: string): Nest {
  const drop = (index: Index): Index => ({
    ...index,
    terms: index.terms.filter(([name]) => name !== dim),
    ...(index.row === undefined ? {} : { row: { ...index.row, index: visit(index.row.index) } }),
  });
  const done = new Map<Value, Value>();
  const visit = (value: Value): Value => {
    const known = done.get(value) ?? mapOperands(value, visit, drop);
    done.set(value, known);
    return known;
  };
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
