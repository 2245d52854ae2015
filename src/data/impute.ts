// What stands where a value is missing. In: a column of the rows trained with, and a rule. Out: the value. Guarantee: it comes from those rows
// alone, and a rule that the column cannot follow is an error.
import { categoriesOf, textsOf } from "./categories.ts";
import { type Column, failAt, type Table } from "./table.ts";

/** A rule, or the value itself. `drop` leaves the row out. */
export type Imputation = "mean" | "median" | "most_frequent" | "drop" | number | string;

/** The rules by name. */
export const imputations: readonly string[] = ["mean", "median", "most_frequent", "drop"];

/** Throws CompileError data/missing. */
export function fillFor(table: Table, column: Column, how: Imputation): number | string {
  const refuse = (why: string): never => failAt(table, { column: column.name }, "data/missing", why, `--impute ${column.name}=most_frequent, or =drop`); // biome-ignore format: one line
  if (how === "most_frequent") {
    const value = mostFrequent(column) ?? refuse("no row has a value, so none is the most frequent");
    return column.kind === "number" ? Number(value) : value;
  }
  if (column.kind === "text") return how === "mean" || how === "median" ? refuse(`texts have no ${how}`) : String(how);
  if (how !== "mean" && how !== "median") {
    const value = Number(how);
    return String(how).trim() !== "" && Number.isFinite(value) ? value : refuse(`${JSON.stringify(how)} is no number`);
  }
  const known = column.values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) refuse(`no row has a value, so there is no ${how}`);
  if (how === "mean") return known.reduce((sum, value) => sum + value, 0) / known.length;
  known.sort();
  const middle = known.length >> 1;
  return known.length % 2 === 1 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
}

/** The first in order of those that are there most often. */
function mostFrequent(column: Column): string | undefined {
  const counts = new Map<string, number>();
  for (const text of textsOf(column)) if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return categoriesOf([column]).find((name) => counts.get(name) === most);
}
