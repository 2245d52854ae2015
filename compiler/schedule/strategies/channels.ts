// Sums of one channel at a time (depthwise convolution): a column that both operands walk, so that no tile of rows and columns shares
// what it loads. What is shared lies along the pixels: a tap of a channel serves all of them. Nine taps fit the registers beside five
// sums, while the pixels of a line go by, channels outside. That walks memory in steps of a whole pixel, four channels at a time, so
// it pays while the lines stay in cache for the next four; else the channels go inside, as they lie in memory.
//
// Seen at 3x3 (Node 24, relaxed, L1 of 32 KB), GFLOP/s of one pixel and 32 channels, held, and channels inside: 25x25x64 20, 37 and
// 43; 25x25x64 in 32 rows -, 11 and 19; 114x114x32 -, 19 and 39; 9x9x512 -, 6 and 14. On Zen 5 (L1 of 48 KB) 25x5x64: -, 57 and 38.
import type { Target } from "../../targets.ts";
import type { Dim, Facts, SumFacts } from "../facts.ts";
import type { Schedule } from "../schedule.ts";
import type { Strategy } from "./define.ts";
import { rowOf } from "./rows-by-columns.ts";

/** Sums side by side from which held taps pay, and the most of them. */
const fewest = 4;
const most = 8;
/** Most multiply-adds of a tile that are written out: all taps, else those of the innermost summed dim. */
const written = 80;

/** The channels in lanes, where they lie so, and the dim that shares loads; undefined where partial sums are the sum's order. */
function pixelsOf(sum: SumFacts | undefined): { readonly column: string | undefined; readonly row: Dim } | undefined {
  const row = rowOf(sum?.pixels ?? []);
  if (sum === undefined || row === undefined) return undefined;
  const { column, channels, fold } = sum;
  const fits =
    column === undefined ? channels.length > 0 && fold.partial === undefined : channels.some(([name]) => name === column);
  return fits ? { column, row } : undefined;
}

/** The dims that are neither. */
const others = ({ order }: Facts, inner: readonly (string | undefined)[]): readonly string[] =>
  order.filter((name) => !inner.includes(name));

/** So many points of a column; one point is no tile. */
const columnTile = (column: string | undefined, count: number): Schedule["tile"] =>
  column === undefined || count === 1 ? [] : [[column, count]];

/** Lanes along a column. */
const lanesOf = (column: string | undefined, target: Target): Pick<Schedule, "lane"> =>
  column === undefined || target.lanes === 1 ? {} : { lane: column };

export const heldTaps: Strategy = {
  name: "held-taps",
  says: "one channel a lane, pixels side by side: the taps stay in registers while the pixels of a line go by",
  when: (facts, target) => {
    const { sum } = facts;
    const found = pixelsOf(sum);
    if (sum === undefined || found === undefined) return undefined;
    const { column, row } = found;
    // One register is for what is loaded.
    const pixels = Math.min(most, target.registers - 1 - sum.terms);
    const outer = others(facts, [column, row[0]]);
    const hold = column ?? outer.at(-1);
    const isNear = sum.reach([row[0]]) <= target.caches[0] && sum.reach(facts.order) <= target.caches[1];
    if (pixels < fewest || hold === undefined || !isNear) return undefined;
    return {
      order: [...outer, ...(column === undefined ? [] : [column]), row[0]],
      tile: [...columnTile(column, target.lanes), [row[0], pixels]],
      ...lanesOf(column, target),
      hold,
      terms: pixels * sum.terms,
    };
  },
  sample: {
    target: "relaxed",
    nest: `map y < 6, x < 10, c < 8
reduce k < 3, l < 3
fold madd p[96*y + 8*x + c + 96*k + 8*l], w[24*k + 8*l + c] from b[c]
store q[80*y + 8*x + c] = acc:f32`,
  },
};

export const pixelsByChannels: Strategy = {
  name: "pixels-by-channels",
  says: "some pixels of some channels side by side, channels inside: every tap is loaded once for all pixels of the tile",
  when: (facts, target) => {
    const found = pixelsOf(facts.sum);
    if (facts.sum === undefined || found === undefined) return undefined;
    const { column, row } = found;
    const { pixels, channels } = target.channels;
    return {
      order: [...others(facts, [column, row[0]]), row[0], ...(column === undefined ? [] : [column])],
      tile: [[row[0], pixels], ...columnTile(column, channels)],
      ...lanesOf(column, target),
      terms: written,
    };
  },
  sample: {
    target: "relaxed",
    nest: `map y < 6, x < 12, c < 8
reduce k < 5, l < 5
fold madd p[128*y + 8*x + c + 128*k + 8*l], w[40*k + 8*l + c] from b[c]
store q[96*y + 8*x + c] = acc:f32`,
  },
};
