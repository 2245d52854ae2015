// THE list of what data are read from. In: the bytes of a file and its name. Out: a table. Adding a format is a file that reads it and one line
// here: the first that knows the bytes reads them.
import type { Place } from "../../compiler/diagnostics/error.ts";
import { isNpy, isNpz } from "../formats/npy.ts";
import { arraysTable } from "./arrays-table.ts";
import { csvTable } from "./csv-table.ts";
import { textOf } from "./input.ts";
import { jsonTable, linesTable } from "./json-table.ts";
import { isParquet, parquetTable } from "./parquet-table.ts";
import { csvCell, jsonCell, type Locate, lineCell } from "./places.ts";
import type { Table } from "./table.ts";

/** How a file is read where it does not say so itself. */
export interface ReadOptions {
  /** Of a CSV file: whether its first line has the names of the columns. Default: whether it looks like that. */
  readonly header?: boolean;
  /** The text of the file once more, for an error that points into it. */
  readonly again?: () => string;
}

interface Reader {
  readonly name: string;
  readonly knows: (bytes: Uint8Array, name: string) => boolean;
  readonly read: (bytes: Uint8Array, name: string, options: ReadOptions, locate: Locate | undefined) => Table | Promise<Table>;
  /** Where a cell stands, in a file of lines. */
  readonly place?: (text: string, name: string, row?: number, column?: string) => Place;
}

const ends = (name: string, ...endings: readonly string[]): boolean =>
  endings.some((ending) => name.toLowerCase().endsWith(ending));
/** Whether a text begins with a bracket. */
const bracket = (bytes: Uint8Array): boolean => /^\uFEFF?\s*[[{]/.test(new TextDecoder().decode(bytes.subarray(0, 1000)));

/** In the order in which they are asked. */
export const readers: readonly Reader[] = [
  { name: "Parquet", knows: isParquet, read: parquetTable },
  { name: "arrays of NumPy", knows: (bytes) => isNpy(bytes) || isNpz(bytes), read: arraysTable },
  {
    name: "JSON lines",
    knows: (_, name) => ends(name, ".jsonl", ".ndjson"),
    read: (bytes, name, _, locate) => linesTable(textOf(bytes, name), name, locate),
    place: lineCell,
  },
  {
    name: "JSON",
    knows: (bytes, name) => ends(name, ".json") || (!ends(name, ".csv", ".tsv") && bracket(bytes)),
    read: (bytes, name, _, locate) => jsonTable(textOf(bytes, name), name, locate),
    place: jsonCell,
  },
  {
    name: "CSV",
    knows: () => true,
    read: (bytes, name, { header }, locate) => csvTable(textOf(bytes, name), name, header, locate),
    place: csvCell,
  },
];

/** The table in the bytes of a file, or in a text. Throws CompileError data/…, format/…, with file, line and column. */
export async function readTable(given: Uint8Array | string, name = "data", options: ReadOptions = {}): Promise<Table> {
  const bytes = typeof given === "string" ? new TextEncoder().encode(given) : given;
  const reader = readers.find(({ knows }) => knows(bytes, name)) ?? readers[readers.length - 1];
  const { again } = options;
  const { place } = reader;
  const locate = again && place && ((row?: number, column?: string) => place(again(), name, row, column));
  const table = await reader.read(bytes, name, options, locate);
  // A file of bytes is all that can be said.
  return again === undefined || place !== undefined ? table : { ...table, locate: () => ({ file: name }) };
}
