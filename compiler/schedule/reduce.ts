// Sums of a tile: the reduce loops of a nest. In: points with a register each. Out: statements that leave every point's fold
// in its register, in the order of the nest.

import { halved, identities, joins } from "../program/nest/fold.ts";
import type { Fold, Nest } from "../program/nest/nest.ts";
import type { Coord } from "../program/nest/view.ts";
import type { Extent, Stmt, Value } from "../program/program.ts";
import * as v from "../program/value.ts";
import { blocks } from "./blocks.ts";
import { lengthOf } from "./facts.ts";
import { lets } from "./lets.ts";
import type { Namer } from "./namer.ts";
import { accumulate, nameOf, type Point, valueAt } from "./points.ts";
import { type Schedule, shortSum } from "./schedule.ts";

/** Whether the registers of so many points start from their first terms: all terms are written out, and `init` would change nothing. */
export const startsFromTerm = (
  { reduce }: Nest,
  { how, init, partial }: Fold,
  points: number,
  { terms = shortSum }: Schedule,
): boolean =>
  how !== "madd" &&
  init.op === "const" &&
  Object.is(init.value, identities[how]) &&
  partial === undefined &&
  termsOf(reduce, points) <= terms;

const termsOf = (reduce: Nest["reduce"], points: number): number =>
  reduce.reduce((product, [, extent]) => product * lengthOf(extent), points);

/** The reduce loops: every point's terms into its register. `starts`: by `startsFromTerm`,
 * nothing is in the registers yet. */
export function overReduce(
  nest: Nest,
  fold: Fold,
  points: readonly Point[],
  registers: readonly Value[],
  { wide, terms: most = shortSum }: Schedule,
  fresh: Namer,
  starts = false,
): readonly Stmt[] {
  const { partial } = fold;
  const extents = new Map<string, Extent>(nest.reduce);
  const at = (list: readonly Point[], dim: string, coord: Coord): readonly Point[] =>
    list.map((point) => ({ ...point, at: new Map([...point.at, [dim, coord]]) }));
  const take = (list: readonly Point[], isFirst: boolean): readonly Stmt[] =>
    list.map((point, p): Stmt => {
      const value = isFirst ? valueAt(fold.term[0], point) : accumulate(fold, registers[p], point);
      return { do: "set", reg: nameOf(registers[p]), value };
    });
  /** All terms of the dims, one after the other. */
  const writtenOut = (dims: readonly string[], list: readonly Point[], isFirst: boolean): readonly Stmt[] => {
    const [dim, ...more] = dims;
    if (dim === undefined) return take(list, isFirst);
    const length = extents.get(dim) as number;
    return Array.from({ length }, (_, k) => writtenOut(more, at(list, dim, { base: k, terms: [] }), isFirst && k === 0)).flat();
  };
  const visit = (dims: readonly string[], list: readonly Point[]): readonly Stmt[] => {
    const [dim, ...more] = dims;
    if (dim === undefined) return lets(take(list, false), fresh);
    const extent = extents.get(dim) as Extent;
    if (more.length === 0 && partial !== undefined && typeof extent === "number")
      return partials(fold, list, registers, { dim, extent, partial, wide: wide === true }, fresh);
    // A short sum is written out, all its dims at once: the loops would cost more than it, and points share what they load.
    const terms = dims.reduce((product, name) => product * lengthOf(extents.get(name)), list.length);
    if (partial === undefined && terms <= most) return lets(writtenOut(dims, list, starts), fresh);
    return blocks(extent, 1, "none", fresh, ([{ coord }]) => visit(more, at(list, dim, coord)));
  };
  return visit(
    nest.reduce.map(([name]) => name),
    points,
  );
}

/** `partial` sums side by side over the innermost reduce dim, folded by halves into the register, then what is left over. */
function partials(
  fold: Fold,
  points: readonly Point[],
  registers: readonly Value[],
  site: { dim: string; extent: number; partial: number; wide: boolean },
  fresh: Namer,
): readonly Stmt[] {
  const { dim, extent, partial, wide } = site;
  const whole = Math.floor(extent / partial);
  const { fmt } = fold.init;
  const kind = wide ? v.vectorOf(fmt) : fmt;
  const out: Stmt[] = [];
  if (whole > 0) {
    const sums = points.map(() =>
      Array.from({ length: wide ? partial / 4 : partial }, (): Value => ({ op: "reg", name: fresh("a"), fmt: kind })),
    );
    for (const sum of sums.flat()) out.push({ do: "set", reg: nameOf(sum), value: v.lit(identities[fold.how], kind) });
    out.push(
      ...blocks(whole * partial, partial, wide ? "whole" : "none", fresh, (steps) =>
        lets(
          points.flatMap((point, p) =>
            steps.map(({ coord }, s): Stmt => {
              const here: Point = { at: new Map([...point.at, [dim, coord]]), ...(wide ? { lane: dim } : {}) };
              return { do: "set", reg: nameOf(sums[p][s]), value: accumulate(fold, sums[p][s], here) };
            }),
          ),
          fresh,
        ),
      ),
      ...points.map((_, p): Stmt => {
        const all = joins[fold.how](registers[p], wide ? across(fold.how, halved(fold.how, sums[p])) : halved(fold.how, sums[p]));
        return { do: "set", reg: nameOf(registers[p]), value: all };
      }),
    );
  }
  // One statement after the other: each reads the register that the one before set.
  for (const [p, point] of points.entries())
    for (let k = whole * partial; k < extent; k++) {
      const here: Point = { at: new Map([...point.at, [dim, { base: k, terms: [] }]]) };
      out.push(...lets([{ do: "set", reg: nameOf(registers[p]), value: accumulate(fold, registers[p], here) }], fresh));
    }
  return out;
}

/** The lanes of a vector as one, by halves too. */
const across = (how: Fold["how"], sums: Value): Value => v.across(how === "madd" ? "add" : how, sums);
