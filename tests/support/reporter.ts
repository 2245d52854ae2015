// What a run prints besides vitest's own report. In: the test files that ran, and the table of exemptions. Out: the seconds of
// each file, the slowest first, and one line for every exemption. It stands before "default" in the configs and writes at once,
// so that the last lines stay vitest's: what failed, and how many passed.
import type { Reporter, TestModule } from "vitest/node";
import { type Exemption, exemptions, standard } from "../exemptions.ts";

/** Files beyond these are one line together. */
const shown = 15;

export interface Timed {
  readonly file: string;
  readonly seconds: number;
}

/** A file's own seconds: its imports, hooks and tests. Files run side by side, so the total is more than the wall clock's. */
function timed(module: TestModule): Timed {
  const { collectDuration, duration, environmentSetupDuration, prepareDuration, setupDuration } = module.diagnostic();
  const all = collectDuration + duration + environmentSetupDuration + prepareDuration + setupDuration;
  return { file: module.relativeModuleId, seconds: all / 1000 };
}

export function secondsTable(files: readonly Timed[]): string {
  const line = (seconds: number, what: string) => `${seconds.toFixed(1).padStart(8)} s  ${what}`;
  const sum = (some: readonly Timed[]) => some.reduce((total, { seconds }) => total + seconds, 0);
  const sorted = files.toSorted((a, b) => b.seconds - a.seconds);
  const rest = sorted.slice(shown);
  return [
    ...sorted.slice(0, shown).map(({ file, seconds }) => line(seconds, file)),
    ...(rest.length > 0 ? [line(sum(rest), `${rest.length} more files`)] : []),
    line(sum(files), `${files.length} files`),
  ].join("\n");
}

/** What stands against the norm, in numbers where there are any. */
function extent(row: Exemption): string {
  if (row.kind === "refused") return ` (${row.count})`;
  if (row.kind === "skip") return "";
  const [usual, { abs, rel }] = [standard[row.standard], row.allowed];
  return ` (abs ${abs}, rel ${rel}; standard ${usual.abs}, ${usual.rel})`;
}

export function exemptionTable(rows: readonly Exemption[]): string {
  const width = Math.max(...rows.map(({ id }) => id.length));
  return rows.map((row) => `${row.kind.padEnd(9)}  ${row.id.padEnd(width)}  ${row.what}${extent(row)}: ${row.reason}`).join("\n");
}

export class SecondsAndExemptions implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    console.log(`\n${secondsTable(modules.map(timed))}\n\n${exemptionTable(exemptions)}`);
  }
}
