// A sum with no column to spread over (one output unit, a softmax's total): partial sums along the innermost dim, folded by halves.
// This is the one strategy that changes the order of a sum. It does so by the extent alone, the same on every target, so that
// exact modules have the same bits on all.
import type { Facts } from "../facts.ts";
import type { Strategy } from "./define.ts";

/** Terms from which partial sums pay, and from which eight of them do. */
export const fewestPartial = 8;
const many = 16;
/** Points whose sums are run together: with two vectors each they fill half the registers. */
const sideBySide = 4;

/** How many partial sums a nest is summed in; 1: in order. It depends on whether there is a column, and on nothing of the target. */
export function partialSumsOf({ sum }: Facts): number {
  const [, extent] = sum?.innermost ?? [];
  if (sum === undefined || sum.column !== undefined || typeof extent !== "number" || extent < fewestPartial) return 1;
  return extent >= many ? 8 : 4;
}

export const partialSums: Strategy = {
  name: "partial-sums",
  says: "4 or 8 partial sums along the innermost summed dim, folded by halves; in lanes where the terms lie side by side",
  when: (facts, target) => {
    const { order, sum } = facts;
    const partial = partialSumsOf(facts);
    if (sum === undefined || partial === 1) return undefined;
    if (target.lanes === 1 || !sum.isContiguous) return { order, tile: [], partial };
    // Several sums side by side: one alone waits for its own additions.
    const last = order.at(-1);
    return { order, tile: last === undefined ? [] : [[last, sideBySide]], partial, wide: true };
  },
  sample: {
    target: "simd",
    nest: `map i < 3
reduce k < 40
fold add x[40*i + k] from 0:f32
store y[i] = acc:f32`,
  },
};
