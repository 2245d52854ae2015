// Sums of one channel at a time (depthwise convolution): a column that both operands walk, so that no tile of rows and columns shares
// what it loads. What is shared lies along the pixels: the taps of a channel serve all of them. Nine taps fit the registers beside
// five sums; with more taps than that, more sums are worth more.
//
// Seen on 25x25x64, 3x3 (Node 24, relaxed): one pixel and 32 channels 20 GFLOP/s, eight pixels 38, five with the taps held 57.
import type { Target } from "../../targets.ts";
import type { Dim, Facts } from "../facts.ts";
import type { Schedule } from "../schedule.ts";
import type { Strategy } from "./define.ts";
import { rowOf } from "./rows-by-columns.ts";

/** Sums side by side from which held taps pay. */
const fewest = 4;

/** A tile of `pixels` along the dim that serves best; undefined where there is none, or no column. */
function tiled({ order, sum }: Facts, target: Target, pixels: number): { row: Dim; schedule: Schedule } | undefined {
  const row = rowOf(sum?.pixels ?? []);
  if (sum?.column === undefined || row === undefined) return undefined;
  const { column } = sum;
  const others = order.filter((name) => name !== column && name !== row[0]);
  const tile = [[column, target.lanes] as const, [row[0], pixels] as const];
  const schedule = { order: [...others, column, row[0]], tile, ...(target.lanes === 1 ? {} : { lane: column }) };
  return { row, schedule };
}

export const heldTaps: Strategy = {
  name: "held-taps",
  says: "one channel a lane, pixels side by side: the taps stay in registers while the pixels of a line go by",
  when: (facts, target) => {
    const taps = facts.sum?.terms ?? Number.POSITIVE_INFINITY;
    const pixels = Math.min(target.pixels, target.registers - 1 - taps);
    const made = pixels < fewest ? undefined : tiled(facts, target, pixels);
    if (made === undefined || facts.sum?.column === undefined) return undefined;
    return { ...made.schedule, hold: facts.sum.column, terms: pixels * taps };
  },
  sample: {
    target: "relaxed",
    nest: `map y < 6, x < 10, c < 8
reduce k < 3, l < 3
fold madd p[96*y + 8*x + c + 96*k + 8*l], w[24*k + 8*l + c] from b[c]
store q[80*y + 8*x + c] = acc:f32`,
  },
};

export const pixelsOfChannels: Strategy = {
  name: "pixels-of-channels",
  says: "one channel a lane, pixels side by side: every tap is loaded once for all of them",
  when: (facts, target) => {
    const made = tiled(facts, target, target.pixels);
    const [, taps] = facts.sum?.innermost ?? [];
    return made && { ...made.schedule, ...(typeof taps === "number" ? { terms: target.pixels * Math.min(taps, 8) } : {}) };
  },
  sample: {
    target: "relaxed",
    nest: `map y < 6, x < 12, c < 8
reduce k < 5, l < 5
fold madd p[128*y + 8*x + c + 128*k + 8*l], w[40*k + 8*l + c] from b[c]
store q[96*y + 8*x + c] = acc:f32`,
  },
};
