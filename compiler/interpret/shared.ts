// Which nodes of a Value the interpreter computes once. In: the values of one statement. Out: the nodes with several users.
// Its own walk: a printer or a lowering that forgot an operand must not take the oracle with it.
import type { Value } from "../program/program.ts";

/** What a value is made of, said a second time (`program/walk.ts` is the first). */
const operands = (value: Value): readonly Value[] => {
  if (value.op === "load") return value.index.row === undefined ? [] : [value.index.row.index];
  if (value.op === "select") return [value.mask, value.a, value.b];
  if (value.op === "madd") return [value.a, value.b, value.c];
  if (value.op === "lanes") return value.items;
  return "b" in value ? [value.a, value.b] : "a" in value ? [value.a] : [];
};

/** Nodes with more than one user; leaves are not worth a cell. */
export function sharedIn(roots: readonly Value[]): Set<Value> {
  const seen = new Set<Value>();
  const shared = new Set<Value>();
  const visit = (value: Value): void => {
    const under = operands(value);
    if (seen.has(value)) {
      if (under.length > 0) shared.add(value);
      return;
    }
    seen.add(value);
    under.forEach(visit);
  };
  roots.forEach(visit);
  return shared;
}
