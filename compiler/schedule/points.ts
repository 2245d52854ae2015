// Result points while a nest is being scheduled: where they stand, what is computed at them, and where their sums and values
// go. In: a nest's values over dims. Out: values at coordinates, one or four lanes wide.

import { withTerm } from "../program/nest/fold.ts";
import type { Fold, Nest, Store } from "../program/nest/nest.ts";
import { substitute } from "../program/nest/substitute.ts";
import type { Coord } from "../program/nest/view.ts";
import type { Index, Stmt, Value } from "../program/program.ts";
import * as v from "../program/value.ts";
import type { Namer } from "./namer.ts";
import { vectorize } from "./vectorize.ts";

/** Coordinates of one result point; with `lane`, of `wide` points along that dim, computed as a vector. */
export interface Point {
  readonly at: ReadonlyMap<string, Coord>;
  readonly lane?: string;
  /** 4 unless given. */
  readonly wide?: 1 | 2 | 3;
  /** Buffers that are read by whole vectors all the same. */
  readonly past?: readonly string[] | undefined;
}
/** A value at a point, as many lanes wide as the point. */
export const valueAt = (value: Value, { at, lane, wide, past }: Point, acc?: Value): Value =>
  lane === undefined ? substitute(value, at, acc) : vectorize(value, at, { lane, wide, past, acc });

/** A sum with the term of a point. */
export const accumulate = (fold: Fold, sum: Value, point: Point): Value => withTerm(fold, sum, (value) => valueAt(value, point));

/** A register for a point's sum. */
export const register = (fresh: Namer, { lane }: Point, { init }: Fold): Value => ({
  op: "reg",
  name: fresh("a"),
  fmt: lane === undefined ? init.fmt : v.vectorOf(init.fmt),
});
export const nameOf = (reg: Value): string => (reg.op === "reg" ? reg.name : "");

/** Stores a point's value where a store of the nest says. */
export function storeAt(nest: Nest, { out: { buffer, index } }: Store, point: Point, value: Value): readonly Stmt[] {
  const to = addressAt(index, point);
  if (point.wide !== undefined)
    return Array.from({ length: point.wide }, (_, i): Stmt => {
      return { do: "store", buffer, index: { ...to, base: to.base + i }, value: v.extract(i, value) };
    });
  return [{ do: "store", buffer, index: to, value: nest.into === "store" ? value : v.add(loadLike(value, buffer, to), value) }];
}

/** What stands at an address, in the format of `value`. */
export const loadLike = (value: Value, buffer: string, index: Index): Value =>
  v.isVector(value.fmt) ? v.loadx4(buffer, index) : v.convert(v.load(buffer, index), value.fmt);

/** The address at a point. */
export function addressAt(index: Index, { at }: Point): Index {
  const load = substitute(v.load("", index), at);
  return load.op === "load" ? load.index : index;
}
