// What fit takes beside the data, and what it gives, as types. Keras' arguments in camelCase.
// https://keras.io/api/models/model_training_apis/#fit-method
import type { Callback, TrainingState } from "./callbacks/define.ts";
import type { EarlyStopping } from "./callbacks/early-stopping.ts";
import type { Batches, Data, Logs, Trainable } from "./trainable.ts";
import type { ClassWeight } from "./weights.ts";

/** Keras' arguments of `fit`. */
export interface FitOptions {
  /** The epoch at which training ends, counted from the beginning of it all. Default 1. */
  readonly epochs?: number;
  /** The epoch to begin with, from 0, where earlier ones were trained before. Default 0. */
  readonly initialEpoch?: number;
  /** Default 32; at most the module's batch, where there are so many rows. The last batch may be smaller. */
  readonly batchSize?: number;
  /** Of data that come in batches: how many an epoch takes; the next one goes on with those that follow. Default: all. */
  readonly stepsPerEpoch?: number;
  /** Default true: another order every epoch, from `seed` and from how many epochs this module has been fitted. */
  readonly shuffle?: boolean;
  /** A whole number. Default 0. */
  readonly seed?: number;
  /** This part of the rows, the last ones before shuffling, is validated and not trained. In [0, 1). */
  readonly validationSplit?: number;
  /** Instead of `validationSplit`. Batches are read once, and kept. */
  readonly validationData?: Data | Batches;
  /** Every so many epochs, or the epochs (from 1) after which is validated. Default 1. */
  readonly validationFreq?: number | readonly number[];
  /** Rows that are validated at once; default `batchSize`. Losses that are no means (`reduction: "sum"`) depend on it, as in Keras. */
  readonly validationBatchSize?: number;
  /** By class: what its rows count in the loss, 1 where there is none. For one output; validation does without. */
  readonly classWeight?: ClassWeight;
  /** Default: the optimizer's. */
  readonly learningRate?: number;
  /** Hooks in the order in which they are called. */
  readonly callbacks?: readonly Callback[];
  /** 0: silent. 1: a progress line. 2: a line an epoch. Default 0; `fit` of a model, in a terminal, 1. */
  readonly verbose?: 0 | 1 | 2;
  /** Goes on where another run was: `resume` of what fit gave, or what a callback kept. */
  readonly resume?: TrainingState;
  /** The same as a callback earlyStopping, before the others. */
  readonly earlyStopping?: EarlyStopping;
  /** Called with the epoch (from 0) and its logs, after all callbacks; `false` ends the training. */
  readonly onEpochEnd?: (epoch: number, logs: Logs) => unknown;
}

/** Those of `fitAsync`. */
export interface FitAsyncOptions extends FitOptions {
  /** Ends the run with its reason; the module keeps what the last whole step left. */
  readonly signal?: AbortSignal;
}

/** Per key of the logs one value per epoch that has it: means over the rows trained, and over those of the validation. */
export type History = { readonly [Key in keyof Logs]: readonly Logs[Key][] };

/** What training gives. */
export interface Fitted {
  readonly history: History;
  /** Epochs that ran. */
  readonly epochs: number;
  readonly stoppedEarly: boolean;
  /** What was trained, and a copy of its weights in Keras' order. */
  readonly module: Trainable;
  readonly weights: readonly Float32Array[];
  /** What it takes to go on from the end of the last epoch: the option `resume` of another run. */
  readonly resume: TrainingState;
}
