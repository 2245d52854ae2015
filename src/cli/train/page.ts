// The report of a training as one file. In: a trained model, its history, how good it is. Out: an output: what `layerc report` shows of the model as it
// predicts, with its curves and errors.
import type { Model } from "../../../compiler/model.ts";
import { collectWith } from "../../explore/collect/index.ts";
import type { TrainingReport } from "../../explore/report.ts";
import { isReport, reportHtml } from "../../explore/write.ts";
import type { Output } from "../../outputs.ts";
import type { Trained } from "./fitted.ts";
import type { Report } from "./report.ts";

/** The file. */
export function pageOf(path: string, model: Model, { history, best, begin }: Trained, { outputs }: Report): Output {
  const isNumbers = (values: readonly unknown[]): values is readonly number[] =>
    values.every((value) => typeof value === "number");
  const curves = Object.entries(history).flatMap(([key, values]) => (isNumbers(values) ? [[key, values] as const] : []));
  const training: TrainingReport = {
    history: Object.fromEntries(curves),
    // Counted from the first epoch of this run, as the curves are.
    ...(best === undefined ? {} : { best: best - begin }),
    outputs,
  };
  const { report } = collectWith(model, {}, { profile: true });
  return { what: "the report", path, content: reportHtml({ ...report, training }), isOurs: isReport };
}
