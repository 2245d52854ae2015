// A table as columns. In: names and values. Out: plain data that all readers give and all of data's other parts take. Guarantee: every column
// has as many rows as the table, numbers are doubles where NaN stands for what is missing, and a row knows where its file has it.
import type { Code } from "../../compiler/diagnostics/codes.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../compiler/diagnostics/suggest.ts";
import type { Locate } from "./places.ts";

/** Numbers, row after row; NaN where one is missing. */
export interface NumberColumn {
  readonly kind: "number";
  readonly name: string;
  /** Of one row: [] for one number. */
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** The file's header leaves its place blank, as programs do above row numbers. */
  readonly isUnnamed?: boolean;
}

/** Texts; undefined where one is missing. */
export interface TextColumn {
  readonly kind: "text";
  readonly name: string;
  readonly shape: readonly [];
  readonly values: readonly (string | undefined)[];
  readonly isUnnamed?: boolean;
}

/** What a file has under one name. */
export type Column = NumberColumn | TextColumn;

/** Rows by column. */
export interface Table {
  /** What errors call it: the name of the file. */
  readonly file: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Of each row the line of the file, or its number, from 1; absent: the row's number. */
  readonly places?: Int32Array;
  /** Where its file has a row or a column, by the places above; asked for errors alone. */
  readonly locate?: Locate;
}
/** What an error about a table needs of it. */
export type Site = Pick<Table, "file" | "places" | "locate">;

/** How many numbers a row of a column has. */
export const widthOf = ({ shape }: Pick<Column, "shape">): number => shape.reduce<number>((product, size) => product * size, 1);

/** `cars.csv:12/Horsepower`: a cell, or a row or column where the other is not meant. */
export function placeIn(table: Site, row?: number, column?: string): string {
  const line = row === undefined ? "" : `:${table.places?.[row] ?? row + 1}`;
  return `${table.file}${line}${column === undefined ? "" : `/${column}`}`;
}

/** Throws CompileError at a cell, a row or a column of a table. */
export function failAt(
  table: Site,
  cell: { readonly row?: number; readonly column?: string },
  code: Code,
  message: string,
  hint?: string,
): never {
  const path = placeIn(table, cell.row, cell.column);
  const line = cell.row === undefined ? undefined : (table.places?.[cell.row] ?? cell.row + 1);
  const at = table.locate?.(line, cell.column);
  throw new CompileError({ code, path, message, ...(hint === undefined ? {} : { hint }), ...(at === undefined ? {} : { at }) });
}

/** The column of a name. Throws CompileError data/column with the name that may have been meant. */
export function columnOf(table: Table, name: string): Column {
  const found = table.columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const names = table.columns.map((column) => column.name);
  return failAt(table, {}, "data/column", `there is no column ${JSON.stringify(name)}`, suggestionFor(name, names));
}

/** Whether a row of a column lacks something. */
export function isMissing(column: Column, row: number): boolean {
  if (column.kind === "text") return column.values[row] === undefined;
  const width = widthOf(column);
  for (let i = row * width; i < (row + 1) * width; i++) if (Number.isNaN(column.values[i])) return true;
  return false;
}

/** The rows chosen, in that order. */
export function take(table: Table, chosen: ArrayLike<number>): Table {
  const rows = Array.from(chosen);
  const columns = table.columns.map((column): Column => {
    if (column.kind === "text") return { ...column, values: rows.map((row) => column.values[row]) };
    const width = widthOf(column);
    const values = new Float64Array(rows.length * width);
    for (const [i, row] of rows.entries()) values.set(column.values.subarray(row * width, (row + 1) * width), i * width);
    return { ...column, values };
  });
  const places = Int32Array.from(rows, (row) => table.places?.[row] ?? row + 1);
  return { ...table, rows: rows.length, columns, places };
}

/** Two tables with as many rows as one. Throws CompileError data/column. */
export function beside(left: Table, right: Table): Table {
  if (left.rows !== right.rows)
    failAt(
      right,
      {},
      "data/column",
      `it has ${right.rows} rows, ${left.file} has ${left.rows}`,
      "files beside each other have as many rows",
    );
  const twice = right.columns.find(({ name }) => left.columns.some((column) => column.name === name));
  if (twice !== undefined)
    failAt(
      right,
      { column: twice.name },
      "data/column",
      `${left.file} has a column of this name too`,
      "give its file a name: --data y=labels.npy",
    );
  return { ...left, columns: [...left.columns, ...right.columns] };
}
