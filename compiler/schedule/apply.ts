// Scheduled nests → statements. In: what `choose` decided (which lanes, which register tile). Out: the loops.
// Points of a tile are computed side by side, so that an operand they share is loaded once; what is left over is peeled.
// A schedule never changes the order of a sum; so tiles and lanes do not change f32 bits.

import { type Fold, isLoop, leavesOf, type Nest, type NestKernel, storesOf, type Tree } from "../program/nest/nest.ts";
import type { Coord } from "../program/nest/view.ts";
import type { Extent, Kernel, Program, Stmt, Value } from "../program/program.ts";
import { blocks } from "./blocks.ts";
import { buffersHeld, held } from "./hold.ts";
import { lets } from "./lets.ts";
import { counter, type Namer } from "./namer.ts";
import { accumulate, addressAt, loadLike, nameOf, type Point, register, storeAt, valueAt } from "./points.ts";
import { overReduce, startsFromTerm } from "./reduce.ts";
import { type Schedule, type Scheduled, showSchedule } from "./schedule.ts";

/** Scheduled nests as statements: the Program that interpreter and emitters read. */
export const applySchedules = (program: Program<NestKernel<Scheduled>>): Program => ({
  ...program,
  kernels: program.kernels.map(({ parts, ...head }): Kernel => {
    const fresh = counter(new Set([...program.scalars.map((scalar) => scalar.name), ...parts.flatMap(loopsOf)]));
    const by = [...new Set([...leavesOf(parts)].map(showSchedule))].join("\n");
    return { ...head, by, body: parts.flatMap((part) => applyTree(part, fresh)) };
  }),
});

/** Names of the loops around nests, which stay in the kernel. */
const loopsOf = (tree: Tree<Scheduled>): readonly string[] => (isLoop(tree) ? [tree.loop, ...tree.parts.flatMap(loopsOf)] : []);

function applyTree(tree: Tree<Scheduled>, fresh: Namer): readonly Stmt[] {
  if (!isLoop(tree)) return apply(tree, fresh);
  return [{ do: "for", loop: tree.loop, to: tree.to, body: tree.parts.flatMap((part) => applyTree(part, fresh)) }];
}

/** The loops of a nest under its schedule. */
export function apply({ nest, schedule }: Scheduled, fresh: Namer): readonly Stmt[] {
  if (schedule.strip !== undefined) return strips(nest, schedule, schedule.strip, fresh);
  return overMap(nest, schedule, fresh, (points) => compute(nest, points, schedule, fresh));
}

function overMap(
  nest: Nest,
  { order, tile, lane, padded, past, hold }: Schedule,
  fresh: Namer,
  leaf: (points: readonly Point[]) => readonly Stmt[],
): readonly Stmt[] {
  const extents = new Map<string, Extent>(nest.map);
  const tiles = new Map(tile);
  const visit = (rest: readonly string[], points: readonly Point[]): readonly Stmt[] => {
    if (rest.length === 0) return leaf(points);
    const [dim, ...inner] = rest;
    return blocks(
      extents.get(dim) as Extent,
      tiles.get(dim) ?? 1,
      dim !== lane ? "none" : past !== undefined ? "filled" : padded ? "padded" : "whole",
      fresh,
      (steps) => {
        const body = visit(
          inner,
          // Rows outside, columns inside: a row's operand is used up before the next one is loaded, so few are alive.
          steps.flatMap(({ coord, wide, vector }) =>
            points.map((point) => ({
              ...point,
              at: new Map([...point.at, [dim, coord]]),
              ...(vector ? { lane: dim } : {}),
              ...(vector && wide < 4 ? { wide: wide as 1 | 2 | 3, past } : {}),
            })),
          ),
        );
        return dim === hold ? held(body, buffersHeld(nest, inner), fresh) : body;
      },
    );
  };
  return visit(order, [{ at: new Map() }]);
}

function compute(nest: Nest, points: readonly Point[], plan: Schedule, fresh: Namer): readonly Stmt[] {
  const { fold } = nest;
  if (fold === undefined)
    return lets(
      points.flatMap((point) => storesAt(nest, point, fresh)),
      fresh,
    );
  const start = (point: Point): Value => valueAt(fold.init, point);
  const finish = (point: Point, sum: Value): readonly Stmt[] => storesAt(nest, point, fresh, sum);
  // Without reduce dims there is one term.
  if (nest.reduce.length === 0)
    return lets(
      points.flatMap((point) => finish(point, accumulate(fold, start(point), point))),
      fresh,
    );
  const registers = points.map((point) => register(fresh, point, fold));
  const starts = startsFromTerm(nest, fold, points.length, plan);
  return [
    ...lets(starts ? [] : points.map((point, p): Stmt => ({ do: "set", reg: nameOf(registers[p]), value: start(point) })), fresh),
    ...overReduce(nest, fold, points, registers, plan, fresh, starts),
    ...lets(
      points.flatMap((point, p) => finish(point, registers[p])),
      fresh,
    ),
  ];
}

