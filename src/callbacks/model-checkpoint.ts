// modelCheckpoint with files. In: Keras' options, with a path that may hold {epoch} and {val_loss:.2f}. Out: a .safetensors file that opens
// as the model, and that a training goes on from; or the model in another format. Guarantee: a file is whole, old or new.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import {
  type CheckpointTimes,
  checkpoint,
  checkpointRules,
  type ModelCheckpoint,
} from "../../runtime/callbacks/model-checkpoint.ts";
import type { Callback, TrainingRun } from "../../runtime/index.ts";
import { callable, known, text } from "../../runtime/rules.ts";
import { targets } from "../formats/targets.ts";
import { inFolder, writeFile } from "./disk.ts";
import { fileName } from "./file-names.ts";
import { saveTrainingState } from "./state-file.ts";

/** Keras' options; one of `filepath` and `save`. */
export interface FileCheckpoint extends CheckpointTimes {
  /** Ends in .safetensors, .onnx or model.json; holds {epoch} (from 1), {batch} and keys of the logs, with forms such as {val_loss:.2f}. */
  readonly filepath?: string;
  /** In place of a file. */
  readonly save?: ModelCheckpoint["save"];
}
const rules = { ...checkpointRules, filepath: text, save: callable };
const what = "modelCheckpoint.filepath";

/** Saves the model, or states of its training. Throws TypeError or RangeError where an option does not fit. */
export function modelCheckpoint(given: FileCheckpoint): Callback {
  const { filepath, save, ...times } = known<FileCheckpoint>("modelCheckpoint", "modelCheckpoint.", given, rules, {
    saveWeightsOnly: "the file holds the model, its weights and the state of the training",
  });
  if ((filepath === undefined) === (save === undefined))
    throw new TypeError(`modelCheckpoint: wanted filepath or save, got ${save === undefined ? "neither" : "both"}`);
  if (save !== undefined) return checkpoint(times, save);
  const path = filepath ?? "";
  const target = targets.find(({ file, holds }) => holds !== "lines" && file.test(path));
  if (target === undefined)
    throw new TypeError(`${what}: wanted a name that ends in .safetensors, .onnx or model.json, got ${JSON.stringify(path)}`);
  return checkpoint(times, (state, { epoch, batch, logs }, run) => {
    const counts = { epoch: epoch + 1, ...(batch === undefined ? {} : { batch: batch + 1 }) };
    const file = fileName(what, path, { ...counts, ...logs });
    if (target.holds === "training") {
      const { weightNames = state.weights.map((_, i) => `weights[${i}]`) } = run.module;
      writeFile("the checkpoint", file, saveTrainingState(state, weightNames, run.model?.() as Model | undefined));
      return;
    }
    const folder = file.slice(0, file.search(/[^/\\]*$/));
    // The file that is opened first is written last: what it names is there by then.
    for (const [name, bytes] of target.write(modelIn(run)).toReversed())
      writeFile("the checkpoint", name === null ? file : inFolder(what, folder, name), bytes);
  });
}

function modelIn(run: TrainingRun): Model {
  const model = run.model?.() as Model | undefined;
  if (model !== undefined) return model;
  throw new CompileError({
    code: "format/unwritten",
    path: "",
    message: `${what}: a module is no model that could be written in this format`,
    hint: "call fit(model, …), or give a name that ends in .safetensors",
  });
}
