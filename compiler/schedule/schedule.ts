// The Schedule: how a nest is run, as data, and how it is printed.
import type { Nest } from "../program/nest/nest.ts";
import { quote } from "../program/text/words.ts";

/** Data, chosen per target and printed with the kernel; never in an op's file. */
export interface Schedule {
  /** Map dims, outermost first. */
  readonly order: readonly string[];
  /** Register tile: `count` consecutive points of a map dim are computed together; the tail is peeled. */
  readonly tile: readonly (readonly [dim: string, count: number])[];
  /** A map dim whose points are computed four at a time. */
  readonly lane?: string;
  /** Two or three points left over of the lane dim are computed as one vector too. */
  readonly padded?: boolean;
  /** Buffers that are read by whole vectors where one of two, three or a single point is left over of the lane dim: what is loaded past
   * the last point is not stored. */
  readonly past?: readonly string[];
  /** The partial sums of the nest are lanes. */
  readonly wide?: boolean;
  /** A map dim: what the sum loads for a point of it, and no dim further in changes, is loaded before the loops over those. */
  readonly hold?: string;
  /** Most terms of a tile that are written out instead of looped over; without it few. */
  readonly terms?: number;
  /** The outermost reduce dim is walked in strips of `size`; sums stay in the result's buffer in between. */
  readonly strip?: { readonly dim: string; readonly size: number };
}

/** Most terms of a register tile that are written out instead of looped over, where the schedule does not say. */
export const shortSum = 32;

/** A nest with how it is run, and the name of the strategy that says so. */
export interface Scheduled {
  readonly nest: Nest;
  readonly strategy: string;
  readonly schedule: Schedule;
}

/** `rows-by-columns: i1 x 8 in lanes, i0 x 6` — the map dims outermost first, with how many points of each a tile holds. */
export function showSchedule({ nest: { fold }, strategy, schedule }: Scheduled): string {
  const { order, tile, lane, padded, past, wide, hold, terms, strip } = schedule;
  const counts = new Map(tile);
  const dims = order.map((dim) => {
    const count = counts.has(dim) ? ` x ${counts.get(dim)}` : "";
    return `${quote(dim)}${count}${dim === lane ? ` in ${padded ? "padded " : ""}lanes` : ""}`;
  });
  const more = [
    ...(past === undefined ? [] : [`whole vectors of ${past.map(quote).join(" and ")}`]),
    ...(fold?.partial === undefined ? [] : [`${fold.partial} partial sums${wide ? " in lanes" : ""}`]),
    ...(hold === undefined ? [] : [`loads held in ${quote(hold)}`]),
    ...(terms === undefined ? [] : [`${terms} terms written out`]),
    ...(strip === undefined ? [] : [`${quote(strip.dim)} in strips of ${strip.size}`]),
  ];
  return [`${strategy}:`, [...dims, ...more].join(", ")].filter((part) => part !== "").join(" ");
}
