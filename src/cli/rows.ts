// Rows from the command line. In: JSON text, or the name of a file of JSON, of JSON lines, of CSV or of NumPy's arrays. Out: numbers or texts, row after
// row, or a CompileError. Guarantee: every row has as many as the model takes, in the form of its input or flat, and each number is a
// finite float32, or an id in its range; an error names row, place and value.
import { extname } from "node:path";
import type { Port, Range } from "../../compiler/artifact.ts";
import { showValue } from "../../compiler/diagnostics/check.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { sameShape, showShape, sizeOf } from "../../compiler/graph/graph.ts";
import { readCsv, readCsvTexts } from "../data/csv.ts";
import { failInput, textOf } from "../data/input.ts";
import { readBytes } from "../files.ts";
import { parseJson } from "../formats/json.ts";
import { isNpy, isNpz, type NpyArray, openNpy, openNpz } from "../formats/npy.ts";

/** What was given, read once: it may be a pipe. `label` begins errors about it. */
export type Source =
  | { readonly kind: "json"; readonly value: unknown; readonly label: string }
  | { readonly kind: "lines" | "csv"; readonly text: string; readonly label: string }
  /** One under the name "" where the file is a single array. */
  | { readonly kind: "arrays"; readonly arrays: ReadonlyMap<string, NpyArray>; readonly label: string };

