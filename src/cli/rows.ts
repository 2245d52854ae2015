// Rows of numbers from the command line. In: JSON text, or the name of a .json or .csv file. Out: numbers, row after row, as
// many as the shape asks for, or a CompileError that says what was found.
import { extname } from "node:path";
import { parse } from "csv-parse/sync";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { showShape, sizeOf } from "../../compiler/graph/graph.ts";
import { readBytes } from "../files.ts";
import { parseJson } from "../formats/json.ts";

/** Rows of `shape`, back to back. Nested JSON arrays may show the shape or not; only the count is checked. */
export function readRows(given: string, shape: readonly number[]): Float32Array {
  const numbers = flatten(read(given), given);
  const size = sizeOf(shape);
  if (numbers.length === 0 || numbers.length % size !== 0) {
    fail(`a row of shape ${showShape(shape)} has ${size} numbers, the input has ${numbers.length}, which is no multiple of it`);
  }
  return Float32Array.from(numbers);
}

/** Numbers by name, for a Graph's inputs, params and states. */
export function readValues(given: string): Readonly<Record<string, readonly number[]>> {
  const value = read(given);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    fail('a Graph takes an object by name, such as {"x": [0.5, -1]}');
  return Object.fromEntries(Object.entries(value).map(([name, numbers]) => [name, flatten(numbers, name)]));
}

function read(given: string): unknown {
  if (/^\s*[[{]/.test(given)) return parseJson(given, "format/input", "the input");
  const text = new TextDecoder().decode(readBytes(given));
  return extname(given).toLowerCase() === ".csv" ? readCsv(text, given) : parseJson(text, "format/input", given);
}

/** A first line that is no row of numbers is a header. */
function readCsv(text: string, file: string): number[][] {
  let records: string[][];
  try {
    records = parse(text, { bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    fail(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const isNumber = (cell: string) => cell !== "" && (cell === "NaN" || !Number.isNaN(Number(cell)));
  const body = records.length > 0 && !records[0].every(isNumber) ? records.slice(1) : records;
  body.forEach((row, index) => {
    const cell = row.find((cell) => !isNumber(cell));
    if (cell !== undefined) fail(`${file}: row ${index + 1} holds ${JSON.stringify(cell)}, which is no number`);
  });
  return body.map((row) => row.map(Number));
}

function flatten(value: unknown, what: string): number[] {
  const numbers: number[] = [];
  const walk = (item: unknown): void => {
    if (Array.isArray(item)) item.forEach(walk);
    else if (typeof item === "number") numbers.push(item);
    else fail(`${what}: ${JSON.stringify(item)} is no number`);
  };
  walk(value);
  return numbers;
}

function fail(message: string): never {
  throw new CompileError({ code: "format/input", path: "", message, hint: 'give --input "[0.5, -1]", or a .json or .csv file' });
}
