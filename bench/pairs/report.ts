// A comparison of two checkouts as text. In: lines. Out: aligned tables. Guarantee: it says nothing that the lines do not.
import { table } from "../report.ts";
import { short } from "../results.ts";
import type { ModuleBytes } from "./compiler.ts";
import type { Clock, PairLine } from "./pairing.ts";

/** What both compilers made of one model: the base's, ours. */
export interface SizeLine {
  readonly work: string;
  readonly base: ModuleBytes;
  readonly ours: ModuleBytes;
}

export interface PairResults {
  readonly base: string;
  readonly clock: Clock;
  readonly lines: readonly PairLine[];
  readonly sizes: readonly SizeLine[];
  readonly failures: readonly { readonly work: string; readonly why: string }[];
}

/** Ratios near 1 are what this is about: three decimals. */
const ratio = (value: number): string => value.toFixed(3);
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;
const both = (base: string, ours: string): string => (base === ours ? ours : `${base} → ${ours}`);

export function ratioTable(lines: readonly PairLine[]): string {
  const rows = lines.map(({ work, base, ours, ratio: { q1, median, q3 }, pairs }) => [
    work,
    short(base),
    short(ours),
    ratio(median),
    `${ratio(q1)}–${ratio(q3)}`,
    String(pairs),
  ]);
  return table(["work", "base µs", "new µs", "base/new", "quartiles", "pairs"], rows);
}

export function sizeTable(sizes: readonly SizeLine[]): string {
  const bytes = (value?: number): string => (value === undefined ? "none" : String(value));
  const rows = sizes.map(({ work, base, ours }) => [
    work,
    both(kilobytes(base.code), kilobytes(ours.code)),
    both(bytes(base.wasmRelaxed), bytes(ours.wasmRelaxed)),
    both(bytes(base.wasm), bytes(ours.wasm)),
  ]);
  return table(["work", "module", "relaxed wasm bytes", "wasm bytes"], rows);
}

export function pairReport({ base, clock, lines, sizes, failures }: PairResults): string {
  const parts = [`base: ${base}; ${clock} time. base/new above 1: the working tree is faster.`];
  if (lines.length > 0) parts.push(ratioTable(lines));
  if (sizes.length > 0) parts.push(sizeTable(sizes));
  if (failures.length > 0) parts.push(failures.map(({ work, why }) => `${work}: ${why}`).join("\n"));
  return `${parts.join("\n\n")}\n`;
}