/** JSON text, or a file; its name or its content says of what kind. */
export function readSource(given: string, label = ""): Source {
  if (/^\s*[[{]/.test(given)) return { kind: "json", value: parseJson(given, "format/input", `${label}the input`), label };
  const bytes = readBytes(given);
  const file = `${label}${given}`;
  if (isNpy(bytes) || isNpz(bytes)) return { kind: "arrays", arrays: arraysIn(bytes, file), label: file };
  const text = textOf(bytes, given);
  const kind = extname(given).toLowerCase();
  if (kind === ".jsonl" || kind === ".ndjson") return { kind: "lines", text, label: file };
  const isJson = kind === ".json" || (![".csv", ".tsv"].includes(kind) && /^\s*[[{]/.test(text));
  if (!isJson) return { kind: "csv", text, label: file };
  return { kind: "json", value: parseJson(text, "format/input", file), label: `${file}: ` };
}

function arraysIn(bytes: Uint8Array, file: string): ReadonlyMap<string, NpyArray> {
  try {
    return isNpy(bytes) ? new Map([["", openNpy(bytes)]]) : openNpz(bytes);
  } catch (error) {
    throw error instanceof CompileError ? error.with({ under: file }) : error;
  }
}

type Form = Pick<Port, "shape" | "range" | "type">;
/** Numbers, or texts, of all rows back to back. */
export type Values = Float32Array | readonly string[];

/** Rows of numbers for a port, back to back. */
export const readRows = (given: string, port: Pick<Port, "shape" | "range">): Float32Array =>
  rowsOf(readSource(given), port) as Float32Array;

/** Rows for a port: numbers, or texts where it holds such. */
export function rowsOf(source: Source, port: Form): Values {
  const rows = read(source, port);
  const items = rows.flatMap(({ where, row }) => flatten(row, port, where));
  return port.type === "string" ? (items as string[]) : Float32Array.from(items as number[]);
}

/** A row as it was read, and what an error calls it. */
interface Read {
  readonly where: string;
  readonly row: readonly unknown[];
}

function read(source: Source, port: Form): readonly Read[] {
  const { label } = source;
  if (source.kind === "json") return rowsIn(source.value, port, label);
  if (source.kind === "lines") return linesOf(source.text, label);
  if (source.kind === "arrays") return rowsInArray(source.arrays, port, label);
  const size = sizeOf(port.shape);
  const rows: readonly { readonly line: number; readonly row: readonly unknown[] }[] =
    port.type === "string"
      ? readCsvTexts(source.text, label, size).map(({ line, texts }) => ({ line, row: texts }))
      : readCsv(source.text, label, size).map(({ line, numbers }) => ({ line, row: numbers }));
  return rows.map(({ line, row }) => ({ where: `${label}: row ${line}`, row }));
}

/** An array: its first axis are the rows, each in the form of the input or flat; or all numbers in one list, as in JSON. */
function rowsInArray(arrays: ReadonlyMap<string, NpyArray>, port: Form, file: string): readonly Read[] {
  const [array, ...others] = arrays.values();
  if (array === undefined || others.length > 0)
    failInput(`${file} holds ${arrays.size} arrays: ${[...arrays.keys()].join(", ")}`);
  const [rows = 1, ...row] = array.shape;
  const size = sizeOf(port.shape);
  const fits = row.length === 0 || sameShape(row, port.shape) || (row.length === 1 && row[0] === size);
  if (!fits) failInput(`${file} has rows of shape ${showShape(row)}, the model takes ${showShape(port.shape)}`);
  const numbers = array.numbers();
  if (row.length === 0) return rowsIn(Array.from(numbers), port, `${file}: `);
  if (rows === 0) failInput(`${file}: there is no row`);
  return Array.from({ length: rows }, (_, i) => ({
    where: `${file}: row ${i + 1}`,
    row: Array.from(numbers.subarray(i * size, (i + 1) * size)),
  }));
}

/** JSON in lines: a row each. */
function linesOf(text: string, file: string): readonly Read[] {
  const rows = text.split(/\r?\n/).flatMap((line, i) => {
    const where = `${file}: row ${i + 1}`;
    return line.trim() === "" ? [] : [{ where, row: listOf(parseJson(line, "format/input", where), where) }];
  });
  return rows.length === 0 ? failInput(`${file}: the file is empty`) : rows;
}

/** The rows of a JSON value: a list of rows, or all items in one list. */
function rowsIn(value: unknown, port: Form, source: string): readonly Read[] {
  const { shape } = port;
  const list = listOf(value, `${source}the input`, port);
  const size = sizeOf(shape);
  if (list.length === 0) failInput(`${source}there is no row`);
  if (Array.isArray(list[0])) {
    return list.map((row, i) => {
      const where = `${source}row ${i + 1}`;
      return { where, row: listOf(row, where, port) };
    });
  }
  const nested = list.findIndex(Array.isArray);
  if (nested >= 0)
    failInput(`${source}the input starts with a ${itemOf(port)}, but place ${nested + 1} holds ${showValue(list[nested])}`);
  if (list.length % size !== 0) {
    const takes = `a row of shape ${showShape(shape)} has ${count(size, port)}`;
    failInput(`${source}${takes}, the input has ${list.length}, which is no multiple of it`);
  }
  return Array.from({ length: list.length / size }, (_, i) => {
    return { where: `${source}row ${i + 1}`, row: list.slice(i * size, (i + 1) * size) };
  });
}

const itemOf = ({ type }: Partial<Form>): string => (type === "string" ? "text" : "number");

const listOf = (value: unknown, where: string, port: Partial<Form> = {}): readonly unknown[] =>
  Array.isArray(value) ? value : failInput(`${where} needs a list of ${itemOf(port)}s, found ${showValue(value)}`);

const count = (items: number, port: Form): string => `${items} ${itemOf(port)}${items === 1 ? "" : "s"}`;

/** The numbers of a row that is flat, or nested as the shape is. */
function flatten(row: readonly unknown[], port: Form, where: string): readonly (number | string)[] {
  const { shape, range, type } = port;
  const size = sizeOf(shape);
  const take = (value: unknown, at: string): number | string =>
    type === "string" ? text(value, at) : range === undefined ? finite(value, at) : whole(value, range, at);
  if (!row.some(Array.isArray)) {
    if (row.length !== size) failInput(`${where} has ${count(row.length, port)}, a row of shape ${showShape(shape)} has ${size}`);
    return row.map((value, i) => take(value, `${where}, place ${i + 1}`));
  }
  const walk = (value: unknown, [length, ...rest]: readonly number[], path: readonly number[]): readonly (number | string)[] => {
    const at = path.length === 0 ? where : `${where}, place (${path.join(", ")})`;
    if (length === undefined) return [take(value, at)];
    if (!Array.isArray(value))
      return failInput(`${at} holds ${showValue(value)}, the shape ${showShape(shape)} has a list there`);
    if (value.length !== length) failInput(`${at} has ${value.length} items, the shape ${showShape(shape)} has ${length} there`);
    return value.flatMap((item, i) => walk(item, rest, [...path, i + 1]));
  };
  return walk(row, shape, []);
}

const text = (value: unknown, where: string): string =>
  typeof value === "string" ? value : failInput(`${where} holds ${showValue(value)}, which is no text`);

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
  return Object.fromEntries(Object.entries(value).map(([name, numbers]) => [name, numbersIn(numbers, name)]));
}

/** All numbers of a value, as nested as it likes. */
export const numbersIn = (item: unknown, path: string): readonly number[] =>
  Array.isArray(item) ? item.flatMap((inner, i) => numbersIn(inner, `${path}[${i}]`)) : [finite(item, path)];
