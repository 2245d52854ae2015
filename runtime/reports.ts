// How good predictions are, in numbers and as a table. In: what was wanted and what a model gave, rows flat or nested. Out: of classes the
// confusion matrix with precision, recall, F1 and support, as scikit-learn counts them; of numbers errors, R² and quantiles of residuals.
// Guarantee: a quotient of nothing is 0; what is no label, or no finite number, is refused with its row.
import { readRows } from "./rows.ts";
import type { RowsLike } from "./trainable.ts";

/** How well one class is found, or several on the average. */
export interface ClassScore {
  /** Of all that were taken for it, how many are it. */
  readonly precision: number;
  /** Of all that are it, how many were found. */
  readonly recall: number;
  /** 2 · precision · recall / (precision + recall). */
  readonly f1: number;
  /** How many are it. */
  readonly support: number;
}
/** What predictions of classes are worth. */
export interface ClassificationReport {
  readonly classes: readonly string[];
  /** How many rows of a class (first index) were taken for a class (second index). */
  readonly confusion: readonly (readonly number[])[];
  /** By class, in their order. */
  readonly scores: readonly (ClassScore & { readonly name: string })[];
  readonly accuracy: number;
  /** The mean over classes. */
  readonly macro: ClassScore;
  /** The mean weighted with support. */
  readonly weighted: ClassScore;
  readonly rows: number;
  /** All of it as a table. */
  readonly text: string;
}
/** How rows are read. */
export interface ClassificationOptions {
  /** Names of the classes, or how many there are. Default: as many as a prediction has numbers, or as labels name. */
  readonly classes?: readonly string[] | number;
  /** What a single number must be above to say yes. Default 0.5. */
  readonly threshold?: number;
}

