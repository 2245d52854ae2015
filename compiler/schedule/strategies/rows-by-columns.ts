// A register tile of rows x columns, the shape of a matrix product: each load of a column is used by all rows of the tile and
// each load of a row by all columns. Which dim the rows run along decides how far apart they lie: the pixels of one picture are
// neighbours and share all weights of a tap, the rows of a batch are whole pictures apart; so pixels come first.
import type { Target } from "../../targets.ts";
import { type Dim, type Facts, lengthOf } from "../facts.ts";
import type { Schedule } from "../schedule.ts";
import type { Strategy } from "./define.ts";

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
export function tiled({ order, sum }: Facts, target: Target): Schedule | undefined {
  const row = rowOf(sum?.rows ?? []);
  if (sum?.column === undefined || row === undefined) return undefined;
  const others = order.filter((name) => name !== sum.column && name !== row[0]);
  return {
    order: [...others, sum.column, row[0]],
    tile: [
      [sum.column, target.tile.columns],
      [row[0], target.tile.rows],
    ],
    ...(target.lanes === 1 ? {} : { lane: sum.column }),
  };
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
