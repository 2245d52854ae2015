// A sum that is made of partial sums along the innermost dim, folded by halves: the nest says so, where no column is to spread over (one
// output unit, a softmax's total).
import type { Strategy } from "./define.ts";

/** Points whose sums are run together: with two vectors each they fill half the registers. */
const sideBySide = 4;

export const partialSums: Strategy = {
  name: "partial-sums",
  says: "4 or 8 partial sums along the innermost summed dim, folded by halves; in lanes where the terms lie side by side",
  when: ({ order, sum }, target) => {
    const partial = sum?.fold.partial;
    if (sum === undefined || partial === undefined) return undefined;
    if (target.lanes === 1 || !sum.isContiguous || partial % target.lanes !== 0) return { order, tile: [] };
    // Several sums side by side: one alone waits for its own additions.
    const last = order.at(-1);
    return { order, tile: last === undefined ? [] : [[last, sideBySide]], wide: true };
  },
  sample: {
    target: "simd",
    nest: `map i < 3
reduce k < 40
fold add x[40*i + k] from 0:f32 in 8 sums
store y[i] = acc:f32`,
  },
};
