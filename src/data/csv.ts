// Lines of numbers, or of texts, as people's files have them. In: the text of a CSV file. Out: its rows with the line each starts on, or
// a CompileError that names line, column and cell. Guarantee: no line is dropped but blank ones and, of numbers, a first line without any;
// no cell is guessed.
import { parse } from "csv-parse/sync";
import { failInput } from "./input.ts";
import { csvPlace } from "./places.ts";

/** Numbers of one line; `line` is the file's, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly numbers: readonly number[];
}

/** A line of a file as it stands there. */
export interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

/** In the order in which they are taken where a file could be read by several. */
const delimiters = [",", ";", "\t"] as const;
/** A number as files write it. */
export const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Numbers that no row may hold; they make no header. */
const notFinite = /^[+-]?(nan|inf|infinity)$/i;
/** `3,5`: what a decimal comma may have meant. */
export const withComma = /^[+-]?\d+,\d+(e[+-]?\d+)?$/i;
const readsAsNumber = (cell: string): boolean => decimal.test(cell) || notFinite.test(cell) || withComma.test(cell);
/** What may have been meant as a number: `1px`, `$5`, `1 2`. No column is called so without making it worth a question. */
const startsAsNumber = (cell: string): boolean => readsAsNumber(cell) || /^\W*\d/.test(cell);
/** What stands where a number is not known. */
export const unknown = /^(na|n\/a|null|none|nil|undefined|missing|[-?.]*)$/i;
const isHeader = ({ cells }: Line): boolean => !cells.some(startsAsNumber) && !cells.every((cell) => unknown.test(cell));

/** The rows of `text`, each of `width` numbers. A first line without any number is a header. */
export function readCsv(text: string, file: string, width: number): readonly CsvRow[] {
  const lines = linesOf(text, file, delimiterOf).map(({ line, cells }) => ({ line, cells: cells.map((cell) => cell.trim()) }));
  const [first] = lines;
  const body = first !== undefined && isHeader(first) ? lines.slice(1) : lines;
  if (body.length === 0)
    failInput(`${file}: ${first === undefined ? "the file is empty" : "there is a header and no row"}`, undefined, { file });
  return body.map((line) => ({ line: line.line, numbers: numbersOf(line, file, width, text) }));
}

/** Texts of one line; `line` is the file's, from 1. */
export interface CsvTexts {
  readonly line: number;
  readonly texts: readonly string[];
}

/** The rows of `text`, each of `width` texts. No line is a header, since nothing tells the two apart; white space in quotes is kept. */
export function readCsvTexts(text: string, file: string, width: number): readonly CsvTexts[] {
  const lines = linesOf(text, file, (unified) => {
    const columns = (delimiter: string) => firstLines(unified, delimiter, 2)[0]?.record.length;
    // A file of one column may hold commas in its texts.
    return delimiters.find((delimiter) => columns(delimiter) === width) ?? delimiters[0];
  });
  if (lines.length === 0) failInput(`${file}: the file is empty`, undefined, { file });
  return lines.map(({ line, cells }) => {
    if (cells.length !== width) failWidth(file, line, cells.length, width, text);
    return { line, texts: cells };
  });
}

/** All lines but blank ones, cut by the delimiter that gives the first of them as many cells each, and most. */
export function readCells(text: string, file: string): readonly Line[] {
  return linesOf(text, file, (unified) => {
    const counts = delimiters.map((delimiter) => {
      const [first = 1, ...others] = firstLines(unified, delimiter, 10).map(({ record }) => record.length);
      return { delimiter, count: others.every((count) => count === first) ? first : 1 };
    });
    return counts.reduce((best, other) => (other.count > best.count ? other : best)).delimiter;
  });
}

function failWidth(file: string, line: number, found: number, width: number, text: string): never {
  const message = `${file}: row ${line} has ${found} column${found === 1 ? "" : "s"}, the model takes ${width}`;
  // Of a line that is too long, the first cell too many.
  return failInput(message, undefined, csvPlace(text, file, line, found > width ? width + 1 : undefined));
}

function numbersOf({ line, cells }: Line, file: string, width: number, text: string): readonly number[] {
  // A delimiter at the end of a line ends its last number.
  const own = cells.length === width + 1 && cells[width] === "" ? cells.slice(0, width) : cells;
  own.forEach((cell, i) => {
    if (decimal.test(cell)) return;
    const problem = withComma.test(cell)
      ? "has a decimal comma: write a point"
      : notFinite.test(cell)
        ? "is no finite number"
        : "is no number";
    const what = cell === "" ? "is empty" : `holds ${JSON.stringify(cell)}, which ${problem}`;
    // A bad cell may be why a line has too many.
    if (own.length === width || !cells.some(readsAsNumber)) failInput(`${file}: row ${line}, column ${i + 1} ${what}`, undefined, csvPlace(text, file, line, i + 1)); // biome-ignore format: one line
  });
  if (own.length !== width) failWidth(file, line, own.length, width, text);
  return own.map(Number);
}

/** The records of a file, with the lines they start on. */
function linesOf(text: string, file: string, delimiterIn: (unified: string) => string): readonly Line[] {
  // The parser counts a mixture of line ends wrongly.
  const unified = text.replaceAll(/\r\n?/g, "\n");
  const named = /^sep=(.)\n/i.exec(unified)?.[1];
  const delimiter = named ?? delimiterIn(unified);
  const lines = recordsOf(unified, delimiter, file);
  return named === undefined ? lines : lines.slice(1);
}

/** The delimiter by which the last of the first two lines has most numbers and least else. */
function delimiterOf(text: string): string {
  const score = (delimiter: string): readonly number[] => {
    const cells = firstLines(text, delimiter, 2).at(-1)?.record ?? [""];
    const filled = cells.filter((cell) => cell.trim() !== "");
    const numbers = filled.filter((cell) => readsAsNumber(cell.trim())).length;
    return [numbers === filled.length ? 1 : 0, numbers, cells.length];
  };
  const scored = delimiters.map((delimiter) => ({ delimiter, score: score(delimiter) }));
  return scored.reduce((best, other) => (isMore(other.score, best.score) ? other : best)).delimiter;
}

/** By a delimiter that is not the file's, quotes may stand where none can. */
function firstLines(text: string, delimiter: string, to: number): readonly Parsed[] {
  try {
    return parsed(text, delimiter, { to, skip_empty_lines: true });
  } catch {
    return [];
  }
}

function isMore(a: readonly number[], b: readonly number[]): boolean {
  const i = a.findIndex((value, k) => value !== b[k]);
  return i >= 0 && a[i] > b[i];
}

function recordsOf(text: string, delimiter: string, file: string): readonly Line[] {
  let end = 0;
  const lines: Line[] = [];
  let records: readonly Parsed[];
  try {
    records = parsed(text, delimiter);
  } catch (error) {
    return failInput(`${file}: ${error instanceof Error ? error.message : String(error)}`, undefined, { file });
  }
  for (const { record, info } of records) {
    // The parser says where a record ends; it started behind the one before.
    const line = end + 1;
    end = info.lines;
    if (record.length > 1 || record[0].trim() !== "") lines.push({ line, cells: record });
  }
  return lines;
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function parsed(text: string, delimiter: string, more: { readonly to?: number; readonly skip_empty_lines?: boolean } = {}) {
  // A tab that delimits is no white space to be trimmed.
  const options = { trim: delimiter !== "\t", info: true, relax_column_count: true, delimiter, record_delimiter: "\n", ...more };
  return parse(text, options) as unknown as readonly Parsed[];
}
