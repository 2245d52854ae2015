// The loop of a training, from the command line. In: a module, rows, flags. Out: what was learned, and how each epoch went. Guarantee: what `fit`
// throws is a CompileError here; a checkpoint is written beside the old one, then renamed.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import type { Model } from "../../../compiler/model.ts";
import { type Fitted, fit, type Logs, type Trainable } from "../../../runtime/index.ts";
import { save } from "../../formats/index.ts";
import { type Input, writeOutputs } from "../../outputs.ts";
import { withWeights } from "../../sequential.ts";
import { targetOf } from "../model-outputs.ts";
import { print, say } from "../terminal.ts";
import type { Rows } from "./data.ts";
import type { TrainFlags } from "./flags.ts";

/** What a training gives. */
export interface Trained extends Pick<Fitted, "history" | "epochs" | "stoppedEarly" | "weights"> {
  /** Of the epoch whose weights are kept. */
  readonly logs: Readonly<Record<string, unknown>>;
  /** That epoch, from 1, where it need not be the last. */
  readonly best?: number;
}

/** Trains the module. Throws CompileError training/run. */
export function fitted(
  model: Model,
  module: Trainable,
  { train, validation }: Rows,
  flags: TrainFlags,
  inputs: readonly Input[],
): Trained {
  const { epochs, batch, patience, checkpoint, json } = flags;
  const monitor = flags.monitor ?? (validation === undefined ? "loss" : "val_loss");
  const watch = bestOf(monitor);
  const onEpochEnd = (epoch: number, logs: Logs): void => {
    tellEpoch(epoch, epochs, logs, json === true);
    if (watch.isBetter(logs) && checkpoint !== undefined)
      keep(model, module, checkpoint, inputs, epoch === 0 && flags.force !== true);
  };
  try {
    const found = fit(module, train.data, {
      epochs,
      batchSize: Math.min(batch, train.rows),
      seed: model.seed,
      ...(validation === undefined ? {} : { validationData: validation.data }),
      ...(patience === undefined ? {} : { earlyStopping: { monitor, patience, restoreBestWeights: true } }),
      onEpochEnd,
    });
    const { history, stoppedEarly, weights } = found;
    const kept = patience === undefined ? found.epochs - 1 : watch.epoch();
    const logs = Object.fromEntries(Object.entries(history).map(([key, values]) => [key, values[kept]]));
    return { history, epochs: found.epochs, stoppedEarly, weights, logs, ...(patience === undefined ? {} : { best: kept + 1 }) };
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw new CompileError({ code: "training/run", path: "", message: error.message });
  }
}

function keep(model: Model, module: Trainable, path: string, inputs: readonly Input[], isFirst: boolean): void {
  const { isOurs } = targetOf(path);
  const content = save(withWeights(model, module.getWeights()));
  writeOutputs([{ what: "the checkpoint", path, content, isOurs }], inputs, !isFirst);
}

/** Measures that are to rise. */
export const rises = /acc|auc|precision|recall|f1|f_?beta|r2|iou|specificity|sensitivity|positives$|cosine/i;

function bestOf(monitor: string): { readonly isBetter: (logs: Logs) => boolean; readonly epoch: () => number } {
  let best = Number.POSITIVE_INFINITY;
  let [epoch, at] = [-1, 0];
  return {
    isBetter: (logs) => {
      epoch++;
      const value = (rises.test(monitor) ? -1 : 1) * Number(logs[monitor]);
      if (!(value < best)) return false;
      [best, at] = [value, epoch];
      return true;
    },
    epoch: () => at,
  };
}

function tellEpoch(epoch: number, epochs: number, logs: Logs, isJson: boolean): void {
  if (isJson) print(JSON.stringify({ event: "epoch_end", epoch, logs }));
  else {
    const measures = Object.entries(logs).map(([key, value]) => `${key}: ${value.toFixed(4)}`);
    say(`Epoch ${epoch + 1}/${epochs} - ${measures.join(" - ")}`);
  }
}
