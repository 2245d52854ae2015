// Scheduling: Nest → statements. `choose` is the cost model (which lanes, which register tile), `apply` writes the loops.
// Points of a tile are computed side by side, so that an operand they share is loaded once; what is left over is peeled.
// A schedule never changes the order of a sum, but where it says `partial`; so tiles and lanes do not change f32 bits.
import { choose, type Target } from "./choose.ts";
import { collapse, splitBlocked } from "./collapse.ts";
import type { Extent, Fold, Index, Nest, Schedule, Stmt, Value } from "./ir.ts";
import { lets, substitute } from "./sharing.ts";
import * as v from "./value.ts";
import { vectorize } from "./vectorize.ts";
import type { Coord } from "./view.ts";

/** Fresh names for loops, registers and lets of one kernel. */
export type Namer = (stem: string) => string;

/** The nest as statements, by the schedule that suits it on the target. */
export function schedule(nest: Nest, target: Target, fresh: Namer): readonly Stmt[] {
  const merged = collapse(splitBlocked(nest));
  return apply(merged, choose(merged, target), fresh);
}

/** Coordinates of one result point; with `lane`, of four, along that dim. */
interface Point {
  readonly at: ReadonlyMap<string, Coord>;
  readonly lane?: string;
}
/** Where a tile stands along one dim: a coordinate, or four from it. */
interface Step {
  readonly coord: Coord;
  readonly wide: boolean;
}

/** The loops of a nest under a schedule. */
export function apply(nest: Nest, plan: Schedule, fresh: Namer): readonly Stmt[] {
  if (plan.strip !== undefined) return strips(nest, plan, plan.strip, fresh);
  return overMap(nest, plan, fresh, (points) => compute(nest, points, plan, fresh));
}

function overMap(
  nest: Nest,
  { order, tile, lane }: Schedule,
  fresh: Namer,
  leaf: (points: readonly Point[]) => readonly Stmt[],
): readonly Stmt[] {
  const extents = new Map<string, Extent>(nest.map);
  const tiles = new Map(tile);
  const visit = (rest: readonly string[], points: readonly Point[]): readonly Stmt[] => {
    if (rest.length === 0) return leaf(points);
    const [dim, ...inner] = rest;
    return blocks(extents.get(dim) as Extent, tiles.get(dim) ?? 1, dim === lane, fresh, (steps) =>
      visit(
        inner,
        // Rows outside, columns inside: a row's operand is used up before the next one is loaded, so few are alive.
        steps.flatMap(({ coord, wide }) =>
          points.map((point) => ({ ...point, at: new Map([...point.at, [dim, coord]]), ...(wide ? { lane: dim } : {}) })),
        ),
      ),
    );
  };
  return visit(order, [{ at: new Map() }]);
}

/** Loops over blocks of at most `count` coordinates. */
function blocks(
  extent: Extent,
  count: number,
  lanes: boolean,
  fresh: Namer,
  body: (steps: readonly Step[]) => readonly Stmt[],
): readonly Stmt[] {
  const steps = (base: number, size: number, terms: Coord["terms"] = []): Step[] => {
    const list: Step[] = [];
    for (let c = 0; c < size; ) {
      const wide = lanes && size - c >= 4;
      list.push({ coord: { base: base + c, terms }, wide });
      c += wide ? 4 : 1;
    }
    return list;
  };
  if (typeof extent !== "number") {
    const loop = fresh("i");
    if (count === 1) return [{ do: "for", loop, to: extent, body: body(steps(0, 1, [[loop, 1]])) }];
    // Whole blocks, then the rows they leave over, one by one.
    const whole: Extent = { scalar: extent.scalar, per: count * extent.per, round: "down" };
    const rest = fresh("i");
    return [
      { do: "for", loop, to: whole, body: body(steps(0, count, [[loop, count]])) },
      { do: "for", loop: rest, from: { blocks: whole, size: count }, to: extent, body: body(steps(0, 1, [[rest, 1]])) },
    ];
  }
  if (lanes) return cut(count, extent, fresh, (from, size, terms) => body(steps(from, size, terms)));
  // Points that share loads are cut into blocks as equal as can be: 32 rows by at most 6 are 2 x 6 and 4 x 5.
  const groups = Math.max(1, Math.ceil(extent / count));
  const least = Math.floor(extent / groups);
  const larger = extent - least * groups;
  const split = larger * (least + 1);
  return [
    ...cut(least + 1, split, fresh, (from, size, terms) => body(steps(from, size, terms))),
    ...cut(least, extent - split, fresh, (from, size, terms) => body(steps(split + from, size, terms))),
  ];
}

