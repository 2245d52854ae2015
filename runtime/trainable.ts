// What fit works with, as types: a module that trains, the user's data and options, and what comes out. Keras' names in camelCase.

/** Numbers back to back, or a list of rows: flat ones, or nested to the row's shape, typed arrays among them. */
export type RowsLike = ArrayLike<number> | readonly RowsLike[];
/** The same of texts, for an input that holds such. */
export type TextsLike = readonly string[] | readonly TextsLike[];
/** Rows of the only port, or of each port by its name. */
export type PortRows = RowsLike | TextsLike | { readonly [port: string]: RowsLike | TextsLike };

/** Whole numbers below `below`; `ignore` may stand among them. */
export interface Range {
  readonly below: number;
  readonly ignore?: number;
}
type Shapes = Readonly<Record<string, readonly number[]>>;
type Ranges = Range | Readonly<Record<string, Range>>;

/** By name: `loss`, of several outputs `price_loss` each, and the metrics, `accuracy` or `price_accuracy`. */
export type Losses = Readonly<Record<string, number>>;

/** What fit needs of a module compiled with `train: true`. */
export interface Trainable {
  /** Shapes of the inputs' rows, by name; where there is one input also as `inputShape`. */
  readonly inputs?: Shapes;
  readonly inputShape?: readonly number[];
  readonly outputs?: Shapes;
  /** Shapes of what the outputs are held against. */
  readonly targets?: Shapes;
  /** Inputs that hold texts. */
  readonly types?: Readonly<Record<string, string>>;
  /** Most rows of one trainStep. */
  readonly batch?: number;
  /** `layer name/weight name`, in the order of getWeights. */
  readonly weightNames?: readonly string[];
  /** Ports that hold whole numbers, ids of an embedding or labels of classes: by port where the argument has several. */
  readonly ranges?: { readonly x?: Ranges; readonly y?: Ranges };
  predict?(x: PortRows): Float32Array | Readonly<Record<string, Float32Array>>;
  trainStep(x: PortRows, y: PortRows, options?: { sampleWeight?: PortRows; learningRate?: number }): number;
  evaluate(x: PortRows, y: PortRows, options?: { sampleWeight?: PortRows }): Losses;
  /** Begins the means of `getMetrics` anew: of the losses, over the rows trained since. */
  resetMetrics?(): void;
  getMetrics?(): Losses;
  getWeights(): Float32Array[];
  setWeights(list: ArrayLike<ArrayLike<number>>): void;
}

/** Rows of one port, or by port. As many rows everywhere; `sampleWeight`: one number per row, for all outputs or by output. */
export interface Data {
  readonly x: PortRows;
  readonly y: PortRows;
  readonly sampleWeight?: PortRows;
}

/** Losses and metrics of one epoch: those of the module, and with validation the same with `val_` in front. */
export interface Logs {
  readonly [key: string]: number;
  readonly loss: number;
}

/** Keras' EarlyStopping with its defaults. */
export interface EarlyStopping {
  /** A key of the logs: "loss", "val_loss", "val_price_loss", "val_accuracy". Default "val_loss". */
  readonly monitor?: string;
  /** Smaller changes are no improvement; the sign is ignored. Default 0. */
  readonly minDelta?: number;
  /** Epochs without improvement before training stops. Default 0. */
  readonly patience?: number;
  /** Default "auto": losses are to fall, accuracies to rise. */
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
  /** Per key of the logs one number per epoch: means over the rows trained, and over those of the validation. */
  readonly history: { readonly [key: string]: readonly number[]; readonly loss: readonly number[] };
  /** Epochs that ran. */
  readonly epochs: number;
  readonly stoppedEarly: boolean;
  /** What was trained, and a copy of its weights in Keras' order. */
  readonly module: Trainable;
  readonly weights: readonly Float32Array[];
}
