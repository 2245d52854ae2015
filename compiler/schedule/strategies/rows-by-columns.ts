// A register tile of rows x columns, the shape of a matrix product: each load of a column is used by all rows of the tile and
// each load of a row by all columns.
import type { Target } from "../../targets.ts";
import type { Facts } from "../facts.ts";
import type { Schedule } from "../schedule.ts";
import type { Strategy } from "./define.ts";

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
  const [row] = sum?.rows ?? [];
  if (sum?.column === undefined || row === undefined || row[1] === 1) return undefined;
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
