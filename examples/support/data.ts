// Small tools the examples share: a table of vega-datasets, a repeatable shuffle, rows to a flat array, a split.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parse } from "csv-parse/sync";

/** The rows of a JSON table of the package vega-datasets. */
export function table<T>(file: string): readonly T[] {
  // The package exports its code only; the data lies beside it.
  const build = createRequire(import.meta.url).resolve("vega-datasets");
  return JSON.parse(readFileSync(join(dirname(build), "..", "data", file), "utf8")) as T[];
}

/** The rows of a CSV table of that package, by column. */
export function csv(file: string): readonly Readonly<Record<string, string>>[] {
  const build = createRequire(import.meta.url).resolve("vega-datasets");
  const text = readFileSync(join(dirname(build), "..", "data", file), "utf8");
  return parse(text, { columns: true }) as Readonly<Record<string, string>>[];
}

/** The same order for the same seed (Fisher-Yates over a linear congruential generator). */
export function shuffled<T>(rows: readonly T[], seed: number): T[] {
  const out = [...rows];
  let state = seed >>> 0;
  for (let i = out.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

export const flat = (rows: readonly (readonly number[])[]): Float32Array => Float32Array.from(rows.flat());

/** The last `share` of the rows is held out. */
export function split<T>(rows: readonly T[], share: number): { train: readonly T[]; held: readonly T[] } {
  const at = Math.floor(rows.length * (1 - share));
  return { train: rows.slice(0, at), held: rows.slice(at) };
}
