// Dims of a nest merged: two neighbours that every access walks as one become one. In and out: a Nest, same meaning, same order.
import { rewriteDims } from "../program/nest/dims.ts";
import { type Nest, valuesOfNest } from "../program/nest/nest.ts";
import type { Extent, Index, Value } from "../program/program.ts";
import { operandsOf } from "../program/walk.ts";

type Dims = readonly (readonly [string, Extent])[];

/** The nest with as few dims as its accesses allow. */
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
  return valuesOfNest(nest).every(check) && fits(nest.out.index);
}

const dropDim = (nest: Nest, dim: string): Nest => rewriteDims(nest, ([name, stride]) => (name === dim ? [] : [[name, stride]]));
