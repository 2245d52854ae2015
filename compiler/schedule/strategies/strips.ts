// Sums whose operands are longer than a cache: all tiles walk a strip of the terms before the next strip is touched, sums resting in the
// result in between. Two kinds: sums over the rows of a batch (weight gradients), and long sums of many rows at once (a dense layer behind
// pictures).
import { readsFrom } from "../../program/nest/nest.ts";
import type { Target } from "../../targets.ts";
import { type Facts, lengthOf } from "../facts.ts";
import type { Strategy } from "./define.ts";
import { rowOf, tiled } from "./rows-by-columns.ts";

/** Terms of a strip. Seen on a 256x512x512 weight gradient (Node 24, relaxed): 16 rows 38 GFLOP/s, 32 41, 64 42, 128 43. */
const stripTerms = 64;
/**
 * Results from which strips pay: with fewer, all operands fit the cache anyway. Every row of a convolution or of a sequence has many
 * terms of its own, so there they pay much sooner.
 */
const fewest = { rows: 4096, more: 128 };
/** Floats of the rows that all columns read: what a second-level cache holds beside other things, and what a strip of them has. */
const resident = { most: 1 << 16, strip: 1 << 15 };

export const strips: Strategy = {
  name: "strips",
  says: "rows-by-columns over strips of the terms, sums kept in the result between strips, so that operands stay in cache",
  when: (facts, target) => {
    const schedule = tiled(facts, target);
    const size = sizeOf(facts, target);
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

/** Terms of a strip; undefined where it is not worth it. */
const sizeOf = (facts: Facts, target: Target): number | undefined => ofBatch(facts) ?? ofLong(facts, target);

/** A long sum of several rows at once, for many columns. */
function ofLong({ nest, sum, most, isOrdered }: Facts, { tile }: Target): number | undefined {
  const row = rowOf(sum?.rows ?? []);
  const [[, terms] = [], ...inner] = nest.reduce;
  if (sum === undefined || row === undefined || inner.length > 0 || typeof terms !== "number") return undefined;
  const rows = most(row[1]);
  const size = Math.floor(resident.strip / rows);
  const canRest = sum.fold.how === "madd" && !isOrdered && Number.isFinite(rows) && !readsFrom(nest, nest.out.buffer);
  const isLong = canRest && rows * terms > resident.most && size >= stripTerms && terms >= 2 * size;
  return isLong && sum.points >= 2 * tile.columns * (typeof row[1] === "number" ? rows : 1) ? size : undefined;
}

/** A sum over the rows of a batch. */
function ofBatch({ nest, sum, most }: Facts): number | undefined {
  const [[, rows] = [], ...inner] = nest.reduce;
  const terms = inner.reduce((product, [, extent]) => product * lengthOf(extent), 1);
  const isBatch = rows !== undefined && typeof rows !== "number" && rows.per === 1 && Number.isFinite(terms);
  if (sum === undefined || !isBatch || !sum.isPlain || sum.points < (inner.length === 0 ? fewest.rows : fewest.more))
    return undefined;
  const size = Math.max(1, Math.floor(stripTerms / Math.max(1, terms)));
  // A batch of one strip needs no rest between two.
  return most(rows) > size ? size : undefined;
}
