// How good a trained model is, in detail. In: a module and rows that it has not seen. Out: text for people, and the same as data.
import type { PortRows, RowsLike, Trainable } from "../../../runtime/index.ts";
import { classificationReport, regressionReport } from "../../../runtime/reports.ts";
import type { TargetPort } from "../../data/assign.ts";
import type { PortRecipe } from "../../data/recipe.ts";
import type { TrainingReport } from "../../explore/report.ts";
import type { Rows } from "./data.ts";

/** Text, and the same as data. */
export interface Report {
  readonly text: string;
  readonly data: unknown;
  /** The same for a page. */
  readonly outputs: TrainingReport["outputs"];
}

/** Most rows whose residuals a page draws. */
const mostResiduals = 500;

/** Over the test rows, else those that validate, else those trained with. Of several outputs a report each. */
export function reportOf(module: Trainable, { test, validation, train, recipe }: Rows, targets: readonly TargetPort[]): Report {
  const [what, { rows, data }] = test !== undefined ? ["test rows", test] : validation !== undefined ? ["rows that validate", validation] : ["rows trained with", train]; // biome-ignore format: one line
  const given = module.predict?.(data.x) ?? {};
  const of = (rows: PortRows, name: string): RowsLike =>
    (targets.length === 1 && !isByName(rows) ? rows : (rows as Readonly<Record<string, RowsLike>>)[name]) as RowsLike;
  const reports = targets.map((target, i) => {
    const { text, ...data_ } = portReport(target, recipe.targets[i], of(data.y, target.name), of(given, target.name));
    const [wanted, said] = [of(data.y, target.name), of(given, target.name)];
    const shown = "confusion" in data_ ? { confusion: { classes: data_.classes, counts: data_.confusion } } : { residuals: residualsOf(wanted, said) }; // biome-ignore format: one line
    return { name: target.name, text, data: data_, output: { name: target.name, rows: `${rows} ${what}`, text, ...shown } };
  });
  const head = `${rows} ${what}`;
  const text = reports.map((report) => `${reports.length === 1 ? head : `${report.name}, ${head}`}\n${report.text}`).join("\n\n");
  const outputs = reports.map(({ output }) => output);
  return { text, data: Object.fromEntries(reports.map(({ name, data }) => [name, data])), outputs };
}

/** Pairs of numbers, evenly over the rows where those are many. */
function residualsOf(wanted: RowsLike, given: RowsLike): readonly (readonly [wanted: number, given: number])[] {
  const [y, p] = [flat(wanted), flat(given)];
  const step = Math.max(1, Math.ceil(y.length / mostResiduals));
  return Array.from({ length: Math.ceil(Math.min(y.length, p.length) / step) }, (_, i) => [y[i * step], p[i * step]] as const);
}

/** Rows of any nesting as one list. */
const flat = (rows: RowsLike): readonly number[] =>
  typeof rows === "number" ? [rows] : Array.from(rows as ArrayLike<RowsLike>).flatMap(flat);

const isByName = (rows: PortRows): boolean => !Array.isArray(rows) && !ArrayBuffer.isView(rows);

/** Of classes where the target tells them, else of numbers. */
function portReport({ takes, classes, names, shape }: TargetPort, { steps }: PortRecipe, y: RowsLike, p: RowsLike) {
  const [step] = steps;
  if (takes === "numbers" || (takes === "probabilities" && classes > 1) || (takes === "index" && shape.length > 1))
    return regressionReport(y, p, steps.length > 1 || classes === 1 ? { names: steps.map(({ column }) => column) } : {});
  const known = step.as === "oneHot" || step.as === "index" ? step.categories : names;
  return classificationReport(y, p, { classes: known ?? (takes === "probabilities" ? 2 : classes) });
}
