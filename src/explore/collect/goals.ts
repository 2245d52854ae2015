// What a report has of each entry of a module, as a table. In: nothing. Out: rows. Guarantee: an entry that is not like others is so by a column here, and nowhere else.
import type { Goal } from "../../../compiler/compile.ts";

/** An entry in a report. */
export interface GoalRow {
  /** What its pane of JavaScript shows: the module as it is written, or the kernels that the entry calls. */
  readonly code: "module" | "kernels";
  /** Rows go through it region by region: their values are shown, and rows are typed in. */
  readonly hasValues: boolean;
  /** What names of kernels begin with that run its regions for many rows at once. */
  readonly tile?: string;
}

const kernels: GoalRow = { code: "kernels", hasValues: false };

/** By entry. */
export const goalRows: Readonly<Record<Goal, GoalRow>> = {
  predict: { code: "module", hasValues: true, tile: "predictTile/" },
  step: kernels,
  trainStep: kernels,
  evaluate: kernels,
  metrics: kernels,
};
