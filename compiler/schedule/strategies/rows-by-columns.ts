// A register tile of rows x columns, the shape of a matrix product: each load of a column is used by all rows of the tile and
// each load of a row by all columns. Which dim the rows run along decides how far apart they lie: the pixels of one picture are
// neighbours and share all weights of a tap, the rows of a batch are whole pictures apart; so pixels come first.
import type { Extent } from "../../program/program.ts";
import type { Target } from "../../targets.ts";
import { type Dim, type Facts, lengthOf } from "../facts.ts";
import { type Schedule, shortSum } from "../schedule.ts";
import { lanesAlong, type Strategy } from "./define.ts";

/**
 * Most multiply-adds of a tile that are written out where the innermost summed dim is that short: neighbouring pixels share what they
 * load. Seen on LeNet's first convolution (24x24, 5x5x1 to 6, six of eight lanes in use, Node 20): 11.8 µs in loops, 8.7 written out.
 */
const written = 64;
/** Points of a dim from which a tile fills its rows. */
const enough = 4;

export const rowsByColumns: Strategy = {
  name: "rows-by-columns",
  says: "a register tile of rows x columns, lanes along the columns: every load is used by the whole other side",
  when: tiled,
  sample: {
    target: "relaxed",
    nest: `map i < 32, j < 64
reduce k < 16
fold madd x[16*i + k], w[64*k + j] from 0:f32
store y[64*i + j] = acc:f32`,
  },
};

/** The tile; undefined where no rows share the loads of the columns. */
export function tiled({ nest, order, sum }: Facts, target: Target): Schedule | undefined {
  const row = rowOf(sum?.rows ?? []);
  if (sum?.column === undefined || row === undefined) return undefined;
  const column = nest.map.find(([name]) => name === sum.column);
  const others = order.filter((name) => name !== sum.column && name !== row[0]);
  const shared = neighbours(target, sum.apart(row[0]), [column?.[1], row[1], sum.innermost[1]]);
  return {
    order: [...others, sum.column, row[0]],
    tile: [
      [sum.column, target.tile.columns],
      [row[0], shared?.rows ?? target.tile.rows],
    ],
    ...lanesAlong(sum, target),
    ...(shared === undefined || shared.terms <= shortSum ? {} : { terms: shared.terms }),
  };
}

/**
 * A tile whose terms along the innermost summed dim are written out, where rows share what they load and the terms are not too many. Where
 * the next term's rows ask for the same numbers but one, a row holds its sums and one of these, beside a vector of each column. A row more
 * and the sums wait in memory: six rows of LeNet's first convolution (Node 24, relaxed) take 6.2 µs, four 4.2 µs; pictures of 5 to 26
 * pixels a line take 1.06 to 1.44 times as long with six. Strides of 2 and 3 share less, and there six are as good or better.
 */
function neighbours(
  { lanes, tile, registers }: Target,
  apart: number | undefined,
  [column, row, sum]: readonly (Extent | undefined)[],
) {
  if (lanes === 1 || apart === undefined) return undefined;
  const vectors = Math.ceil(Math.min(tile.columns, lengthOf(column)) / lanes);
  const rows = apart > 1 ? tile.rows : Math.min(tile.rows, Math.floor((registers - vectors) / (vectors + 1)));
  const terms = vectors * Math.min(rows, lengthOf(row)) * lengthOf(sum);
  return terms <= written ? { rows, terms } : undefined;
}

/** The innermost dim of enough known points, else the longest one; a dim of one point has no rows. */
export function rowOf(rows: readonly Dim[]): Dim | undefined {
  const known = rows.findLast(([, extent]) => typeof extent === "number" && extent >= enough);
  const longest = rows.reduce<Dim | undefined>(
    (best, dim) => (best === undefined || lengthOf(dim[1]) > lengthOf(best[1]) ? dim : best),
    undefined,
  );
  return known ?? (longest?.[1] === 1 ? undefined : longest);
}
