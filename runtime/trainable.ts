// What fit works with, as types: a module that trains, the user's data and options, and what comes out. Keras' names in camelCase.

/** Numbers back to back, or a list of rows: flat ones, or nested to the row's shape, typed arrays among them. */
export type RowsLike = ArrayLike<number> | readonly RowsLike[];

/** Whole numbers below `below`; `ignore` may stand among them. */
export interface Range {
  readonly below: number;
  readonly ignore?: number;
}

/** What fit needs of a module compiled with `train: true`. */
export interface Trainable {
  readonly inputShape: readonly number[];
  /** Most rows of one trainStep. */
  readonly batch?: number;
  /** `layer name/weight name`, in the order of getWeights. */
  readonly weightNames?: readonly string[];
  /** Ports that hold whole numbers: ids of an embedding, labels of classes. */
  readonly ranges?: { readonly x?: Range; readonly y?: Range };
  predict?(x: ArrayLike<number>): Float32Array;
  trainStep(
    x: ArrayLike<number>,
    y: ArrayLike<number>,
    options?: { sampleWeight?: ArrayLike<number>; learningRate?: number },
  ): number;
  evaluate(x: ArrayLike<number>, y: ArrayLike<number>, options?: { sampleWeight?: ArrayLike<number> }): number;
  getWeights(): Float32Array[];
  setWeights(list: ArrayLike<ArrayLike<number>>): void;
}

/** `y`: the same number of numbers for every row. `sampleWeight`: one number per row. */
export interface Data {
  readonly x: RowsLike;
  readonly y: RowsLike;
  readonly sampleWeight?: RowsLike;
}

/** The losses of one epoch. */
export interface Logs {
  readonly loss: number;
  readonly val_loss?: number;
}

/** Keras' EarlyStopping with its defaults. */
export interface EarlyStopping {
  /** Default "val_loss". */
  readonly monitor?: "loss" | "val_loss";
  /** Smaller changes are no improvement; the sign is ignored. Default 0. */
  readonly minDelta?: number;
  /** Epochs without improvement before training stops. Default 0. */
  readonly patience?: number;
  /** Default "auto": both losses are to fall. */
  readonly mode?: "auto" | "min" | "max";
  /** At the end of training the best weights return, even when it never stopped early. Default false. */
  readonly restoreBestWeights?: boolean;
  /** Epochs before this one (from 0) are not watched. Default 0. */
  readonly startFromEpoch?: number;
}

/** Keras' arguments of `fit`, in camelCase. https://keras.io/api/models/model_training_apis/#fit-method */
export interface FitOptions {
  /** Default 1. */
  readonly epochs?: number;
  /** Default 32; at most the module's batch, where there are so many rows. The last batch may be smaller. */
  readonly batchSize?: number;
  /** Default true: another order every epoch, from `seed` and from how many epochs this module has been fitted. */
  readonly shuffle?: boolean;
  /** A whole number. Default 0. */
  readonly seed?: number;
  /** This part of the rows, the last ones before shuffling, is validated and not trained. In [0, 1). */
  readonly validationSplit?: number;
  /** Instead of `validationSplit`. */
  readonly validationData?: Data;
  /** Default: the optimizer's. */
  readonly learningRate?: number;
  readonly earlyStopping?: EarlyStopping;
  /** Called with the epoch (from 0) and its losses; `false` ends the training. Not async: nothing is awaited. */
  readonly onEpochEnd?: (epoch: number, logs: Logs) => unknown;
}

/** What training gives. */
export interface Fitted {
  /** One number per epoch: the mean of the batches' losses weighted by their rows, and the loss of the validation rows. */
  readonly history: { readonly loss: readonly number[]; readonly val_loss?: readonly number[] };
  /** Epochs that ran. */
  readonly epochs: number;
  readonly stoppedEarly: boolean;
  /** What was trained, and a copy of its weights in Keras' order. */
  readonly module: Trainable;
  readonly weights: readonly Float32Array[];
}
