// What the lessons share: tables of vega-datasets, numbers as text, and what a lesson gives to whoever runs it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readTable, type Table } from "layerc/data";

/** What the program of a lesson takes; less of both makes it quick. */
export interface Sizes {
  readonly epochs?: number;
  readonly rows?: number;
}

/** Pictures by name, as SVG. */
export type Plots = Readonly<Record<string, string>>;

/** A table of the package vega-datasets, by the name of its file. */
export function vega(file: string): Promise<Table> {
  // The package exports its code only; the data lies beside it.
  const build = createRequire(import.meta.url).resolve("vega-datasets");
  return readTable(readFileSync(join(dirname(build), "..", "data", file)), file);
}

/** Numbers of a column. Throws where it holds texts. */
export function numbersIn(table: Table, name: string): number[] {
  const column = table.columns.find((one) => one.name === name);
  if (column?.kind !== "number") throw new Error(`${name} is no column of numbers`);
  return [...column.values];
}
