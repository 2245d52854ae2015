// Sums over the rows of a batch (weight gradients), where the operands of one tile are longer than a cache: all tiles walk a strip
// of rows before the next strip is touched, sums resting in the result in between.
import { type Facts, lengthOf } from "../facts.ts";
import type { Strategy } from "./define.ts";
import { tiled } from "./rows-by-columns.ts";

/** Terms of a strip. Seen on a 256x512x512 weight gradient (Node 24, relaxed): 16 rows 38 GFLOP/s, 32 41, 64 42, 128 43. */
const stripTerms = 64;
/**
 * Results from which strips pay: with fewer, all operands fit the cache anyway. Every row of a convolution or of a sequence has many
 * terms of its own, so there they pay much sooner.
 */
const fewest = { rows: 4096, more: 128 };

export const strips: Strategy = {
  name: "strips",
  says: "rows-by-columns over strips of some rows of a batch, sums kept in the result between strips, so that operands stay in cache",
  when: (facts, target) => {
    const schedule = tiled(facts, target);
    const size = sizeOf(facts);
    if (schedule === undefined || size === undefined || target.lanes === 1) return undefined;
    return { ...schedule, strip: { dim: facts.nest.reduce[0][0], size } };
  },
  sample: {
    target: "relaxed",
    nest: `map i < 128, j < 64
reduce k < n
fold madd x[128*k + i], d[64*k + j] from 0:f32
store g[64*i + j] = acc:f32`,
  },
};

/** Rows of a strip; undefined where the sum is not over rows of a batch first, or not worth it. */
function sizeOf({ nest, sum, most }: Facts): number | undefined {
  const [[, rows] = [], ...inner] = nest.reduce;
  const terms = inner.reduce((product, [, extent]) => product * lengthOf(extent), 1);
  const isBatch = rows !== undefined && typeof rows !== "number" && rows.per === 1 && Number.isFinite(terms);
  if (sum === undefined || !isBatch || !sum.isPlain || sum.points < (inner.length === 0 ? fewest.rows : fewest.more))
    return undefined;
  const size = Math.max(1, Math.floor(stripTerms / Math.max(1, terms)));
  // A batch of one strip needs no rest between two.
  return most(rows) > size ? size : undefined;
}
