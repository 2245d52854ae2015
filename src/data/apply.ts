// A recipe on rows. In: a table and a recipe. Out: what `fit`, `evaluate` and `predict` take. Guarantee: every number is a finite float32 and
// every label a class; the first cell that is not is named with file, line and column.
import type { Data, PortRows } from "../../runtime/index.ts";
import type { Assigned } from "./assign.ts";
import { columnsOf } from "./assign.ts";
import { indexOf, oneHot, textsOf } from "./categories.ts";
import type { LearnOptions, PortRecipe, Recipe, Step } from "./recipe.ts";
import { type Column, columnOf, failAt, isMissing, type NumberColumn, type Table, take } from "./table.ts";

/** Rows as a model takes them. */
export interface Prepared {
  readonly rows: number;
  readonly data: Data;
}

/** Throws CompileError data/…. */
export function applyRecipe(table: Table, { inputs, targets, weight }: Recipe): Prepared {
  const data: Data = {
    x: portsOf(inputs, (port) => valuesOf(table, port, true)),
    y: portsOf(targets, (port) => valuesOf(table, port, false)),
    ...(weight === undefined ? {} : { sampleWeight: weightsOf(table, weight) }),
  };
  return { rows: table.rows, data };
}

/** The rows of the only port, or by port. */
function portsOf(ports: readonly PortRecipe[], values: (port: PortRecipe) => Values): PortRows {
  if (ports.length === 1) return values(ports[0]);
  return Object.fromEntries(ports.map((port) => [port.port, values(port)]));
}

type Values = Float32Array | readonly string[];
function valuesOf(table: Table, { steps }: PortRecipe, isInput: boolean): Values {
  if (steps[0].as === "texts") {
    const columns = steps.map((step) => textsIn(table, step));
    return Array.from({ length: table.rows }, (_, row) => columns.map((texts) => texts[row])).flat();
  }
  const parts = steps.map((step) => numbersIn(table, step, isInput));
  if (parts.length === 1) return parts[0];
  const widths = parts.map((part) => part.length / table.rows);
  const width = widths.reduce((sum, one) => sum + one, 0);
  const out = new Float32Array(table.rows * width);
  let from = 0;
  parts.forEach((part, i) => {
    for (let row = 0; row < table.rows; row++)
      for (let k = 0; k < widths[i]; k++) out[row * width + from + k] = part[row * widths[i] + k];
    from += widths[i];
  });
  return out;
}

const gapHint = "give --impute mean, median, most_frequent, a value, or drop";

function textsIn(table: Table, step: Step): readonly string[] {
  const fill = step.as === "texts" ? step.fill : undefined;
  return textsOf(columnOf(table, step.column)).map((text, row) => text ?? fill ?? failAt(table, { row, column: step.column }, "data/missing", "the cell is empty", gapHint)); // biome-ignore format: one line
}

function numbersIn(table: Table, step: Step, isInput: boolean): Float32Array {
  const column = columnOf(table, step.column);
  if (step.as === "numbers") return finiteIn(table, column, step, isInput);
  if (step.as === "texts") return new Float32Array();
  const filled: Column = isInput
    ? { kind: "text", name: column.name, shape: [], values: textsIn(table, { column: step.column, as: "texts", ...(step.fill === undefined ? {} : { fill: step.fill }) }) } // biome-ignore format: one line
    : column;
  const places = indexOf(table, filled, step.categories);
  return step.as === "index" ? places : oneHot(places, step.categories.length);
}

function finiteIn(table: Table, column: Column, step: Step & { readonly as: "numbers" }, isInput: boolean): Float32Array {
  if (column.kind === "text") {
    const row = column.values.findIndex((text) => text !== undefined);
    return failAt(
      table,
      { row, column: column.name },
      "data/values",
      `holds ${JSON.stringify(column.values[row])}, and numbers are wanted`,
    );
  }
  const { fill, within, width } = step;
  const found = column.values.length / table.rows;
  if (found !== width) failAt(table, { column: column.name }, "data/column", `has ${found} numbers a row, wanted are ${width}`);
  const values = Float32Array.from(column.values, (value) => (Number.isNaN(value) && fill !== undefined ? fill : value));
  const isBad = (value: number): boolean =>
    !Number.isFinite(value) ||
    (within !== undefined &&
      value !== within.ignore &&
      (value < within.least || value > within.most || (within.isWhole && !Number.isInteger(value))));
  const at = values.findIndex(isBad);
  if (at < 0) return values;
  const [row, value] = [Math.floor(at / width), column.values[at]];
  const place = { row, column: column.name };
  if (Number.isNaN(value))
    failAt(table, place, "data/missing", "the cell is empty", isInput ? gapHint : "leave such rows out: --impute drop");
  if (within === undefined || !Number.isFinite(values[at]))
    failAt(
      table,
      place,
      "data/values",
      `holds ${value}, which is ${Number.isFinite(value) ? "too large for float32" : "no finite number"}`,
    );
  const wanted = `${within.isWhole ? "a class is a whole number" : "a label is a number"} from ${within.least} to ${within.most}`;
  return failAt(table, place, "data/labels", `holds ${value}, and ${wanted}`, "labels start at 0; with --index other numbers are classes in their order"); // biome-ignore format: one line
}

function weightsOf(table: Table, name: string): Float32Array {
  const column = columnOf(table, name);
  const row = Array.from({ length: table.rows }, (_, i) => i).find((i) => column.kind === "text" || isMissing(column, i) || !(column.values[i] >= 0 && Number.isFinite(column.values[i]))); // biome-ignore format: one line
  if (row !== undefined || column.shape.length > 0)
    failAt(table, { row: row ?? 0, column: name }, "data/values", `holds ${JSON.stringify(column.values[row ?? 0])}, and a weight is a number from 0`); // biome-ignore format: one line
  return Float32Array.from((column as NumberColumn).values);
}

/** Without the rows that lack something and are to be left out. Throws CompileError data/empty where none is left. */
export function withoutGaps(table: Table, assigned: Assigned, { impute, imputeBy = {} }: LearnOptions): Table {
  const drops = (name: string): boolean => (Object.hasOwn(imputeBy, name) ? imputeBy[name] : impute) === "drop";
  const columns = columnsOf(assigned).filter(drops).map((name) => columnOf(table, name)); // biome-ignore format: one line
  const kept = Array.from({ length: table.rows }, (_, row) => row).filter(
    (row) => !columns.some((column) => isMissing(column, row)),
  );
  if (kept.length === 0) failAt(table, {}, "data/empty", "every row lacks something, and such rows are left out");
  return kept.length === table.rows ? table : take(table, kept);
}
