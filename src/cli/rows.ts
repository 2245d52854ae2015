// Rows of numbers from the command line. In: JSON text, or the name of a file of JSON, of JSON lines or of CSV. Out: numbers, row after
// row, or a CompileError. Guarantee: every row has as many numbers as the model takes, in the form of its input or flat, and each is a
// finite float32, or an id in its range; an error names row, place and value.
import { extname } from "node:path";
import type { Port, Range } from "../../compiler/artifact.ts";
import { showValue } from "../../compiler/diagnostics/check.ts";
import { showShape, sizeOf } from "../../compiler/graph/graph.ts";
import { readBytes } from "../files.ts";
import { parseJson } from "../formats/json.ts";
import { readCsv } from "./csv.ts";
import { failInput, textOf } from "./input.ts";

/** Rows for a port, back to back. */
export function readRows(given: string, port: Pick<Port, "shape" | "range">): Float32Array {
  const { shape } = port;
  const rows = read(given, shape);
  const numbers = new Float32Array(rows.length * sizeOf(shape));
  rows.forEach(({ where, row }, i) => {
    numbers.set(flatten(row, port, where), i * sizeOf(shape));
  });
  return numbers;
}

/** A row as it was read, and what an error calls it. */
interface Read {
  readonly where: string;
  readonly row: readonly unknown[];
}

function read(given: string, shape: readonly number[]): readonly Read[] {
  if (/^\s*[[{]/.test(given)) return rowsOf(parseJson(given, "format/input", "the input"), shape, "");
  const text = textOf(readBytes(given), given);
  const kind = extname(given).toLowerCase();
  if (kind === ".jsonl" || kind === ".ndjson") return linesOf(text, given);
  const isJson = kind === ".json" || (![".csv", ".tsv"].includes(kind) && /^\s*[[{]/.test(text));
  if (isJson) return rowsOf(parseJson(text, "format/input", given), shape, `${given}: `);
  return readCsv(text, given, sizeOf(shape)).map(({ line, numbers }) => ({ where: `${given}: row ${line}`, row: numbers }));
}

/** JSON in lines: a row each. */
function linesOf(text: string, file: string): readonly Read[] {
  const rows = text.split(/\r?\n/).flatMap((line, i) => {
    const where = `${file}: row ${i + 1}`;
    return line.trim() === "" ? [] : [{ where, row: listOf(parseJson(line, "format/input", where), where) }];
  });
  return rows.length === 0 ? failInput(`${file}: the file is empty`) : rows;
}

/** The rows of a JSON value: a list of rows, or all numbers in one list. */
function rowsOf(value: unknown, shape: readonly number[], source: string): readonly Read[] {
  const list = listOf(value, `${source}the input`);
  const size = sizeOf(shape);
  if (list.length === 0) failInput(`${source}there is no row`);
  if (Array.isArray(list[0])) {
    return list.map((row, i) => {
      const where = `${source}row ${i + 1}`;
      return { where, row: listOf(row, where) };
    });
  }
  const nested = list.findIndex(Array.isArray);
  if (nested >= 0) failInput(`${source}the input starts with a number, but place ${nested + 1} holds ${showValue(list[nested])}`);
  if (list.length % size !== 0) {
    const takes = `a row of shape ${showShape(shape)} has ${count(size)}`;
    failInput(`${source}${takes}, the input has ${list.length}, which is no multiple of it`);
  }
  return Array.from({ length: list.length / size }, (_, i) => {
    return { where: `${source}row ${i + 1}`, row: list.slice(i * size, (i + 1) * size) };
  });
}

const listOf = (value: unknown, where: string): readonly unknown[] =>
  Array.isArray(value) ? value : failInput(`${where} needs a list of numbers, found ${showValue(value)}`);

const count = (numbers: number): string => `${numbers} number${numbers === 1 ? "" : "s"}`;

/** The numbers of a row that is flat, or nested as the shape is. */
function flatten(row: readonly unknown[], { shape, range }: Pick<Port, "shape" | "range">, where: string): readonly number[] {
  const size = sizeOf(shape);
  const take = (value: unknown, at: string): number => (range === undefined ? finite(value, at) : whole(value, range, at));
  if (!row.some(Array.isArray)) {
    if (row.length !== size) failInput(`${where} has ${count(row.length)}, a row of shape ${showShape(shape)} has ${size}`);
    return row.map((value, i) => take(value, `${where}, place ${i + 1}`));
  }
  const walk = (value: unknown, [length, ...rest]: readonly number[], path: readonly number[]): readonly number[] => {
    const at = path.length === 0 ? where : `${where}, place (${path.join(", ")})`;
    if (length === undefined) return [take(value, at)];
    if (!Array.isArray(value))
      return failInput(`${at} holds ${showValue(value)}, the shape ${showShape(shape)} has a list there`);
    if (value.length !== length) failInput(`${at} has ${value.length} items, the shape ${showShape(shape)} has ${length} there`);
    return value.flatMap((item, i) => walk(item, rest, [...path, i + 1]));
  };
  return walk(row, shape, []);
}

/** A number that float32 holds; everything else is named with its place. */
function finite(value: unknown, where: string): number {
  if (typeof value !== "number") failInput(`${where} holds ${showValue(value)}, which is no number`);
  if (!Number.isFinite(value)) failInput(`${where} holds ${value}, which is no finite number`);
  if (!Number.isFinite(Math.fround(value))) failInput(`${where} holds ${value}, which is too large for float32`);
  return value;
}

/** An id: interpreters would clamp it, and a module refuses it. */
function whole(given: unknown, { below, ignore }: Range, where: string): number {
  const value = finite(given, where);
  if ((Number.isInteger(value) && value >= 0 && value < below) || value === ignore) return value;
  return failInput(`${where} holds ${value}, wanted is a whole number from 0 to ${below - 1}`);
}

/** Numbers by name, for a Graph's inputs, params and states, each as nested as it likes. */
export function readValues(given: string): Readonly<Record<string, readonly number[]>> {
  const isText = /^\s*[[{]/.test(given);
  const text = isText ? given : textOf(readBytes(given), given);
  const value = parseJson(text, "format/input", isText ? "the input" : given);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return failInput('a Graph takes an object by name, such as {"x": [0.5, -1]}');
  const flat = (item: unknown, path: string): readonly number[] =>
    Array.isArray(item) ? item.flatMap((inner, i) => flat(inner, `${path}[${i}]`)) : [finite(item, path)];
  return Object.fromEntries(Object.entries(value).map(([name, numbers]) => [name, flat(numbers, name)]));
}
