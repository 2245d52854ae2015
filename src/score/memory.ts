// How much of a file of answers is in memory at a time. In: columns, rows, threads. Out: ranges of rows that are scored one after the other, and a limit for
// the engine. Guarantee: ranges depend on the file and its columns alone, so answers are the same bytes on any machine; neither grows with the rows.
import { totalmem } from "node:os";
import type { Field, Range } from "./define.ts";

/** Bytes of a value in a column, as a writer holds it. */
const widths: Readonly<Record<Field["kind"], number>> = { number: 8, text: 64, list: 256, other: 64 };
/** Values of a range at most. */
const values = 32_000_000;
/** Rows of a group, as DuckDB makes them. A range has at most ten, which are enough for all threads to be busy; at least so many that a group packs well. */
export const group = 122_880;
const [least, most] = [group / 8, 10 * group];
const MiB = 1024 * 1024;

/** Rows of a range, for as many columns as are read or written. */
export const rowsAtOnce = (columns: number): number => Math.min(most, Math.max(least, Math.floor(values / columns)));

/** Ranges of a file with such groups of rows. They end where a group ends, since whoever reads a part of one unpacks the whole: a group is cut in eight at most. */
export function rangesOf(groups: readonly number[], columns: number): readonly Range[] {
  const wanted = rowsAtOnce(columns);
  const cuts = new Set<number>();
  let [start, at] = [0, 0];
  for (const rows of groups) {
    if (at > start && at + rows - start > wanted) {
      cuts.add(at);
      start = at;
    }
    // Less than two ranges are no reason to read a group twice.
    const pieces = rows < 2 * wanted ? 1 : Math.min(8, Math.ceil(rows / wanted));
    for (let i = 1; i < pieces; i++) {
      start = at + Math.floor((rows * i) / pieces);
      cuts.add(start);
    }
    at += rows;
  }
  const ends = [...cuts, at];
  return ends.map((to, i) => ({ from: i === 0 ? 0 : ends[i - 1], to }));
}

/**
 * Bytes that an engine may hold: 128 MiB, 32 MiB a thread, 256 KiB for each column that a thread has open, and three times the values that are written of a
 * range (as they came, encoded, packed). Never more than 80 % of the machine's.
 */
export function memoryFor(read: readonly Field[], written: readonly Field[], rows: number, threads: number): number {
  const wide = written.reduce((sum, { kind }) => sum + widths[kind], 0);
  const wanted = 128 * MiB + threads * (32 * MiB + (read.length + written.length) * 256 * 1024) + 3 * rows * wide;
  return Math.min(wanted, mostMemory());
}

/** What the machine, or the container, lets a process have. */
export function mostMemory(): number {
  const { constrainedMemory } = process as { readonly constrainedMemory?: () => number | undefined };
  const own = constrainedMemory?.() ?? 0;
  return Math.floor(0.8 * (own > 0 ? Math.min(own, totalmem()) : totalmem()));
}