/** All stores of a point. What they store is computed before: one may take the place of what another one reads. */
function storesAt(nest: Nest, point: Point, fresh: Namer, acc?: Value): readonly Stmt[] {
  const stores = storesOf(nest);
  const values = stores.map(({ finish }) => valueAt(finish, point, acc));
  if (stores.length === 1) return storeAt(nest, nest, point, values[0]);
  const named = values.map((value): Stmt & { readonly do: "let" } => ({ do: "let", name: fresh("v"), value }));
  return [
    ...named,
    ...stores.flatMap((store, i) => storeAt(nest, store, point, { op: "use", name: named[i].name, fmt: values[i].fmt })),
  ];
}

/**
 * Sums over the outermost reduce dim in strips of `size`, with all that is summed inside it, kept in `out` between strips: the
 * strip's operands stay in cache while all tiles walk over them; what is made of a sum is made in the end. The same additions in the same order; f32 sums survive the store, so the bits do not change.
 */
function strips(nest: Nest, plan: Schedule, { dim, size }: { dim: string; size: number }, fresh: Namer): readonly Stmt[] {
  const fold = nest.fold as Fold;
  const extent = new Map<string, Extent>(nest.reduce).get(dim) as Extent;
  const resting: Nest = { ...nest, finish: { op: "acc", fmt: fold.init.fmt }, more: [] };
  const strip = fresh("s");
  const restOf = (point: Point): Value => loadLike(valueAt(fold.init, point), nest.out.buffer, addressAt(nest.out.index, point));
  /** All tiles over a range of the dim, each sum taken up from `out` and put back. */
  const through = (range: Pick<Stmt & { do: "for" }, "from" | "to">, coord: (loop: string) => Coord): readonly Stmt[] =>
    overMap(nest, plan, fresh, (points) => {
      const registers = points.map((point) => register(fresh, point, fold));
      const loop = fresh("i");
      const here = points.map((point) => ({ ...point, at: new Map([...point.at, [dim, coord(loop)]]) }));
      const body = overReduce({ ...nest, reduce: nest.reduce.slice(1) }, fold, here, registers, plan, fresh);
      return [
        ...lets(
          points.map((point, p): Stmt => ({ do: "set", reg: nameOf(registers[p]), value: restOf(point) })),
          fresh,
        ),
        { do: "for", loop, ...range, body },
        ...lets(
          points.flatMap((point, p) => storeAt(resting, resting, point, registers[p])),
          fresh,
        ),
      ];
    });
  const start = overMap(nest, plan, fresh, (points) =>
    lets(
      points.flatMap((point) => storeAt(resting, resting, point, valueAt(fold.init, point))),
      fresh,
    ),
  );
  const made =
    nest.finish.op === "acc" && nest.more === undefined
      ? []
      : overMap(nest, plan, fresh, (points) =>
          lets(
            points.flatMap((point) => storesAt(nest, point, fresh, restOf(point))),
            fresh,
          ),
        );
  const [whole, rest] = partsOf(extent, size);
  const walk: Coord["terms"] = [[strip, size]];
  return [
    ...start,
    { do: "for", loop: strip, to: whole, body: through({ to: size }, (loop) => ({ base: 0, terms: [...walk, [loop, 1]] })) },
    ...(rest === undefined ? [] : through(rest.range, (loop) => ({ base: rest.base, terms: [[loop, 1]] }))),
    ...made,
  ];
}

/** How many strips a dim has, and what is left behind them. */
function partsOf(extent: Extent, size: number) {
  if (typeof extent !== "number") {
    const whole: Extent = { scalar: extent.scalar, per: size, round: "down" };
    return [whole, { base: 0, range: { from: { blocks: whole, size }, to: extent } }] as const;
  }
  const whole = Math.floor(extent / size);
  const left = extent - whole * size;
  return [whole, left === 0 ? undefined : { base: whole * size, range: { to: left } }] as const;
}
