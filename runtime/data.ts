// The user's rows on their way into a module. In: x, y and sample weights in any form. Out: tables of float32 numbers, parted into
// rows to train and rows to validate, and batches of them. Guarantee: no NaN, and no id or label out of its range, comes through.
import { dataParts } from "./options.ts";
import { errorOf, readRows, show } from "./rows.ts";
import type { FitOptions, Range, Trainable } from "./trainable.ts";

/** Rows back to back. */
export interface Table {
  readonly rows: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly sampleWeight?: Float32Array;
}

type Ports = Pick<Trainable, "inputShape" | "ranges">;

/** `given` as a table; `what` names it in errors. Throws TypeError or RangeError with the user's own row numbers. */
export function readTable(what: string, given: unknown, { inputShape, ranges = {} }: Ports): Table {
  const data = dataParts(what, given);
  const form = { numbers: "noNaN", into: Float32Array } as const;
  const { values: x, rows } = readRows(`${what}.x`, data.x, { ...form, shape: inputShape });
  const { values: y } = readRows(`${what}.y`, data.y, { ...form, rows });
  if (ranges.x !== undefined) checkRange(`${what}.x`, "ids", x, rows, ranges.x);
  if (ranges.y !== undefined) checkRange(`${what}.y`, "labels", y, rows, ranges.y);
  if (data.sampleWeight === undefined) return { rows, x, y };
  return { rows, x, y, sampleWeight: readRows(`${what}.sampleWeight`, data.sampleWeight, { ...form, rows, shape: [] }).values };
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

/** The last rows, before any shuffling, are for validation; the cut is at floor(rows · (1 − split)), as in Keras. */
export function divide(all: Table, options: FitOptions, ports: Ports): { train: Table; validation?: Table } {
  const { validationData, validationSplit: split = 0 } = options;
  if (validationData !== undefined) {
    if (split !== 0) throw new TypeError("fit: wanted validationSplit or validationData, got both");
    const validation = readTable("validationData", validationData, ports);
    const [wanted, found] = [all, validation].map(({ y, rows }) => y.length / rows);
    if (found !== wanted) throw new RangeError(`validationData.y: wanted ${wanted} numbers a row as in data.y, got ${found}`);
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

function part({ x, y, sampleWeight, rows }: Table, from: number, to: number): Table {
  const cut = (values: Float32Array) => values.subarray((from * values.length) / rows, (to * values.length) / rows);
  return { rows: to - from, x: cut(x), y: cut(y), ...(sampleWeight === undefined ? {} : { sampleWeight: cut(sampleWeight) }) };
}

/** Gathers the rows of a batch into buffers that are reused. */
export function batches(all: Table, most: number): (chosen: Int32Array) => Table {
  const gatherers = { x: gatherer(all.x, all.rows, most), y: gatherer(all.y, all.rows, most) };
  const weigh = all.sampleWeight && gatherer(all.sampleWeight, all.rows, most);
  return (chosen) => ({
    rows: chosen.length,
    x: gatherers.x(chosen),
    y: gatherers.y(chosen),
    ...(weigh === undefined ? {} : { sampleWeight: weigh(chosen) }),
  });
}

function gatherer(values: Float32Array, rows: number, most: number): (chosen: Int32Array) => Float32Array {
  const size = values.length / rows;
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
