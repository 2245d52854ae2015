// One training. In: a model file and flags. Out: epochs as lines or events, then files: the model, the history, the curves, all of them or none.
// Guarantee: a run that breaks off leaves its last checkpoint whole and writes nothing else.
import type { Artifact } from "../../../compiler/artifact.ts";
import { compile } from "../../../compiler/compile.ts";
import type { Model } from "../../../compiler/model.ts";
import { load, type Trainable } from "../../../runtime/index.ts";
import type { TargetPort } from "../../data/assign.ts";
import { portsOf } from "../../data/ports.ts";
import { checkInputs, type Input, type Output, writeOutputs } from "../../outputs.ts";
import { withWeights } from "../../sequential.ts";
import { fileIn, inputsOf, outputsOf } from "../model-outputs.ts";
import { readModel, work } from "../subject.ts";
import { print, say, warn } from "../terminal.ts";
import { dataFiles, type Rows, readData } from "./data.ts";
import { fitted, type Trained } from "./fitted.ts";
import type { TrainFlags } from "./flags.ts";
import { withData, withFlags } from "./model.ts";
import { checkNames, csvOf, curvesOf, savedAs } from "./outputs.ts";
import { reportOf } from "./report.ts";

/** Trains, and writes what the flags ask for. Throws CompileError. */
export async function trainOnce(file: string, flags: TrainFlags): Promise<void> {
  checkNames(flags);
  const read: readonly Input[] = dataFiles(flags).map((path) => ({ what: "the data", path }));
  // Before the model is read, because reading it runs it.
  const named = outputNames(flags).map((path): Output => ({ what: "an output", path, content: "" }));
  checkInputs(named, [...(file === "-" ? [] : [{ what: "the model file", path: file }]), ...read]);
  const subject = await readModel(file, flags);
  const begun = await work(subject, () => withFlags(subject.model, flags));
  const ports = await work(subject, () => portsOf(begun));
  const rows = await readData(ports, flags);
  const model = await work(subject, () => withData(begun, rows, flags));
  const artifact = await work(subject, () => compiled(model, rows, flags));
  warn(artifact.warnings, model);
  const inputs = [...inputsOf(subject), ...read];
  tellRows(rows, flags);
  const module = load<Trainable>(artifact);
  const trained = fitted(model, module, rows, flags, inputs);
  finish({ model, module, rows, trained, targets: ports.targets }, flags, inputs);
}

const outputNames = ({ save, checkpoint, history, plot }: TrainFlags): readonly string[] =>
  [save, checkpoint, history, plot].filter((name) => name !== undefined);

function compiled(model: Model, { train }: Rows, { batch, exact }: TrainFlags): Artifact {
  return compile(model, {
    train: true,
    batch: Math.min(batch, train.rows),
    selfTest: false,
    ...(exact === true ? { exact } : {}),
  });
}

function tellRows({ train, validation, test, recipe }: Rows, { json }: TrainFlags): void {
  const counts = { train: train.rows, validation: validation?.rows ?? 0, test: test?.rows ?? 0 };
  if (json === true) print(JSON.stringify({ event: "data", rows: counts, recipe }));
  else {
    const also = [
      counts.validation > 0 ? `${counts.validation} to validate` : "",
      counts.test > 0 ? `${counts.test} to test` : "",
    ];
    say([`${counts.train} rows to train`, ...also.filter((text) => text !== "")].join(", "));
  }
}

interface Ended {
  readonly model: Model;
  readonly module: Trainable;
  readonly rows: Rows;
  readonly trained: Trained;
  readonly targets: readonly TargetPort[];
}

/** Writes the files, and says how good the model is. */
function finish({ model, module, rows, trained, targets }: Ended, flags: TrainFlags, inputs: readonly Input[]): void {
  const { save, history, plot, force = false } = flags;
  const { logs, best } = trained;
  const made = withWeights(model, trained.weights);
  const test = rows.test === undefined ? undefined : module.evaluate(rows.test.data.x, rows.test.data.y);
  const report = flags.report === true ? reportOf(module, rows, targets) : undefined;
  const target = save === undefined ? undefined : savedAs(save);
  const outputs: readonly Output[] = [
    ...(save === undefined || target === undefined ? [] : outputsOf(fileIn(save, target), target, target.write(made))),
    ...(history === undefined ? [] : [csvOf(history, trained.history, trained.begin)]),
    ...(plot === undefined ? [] : [curvesOf(plot, model.name, trained)]),
  ];
  if (outputs.length > 0) writeOutputs(outputs, inputs, force);
  const files = [...outputs.map(({ path }) => path), ...(flags.checkpoint === undefined ? [] : [flags.checkpoint])];
  if (flags.json === true) {
    const { epochs, stoppedEarly } = trained;
    print(JSON.stringify({ event: "trained", epochs, stoppedEarly, best, logs, test, report: report?.data, files }));
    return;
  }
  const kept =
    best === undefined ? `epoch ${trained.begin + trained.epochs}` : `epoch ${best} of ${trained.begin + trained.epochs}`;
  print(`${kept}: ${measures(logs)}`);
  if (test !== undefined) print(`test: ${measures(test)}`);
  if (report !== undefined) print(`\n${report.text}`);
  if (files.length > 0) say(`written: ${files.join(", ")}`);
}

const measures = (logs: Readonly<Record<string, unknown>>): string =>
  Object.entries(logs)
    .map(([key, value]) => `${key} ${typeof value === "number" ? Number(value.toPrecision(4)) : JSON.stringify(value)}`)
    .join(", ");