/** 0..extent in blocks of `count`: a loop over whole blocks, then what is left; a loop of one turn is no loop. */
function cut(
  count: number,
  extent: number,
  fresh: Namer,
  body: (from: number, size: number, terms: Coord["terms"]) => readonly Stmt[],
): readonly Stmt[] {
  const whole = count === 0 ? 0 : Math.floor(extent / count);
  const rest = extent - whole * count;
  const statements: Stmt[] = [];
  if (whole === 1) statements.push(...body(0, count, []));
  if (whole > 1) {
    const loop = fresh("i");
    statements.push({ do: "for", loop, to: whole, body: body(0, count, [[loop, count]]) });
  }
  if (rest > 0) statements.push(...body(whole * count, rest, []));
  return statements;
}

const joins = { madd: v.add, add: v.add, max: v.max, min: v.min };
const identities = { madd: 0, add: 0, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY };

/** A value at a point, as many lanes wide as the point. */
const valueAt = (value: Value, { at, lane }: Point, acc?: Value): Value =>
  lane === undefined ? substitute(value, at, acc) : vectorize(value, at, lane, acc);

function accumulate(fold: Fold, sum: Value, point: Point): Value {
  return fold.how === "madd"
    ? v.madd(valueAt(fold.term[0], point), valueAt(fold.term[1], point), sum)
    : joins[fold.how](sum, valueAt(fold.term[0], point));
}

function compute(nest: Nest, points: readonly Point[], plan: Schedule, fresh: Namer): readonly Stmt[] {
  const { fold } = nest;
  if (fold === undefined)
    return lets(
      points.map((point) => store(nest, point, valueAt(nest.finish, point))),
      fresh,
    );
  const start = (point: Point): Value => valueAt(fold.init, point);
  const finish = (point: Point, sum: Value): Stmt => store(nest, point, valueAt(nest.finish, point, sum));
  // Without reduce dims there is one term.
  if (nest.reduce.length === 0)
    return lets(
      points.map((point) => finish(point, accumulate(fold, start(point), point))),
      fresh,
    );
  const registers = points.map((point) => register(fresh, point, fold));
  return [
    ...lets(
      points.map((point, p): Stmt => ({ do: "set", reg: nameOf(registers[p]), value: start(point) })),
      fresh,
    ),
    ...overReduce(nest, fold, points, registers, plan, fresh),
    ...lets(
      points.map((point, p) => finish(point, registers[p])),
      fresh,
    ),
  ];
}

const register = (fresh: Namer, { lane }: Point, { init }: Fold): Value => ({
  op: "reg",
  name: fresh("a"),
  fmt: lane === undefined ? init.fmt : v.vectorOf(init.fmt),
});
const nameOf = (reg: Value): string => (reg.op === "reg" ? reg.name : "");

/** Most terms of a register tile that are written out instead of looped over. */
const shortSum = 32;