/** Rows of one size. */
interface Table {
  readonly values: Float64Array;
  readonly rows: number;
  readonly width: number;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const part = (some: number, of: number): number => (of === 0 ? 0 : some / of);

function read(what: string, given: RowsLike): Table {
  const { values, rows, shape } = readRows(what, given, { into: Float64Array, numbers: "finite" });
  return { values, rows, width: shape.reduce((a, b) => a * b, 1) };
}

/** The same numbers, so many a row. */
function divided(what: string, { values }: Table, width: number): Table {
  if (values.length % width !== 0) throw new RangeError(`${what}: wanted rows of ${width} numbers, got ${values.length}`);
  return { values, width, rows: values.length / width };
}

/** Whether each so many numbers are one 1 among 0. */
const isOneHot = (values: Float64Array, width: number): boolean =>
  values.length % width === 0 &&
  values.every((value) => value === 0 || value === 1) &&
  everyRow(values, width, (total) => total === 1);
function everyRow(values: Float64Array, width: number, is: (total: number) => boolean): boolean {
  for (let at = 0; at < values.length; at += width) if (!is(sum([...values.subarray(at, at + width)]))) return false;
  return true;
}

/**
 * Labels and predictions row by row. Flat numbers are divided by the other side, or by the number of classes: as many numbers on both
 * sides are of one unit, unless they are one-hot rows and distributions.
 */
function rowsOf(y: Table, p: Table, classes: number | undefined): { readonly y: Table; readonly p: Table } {
  const rows = p.width > 1 ? p.rows : y.width > 1 ? y.rows : undefined;
  if (rows !== undefined) {
    const width = (what: string, table: Table): Table =>
      divided(what, table, table.width > 1 ? table.width : Math.max(1, table.values.length / rows));
    return { y: width("y", y), p: width("predictions", p) };
  }
  const ratio = p.values.length / y.values.length;
  if (ratio > 1 && Number.isInteger(ratio)) return { y, p: divided("predictions", p, ratio) };
  if (ratio !== 1)
    throw new RangeError(`predictions: wanted a row for each of the ${y.rows} of y, got ${p.values.length} numbers`);
  const isTable =
    classes !== undefined &&
    classes > 1 &&
    isOneHot(y.values, classes) &&
    everyRow(p.values, classes, (total) => Math.abs(total - 1) < 1e-3);
  return isTable ? { y: divided("y", y, classes), p: divided("predictions", p, classes) } : { y, p };
}

/** The place of the largest of a row; of equals the first. */
function largest({ values, width }: Table, row: number): number {
  let best = 0;
  for (let k = 1; k < width; k++) if (values[row * width + k] > values[row * width + best]) best = k;
  return best;
}

/** The class of each row: of one-hot ones and of distributions the largest, of single numbers the label. */
function classesOf(what: string, table: Table, count: number, read: (value: number) => number): readonly number[] {
  return Array.from({ length: table.rows }, (_, row) => {
    if (table.width > 1) {
      if (what === "y" && !isOneHot(table.values.subarray(row * table.width, (row + 1) * table.width), table.width))
        throw new RangeError(`y: row ${row}: wanted one 1 among ${table.width} numbers, or a label`);
      return largest(table, row);
    }
    const value = read(table.values[row]);
    if (Number.isInteger(value) && value >= 0 && value < count) return value;
    throw new RangeError(`${what}: row ${row}: wanted a label, a whole number from 0 to ${count - 1}, got ${value}`);
  });
}

/**
 * What predictions of classes are worth, held against labels: whole numbers from 0, or one-hot rows. Predictions are rows of numbers of
 * which the largest is the class, single numbers of two classes (what is above `threshold` is the second), or labels. Throws RangeError.
 */
export function classificationReport(
  y: RowsLike,
  predictions: RowsLike,
  { classes, threshold = 0.5 }: ClassificationOptions = {},
): ClassificationReport {
  const known = typeof classes === "number" ? classes : classes?.length;
  const { y: wanted, p: given } = rowsOf(read("y", y), read("predictions", predictions), known);
  if (wanted.rows !== given.rows)
    throw new RangeError(`predictions: wanted ${wanted.rows} rows, one for each of y, got ${given.rows}`);
  const labels = wanted.width > 1 ? wanted.width : 1 + wanted.values.reduce((a, b) => Math.max(a, b), 0);
  const isBinary = given.width === 1 && (known ?? labels) <= 2 && given.values.every((value) => value <= 1 || known === 2);
  const named = given.width === 1 && !isBinary ? 1 + given.values.reduce((a, b) => Math.max(a, b), 0) : given.width;
  const count = known ?? (isBinary ? 2 : Math.max(labels, named));
  if (!(count >= 1) || !Number.isInteger(count) || (given.width > 1 && given.width !== count))
    throw new RangeError(`classes: wanted ${given.width} of them, as many as a prediction has numbers, got ${count}`);
  if (wanted.width > 1 && wanted.width !== count)
    throw new RangeError(`y: wanted labels, or rows of ${count} numbers, got ${wanted.width}`);
  const isTrue = classesOf("y", wanted, count, (value) => value);
  const isSaid = classesOf("predictions", given, count, isBinary ? (value) => Number(value > threshold) : (value) => value);
  const confusion = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (const [row, label] of isTrue.entries()) confusion[label][isSaid[row]]++;
  const names = Array.isArray(classes) ? (classes as readonly string[]) : Array.from({ length: count }, (_, k) => String(k));
  return reportOf(names, confusion, isTrue.length);
}

function reportOf(classes: readonly string[], confusion: readonly (readonly number[])[], rows: number): ClassificationReport {
  const scores = classes.map((name, k) => {
    const [hits, support] = [confusion[k][k], sum(confusion[k])];
    const found = sum(confusion.map((row) => row[k]));
    return { name, precision: part(hits, found), recall: part(hits, support), f1: part(2 * hits, found + support), support };
  });
  const average = (weight: (score: ClassScore) => number): ClassScore => {
    const total = sum(scores.map(weight));
    const mean = (key: "precision" | "recall" | "f1") => part(sum(scores.map((score) => weight(score) * score[key])), total);
    return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1"), support: rows };
  };
  const report = {
    ...{ classes, confusion, scores, rows },
    accuracy: part(sum(scores.map((_, k) => confusion[k][k])), rows),
    macro: average(() => 1),
    weighted: average(({ support }) => support),
  };
  return { ...report, text: classText(report) };
}

/** Lines of cells, those of a column under each other, to the right but for the first. */
function table(lines: readonly (readonly string[])[]): string {
  const widths = lines.reduce<number[]>((most, line) => line.map((cell, k) => Math.max(cell.length, most[k] ?? 0)), []);
  const padded = lines.map((line) => line.map((cell, k) => (k === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[k]))));
  return padded.map((line) => line.join("  ").trimEnd()).join("\n");
}

