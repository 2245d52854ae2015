// What a callback is, and what it sees of a run. Each is one file here and one line in the list; `fit` knows none of them by name. Guarantee:
// hooks are called in Keras' order, in the order of the list; https://keras.io/api/callbacks/base_callback/
import type { Logs, OptimizerState, Trainable } from "../trainable.ts";

/** Plain data, which JSON keeps. */
export type Plain = number | string | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** What a callback remembers, beside its name. */
export interface Memory {
  readonly name: string;
  readonly state: Plain;
}

/** What a run needs to go on: stopped after an epoch and resumed, it ends with the bits of one that never stopped. */
export interface TrainingState {
  /** In the order of the module's getWeights. */
  readonly weights: readonly Float32Array[];
  /** What the optimizer keeps, and the count behind random layers. */
  readonly state: OptimizerState;
  /** The epoch that comes next, from 0. */
  readonly epoch: number;
  /** How many epochs the module has been fitted, from which the order of rows follows. */
  readonly fitted: number;
  /** Where it was set by a callback or an option. */
  readonly learningRate?: number;
  readonly callbacks: readonly Memory[];
}

/** A training under way, as its callbacks see it. */
export interface TrainingRun {
  readonly module: Trainable;
  /** The current epoch, from 0. */
  readonly epoch: number;
  readonly params: {
    readonly epochs: number;
    /** Batches of an epoch, where they can be counted. */
    readonly steps?: number;
  };
  /** The keys that the logs of an epoch can have. */
  readonly keys: readonly string[];
  /** As the optimizer has it, in float32. Setting it holds from the next step on; of a schedule it cannot be set. */
  learningRate: number;
  /** Ends the run after this batch's epoch, which is validated and logged as it is. */
  stop(): void;
  /** What it takes to go on from here. */
  state(): TrainingState;
  /** Goes on from such a state; before the first epoch only. */
  resume(from: TrainingState): void;
  /** In fit of a model: the model with what the module holds now. */
  model?(): object;
  /** Shows a line to the user. */
  print(line: string): void;
}

/**
 * Hooks; all may be left out. What a hook returns means nothing, but in `fitAsync` a promise is waited for. Epochs and batches count
 * from 0. Logs of a batch are means over the epoch so far.
 */
export interface Callback {
  /** For what it remembers. */
  readonly name?: string;
  /** Keys that it adds to the logs of an epoch, so that others may monitor them. */
  readonly adds?: readonly string[];
  /** It deals with a loss that is not finite, which else ends the run with an error. */
  readonly toleratesNaN?: boolean;
  onTrainBegin?(run: TrainingRun): unknown;
  onEpochBegin?(epoch: number, run: TrainingRun): unknown;
  onBatchBegin?(batch: number, run: TrainingRun): unknown;
  onBatchEnd?(batch: number, logs: Logs, run: TrainingRun): unknown;
  /** Before and after validation. */
  onTestBegin?(run: TrainingRun): unknown;
  onTestEnd?(logs: Logs, run: TrainingRun): unknown;
  onEpochEnd?(epoch: number, logs: Logs, run: TrainingRun): unknown;
  /** When every callback has seen the end of the epoch: the state of the run is that of this epoch's end. */
  afterEpoch?(epoch: number, logs: Logs, run: TrainingRun): unknown;
  /** With the logs of the last epoch. */
  onTrainEnd?(logs: Logs, run: TrainingRun): unknown;
  /** Instead of onTrainEnd where the run ends with an error. */
  onTrainError?(error: unknown, run: TrainingRun): unknown;
  /** What it remembers from epoch to epoch, and the way back, which is called after onTrainBegin. */
  state?(): Plain;
  restore?(state: Plain): void;
}

/** The names of the hooks. */
export type Hook = Extract<keyof Callback, `on${string}` | "afterEpoch">;

/** A number as plain data: JSON has no NaN and no infinity. */
export const plainOf = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
/** Weights as plain data, to the bit. */
export const plainWeights = (weights: readonly Float32Array[] | undefined): Plain =>
  weights === undefined ? null : weights.map((values) => Array.from(values, plainOf));
/** Back again. */
export const weightsOf = (state: Plain): Float32Array[] | undefined =>
  Array.isArray(state) ? state.map((values: readonly Plain[]) => Float32Array.from(values, Number)) : undefined;
