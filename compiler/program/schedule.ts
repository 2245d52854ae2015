// Scheduling: Nest → statements. `choose` is the js cost model (which register tile pays), `apply` writes the loops. Points
// of a tile are computed side by side, so that an operand they share is loaded once; what is left over is peeled.

import { collapse } from "./collapse.ts";
import type { Extent, Fold, Index, Nest, Schedule, Stmt, Value } from "./ir.ts";
import { lets, substitute } from "./sharing.ts";
import * as v from "./value.ts";
import type { Coord } from "./view.ts";

/** Fresh names for loops, registers and lets of one kernel. */
export type Namer = (stem: string) => string;

/** The nest as statements, by the schedule that suits it. */
export function schedule(nest: Nest, fresh: Namer): readonly Stmt[] {
  const merged = collapse(nest);
  return apply(merged, choose(merged), fresh);
}

/** Seen on V8: 2 rows x 4 outputs is best where rows can be paired, 8 outputs where not; a lone sum wants 4 partial sums. */
export function choose(nest: Nest): Schedule {
  const { fold, map, reduce } = nest;
  const order = map.map(([name]) => name);
  if (fold === undefined || reduce.length === 0) return { order, tile: [] };
  const columns = map.filter(
    ([name, extent]) => typeof extent === "number" && extent >= 4 && strideIn(fold, name).some((stride) => stride === 1),
  );
  const column = columns.at(-1);
  if (column === undefined) {
    const innermost = reduce[reduce.length - 1][1];
    return typeof innermost === "number" && innermost >= 8 ? { order, tile: [], partial: 4 } : { order, tile: [] };
  }
  // A row dim leaves the column's operand alone: both points share its loads.
  const row = map.find(
    ([name, extent]) =>
      name !== column[0] &&
      typeof extent === "number" &&
      extent >= 2 &&
      fold.how === "madd" &&
      sharesLoads(fold, name, column[0]),
  );
  const others = order.filter((name) => name !== column[0] && name !== row?.[0]);
  return row === undefined
    ? { order: [...others, column[0]], tile: [[column[0], 8]] }
    : {
        order: [...others, column[0], row[0]],
        tile: [
          [column[0], 4],
          [row[0], 2],
        ],
      };
}

const strideIn = (fold: Fold, dim: string): number[] =>
  fold.term.flatMap((term) => loadsOf(term)).map((index) => strideOf(index, dim));
const strideOf = (index: Index, dim: string): number => index.terms.find(([name]) => name === dim)?.[1] ?? 0;
const sharesLoads = (fold: Fold, row: string, column: string): boolean =>
  fold.term.every((term) => loadsOf(term).every((index) => strideOf(index, row) === 0 || strideOf(index, column) === 0));

function loadsOf(value: Value): Index[] {
  if (value.op === "load") return [value.index];
  return "a" in value ? loadsOf(value.a) : [];
}

type Point = ReadonlyMap<string, Coord>;

/** The loops of a nest under a schedule. */
export function apply(nest: Nest, { order, tile, partial }: Schedule, fresh: Namer): readonly Stmt[] {
  const extents = new Map<string, Extent>([...nest.map, ...nest.reduce]);
  const tiles = new Map(tile);
  const visit = (rest: readonly string[], points: readonly Point[]): readonly Stmt[] => {
    if (rest.length === 0) return compute(nest, points, extents, partial, fresh);
    const [dim, ...inner] = rest;
    return blocks(extents.get(dim) as Extent, tiles.get(dim) ?? 1, fresh, (coords) =>
      visit(
        inner,
        points.flatMap((point) => coords.map((coord) => new Map([...point, [dim, coord]]))),
      ),
    );
  };
  return visit(order, [new Map()]);
}