function classText({ classes, confusion, scores, accuracy, macro, weighted, rows }: Omit<ClassificationReport, "text">): string {
  const line = (name: string, score: ClassScore): string[] => [
    name,
    ...[score.precision, score.recall, score.f1].map((value) => value.toFixed(3)),
    String(score.support),
  ];
  const measures = table([
    ["", "precision", "recall", "f1", "support"],
    ...scores.map((score) => line(score.name, score)),
    ["", "", "", "", ""],
    ["accuracy", "", "", accuracy.toFixed(3), String(rows)],
    line("macro average", macro),
    line("weighted average", weighted),
  ]);
  const matrix = table([["is \\ taken for", ...classes], ...confusion.map((row, k) => [classes[k], ...row.map(String)])]);
  return `${measures}\n\n${matrix}`;
}

/** How far predictions of a number are off. */
export interface RegressionScore {
  /** Mean of |residual|, and root of the mean square; a residual is what was wanted less what was given. */
  readonly mae: number;
  readonly rmse: number;
  /** 1 − Σ residual² / Σ (y − mean)²; of a y that does not change 1 where nothing is off, else 0. */
  readonly r2: number;
  /** The residual that is furthest from 0, and its row. */
  readonly largest: { readonly residual: number; readonly row: number };
  /** Residuals in order: their least, 5 %, 25 %, 50 %, 75 %, 95 %, and the greatest. */
  readonly quantiles: Readonly<Record<Quantile, number>>;
}
const parts = { min: 0, q05: 0.05, q25: 0.25, median: 0.5, q75: 0.75, q95: 0.95, max: 1 } as const;
type Quantile = keyof typeof parts;
/** What predictions of numbers are worth, column by column. */
export interface RegressionReport {
  /** How many rows. */
  readonly n: number;
  /** Of one column that; of several their means, and the largest error of all. */
  readonly mae: number;
  readonly rmse: number;
  readonly r2: number;
  readonly columns: readonly (RegressionScore & { readonly name: string })[];
  /** All of it as a table. */
  readonly text: string;
}

/** What predictions of numbers are worth; `names` of the numbers of a row, where it has several. Throws RangeError. */
export function regressionReport(
  y: RowsLike,
  predictions: RowsLike,
  { names }: { readonly names?: readonly string[] } = {},
): RegressionReport {
  const [given, found] = [read("y", y), read("predictions", predictions)];
  const width = names?.length ?? Math.max(given.width, found.width);
  const [wanted, said] = [divided("y", given, width), divided("predictions", found, width)];
  if (wanted.rows !== said.rows)
    throw new RangeError(`predictions: wanted ${wanted.rows} rows, one for each of y, got ${said.rows}`);
  const n = wanted.rows;
  const columns = Array.from({ length: width }, (_, k) => {
    const column = ({ values }: Table): readonly number[] => Array.from({ length: n }, (_row, row) => values[row * width + k]);
    return { name: names?.[k] ?? (width === 1 ? "y" : String(k)), ...scoreOf(column(wanted), column(said)) };
  });
  const mean = (key: "mae" | "rmse" | "r2"): number => sum(columns.map((score) => score[key])) / width;
  const text = table([
    ["", "n", "MAE", "RMSE", "R²", "largest", "row", ...Object.keys(parts)],
    ...columns.map(({ name, mae, rmse, r2, largest: far, quantiles }) => [
      ...[name, String(n), shown(mae), shown(rmse), r2.toFixed(4), shown(far.residual), String(far.row)],
      ...Object.values(quantiles).map(shown),
    ]),
  ]);
  return { n, mae: mean("mae"), rmse: mean("rmse"), r2: mean("r2"), columns, text };
}

const shown = (value: number): string => String(Number(value.toPrecision(4)));

function scoreOf(y: readonly number[], p: readonly number[]): RegressionScore {
  const residuals = y.map((value, row) => value - p[row]);
  const squares = sum(residuals.map((residual) => residual * residual));
  const centre = sum(y) / y.length;
  const spread = sum(y.map((value) => (value - centre) ** 2));
  const row = residuals.reduce((best, residual, at) => (Math.abs(residual) > Math.abs(residuals[best]) ? at : best), 0);
  const sorted = Float64Array.from(residuals).sort();
  const quantiles = Object.entries(parts).map(([name, share]) => [name, quantile(sorted, share)]);
  return {
    mae: sum(residuals.map(Math.abs)) / y.length,
    rmse: Math.sqrt(squares / y.length),
    r2: spread === 0 ? Number(squares === 0) : 1 - squares / spread,
    largest: { residual: residuals[row], row },
    quantiles: Object.fromEntries(quantiles) as Record<Quantile, number>,
  };
}

/** NumPy's quantile: on the line between the two nearest. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
