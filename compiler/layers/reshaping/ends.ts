// What is added or cut at the ends of spatial axes, as Keras writes it. In: one number, or a list. Out: [before, behind] of each axis.
import * as z from "zod";

type Pair = readonly [before: number, behind: number];
const points = z.int().min(0);
const pair = z.array(points).length(2);

/** Of one axis a pair is [before, behind]; of several each has a number for both ends, or such a pair. */
export const endsSchema = (rank: number) =>
  z.union([points, z.array(rank === 1 ? points : z.union([points, pair])).length(Math.max(rank, 2))]);

/** [before, behind] of each axis. */
export function endsOf(given: number | readonly (number | readonly number[])[], rank: number): readonly Pair[] {
  if (typeof given === "number") return Array.from({ length: rank }, () => [given, given]);
  if (rank === 1) return [given as unknown as Pair];
  return given.map((end) => (typeof end === "number" ? [end, end] : (end as unknown as Pair)));
}
