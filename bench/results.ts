// What a run leaves: plain data, written as JSON and read by the report, the claims and the chart.
import type { ColdLine, HeapLine } from "./cold.ts";
import type { FitLine } from "./fit.ts";
import type { Quartiles } from "./measure.ts";
import type { ModuleSize, RuntimeSize } from "./sizes.ts";

/** The baseline and one rival on one work. */
export interface Comparison {
  readonly work: string;
  readonly rival: string;
  /** Where the rival cannot compute the work as it is: what both computed instead. */
  readonly instead?: string;
  /** How the rival's work differs. */
  readonly note?: string;
  readonly pairs: number;
  /** Microseconds per call, medians. */
  readonly baseline: number;
  readonly time: number;
  /** Of the baseline: 2 operations per multiply-add and row, in training 6. */
  readonly gflops: number;
  /** The rival's time beside the baseline's, pair by pair. */
  readonly ratio: Quartiles;
}

/** The baseline beside the machine. */
export interface RoofLine {
  readonly work: string;
  /** Where it is another build than the baseline. */
  readonly engine?: string;
  readonly name: string;
  readonly says: string;
  readonly pairs: number;
  readonly gflops: number;
  readonly roof: number;
  /** The baseline's part of the roofline, pair by pair. */
  readonly share: Quartiles;
}

export interface Absence {
  readonly engine: string;
  readonly work?: string;
  readonly why: string;
  /** What a cell of a table has room for. */
  readonly cell?: string;
}

export interface Results {
  readonly date: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly v8: string;
    readonly os: string;
  };
  readonly baseline: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly comparisons: readonly Comparison[];
  readonly roofs: readonly RoofLine[];
  /** Absent in runs before there was this part. */
  readonly fit?: readonly FitLine[];
  readonly cold: readonly ColdLine[];
  readonly modules: readonly ModuleSize[];
  readonly runtimes: readonly RuntimeSize[];
  readonly heap: readonly HeapLine[];
  readonly absences: readonly Absence[];
}

/** Three significant digits, no exponent. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 4));
}

/** Bytes as KB of 1,024 bytes. */
export const kilobytes = (bytes: number): string => `${short(bytes / 1024)} KB`;
