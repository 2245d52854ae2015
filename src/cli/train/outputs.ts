// The files of a training. In: names, and what goes into them. Out: outputs. Guarantee: a name that cannot hold a whole model is refused before
// anything is trained.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { learningCurves } from "../../data/curves.ts";
import type { Target } from "../../formats/targets.ts";
import type { Output } from "../../outputs.ts";
import { targetOf } from "../model-outputs.ts";
import type { Trained } from "./fitted.ts";
import type { TrainFlags } from "./flags.ts";

/** Throws CompileError cli/option. */
export function checkNames({ save, checkpoint, history, plot, report }: TrainFlags): void {
  if (save !== undefined) savedAs(save);
  const wants = (flag: string, name: string | undefined, ending: RegExp, example: string): void => {
    if (name !== undefined && !ending.test(name)) refuse(`--${flag} ${name}`, `give it a name like ${example}`);
  };
  wants("checkpoint", checkpoint, /\.safetensors$/i, "best.safetensors");
  wants("history", history, /\.csv$|^\/dev\//i, "history.csv");
  wants("plot", plot, /\.svg$|^\/dev\//i, "curves.svg");
  wants("report", typeof report === "string" ? report : undefined, /\.html?$|^\/dev\//i, "report.html");
}

/** The format of a trained model. Throws CompileError cli/option for a name of none, and for one that would lose the weights. */
export function savedAs(name: string): Target {
  const target = targetOf(name);
  if (target.holds === "lines")
    refuse(`--save ${name}`, "a spec holds no weights: give name.safetensors, name.onnx, or model.json");
  return target;
}

function refuse(what: string, hint: string): never {
  throw new CompileError({
    code: "cli/option",
    path: "",
    message: `${what}: the name does not say a format that is written there`,
    hint,
  });
}

/** A line an epoch, counted from 0 as Keras does, or from where the run began. */
export function csvOf(path: string, history: Readonly<Record<string, readonly unknown[]>>, begin = 0): Output {
  const keys = Object.keys(history);
  const epochs = Math.max(...keys.map((key) => history[key].length));
  const cell = (value: unknown): string =>
    typeof value === "number" || value === undefined ? String(value ?? "") : `"${JSON.stringify(value)}"`;
  const lines = Array.from({ length: epochs }, (_, epoch) =>
    [begin + epoch, ...keys.map((key) => cell(history[key][epoch]))].join(","),
  );
  const isOurs = (bytes: Uint8Array): boolean => new TextDecoder().decode(bytes.subarray(0, 6)) === "epoch,";
  return { what: "the history", path, content: `${[["epoch", ...keys].join(","), ...lines].join("\n")}\n`, isOurs };
}

/** The curves of a run, with a line at the epoch that is kept. */
export function curvesOf(
  path: string,
  title: string,
  { history, begin, best }: Pick<Trained, "history" | "begin" | "best">,
): Output {
  const content = learningCurves(history, { title, ...(best === undefined ? {} : { best: best - begin }) });
  const isOurs = (bytes: Uint8Array): boolean => new TextDecoder().decode(bytes.subarray(0, 300)).includes("<svg xmlns");
  return { what: "the curves", path, content, isOurs };
}
