// A report of one goal as a file, for `layerc inspect --html`. In: a model, a goal, perhaps a stage. Out: a file. Guarantee: it holds the goal alone, and of
// its panes, where a stage is asked for, that and the list.
import { type Goal, passes } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { collectWith } from "../explore/collect/index.ts";
import type { GoalReport, Report } from "../explore/report.ts";
import { isReport, reportHtml } from "../explore/write.ts";
import { checkInputs, isStream, writeOutputs } from "../outputs.ts";
import { type LoweringFlags, optionsOf } from "./flags.ts";
import { showBytes } from "./render.ts";
import { inputsOf, readModel, work } from "./subject.ts";
import { say, warn } from "./terminal.ts";

interface Asked extends LoweringFlags {
  readonly goal: Goal;
  readonly after?: string;
  readonly force?: boolean;
}

/** What has to be compiled so that there is the entry. */
const needs = { predict: {}, step: { stream: true }, trainStep: { train: true }, evaluate: { train: true }, metrics: { train: true } } satisfies Record<Goal, OptionsInput>; // biome-ignore format: one line

/** Writes the page. Throws CompileError. */
export async function pageOf(file: string, path: string, { goal, after, force = false, ...flags }: Asked): Promise<void> {
  // Before the model is read, because reading it runs it.
  if (file !== "-") checkInputs([{ what: "the page", path, content: "" }], [{ what: "the model file", path: file }]);
  const subject = await readModel(file, flags);
  const options = { ...optionsOf(flags), ...needs[goal] };
  const { report, artifact } = await work(subject, () => collectWith(subject.model, options, {}));
  warn(artifact.warnings, subject.model);
  const content = reportHtml(ofGoal(report, goal, after));
  writeOutputs([{ what: "the page", path, content, isOurs: isReport }], inputsOf(subject), force);
  if (!isStream(path)) say(`${path}: ${showBytes(Buffer.byteLength(content))}`);
}

/** One goal of a report, and with `after` the panes of one stage and the list. Throws CompileError cli/option where there is no such goal. */
function ofGoal(report: Report, goal: Goal, after: string | undefined): Report {
  const found = report.goals.find((one) => one.goal === goal);
  if (found === undefined) {
    const hint = `give one of ${report.goals.map((one) => one.goal).join(", ")}`;
    throw new CompileError({ code: "cli/option", path: "", message: `the module has no ${goal}`, hint });
  }
  const stage = passes.find(({ name, stage }) => after === name || after === stage)?.stage;
  const shown: GoalReport = after === undefined ? found : { ...found, panes: found.panes.filter((pane) => pane.stage === "list" || pane.stage === stage) }; // biome-ignore format: one line
  return { ...report, goals: [shown] };
}
