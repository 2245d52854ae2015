// The cost model: which schedule suits a nest on a target. In: a nest whose dims are merged. Out: data.
// Seen on V8 (js): 2 rows x 4 outputs are best where rows can be paired, 8 outputs where not; a lone sum wants
// partial sums. Seen with f32x4: 5 or 6 rows x 8 outputs fill the registers, one row wants 32 outputs (8 sums hide the latency).
import { blockSize, innerOf, outerOf } from "../program/nest/block.ts";
import type { Fold, Nest } from "../program/nest/nest.ts";
import type { Index, Value } from "../program/program.ts";
import { countNodes, operandsOf } from "../program/walk.ts";
import type { Schedule } from "./schedule.ts";
import { strideOf } from "./vectorize.ts";

/** js: scalars, doubles or floats; simd: f32 in vectors of four; relaxed: the same where a multiply-add is one instruction. */
export type Target = "js" | "simd" | "relaxed";

/** Rows of a register tile. V8 has 15 vector registers: 6 rows x 8 outputs need one more where the product wants its own. */
const tileRows: { readonly [target in Target]: number } = { js: 2, simd: 5, relaxed: 6 };

export function choose(nest: Nest, target: Target): Schedule {
  const { fold, map, reduce } = nest;
  const order = map.map(([name]) => name);
  if (fold === undefined || reduce.length === 0) return target === "js" ? scalarMap(nest, order) : wideMap(nest, order);
  const column = map.filter(([name, extent]) => typeof extent === "number" && extent >= 4 && isColumn(nest, fold, name)).at(-1);
  if (column === undefined) return alone(nest, fold, target, order);
  const [dim] = column;
  // A row dim leaves the column's operand alone: its points share the loads of that operand.
  const row = map.find(([name]) => name !== dim && fold.how === "madd" && sharesLoads(fold, name, dim));
  const block = map.find(([name]) => dim === innerOf(name.slice(0, -1)) && name === outerOf(name.slice(0, -1)));
  const others = order.filter((name) => name !== dim && name !== row?.[0]);
  const lane = target === "js" ? {} : { lane: dim };
  const rows = row === undefined || row[1] === 1 ? 1 : tileRows[target];
  if (row === undefined || rows === 1) {
    const width = target === "js" ? 8 : 32;
    const tile: Schedule["tile"] =
      block === undefined
        ? [[dim, width]]
        : [
            [block[0], width / blockSize],
            [dim, blockSize],
          ];
    return { order: [...(row === undefined ? [] : [row[0]]), ...others, dim], tile, ...lane };
  }
  const tile: Schedule["tile"] = [
    [dim, target === "js" ? 4 : 8],
    [row[0], rows],
  ];
  return { order: [...others, dim, row[0]], tile, ...lane, ...strip(nest, fold, target) };
}

/** Seen on a 256x512x512 weight gradient (Node 24, relaxed): strips of 16 rows 38 GFLOP/s, 32 41, 64 42, 128 43. */
const stripRows = 64;

/** Sums over the rows of a batch: strips of rows keep the operands in cache. Only where the sum itself is what is stored. */
function strip(nest: Nest, fold: Fold, target: Target): { strip?: NonNullable<Schedule["strip"]> } {
  const [outer] = nest.reduce;
  const isLong = target !== "js" && nest.reduce.length === 1 && typeof outer[1] !== "number" && outer[1].per === 1;
  const isPlain = fold.how === "madd" && nest.finish.op === "acc" && nest.into === "store" && nest.out.index.row === undefined;
  const points = nest.map.reduce((product, [, extent]) => product * (typeof extent === "number" ? extent : 1), 1);
  return isLong && isPlain && points >= 4096 ? { strip: { dim: outer[0], size: stripRows } } : {};
}

/** No column to spread over: partial sums along the innermost reduce dim. */
function alone(nest: Nest, fold: Fold, target: Target, order: readonly string[]): Schedule {
  const [dim, extent] = nest.reduce[nest.reduce.length - 1];
  if (typeof extent !== "number" || extent < 8) return { order, tile: [] };
  // The same on every target, so that exact modules have the same bits on all.
  const partial = extent >= 16 ? 8 : 4;
  if (target === "js") return { order, tile: [], partial };
  const contiguous = fold.term.every((term) => loadsOf(term).every((index) => [0, 1].includes(strideOf(index, dim))));
  return { order, tile: [], partial, ...(contiguous ? { wide: true } : {}) };
}

/** A light map: a few points a turn, so that the loop does not cost more than they. */
function scalarMap(nest: Nest, order: readonly string[]): Schedule {
  const last = nest.map.at(-1);
  if (last === undefined || typeof last[1] !== "number" || nest.into === "add" || countNodes([nest.finish]) > 24)
    return { order, tile: [] };
  return { order, tile: [[last[0], 4]] };
}

/** A map: points in fours along the dim that the store walks one by one. */
function wideMap(nest: Nest, order: readonly string[]): Schedule {
  const isHeavy = countNodes([nest.finish]) > 24;
  const inner = nest.map
    .filter(([name, extent]) => typeof extent === "number" && extent >= (isHeavy ? 2 : 4) && strideOf(nest.out.index, name) === 1)
    .at(-1);
  if (inner === undefined || nest.out.index.row !== undefined || nest.into === "add") return { order, tile: [] };
  const [dim] = inner;
  const tile: Schedule["tile"] = [[dim, isHeavy ? 4 : 8]];
  return { order: [...order.filter((name) => name !== dim), dim], tile, lane: dim, ...(isHeavy ? { padded: true } : {}) };
}

/** Lanes may run along a dim that the store and every term walk one by one, or that a term does not know. */
function isColumn(nest: Nest, fold: Fold, dim: string): boolean {
  const strides = fold.term.flatMap(loadsOf).map((index) => strideOf(index, dim));
  return (
    strides.includes(1) &&
    strides.every((stride) => stride === 0 || stride === 1) &&
    strideOf(nest.out.index, dim) === 1 &&
    nest.out.index.row === undefined
  );
}

const sharesLoads = (fold: Fold, row: string, column: string): boolean =>
  fold.term.every((term) => loadsOf(term).every((index) => strideOf(index, row) === 0 || strideOf(index, column) === 0));

function loadsOf(value: Value): Index[] {
  return [...(value.op === "load" ? [value.index] : []), ...operandsOf(value).flatMap(loadsOf)];
}
