// Coordinates in for dims. In: a value or address over the dims of a nest. Out: the same over loops, at one point.

import type { Index, Value } from "../program.ts";
import * as v from "../value.ts";
import { mapOperands, shared } from "../walk.ts";
import type { Coord } from "./view.ts";

/** Puts coordinates in for dims, and the accumulator's value for `acc`. Shared nodes stay shared. */
export function substitute(value: Value, point: ReadonlyMap<string, Coord>, acc?: Value): Value {
  return shared<Value>((node, visit) => {
    if (node.op === "acc" && acc !== undefined) return acc;
    if (node.op === "loop") return loopValue(node.name, point, node);
    return mapOperands(node, visit, (index) => addressAt(index, point, visit));
  })(value);
}

function addressAt(index: Index, point: ReadonlyMap<string, Coord>, visit: (value: Value) => Value): Index {
  let { base } = index;
  const terms = new Map<string, number>();
  for (const [name, stride] of index.terms) {
    const coord = point.get(name);
    base += (coord?.base ?? 0) * stride;
    for (const [loop, factor] of coord?.terms ?? [[name, 1] as const]) terms.set(loop, (terms.get(loop) ?? 0) + factor * stride);
  }
  const row = index.row === undefined ? {} : { row: { ...index.row, index: visit(index.row.index) } };
  return { base, terms: [...terms].filter(([, stride]) => stride !== 0), ...row };
}

function loopValue(name: string, point: ReadonlyMap<string, Coord>, node: Value): Value {
  const coord = point.get(name);
  if (coord === undefined) return node;
  const terms = coord.terms.map(([loop, factor]) => (factor === 1 ? v.dim(loop) : v.imul(v.dim(loop), v.lit(factor, "i32"))));
  if (coord.base !== 0 || terms.length === 0) terms.push(v.lit(coord.base, "i32"));
  return terms.reduce((a, b) => v.iadd(a, b));
}
