// Rows from the command line. In: JSON text, or the name of a file of JSON, of JSON lines, of CSV or of NumPy's arrays. Out: numbers or texts, row after
// row, or a CompileError. Guarantee: every row has as many as the model takes, in the form of its input or flat, and each number is a
// finite float32, or an id in its range; an error names row, place and value.
import { extname } from "node:path";
import type { Port, Range } from "../../compiler/artifact.ts";
import { showValue } from "../../compiler/diagnostics/check.ts";
import { CompileError, type Place } from "../../compiler/diagnostics/error.ts";
import { sameShape, showShape, sizeOf } from "../../compiler/graph/graph.ts";
import { readCsv, readCsvTexts } from "../data/csv.ts";
import { failInput, textOf } from "../data/input.ts";
import { csvPlace, linePlace } from "../data/places.ts";
import { readBytes } from "../files.ts";
import { parseJson } from "../formats/json.ts";
import { jsonPlace, placeAt } from "../formats/json-text.ts";
import { isNpy, isNpz, type NpyArray, openNpy, openNpz } from "../formats/npy.ts";

/** What was given, read once: it may be a pipe. `label` begins errors about it. */
export type Source =
  | { readonly kind: "json"; readonly value: unknown; readonly label: string; readonly find?: Find }
  | { readonly kind: "lines" | "csv"; readonly text: string; readonly label: string; readonly file: string }
  /** One under the name "" where the file is a single array. */
  | { readonly kind: "arrays"; readonly arrays: ReadonlyMap<string, NpyArray>; readonly label: string; readonly file: string };

/** Where something stands in the file of a source. */
export type Find = (steps: readonly (string | number)[]) => Place | undefined;
/** A part of a source: what errors call it, and where it is. */
interface Spot {
  readonly text: string;
  readonly find: Find;
}
const nowhere: Find = () => undefined;
const fail = ({ text, find }: Spot, message: string, steps: readonly number[] = []): never =>
  failInput(text + message, undefined, find(steps));

