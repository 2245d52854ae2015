// How numbers are spread. In: numbers and a range. Out: how many lie in each of equal parts of it, and the steps that a chart draws of them.
// Guarantee: every number is counted once, or in no part where it lies outside or is none.
import type { Series } from "./chart.ts";

/** The parts of a histogram. */
export interface HistogramOptions {
  /** The range; its end belongs to the last part. Default 0 and 1. */
  readonly from?: number;
  readonly to?: number;
  /** Equal parts. Default 10. */
  readonly parts?: number;
}

/** How many numbers lie in each part. Throws RangeError where the range or the parts are none. */
export function countsOf(values: ArrayLike<number>, { from = 0, to = 1, parts = 10 }: HistogramOptions = {}): number[] {
  if (!(Number.isFinite(from) && Number.isFinite(to) && to > from))
    throw new RangeError(`histogram: wanted from below to, got ${from} and ${to}`);
  if (!(Number.isInteger(parts) && parts >= 1))
    throw new RangeError(`histogram: parts: wanted a whole number from 1, got ${parts}`);
  const counts = new Array<number>(parts).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value >= from && value <= to) counts[Math.min(parts - 1, Math.floor((parts * (value - from)) / (to - from)))]++;
  }
  return counts;
}

/** The same as an area of a chart: a step for each part. */
export function histogram(name: string, values: ArrayLike<number>, options: HistogramOptions = {}): Series {
  const { from = 0, to = 1, parts = 10 } = options;
  const edge = (part: number): number => from + ((to - from) * part) / parts;
  const points = countsOf(values, options).flatMap((count, part): [number, number][] => [
    [edge(part), count],
    [edge(part + 1), count],
  ]);
  return { name, as: "area", points };
}
