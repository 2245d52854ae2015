// Sums over the rows of a batch (weight gradients), where the operands of one tile are longer than a cache: all tiles walk a strip
// of rows before the next strip is touched, sums resting in the result in between.
import type { Strategy } from "./define.ts";
import { tiled } from "./rows-by-columns.ts";

/** Seen on a 256x512x512 weight gradient (Node 24, relaxed): strips of 16 rows 38 GFLOP/s, 32 41, 64 42, 128 43. */
const stripRows = 64;
/** Fewer results than this, and the operands fit the cache as they are. */
const fewest = 4096;

export const strips: Strategy = {
  name: "strips",
  says: "rows-by-columns over strips of 64 rows of a batch, sums kept in the result between strips, so that operands stay in cache",
  when: (facts, target) => {
    const { nest, sum } = facts;
    const schedule = tiled(facts, target);
    if (schedule === undefined || sum === undefined || target.lanes === 1) return undefined;
    const [[dim, extent]] = nest.reduce;
    const isBatch = nest.reduce.length === 1 && typeof extent !== "number" && extent.per === 1;
    if (!isBatch || !sum.isPlain || sum.points < fewest) return undefined;
    return { ...schedule, strip: { dim, size: stripRows } };
  },
  sample: {
    target: "relaxed",
    nest: `map i < 128, j < 64
reduce k < n
fold madd x[128*k + i], d[64*k + j] from 0:f32
store g[64*i + j] = acc:f32`,
  },
};
