// The user's rows on their way into a module. In: x, y and sample weights in any form. Out: tables of float32 numbers and texts, parted
// into rows to train and rows to validate, and batches of them. Guarantee: no NaN, and no id or label out of its range, comes through.
import type { FitOptions } from "./fit-options.ts";
import { dataParts } from "./options.ts";
import { type Argument, argumentOf, type Part, type Ports, partsOf } from "./ports.ts";
import { errorOf, lengthOf, readRows, show } from "./rows.ts";
import { readTexts } from "./texts.ts";
import type { PortRows, Range } from "./trainable.ts";
import { classWeights } from "./weights.ts";

/** The rows of a port back to back. */
export interface Column {
  readonly values: Float32Array | readonly string[];
  /** Of a row. */
  readonly size: number;
}

/** Rows of every port, in the order of the module's. */
export interface Table {
  readonly rows: number;
  readonly x: readonly Column[];
  readonly y: readonly Column[];
  /** By output; none where every row counts 1. */
  readonly sampleWeight: readonly (Column | undefined)[];
}

/** Rows as the module's functions take them. */
export interface Batch {
  readonly rows: number;
  readonly x: PortRows;
  readonly y: PortRows;
  readonly sampleWeight?: PortRows;
}

const form = { numbers: "noNaN", into: Float32Array } as const;

/** `given` as a table; `what` names it in errors. Throws TypeError or RangeError with the user's own row numbers. */
export function readTable(what: string, given: unknown, ports: Ports): Table {
  const data = dataParts(what, given);
  const [first, ...others] = partsOf(`${what}.x`, data.x, ports.x);
  const { rows, column } = readPort(first, "ids");
  // Only who has several columns needs to be told which has so many rows.
  const all = { rows, per: others.length === 0 ? "x" : first.what.slice(what.length + 1) };
  const x = [column, ...others.map((part) => readPort(part, "ids", all).column)];
  const y = partsOf(`${what}.y`, data.y, ports.y).map((part) => readPort(part, "labels", all).column);
  const weights = data.sampleWeight === undefined ? [] : partsOf(`${what}.sampleWeight`, data.sampleWeight, ports.y, true);
  const sampleWeight = ports.y.ports.map((_, i): Column | undefined => {
    const part = weights.at(i);
    if (part === undefined || part.rows === undefined) return undefined;
    return readWeights(part, all);
  });
  return { rows, x, y, sampleWeight };
}

/** One number a row, or several: one for each value of the loss; how many those are, the module knows. */
function readWeights({ what, rows: given }: Part, all: Agreed): Column {
  const shape = hasSeveral(given, all.rows) ? {} : { shape: [] };
  const { values, rows } = readRows(what, given, { ...form, ...all, ...shape });
  return { values, size: values.length / rows };
}

/** Whether weights have the form of several a row, nested or back to back. */
function hasSeveral(given: unknown, rows: number): boolean {
  const length = lengthOf(given) ?? 0;
  const first = length === 0 ? undefined : (given as ArrayLike<unknown>)[0];
  const inner = lengthOf(first);
  return inner === undefined ? length > rows && length % rows === 0 : inner > 1 || (typeof first === "object" && isNested(first));
}

const isNested = (list: unknown): boolean => typeof (list as ArrayLike<unknown>)[0] === "object";

interface Agreed {
  readonly rows: number;
  readonly per: string;
}

function readPort({ port, what, rows: given }: Part, name: string, agreed?: Agreed): { rows: number; column: Column } {
  const { shape, range, isText } = port;
  if (isText) {
    const { values, rows } = readTexts(what, given, { shape: shape ?? [1], ...agreed });
    return { rows, column: { values, size: values.length / rows } };
  }
  const { values, rows } = readRows(what, given, { ...form, ...(shape === undefined ? {} : { shape }), ...agreed });
  if (range !== undefined) checkRange(what, name, values, rows, range);
  return { rows, column: { values, size: values.length / rows } };
}

function checkRange(what: string, name: string, values: Float32Array, rows: number, { below, ignore }: Range): void {
  // Asked of every row of every call: a callback for each would be a tenth of an epoch of a small net.
  let at = 0;
  for (const { length } = values; at < length; at++) {
    const value = values[at];
    if (!(value >= 0 && value < below && value === Math.floor(value)) && value !== ignore) break;
  }
  if (at === values.length) return;
  const size = values.length / rows;
  const largest = values.reduce((most, value) => (value === ignore ? most : Math.max(most, value)), 0);
  // Who counts from 1 meets the number of classes itself, and nothing above.
  const hint = largest === below ? `; ${name} start at 0` : "";
  const wanted = `a whole number from 0 to ${below - 1}${ignore === undefined ? "" : ` (or ${ignore}, which is ignored)`}`;
  const place = `row ${Math.floor(at / size)}, place ${at % size}`;
  throw errorOf("value", `${what}: ${place}: wanted ${wanted}, got ${show(values[at])}${hint}`);
}

/** Throws where rows have another width than those that are trained: where the module does not say how wide its targets are, the data do. */
export function checkWidths(what: string, found: Table, { y }: Table): void {
  y.forEach(({ size: wanted }, i) => {
    const { size } = found.y[i];
    if (size !== wanted) throw new RangeError(`${what}.y: wanted ${wanted} numbers a row as in data.y, got ${size}`);
  });
}