/** JSON text, or a file; its name or its content says of what kind. */
export function readSource(given: string, label = ""): Source {
  if (/^\s*[[{]/.test(given)) return { kind: "json", value: parseJson(given, "format/input", `${label}the input`), label };
  const bytes = readBytes(given);
  const file = `${label}${given}`;
  if (isNpy(bytes) || isNpz(bytes)) return { kind: "arrays", arrays: arraysIn(bytes, file, given), label: file, file: given };
  const text = textOf(bytes, given);
  const kind = extname(given).toLowerCase();
  if (kind === ".jsonl" || kind === ".ndjson") return { kind: "lines", text, label: file, file: given };
  const isJson = kind === ".json" || (![".csv", ".tsv"].includes(kind) && /^\s*[[{]/.test(text));
  if (!isJson) return { kind: "csv", text, label: file, file: given };
  const value = parseJson(text, "format/input", file, (offset) => placeAt(text, given, offset));
  return { kind: "json", value, label: `${file}: `, find: (steps) => jsonPlace(text, given, steps) };
}

function arraysIn(bytes: Uint8Array, label: string, file: string): ReadonlyMap<string, NpyArray> {
  try {
    return isNpy(bytes) ? new Map([["", openNpy(bytes)]]) : openNpz(bytes);
  } catch (error) {
    throw error instanceof CompileError ? error.with({ under: label, at: { file } }) : error;
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
  const items = rows.flatMap(({ spot, row }) => flatten(row, port, spot));
  return port.type === "string" ? (items as string[]) : Float32Array.from(items as number[]);
}

/** A row as it was read, and what an error calls it. */
interface Read {
  readonly spot: Spot;
  readonly row: readonly unknown[];
}

function read(source: Source, port: Form): readonly Read[] {
  const { label } = source;
  if (source.kind === "json") return rowsIn(source.value, port, { text: label, find: source.find ?? nowhere });
  const { file } = source;
  if (source.kind === "lines") return linesOf(source.text, label, file);
  if (source.kind === "arrays") return rowsInArray(source.arrays, port, { text: label, find: () => ({ file }) });
  const size = sizeOf(port.shape);
  const rows: readonly { readonly line: number; readonly row: readonly unknown[] }[] =
    port.type === "string"
      ? readCsvTexts(source.text, label, size).map(({ line, texts }) => ({ line, row: texts }))
      : readCsv(source.text, label, size).map(({ line, numbers }) => ({ line, row: numbers }));
  return rows.map(({ line, row }) => {
    const find: Find = ([cell]) => csvPlace(source.text, file, line, cell === undefined ? undefined : Number(cell) + 1);
    return { spot: { text: `${label}: row ${line}`, find }, row };
  });
}

/** An array: its first axis are the rows, each in the form of the input or flat; or all numbers in one list, as in JSON. */
function rowsInArray(arrays: ReadonlyMap<string, NpyArray>, port: Form, whole: Spot): readonly Read[] {
  const [array, ...others] = arrays.values();
  if (array === undefined || others.length > 0)
    return fail(whole, ` holds ${arrays.size} arrays: ${[...arrays.keys()].join(", ")}`);
  const [rows = 1, ...row] = array.shape;
  const size = sizeOf(port.shape);
  const fits = row.length === 0 || sameShape(row, port.shape) || (row.length === 1 && row[0] === size);
  if (!fits) fail(whole, ` has rows of shape ${showShape(row)}, the model takes ${showShape(port.shape)}`);
  const numbers = array.numbers();
  if (row.length === 0) return rowsIn(Array.from(numbers), port, { ...whole, text: `${whole.text}: ` });
  if (rows === 0) fail(whole, ": there is no row");
  return Array.from({ length: rows }, (_, i) => ({
    spot: { ...whole, text: `${whole.text}: row ${i + 1}` },
    row: Array.from(numbers.subarray(i * size, (i + 1) * size)),
  }));
}

/** JSON in lines: a row each. */
function linesOf(text: string, label: string, file: string): readonly Read[] {
  const rows = text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === "") return [];
    const spot: Spot = { text: `${label}: row ${i + 1}`, find: (steps) => linePlace(text, file, i + 1, steps) };
    const value = parseJson(line, "format/input", spot.text, (offset) => ({ file, line: i + 1, column: offset + 1 }));
    return [{ spot, row: listOf(value, spot) }];
  });
  return rows.length === 0 ? failInput(`${label}: the file is empty`, undefined, { file }) : rows;
}

/** The rows of a JSON value: a list of rows, or all items in one list. */
function rowsIn(value: unknown, port: Form, source: Spot): readonly Read[] {
  const { shape } = port;
  const whole: Spot = { ...source, text: `${source.text}the input` };
  const list = listOf(value, whole, port);
  const size = sizeOf(shape);
  if (list.length === 0) fail(source, "there is no row");
  const rowAt = (i: number, find: Find): Spot => ({ text: `${source.text}row ${i + 1}`, find });
  if (Array.isArray(list[0])) {
    return list.map((row, i) => {
      const spot = rowAt(i, (steps) => source.find([i, ...steps]));
      return { spot, row: listOf(row, spot, port) };
    });
  }
  const nested = list.findIndex(Array.isArray);
  if (nested >= 0)
    fail(whole, ` starts with a ${itemOf(port)}, but place ${nested + 1} holds ${showValue(list[nested])}`, [nested]);
  if (list.length % size !== 0) {
    const takes = `a row of shape ${showShape(shape)} has ${count(size, port)}`;
    fail(source, `${takes}, the input has ${list.length}, which is no multiple of it`);
  }
  return Array.from({ length: list.length / size }, (_, i) => {
    const spot = rowAt(i, ([place = 0]) => source.find([i * size + Number(place)]));
    return { spot, row: list.slice(i * size, (i + 1) * size) };
  });
}

const itemOf = ({ type }: Partial<Form>): string => (type === "string" ? "text" : "number");

const listOf = (value: unknown, spot: Spot, port: Partial<Form> = {}): readonly unknown[] =>
  Array.isArray(value) ? value : fail(spot, ` needs a list of ${itemOf(port)}s, found ${showValue(value)}`);

const count = (items: number, port: Form): string => `${items} ${itemOf(port)}${items === 1 ? "" : "s"}`;

/** The numbers of a row that is flat, or nested as the shape is. */
function flatten(row: readonly unknown[], port: Form, spot: Spot): readonly (number | string)[] {
  const { shape, range, type } = port;
  const size = sizeOf(shape);
  const take = (value: unknown, problem: string | undefined, at: () => Spot): number | string =>
    problem === undefined ? (value as number | string) : fail(at(), ` holds ${showValue(value)}, ${problem}`);
  const problemOf = (value: unknown): string | undefined =>
    type === "string"
      ? noText(value)
      : (notFinite(value) ?? (range === undefined ? undefined : notWhole(value as number, range)));
  if (!row.some(Array.isArray)) {
    if (row.length !== size) fail(spot, ` has ${count(row.length, port)}, a row of shape ${showShape(shape)} has ${size}`);
    const at = (i: number): Spot => ({ text: `${spot.text}, place ${i + 1}`, find: () => spot.find([i]) });
    return row.map((value, i) => take(value, problemOf(value), () => at(i)));
  }
  const walk = (value: unknown, [length, ...rest]: readonly number[], path: readonly number[]): readonly (number | string)[] => {
    const at = (): Spot => ({
      text: path.length === 0 ? spot.text : `${spot.text}, place (${path.map((i) => i + 1).join(", ")})`,
      find: () => spot.find(path),
    });
    if (length === undefined) return [take(value, problemOf(value), at)];
    if (!Array.isArray(value)) return fail(at(), ` holds ${showValue(value)}, the shape ${showShape(shape)} has a list there`);
    if (value.length !== length)
      return fail(at(), ` has ${value.length} items, the shape ${showShape(shape)} has ${length} there`);
    return value.flatMap((item, i) => walk(item, rest, [...path, i]));
  };
  return walk(row, shape, []);
}

const noText = (value: unknown): string | undefined => (typeof value === "string" ? undefined : "which is no text");

/** Why a value is no number that float32 holds. */
function notFinite(value: unknown): string | undefined {
  if (typeof value !== "number") return "which is no number";
  if (!Number.isFinite(value)) return "which is no finite number";
  return Number.isFinite(Math.fround(value)) ? undefined : "which is too large for float32";
}

/** Why a number is no id: interpreters would clamp it, and a module refuses it. */
const notWhole = (value: number, { below, ignore }: Range): string | undefined =>
  (Number.isInteger(value) && value >= 0 && value < below) || value === ignore
    ? undefined
    : `wanted is a whole number from 0 to ${below - 1}`;

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
export function numbersIn(item: unknown, path: string): readonly number[] {
  if (Array.isArray(item)) return item.flatMap((inner, i) => numbersIn(inner, `${path}[${i}]`));
  const problem = notFinite(item);
  return problem === undefined ? [item as number] : failInput(`${path} holds ${showValue(item)}, ${problem}`);
}
