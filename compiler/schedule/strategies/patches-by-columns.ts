// The register tile of a small picture: a patch of pixels instead of a row of them. Rows of 7, 8 or 9 pixels leave a tile of six half
// empty; two lines of three fill it. Seen on 8x8 pictures (Node 24, relaxed): 56 GFLOP/s by rows, 63.5 by patches; 7x7 and 9x9 alike.
import type { Strategy } from "./define.ts";
import { rowOf, tiled } from "./rows-by-columns.ts";

/** Longer rows fill their tiles well enough. */
const longest = 9;
/** Lines from which a patch has a second one to take. */
const enough = 4;

export const patchesByColumns: Strategy = {
  name: "patches-by-columns",
  says: "a register tile of patches x columns for short rows of pixels, which would leave a tile of rows half empty",
  when: (facts, target) => {
    const schedule = tiled(facts, target);
    const { patch, rows } = target.tile;
    const { sum, nest } = facts;
    if (schedule === undefined || sum === undefined || patch === undefined) return undefined;
    const row = rowOf(sum.rows);
    const line = nest.map[nest.map.findIndex(([name]) => name === row?.[0]) - 1];
    if (row === undefined || line === undefined || !sum.rows.includes(line)) return undefined;
    const [width, height] = [row[1], line[1]];
    if (typeof width !== "number" || typeof height !== "number") return undefined;
    if (width > longest || width % rows === 0 || height < enough) return undefined;
    // Neighbours that share what they load have tiles of their own size.
    if (schedule.tile.some(([name, count]) => name === row[0] && count !== rows)) return undefined;
    return {
      ...schedule,
      order: [...schedule.order.filter((name) => name !== row[0] && name !== line[0]), line[0], row[0]],
      tile: [...schedule.tile.filter(([name]) => name !== row[0]), [line[0], patch[0]], [row[0], patch[1]]],
    };
  },
  sample: {
    target: "relaxed",
    nest: `map y < 8, x < 8, j < 16
reduce k < 12
fold madd p[100*y + 10*x + k], w[16*k + j] from 0:f32
store q[128*y + 16*x + j] = acc:f32`,
  },
};
