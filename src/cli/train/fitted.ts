// The loop of a training, from the command line. In: a module, rows, flags. Out: what was learned, and how each epoch went. Guarantee: what `fit`
// throws is a CompileError here; a checkpoint is written beside the old one, then renamed.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import type { Model } from "../../../compiler/model.ts";
import { type Monitor, monitorOf } from "../../../runtime/callbacks/monitor.ts";
import {
  type Callback,
  earlyStopping,
  type Fitted,
  fit,
  jsonEvents,
  modelCheckpoint,
  progressBar,
  type Trainable,
  type TrainingState,
} from "../../../runtime/index.ts";
import { openTrainingState, saveTrainingState } from "../../callbacks/state-file.ts";
import { readBytes } from "../../files.ts";
import { type Input, writeOutputs } from "../../outputs.ts";
import { withWeights } from "../../sequential.ts";
import { targetOf } from "../model-outputs.ts";
import { terminal } from "../terminal.ts";
import type { Rows } from "./data.ts";
import type { TrainFlags } from "./flags.ts";

/** What a training gives. */
export interface Trained extends Pick<Fitted, "history" | "epochs" | "stoppedEarly" | "weights" | "resume"> {
  /** The first epoch of this run, from 0. */
  readonly begin: number;
  /** Of the epoch whose weights are kept. */
  readonly logs: Readonly<Record<string, unknown>>;
  /** That epoch, from 1, where it need not be the last. */
  readonly best?: number;
}

/** What is to get better. */
export const monitorIn = ({ monitor }: TrainFlags, isValidated: boolean): string =>
  monitor ?? (isValidated ? "val_loss" : "loss");

/** Trains the module. Throws CompileError training/run. */
export function fitted(
  model: Model,
  module: Trainable,
  { train, validation }: Rows,
  flags: TrainFlags,
  inputs: readonly Input[],
): Trained {
  const { epochs, batch, patience, checkpoint, resume } = flags;
  const monitor = monitorIn(flags, validation !== undefined);
  const kept = resume === undefined ? undefined : openState(resume);
  const watch = bestOf(monitor);
  const callbacks: readonly Callback[] = [
    shown(flags),
    ...(patience === undefined ? [] : [earlyStopping({ monitor, patience, restoreBestWeights: true })]),
    ...(checkpoint === undefined ? [] : [checkpoints(model, module, checkpoint, monitor, inputs, flags.force === true)]),
    ...(patience === undefined ? [] : [watch.callback]),
  ];
  try {
    const found = fit(module, train.data, {
      epochs,
      batchSize: Math.min(batch, train.rows),
      seed: model.seed,
      callbacks,
      ...(kept === undefined ? {} : { resume: kept, initialEpoch: kept.epoch }),
      ...(validation === undefined ? {} : { validationData: validation.data }),
    });
    const begin = kept?.epoch ?? 0;
    const last = patience === undefined ? found.epochs - 1 : (watch.epoch() ?? begin) - begin;
    const logs = Object.fromEntries(Object.entries(found.history).map(([key, values]) => [key, values[last]]));
    return { ...found, begin, logs, ...(patience === undefined ? {} : { best: begin + last + 1 }) };
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw new CompileError({ code: "training/run", path: "", message: error.message });
  }
}

function openState(file: string): TrainingState {
  try {
    return openTrainingState(readBytes(file));
  } catch (error) {
    throw error instanceof CompileError && error.code !== "file/missing" ? error.with({ under: file }) : error;
  }
}

/** Keras' line for people, events for machines. */
function shown({ json }: TrainFlags): Callback {
  const { stdout, stderr } = terminal();
  if (json === true) return jsonEvents({ write: (line) => stdout.write(line) });
  const { columns } = stderr as { readonly columns?: number };
  const isTerminal = stderr.isTTY === true;
  return progressBar({
    write: (text) => stderr.write(text),
    columns: columns ?? 80,
    isTerminal,
    verbose: isTerminal ? 1 : 2,
  });
}

function checkpoints(
  model: Model,
  module: Trainable,
  path: string,
  monitor: string,
  inputs: readonly Input[],
  force: boolean,
): Callback {
  const { isOurs } = targetOf(path);
  return modelCheckpoint({
    monitor,
    saveBestOnly: true,
    save: (state) => {
      const names = module.weightNames ?? state.weights.map((_, i) => `weights[${i}]`);
      const content = saveTrainingState(state, names, withWeights(model, state.weights));
      writeOutputs([{ what: "the checkpoint", path, content, isOurs }], inputs, force);
    },
  });
}

/** Which epoch early stopping keeps, by its own measure. */
function bestOf(key: string): { readonly callback: Callback; readonly epoch: () => number | undefined } {
  let watch: Monitor | undefined;
  let best: number | undefined;
  let at: number | undefined;
  return {
    callback: {
      onTrainBegin: ({ keys }) => {
        watch = monitorOf("layerc train", { monitor: key }, keys);
      },
      onEpochEnd: (epoch, logs) => {
        const value = watch?.valueIn(logs);
        if (value === undefined || watch?.isBetter(value, best) !== true) return;
        [best, at] = [value, epoch];
      },
    },
    epoch: () => at,
  };
}