/** The table with weights of its classes, as Keras has them: for one output, and not together with weights of rows. */
export function withClassWeights(table: Table, { classWeight }: FitOptions, ports: Ports): Table {
  if (classWeight === undefined) return table;
  if (table.y.length > 1 || !ports.y.isSingle)
    throw new TypeError("classWeight: wanted a model with one output; give sampleWeight by output");
  if (table.sampleWeight.some((column) => column !== undefined))
    throw new TypeError("classWeight: wanted no sampleWeight beside it: multiply them yourself");
  const [{ values, size }] = table.y;
  const shape = ports.y.ports[0].shape ?? [size];
  if (values instanceof Float32Array && shape.filter((axis) => axis !== 1).length <= 1)
    return { ...table, sampleWeight: [{ values: classWeights({ values, size }, classWeight), size: 1 }] };
  throw new TypeError("classWeight: wanted one class a row, got targets with several; give sampleWeight, one for each step");
}

/** Rows to train, and to validate where that was asked for. */
export interface Divided {
  readonly train: Table;
  readonly validation?: Table;
}

/** The last rows, before any shuffling, are for validation; the cut is at floor(rows · (1 − split)), as in Keras. */
export function divide(all: Table, split: number): Divided {
  if (split === 0) return { train: all };
  const cut = Math.floor(all.rows * (1 - split));
  if (cut === 0 || cut === all.rows)
    throw new RangeError(
      `validationSplit: ${split} of ${all.rows} rows leaves ${cut} to train and ${all.rows - cut} to validate`,
    );
  return { train: part(all, 0, cut), validation: part(all, cut, all.rows) };
}

function part({ x, y, sampleWeight }: Table, from: number, to: number): Table {
  const cut = ({ values, size }: Column): Column => ({
    values: values instanceof Float32Array ? values.subarray(from * size, to * size) : values.slice(from * size, to * size),
    size,
  });
  return { rows: to - from, x: x.map(cut), y: y.map(cut), sampleWeight: sampleWeight.map((column) => column && cut(column)) };
}

/** All rows at once. */
export const wholeOf = ({ rows, x, y, sampleWeight }: Table, ports: Ports): Batch =>
  batchOf(ports, rows, [x, y, sampleWeight].map((columns) => columns.map((column) => column?.values))); // biome-ignore format: one line

/** The rows in their order, `most` at a time. */
export function* slicesOf(table: Table, most: number, ports: Ports): Generator<Batch> {
  for (let from = 0; from < table.rows; from += most) yield wholeOf(part(table, from, Math.min(from + most, table.rows)), ports);
}

function batchOf(
  { x, y }: Ports,
  rows: number,
  [xs, ys, weights]: readonly (readonly (Column["values"] | undefined)[])[],
): Batch {
  const of = (argument: Argument, values: typeof xs) => argumentOf(argument, values) as PortRows;
  const sampleWeight = of(y, weights);
  return { rows, x: of(x, xs), y: of(y, ys), ...(sampleWeight === undefined ? {} : { sampleWeight }) };
}

/** Gathers rows `from` to below `to` of an order into buffers that are reused: a full batch of numbers is one object, filled anew. */
export function batches({ rows, x, y, sampleWeight }: Table, most: number, ports: Ports) {
  const columns = [x, y, sampleWeight];
  const gatherers = columns.map((each) => each.map((column) => column && gatherer(column, rows, most)));
  const flat = gatherers.flat();
  const isReused = columns.flat().every((column) => column === undefined || column.values instanceof Float32Array);
  let full: Batch | undefined;
  return (order: Int32Array, from: number, to: number): Batch => {
    if (full?.rows === to - from) {
      for (const gather of flat) gather?.(order, from, to);
      return full;
    }
    const batch = batchOf(ports, to - from, gatherers.map((each) => each.map((gather) => gather?.(order, from, to)))); // biome-ignore format: one line
    if (isReused && batch.rows === most) full = batch;
    return batch;
  };
}

type Gather = (order: Int32Array, from: number, to: number) => Column["values"];

function gatherer({ values, size }: Column, rows: number, most: number): Gather {
  if (!(values instanceof Float32Array))
    return (order, from, to) => Array.from(order.subarray(from, to)).flatMap((row) => values.slice(row * size, (row + 1) * size));
  const space = new Float32Array(most * size);
  return (order, from, to) => {
    // Whoever was given the array may have transferred it since.
    if (values.length !== rows * size) throw new TypeError("fit: the data were detached while they were trained with");
    let at = 0;
    for (let i = from; i < to; i++) for (let k = order[i] * size, end = k + size; k < end; k++) space[at++] = values[k];
    return at === space.length ? space : space.subarray(0, at);
  };
}

/** Tables of the same ports as one. */
export function joined(tables: readonly Table[]): Table {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const columns = (of: (table: Table) => readonly (Column | undefined)[]): (Column | undefined)[] =>
    of(tables[0]).map((first, i) => {
      const parts = tables.map((table) => of(table)[i]);
      // A batch without weights counts 1 a row beside others that have some.
      if (first === undefined && parts.every((part) => part === undefined)) return undefined;
      const size = parts.find((part) => part !== undefined)?.size ?? 1;
      return joinedColumn(
        parts.map((part, k) => part ?? { values: new Float32Array(tables[k].rows * size).fill(1), size }),
        rows,
      );
    });
  return {
    rows,
    x: columns(({ x }) => x) as Column[],
    y: columns(({ y }) => y) as Column[],
    sampleWeight: columns(({ sampleWeight }) => sampleWeight),
  };
}

function joinedColumn(parts: readonly Column[], rows: number): Column {
  const [{ values: first, size }] = parts;
  if (!(first instanceof Float32Array)) return { values: parts.flatMap(({ values }) => Array.from(values, String)), size };
  const values = new Float32Array(rows * size);
  let at = 0;
  for (const part of parts) {
    if (part.size !== size) throw new RangeError(`validationData: wanted ${size} numbers a row in every batch, got ${part.size}`);
    values.set(part.values as Float32Array, at);
    at += part.values.length;
  }
  return { values, size };
}
