// What fit works with, as types: a module that trains, the user's data, and what is shown of a training. Keras' names in camelCase.

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

/** A loss or metric: a number, or one for each class where Keras gives a vector. */
export type Measure = number | readonly number[];

/** By name: `loss`, of several outputs `price_loss` each, and the metrics, `accuracy` or `price_accuracy`. */
export type Losses = Readonly<Record<string, Measure>>;

/** What an optimizer keeps from step to step, by name. */
export type OptimizerState = Readonly<Record<string, Float32Array>>;

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
  trainStep(x: PortRows, y: PortRows, options?: StepOptions): number;
  evaluate(x: PortRows, y: PortRows, options?: EvaluateOptions): Losses;
  /** Begins the means of `getMetrics` anew: of the losses, over the rows trained since. */
  resetMetrics?(): void;
  getMetrics?(): Losses;
  getWeights(): Float32Array[];
  setWeights(list: ArrayLike<ArrayLike<number>>): void;
  /** Copies of slots, running products and counts, by name; and the way back. */
  getOptimizerState?(): OptimizerState;
  setOptimizerState?(state: OptimizerState): void;
  /** The rate that the next step takes when the caller gives none. */
  getLearningRate?(): number;
}

/** What an evaluation takes beside its rows: `batchSize` of them at once, and with `accumulate` those of the calls before count too. */
export interface EvaluateOptions {
  sampleWeight?: PortRows;
  batchSize?: number;
  accumulate?: boolean;
}

/** What a step takes beside its rows. */
export interface StepOptions {
  sampleWeight?: PortRows;
  learningRate?: number;
}

/**
 * Rows of one port, or by port. As many rows everywhere; `sampleWeight`: one number per row, or one per value of the loss, for all
 * outputs or by output.
 */
export interface Data {
  readonly x: PortRows;
  readonly y: PortRows;
  readonly sampleWeight?: PortRows;
}

/** Batches one after another; each goes into one step. */
export type Batches = Iterable<Data> | AsyncIterable<Data>;
/** Batches, or what gives the batches of each epoch (from 0). */
export type BatchesLike = Batches | ((epoch: number) => Batches | PromiseLike<Batches>);

/**
 * Losses and metrics of one epoch: those of the module, and with validation the same with `val_` in front. A callback may add to
 * them. Names that end like these are numbers in every model.
 */
export interface Logs {
  [key: string]: Measure;
  [key: `${string}loss`]: number;
  [key: `${string}accuracy`]: number;
  [key: `${string}learning_rate`]: number;
  loss: number;
}