/** A loop over blocks of `count` coordinates, then the rest as one smaller block; a loop of one turn is no loop. */
function blocks(
  extent: Extent,
  count: number,
  fresh: Namer,
  body: (coords: readonly Coord[]) => readonly Stmt[],
): readonly Stmt[] {
  const from = (base: number, size: number, terms: Coord["terms"] = []): Coord[] =>
    Array.from({ length: size }, (_, c) => ({ base: base + c, terms }));
  if (typeof extent !== "number") {
    const loop = fresh("i");
    return [{ do: "for", loop, to: extent, body: body(from(0, 1, [[loop, 1]])) }];
  }
  const whole = Math.floor(extent / count);
  const rest = extent - whole * count;
  const statements: Stmt[] = [];
  if (whole === 1) statements.push(...body(from(0, count)));
  if (whole > 1) {
    const loop = fresh("i");
    statements.push({ do: "for", loop, to: whole, body: body(from(0, count, [[loop, count]])) });
  }
  if (rest > 0) statements.push(...body(from(whole * count, rest)));
  return statements;
}

function compute(
  nest: Nest,
  points: readonly Point[],
  extents: ReadonlyMap<string, Extent>,
  partial: number | undefined,
  fresh: Namer,
): readonly Stmt[] {
  const { fold } = nest;
  const at = (value: Value, point: Point, acc?: Value): Value => substitute(value, point, acc);
  const store = (point: Point, acc?: Value): Stmt => {
    const { buffer, index } = nest.out;
    const to = substituteIndex(index, point);
    const value = at(nest.finish, point, acc);
    return {
      do: "store",
      buffer,
      index: to,
      value: nest.into === "store" ? value : v.add(v.convert(v.load(buffer, to), value.fmt), value),
    };
  };
  if (fold === undefined)
    return lets(
      points.map((point) => store(point)),
      fresh,
    );
  const width = partial ?? 1;
  const { fmt } = fold.init;
  const identity = v.lit(fold.how === "max" ? Number.NEGATIVE_INFINITY : fold.how === "min" ? Number.POSITIVE_INFINITY : 0, fmt);
  const reg = (name: string): Value => ({ op: "reg", name, fmt });
  const join = { madd: v.add, add: v.add, max: v.max, min: v.min }[fold.how];
  const fold1 = (sum: Value, point: Point): Value =>
    fold.how === "madd" ? v.madd(at(fold.term[0], point), at(fold.term[1], point), sum) : join(sum, at(fold.term[0], point));
  const step = (name: string, point: Point): Stmt => ({ do: "set", reg: name, value: fold1(reg(name), point) });
  // Without reduce dims there is one term.
  if (nest.reduce.length === 0)
    return lets(
      points.map((point) => store(point, fold1(at(fold.init, point), point))),
      fresh,
    );
  const registers = points.map(() => Array.from({ length: width }, () => fresh("a")));
  const visit = (rest: readonly string[], inner: readonly Point[]): readonly Stmt[] => {
    const [dim, ...more] = rest;
    const spread = more.length === 0 ? width : 1;
    return blocks(extents.get(dim) as Extent, spread, fresh, (coords) => {
      if (more.length > 0)
        return visit(
          more,
          inner.map((point) => new Map([...point, [dim, coords[0]]])),
        );
      return lets(
        inner.flatMap((point, p) => coords.map((coord, c) => step(registers[p][c], new Map([...point, [dim, coord]])))),
        fresh,
      );
    });
  };
  const start = points.flatMap((point, p) =>
    registers[p].map((name, c): Stmt => ({ do: "set", reg: name, value: c === 0 ? at(fold.init, point) : identity })),
  );
  const total = (names: readonly string[]): Value => {
    let values = names.map(reg);
    while (values.length > 1)
      values = values.slice(0, values.length / 2).map((value, i) => join(value, values[i + values.length / 2]));
    return values[0];
  };
  return [
    ...lets(start, fresh),
    ...visit(
      nest.reduce.map(([name]) => name),
      points,
    ),
    ...lets(
      points.map((point, p) => store(point, total(registers[p]))),
      fresh,
    ),
  ];
}

function substituteIndex(index: Index, point: Point): Index {
  const load = substitute(v.load("", index), point);
  return load.op === "load" ? load.index : index;
}
