// JSON as a table. In: a list of rows, objects by column or lists, or an object of columns; or such a row a line. Out: columns. Guarantee: every
// row has the columns of the first, or says nothing there, which is a missing value.
import { showValue } from "../../compiler/diagnostics/check.ts";
import { isPlain } from "../../compiler/diagnostics/plain.ts";
import { parseJson } from "../formats/json.ts";
import { placeAt } from "../formats/json-text.ts";
import { columnFrom } from "./cells.ts";
import type { Locate } from "./places.ts";
import { failAt, type Site, type Table } from "./table.ts";

/** A row a line. Throws CompileError format/input, data/…. */
export function linesTable(text: string, file: string, locate?: Locate): Table {
  const lines = text.split(/\r?\n/).flatMap((line, i) => (line.trim() === "" ? [] : [{ line, place: i + 1 }]));
  const places = Int32Array.from(lines, ({ place }) => place);
  return rowsTable(lines.map(({ line, place }) => parseJson(line, "format/input", `${file}:${place}`, (offset) => ({ file, line: place, column: offset + 1 }))), { ...siteOf(file, locate), places }); // biome-ignore format: one line
}

/** A list of rows, or an object of columns. Throws CompileError format/input, data/…. */
export function jsonTable(text: string, file: string, locate?: Locate): Table {
  const site = siteOf(file, locate);
  const value = parseJson(text, "format/input", file, (offset) => placeAt(text, file, offset));
  if (Array.isArray(value)) return rowsTable(value, site);
  if (isPlain(value) && Object.values(value).every(Array.isArray)) return columnsTable(value as Columns, site);
  return failAt(
    site,
    {},
    "format/input",
    `holds ${showValue(value)}`,
    "a table is a list of rows, or an object with a list for each column",
  );
}

type Columns = Readonly<Record<string, readonly unknown[]>>;
const siteOf = (file: string, locate: Locate | undefined): Site => (locate === undefined ? { file } : { file, locate });

function columnsTable(given: Columns, site: Site): Table {
  const names = Object.keys(given);
  const rows = given[names[0]]?.length ?? 0;
  if (rows === 0) failAt(site, {}, "data/empty", "there is no row");
  const other = names.find((name) => given[name].length !== rows);
  if (other !== undefined)
    failAt(site, { column: other }, "data/column", `has ${given[other].length} values, ${JSON.stringify(names[0])} has ${rows}`);
  return { ...site, rows, columns: names.map((name) => columnFrom(name, given[name], site)) };
}

function rowsTable(rows: readonly unknown[], site: Site): Table {
  if (rows.length === 0) failAt(site, {}, "data/empty", "there is no row");
  const isByName = isPlain(rows[0]);
  const rest = isByName ? "an object" : "a list";
  // A list whose rows are single values is a table of one column.
  const lists = rows.every((row) => typeof row !== "object" || row === null) ? rows.map((row) => [row]) : rows;
  const width = Array.isArray(lists[0]) ? lists[0].length : 0;
  lists.forEach((row, at) => {
    if (isByName ? isPlain(row) : Array.isArray(row) && row.length === width) return;
    const wanted = isByName ? rest : `a list of ${width}`;
    const found = Array.isArray(row) ? `a list of ${row.length}` : showValue(row);
    failAt(site, { row: at }, "data/column", `holds ${found}, the first row is ${wanted}`);
  });
  const names = isByName ? namesIn(rows as readonly object[]) : Array.from({ length: width }, (_, i) => String(i + 1));
  const cell = (row: unknown, name: string, i: number): unknown =>
    isByName
      ? Object.hasOwn(row as object, name)
        ? (row as Readonly<Record<string, unknown>>)[name]
        : undefined
      : (row as readonly unknown[])[i];
  const columns = names.map((name, i) => columnFrom(name, lists.map((row) => cell(row, name, i)), site)); // biome-ignore format: one line
  return { ...site, rows: rows.length, columns };
}

/** In the order in which they first come. */
const namesIn = (rows: readonly object[]): readonly string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))];
