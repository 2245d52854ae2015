// How good a trained model is, in detail. In: a module and rows that it has not seen. Out: text for people, and the same as data.
import type { PortRows, RowsLike, Trainable } from "../../../runtime/index.ts";
import { classificationReport, regressionReport } from "../../../runtime/reports.ts";
import type { TargetPort } from "../../data/assign.ts";
import type { PortRecipe } from "../../data/recipe.ts";
import type { Rows } from "./data.ts";

/** Text, and the same as data. */
export interface Report {
  readonly text: string;
  readonly data: unknown;
}

/** Over the test rows, else those that validate, else those trained with. Of several outputs a report each. */
export function reportOf(module: Trainable, { test, validation, train, recipe }: Rows, targets: readonly TargetPort[]): Report {
  const [what, { rows, data }] = test !== undefined ? ["test rows", test] : validation !== undefined ? ["rows that validate", validation] : ["rows trained with", train]; // biome-ignore format: one line
  const given = module.predict?.(data.x) ?? {};
  const of = (rows: PortRows, name: string): RowsLike =>
    (targets.length === 1 && !isByName(rows) ? rows : (rows as Readonly<Record<string, RowsLike>>)[name]) as RowsLike;
  const reports = targets.map((target, i) => {
    const { text, ...data_ } = portReport(target, recipe.targets[i], of(data.y, target.name), of(given, target.name));
    return { name: target.name, text, data: data_ };
  });
  const head = `${rows} ${what}`;
  const text = reports.map((report) => `${reports.length === 1 ? head : `${report.name}, ${head}`}\n${report.text}`).join("\n\n");
  return { text, data: Object.fromEntries(reports.map(({ name, data }) => [name, data])) };
}

const isByName = (rows: PortRows): boolean => !Array.isArray(rows) && !ArrayBuffer.isView(rows);

/** Of classes where the target tells them, else of numbers. */
function portReport({ takes, classes, names, shape }: TargetPort, { steps }: PortRecipe, y: RowsLike, p: RowsLike) {
  const [step] = steps;
  if (takes === "numbers" || (takes === "probabilities" && classes > 1) || (takes === "index" && shape.length > 1))
    return regressionReport(y, p, steps.length > 1 || classes === 1 ? { names: steps.map(({ column }) => column) } : {});
  const known = step.as === "oneHot" || step.as === "index" ? step.categories : names;
  return classificationReport(y, p, { classes: known ?? (takes === "probabilities" ? 2 : classes) });
}
