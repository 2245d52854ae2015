// Where a cell stands in a text of rows. In: the text, and a row and a column as errors name them. Out: a place to point at. Guarantee: only
// asked when something is wrong, and never an error itself: what is not found is the line, or the file.
import type { Place } from "../../compiler/diagnostics/error.ts";
import { jsonPlace, placeAt } from "../formats/json-text.ts";

/** Where a table's row, by its line or number from 1, has a column; each may be left out. */
export type Locate = (row?: number, column?: string) => Place | undefined;

/** The cell of a line of CSV, both from 1; without a cell the line. */
export function csvPlace(text: string, file: string, line: number, cell?: number): Place {
  const start = startOf(text, line);
  const end = endOf(text, start);
  if (cell === undefined) return placeAt(text, file, start + indent(text.slice(start, end)));
  // The delimiter that gives the line such a cell.
  for (const delimiter of [",", ";", "\t"]) {
    const starts = cellsIn(text.slice(start), delimiter);
    if (starts.length >= cell && starts.length > 1) {
      const at = start + starts[cell - 1];
      return placeAt(text, file, at + indent(text.slice(at, end)));
    }
  }
  return placeAt(text, file, start);
}

/** A row of JSON lines. */
export function linePlace(text: string, file: string, line: number, steps: readonly (string | number)[]): Place {
  const start = startOf(text, line);
  const { line: _, column = 1 } = jsonPlace(text.slice(start, endOf(text, start)), file, steps);
  return { file, line, column };
}

/** A column of a CSV table: by its name in the header, or its number. */
export function csvCell(text: string, file: string, row?: number, column?: string): Place {
  if (row === undefined && column === undefined) return { file };
  const names = [",", ";", "\t"].map((delimiter) => cellTexts(text, delimiter)).sort((a, b) => b.length - a.length)[0];
  const named = column === undefined ? -1 : names.indexOf(column);
  const cell = column === undefined ? undefined : named >= 0 ? named + 1 : Number(column) || undefined;
  return csvPlace(text, file, row ?? 1, cell);
}

/** A column of a row that is an object or a list; of an object of columns its row. */
export function jsonCell(text: string, file: string, row?: number, column?: string): Place {
  if (row === undefined && column === undefined) return { file };
  const isByColumn = /^\uFEFF?\s*\{/.test(text);
  const key = column === undefined ? [] : [column];
  if (isByColumn) return jsonPlace(text, file, [...key, ...(row === undefined ? [] : [row - 1])]);
  return jsonPlace(text, file, [(row ?? 1) - 1, ...stepIn(text.slice(0, 1000), /^\uFEFF?\s*\[\s*\{/, column)]);
}

/** A column of JSON lines. */
export function lineCell(text: string, file: string, row?: number, column?: string): Place {
  if (row === undefined && column === undefined) return { file };
  return linePlace(text, file, row ?? 1, stepIn(text.slice(0, 1000), /^\uFEFF?\s*\{/, column));
}

/** Rows that are lists have columns by number, from 1. */
const stepIn = (head: string, isNamed: RegExp, column: string | undefined): readonly (string | number)[] =>
  column === undefined ? [] : isNamed.test(head) ? [column] : [Number(column) - 1];

const indent = (text: string): number => text.length - text.trimStart().length;
function startOf(text: string, line: number): number {
  let at = 0;
  for (let i = 1; i < line; i++) {
    const next = /\r\n?|\n/g;
    next.lastIndex = at;
    const found = next.exec(text);
    if (found === null) return at;
    at = found.index + found[0].length;
  }
  return at;
}
const endOf = (text: string, start: number): number => {
  const length = text.slice(start).search(/[\r\n]/);
  return length < 0 ? text.length : start + length;
};

/** Where the cells of the record begin that stands first in a text: a quoted one may hold delimiters and line ends. */
function cellsIn(text: string, delimiter: string): readonly number[] {
  const starts = [0];
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && text[i] === delimiter) starts.push(i + 1);
    else if (!isQuoted && (text[i] === "\n" || text[i] === "\r")) break;
  }
  return starts;
}

const cellTexts = (text: string, delimiter: string): readonly string[] => {
  const line = text.slice(text.startsWith("\ufeff") ? 1 : 0, endOf(text, 0));
  return line.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/s, "$1"));
};
