// The user's rows on their way into a module. In: x, y and sample weights in any form. Out: tables of float32 numbers and texts, parted
// into rows to train and rows to validate, and batches of them. Guarantee: no NaN, and no id or label out of its range, comes through.
import { dataParts } from "./options.ts";
import { type Argument, argumentOf, type Part, type Ports, partsOf } from "./ports.ts";
import { errorOf, readRows, show } from "./rows.ts";
import { readTexts } from "./texts.ts";
import type { FitOptions, PortRows, Range } from "./trainable.ts";

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
    return { values: readRows(part.what, part.rows, { ...form, ...all, shape: [] }).values, size: 1 };
  });
  return { rows, x, y, sampleWeight };
}

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
  const at = values.findIndex((value) => !(value >= 0 && value < below && Number.isInteger(value)) && value !== ignore);
  if (at < 0) return;
  const size = values.length / rows;
  const largest = values.reduce((most, value) => (value === ignore ? most : Math.max(most, value)), 0);
  // Who counts from 1 meets the number of classes itself, and nothing above.
  const hint = largest === below ? `; ${name} start at 0` : "";
  const wanted = `a whole number from 0 to ${below - 1}${ignore === undefined ? "" : ` (or ${ignore}, which is ignored)`}`;
  const place = `row ${Math.floor(at / size)}, place ${at % size}`;
  throw errorOf("value", `${what}: ${place}: wanted ${wanted}, got ${show(values[at])}${hint}`);
}

/** Rows to train, and to validate where that was asked for. */
export interface Divided {
  readonly train: Table;
  readonly validation?: Table;
}

/** The last rows, before any shuffling, are for validation; the cut is at floor(rows · (1 − split)), as in Keras. */
export function divide(all: Table, options: FitOptions, ports: Ports): Divided {
  const { validationData, validationSplit: split = 0 } = options;
  if (validationData !== undefined) {
    if (split !== 0) throw new TypeError("fit: wanted validationSplit or validationData, got both");
    const validation = readTable("validationData", validationData, ports);
    // Where the module does not say how wide its targets are, the data do.
    all.y.forEach(({ size: wanted }, i) => {
      const { size: found } = validation.y[i];
      if (found !== wanted) throw new RangeError(`validationData.y: wanted ${wanted} numbers a row as in data.y, got ${found}`);
    });
    return { train: all, validation };
  }
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

function batchOf(
  { x, y }: Ports,
  rows: number,
  [xs, ys, weights]: readonly (readonly (Column["values"] | undefined)[])[],
): Batch {
  const of = (argument: Argument, values: typeof xs) => argumentOf(argument, values) as PortRows;
  const sampleWeight = of(y, weights);
  return { rows, x: of(x, xs), y: of(y, ys), ...(sampleWeight === undefined ? {} : { sampleWeight }) };
}

/** Gathers the rows of a batch into buffers that are reused. */
export function batches({ rows, x, y, sampleWeight }: Table, most: number, ports: Ports): (chosen: Int32Array) => Batch {
  const gatherers = [x, y, sampleWeight].map((columns) => columns.map((column) => column && gatherer(column, rows, most)));
  return (chosen) => batchOf(ports, chosen.length, gatherers.map((each) => each.map((gather) => gather?.(chosen)))); // biome-ignore format: one line
}

function gatherer({ values, size }: Column, rows: number, most: number): (chosen: Int32Array) => Column["values"] {
  if (!(values instanceof Float32Array))
    return (chosen) => Array.from(chosen).flatMap((row) => values.slice(row * size, (row + 1) * size));
  const space = new Float32Array(most * size);
  return (chosen) => {
    // Whoever was given the array may have transferred it since.
    if (values.length !== rows * size) throw new TypeError("fit: the data were detached while they were trained with");
    chosen.forEach((row, i) => {
      for (let k = 0; k < size; k++) space[i * size + k] = values[row * size + k];
    });
    return space.subarray(0, chosen.length * size);
  };
}