/** The reduce loops: every point's terms into its register, in the nest's order but for partial sums. */
function overReduce(
  nest: Nest,
  fold: Fold,
  points: readonly Point[],
  registers: readonly Value[],
  { partial, wide }: Schedule,
  fresh: Namer,
): readonly Stmt[] {
  const extents = new Map<string, Extent>(nest.reduce);
  const visit = (rest: readonly string[], inner: readonly Point[]): readonly Stmt[] => {
    const [dim, ...more] = rest;
    const extent = extents.get(dim) as Extent;
    if (more.length === 0 && partial !== undefined && typeof extent === "number")
      return partials(fold, inner, registers, { dim, extent, partial, wide: wide === true }, fresh);
    const turn = (coord: Coord): readonly Stmt[] => {
      const here = inner.map((point) => ({ ...point, at: new Map([...point.at, [dim, coord]]) }));
      if (more.length > 0) return visit(more, here);
      return lets(
        here.map((point, p): Stmt => ({ do: "set", reg: nameOf(registers[p]), value: accumulate(fold, registers[p], point) })),
        fresh,
      );
    };
    // A short sum is written out: the loop would cost more than it.
    if (more.length === 0 && typeof extent === "number" && extent * inner.length <= shortSum)
      return Array.from({ length: extent }, (_, k) => turn({ base: k, terms: [] })).flat();
    return blocks(extent, 1, false, fresh, ([{ coord }]) => turn(coord));
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
  points.forEach((point, p) => {
    if (whole > 0) {
      const sums = Array.from(
        { length: wide ? partial / 4 : partial },
        (): Value => ({ op: "reg", name: fresh("a"), fmt: kind }),
      );
      for (const sum of sums) out.push({ do: "set", reg: nameOf(sum), value: v.lit(identities[fold.how], kind) });
      out.push(
        ...blocks(whole * partial, partial, wide, fresh, (steps) =>
          lets(
            steps.map(({ coord }, s): Stmt => {
              const here: Point = { at: new Map([...point.at, [dim, coord]]), ...(wide ? { lane: dim } : {}) };
              return { do: "set", reg: nameOf(sums[s]), value: accumulate(fold, sums[s], here) };
            }),
            fresh,
          ),
        ),
        { do: "set", reg: nameOf(registers[p]), value: joins[fold.how](registers[p], total(fold, sums, wide)) },
      );
    }
    const rest = Array.from(
      { length: extent - whole * partial },
      (_, c): Point => ({ at: new Map([...point.at, [dim, { base: whole * partial + c, terms: [] }]]) }),
    );
    // One statement after the other: each reads the register that the one before set.
    for (const here of rest)
      out.push(...lets([{ do: "set", reg: nameOf(registers[p]), value: accumulate(fold, registers[p], here) }], fresh));
  });
  return out;
}

/** Halves: sum i with sum i + half, down to one; a vector's lanes last, the same way. */
function total(fold: Fold, sums: readonly Value[], wide: boolean): Value {
  let values = [...sums];
  while (values.length > 1)
    values = values.slice(0, values.length / 2).map((value, i) => joins[fold.how](value, values[i + values.length / 2]));
  return wide ? v.across(fold.how === "madd" ? "add" : fold.how, values[0]) : values[0];
}

function store(nest: Nest, point: Point, value: Value): Stmt {
  const { buffer, index } = nest.out;
  const to = place(index, point);
  return { do: "store", buffer, index: to, value: nest.into === "store" ? value : v.add(loadLike(value, buffer, to), value) };
}

const loadLike = (value: Value, buffer: string, index: Index): Value =>
  v.isVector(value.fmt) ? v.loadx4(buffer, index) : v.convert(v.load(buffer, index), value.fmt);

function place(index: Index, { at }: Point): Index {
  const load = substitute(v.load("", index), at);
  return load.op === "load" ? load.index : index;
}

/**
 * Sums over the outermost reduce dim in strips of `size`, kept in `out` between strips: the strip's operands stay in cache
 * while all tiles walk over them. The same additions in the same order; f32 sums survive the store, so the bits do not change.
 */
function strips(nest: Nest, plan: Schedule, { dim, size }: { dim: string; size: number }, fresh: Namer): readonly Stmt[] {
  const fold = nest.fold as Fold;
  const extent = new Map<string, Extent>(nest.reduce).get(dim) as Exclude<Extent, number>;
  const whole: Extent = { scalar: extent.scalar, per: size, round: "down" };
  const strip = fresh("s");
  /** All tiles over a range of the dim, each sum taken up from `out` and put back. */
  const through = (range: Pick<Stmt & { do: "for" }, "from" | "to">, coord: (loop: string) => Coord): readonly Stmt[] =>
    overMap(nest, plan, fresh, (points) => {
      const registers = points.map((point) => register(fresh, point, fold));
      const loop = fresh("i");
      const here = points.map((point) => ({ ...point, at: new Map([...point.at, [dim, coord(loop)]]) }));
      const body = lets(
        here.map((point, p): Stmt => ({ do: "set", reg: nameOf(registers[p]), value: accumulate(fold, registers[p], point) })),
        fresh,
      );
      return [
        ...lets(
          points.map(
            (point, p): Stmt => ({
              do: "set",
              reg: nameOf(registers[p]),
              value: loadLike(registers[p], nest.out.buffer, place(nest.out.index, point)),
            }),
          ),
          fresh,
        ),
        { do: "for", loop, ...range, body },
        ...lets(
          points.map((point, p) => store(nest, point, registers[p])),
          fresh,
        ),
      ];
    });
  return [
    ...overMap(nest, plan, fresh, (points) =>
      lets(
        points.map((point) => store(nest, point, valueAt(fold.init, point))),
        fresh,
      ),
    ),
    {
      do: "for",
      loop: strip,
      to: whole,
      body: through({ to: size }, (loop) => ({
        base: 0,
        terms: [
          [strip, size],
          [loop, 1],
        ],
      })),
    },
    ...through({ from: { blocks: whole, size }, to: extent }, (loop) => ({ base: 0, terms: [[loop, 1]] })),
  ];
}
