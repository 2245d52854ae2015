// Keras' `fit` over an emitted module: epochs of shuffled batches, validation, early stopping. In: a module compiled with
// `train`, rows back to back, options. Out: the history; the module holds the trained weights. Repeats exactly from its seed.
import { type Loadable, load } from "./load.ts";

/** What fit needs of a module compiled with `train: true`. */
export interface Trainable {
  readonly inputShape: readonly number[];
  trainStep(
    x: ArrayLike<number>,
    y: ArrayLike<number>,
    options?: { sampleWeight?: ArrayLike<number>; learningRate?: number },
  ): number;
  evaluate(x: ArrayLike<number>, y: ArrayLike<number>, options?: { sampleWeight?: ArrayLike<number> }): number;
  getWeights(): Float32Array[];
  setWeights(list: ArrayLike<ArrayLike<number>>): void;
}

/** Rows back to back. `sampleWeight`: one number per row. */
export interface Data {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly sampleWeight?: ArrayLike<number>;
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
  /** Default 32; at most the module's batch. The last batch may be smaller. */
  readonly batchSize?: number;
  /** Default true: another order every epoch, from `seed`. */
  readonly shuffle?: boolean;
  /** Default 0. */
  readonly seed?: number;
  /** This part of the rows, the last ones before shuffling, is validated and not trained. In [0, 1). */
  readonly validationSplit?: number;
  /** Instead of `validationSplit`. */
  readonly validationData?: Data;
  /** Default: the optimizer's. */
  readonly learningRate?: number;
  readonly earlyStopping?: EarlyStopping;
  /** Called with the epoch (from 0) and its losses; `false` ends the training. */
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

/**
 * Trains a module in place, or an artifact, which is loaded first. Throws TypeError or RangeError when data or options do not
 * fit.
 */
export function fit(subject: Trainable | Loadable, data: Data, options: FitOptions = {}): Fitted {
  const module = typeof subject === "object" && subject !== null && "code" in subject ? load<Trainable>(subject) : subject;
  if (typeof module?.trainStep !== "function") throw new TypeError("fit: wanted a module compiled with train: true");
  const epochs = whole("epochs", options.epochs ?? 1, 1);
  const batchSize = whole("batchSize", options.batchSize ?? 32, 1);
  const inputSize = module.inputShape.reduce((product, size) => product * size, 1);
  const { train, validation } = divide(table("data", data, inputSize), options, inputSize);
  const watch =
    options.earlyStopping === undefined ? undefined : watcher(module, options.earlyStopping, validation !== undefined);
  const order = Int32Array.from({ length: train.rows }, (_, row) => row);
  const next = noise(options.seed ?? 0);
  const batch = batches(train, Math.min(batchSize, train.rows));
  const loss: number[] = [];
  const valLoss: number[] = [];
  let stoppedEarly = false;
  for (let epoch = 0; epoch < epochs && !stoppedEarly; epoch++) {
    if (options.shuffle ?? true) shuffle(order, next);
    let sum = 0;
    for (let from = 0; from < train.rows; from += batchSize) {
      const { rows, x, y, sampleWeight } = batch(order.subarray(from, from + batchSize));
      // trainStep gives the mean over its rows: the last batch may be smaller and must weigh less.
      sum += rows * module.trainStep(x, y, { ...weighted(sampleWeight), ...rate(options.learningRate) });
    }
    loss.push(sum / train.rows);
    if (validation !== undefined) valLoss.push(module.evaluate(validation.x, validation.y, weighted(validation.sampleWeight)));
    const logs: Logs = validation === undefined ? { loss: loss[epoch] } : { loss: loss[epoch], val_loss: valLoss[epoch] };
    if (watch?.stops(epoch, logs)) stoppedEarly = true;
    if (options.onEpochEnd?.(epoch, logs) === false) stoppedEarly = true;
  }
  watch?.end();
  const history = validation === undefined ? { loss } : { loss, val_loss: valLoss };
  return { history, epochs: loss.length, stoppedEarly, module, weights: module.getWeights() };
}

const weighted = (sampleWeight: ArrayLike<number> | undefined) => (sampleWeight === undefined ? {} : { sampleWeight });
const rate = (learningRate: number | undefined) => (learningRate === undefined ? {} : { learningRate });

function whole(what: string, value: number, least: number): number {
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`${what}: wanted a whole number from ${least}, got ${value}`);
  return value;
}

interface Table extends Data {
  readonly rows: number;
  /** Numbers of y per row. */
  readonly targetSize: number;
}

function table(what: string, data: Data, inputSize: number): Table {
  const { x, y, sampleWeight } = data;
  for (const [key, list] of Object.entries({ x, y })) {
    if (typeof list !== "object" || list === null || typeof list.length !== "number")
      throw new TypeError(
        `${what}.${key}: wanted a Float32Array or an array of numbers, got ${list === null ? "null" : typeof list}`,
      );
  }
  const rows = x.length / inputSize;
  if (!Number.isInteger(rows) || rows === 0)
    throw new RangeError(`${what}.x: wanted k * ${inputSize} numbers (k rows, at least one), got ${x.length}`);
  const targetSize = y.length / rows;
  if (!Number.isInteger(targetSize) || targetSize === 0)
    throw new RangeError(`${what}.y: wanted as many numbers for each of the ${rows} rows of x, got ${y.length}`);
  if (sampleWeight !== undefined && sampleWeight.length !== rows)
    throw new RangeError(`${what}.sampleWeight: wanted ${rows} numbers, one per row of x, got ${sampleWeight.length}`);
  return { x, y, ...weighted(sampleWeight), rows, targetSize };
}

/** The last rows, before any shuffling, are for validation; the cut is at floor(rows · (1 − split)), as in Keras. */
function divide(all: Table, options: FitOptions, inputSize: number): { train: Table; validation?: Table } {
  const { validationData, validationSplit: split = 0 } = options;
  if (validationData !== undefined) {
    if (split !== 0) throw new TypeError("fit: wanted validationSplit or validationData, got both");
    const validation = table("validationData", validationData, inputSize);
    if (validation.targetSize !== all.targetSize)
      throw new RangeError(`validationData.y: wanted ${all.targetSize} numbers a row as in data.y, got ${validation.targetSize}`);
    return { train: all, validation };
  }
  if (!(split >= 0 && split < 1)) throw new RangeError(`validationSplit: wanted a number from 0 to below 1, got ${split}`);
  if (split === 0) return { train: all };
  const cut = Math.floor(all.rows * (1 - split));
  if (cut === 0 || cut === all.rows)
    throw new RangeError(
      `validationSplit: ${split} of ${all.rows} rows leaves ${cut} to train and ${all.rows - cut} to validate`,
    );
  const part = (from: number, to: number): Table => ({
    x: slice(all.x, from * inputSize, to * inputSize),
    y: slice(all.y, from * all.targetSize, to * all.targetSize),
    ...weighted(all.sampleWeight === undefined ? undefined : slice(all.sampleWeight, from, to)),
    rows: to - from,
    targetSize: all.targetSize,
  });
  return { train: part(0, cut), validation: part(cut, all.rows) };
}

const slice = (list: ArrayLike<number>, from: number, to: number): Float32Array =>
  Float32Array.from({ length: to - from }, (_, i) => list[from + i]);

/** Gathers the rows of a batch into buffers that are reused. */
function batches(all: Table, most: number): (chosen: Int32Array) => Table {
  const sizes = { x: all.x.length / all.rows, y: all.targetSize, sampleWeight: 1 };
  const space = {
    x: new Float32Array(most * sizes.x),
    y: new Float32Array(most * sizes.y),
    sampleWeight: new Float32Array(most),
  };
  // Row-major rows of `size` numbers, in the order of `chosen`.
  const gather = (key: keyof typeof sizes, from: ArrayLike<number>, chosen: Int32Array): Float32Array => {
    const size = sizes[key];
    chosen.forEach((row, i) => {
      for (let k = 0; k < size; k++) space[key][i * size + k] = from[row * size + k];
    });
    return space[key].subarray(0, chosen.length * size);
  };
  return (chosen) => ({
    x: gather("x", all.x, chosen),
    y: gather("y", all.y, chosen),
    ...weighted(all.sampleWeight === undefined ? undefined : gather("sampleWeight", all.sampleWeight, chosen)),
    rows: chosen.length,
    targetSize: all.targetSize,
  });
}

/**
 * Keras' rules: `wait` counts epochs without improvement; the first epoch never stops.
 * https://keras.io/api/callbacks/early_stopping/
 */
function watcher(module: Trainable, stopping: EarlyStopping, validated: boolean) {
  const { monitor = "val_loss", mode = "auto", restoreBestWeights = false } = stopping;
  if (monitor !== "loss" && monitor !== "val_loss")
    throw new TypeError(`earlyStopping.monitor: wanted "loss" or "val_loss", got ${JSON.stringify(monitor)}`);
  if (mode !== "auto" && mode !== "min" && mode !== "max")
    throw new TypeError(`earlyStopping.mode: wanted "auto", "min" or "max", got ${JSON.stringify(mode)}`);
  if (monitor === "val_loss" && !validated)
    throw new TypeError('earlyStopping: monitor "val_loss" wants validationSplit or validationData; or monitor "loss"');
  const patience = whole("earlyStopping.patience", stopping.patience ?? 0, 0);
  const start = whole("earlyStopping.startFromEpoch", stopping.startFromEpoch ?? 0, 0);
  const delta = Math.abs(stopping.minDelta ?? 0);
  // With "max" the loss is negated, so that smaller is always better.
  const sign = mode === "max" ? -1 : 1;
  let best = Number.POSITIVE_INFINITY;
  let weights: Float32Array[] | undefined;
  let wait = 0;
  return {
    stops(epoch: number, logs: Logs): boolean {
      if (epoch < start) return false;
      const current = sign * (logs[monitor] as number);
      // Keras keeps the first epoch it watches, even one whose loss is NaN.
      if (restoreBestWeights) weights ??= module.getWeights();
      wait++;
      if (current + delta < best) {
        best = current;
        if (restoreBestWeights) weights = module.getWeights();
        wait = 0;
        return false;
      }
      return wait >= patience && epoch > 0;
    },
    end(): void {
      if (weights !== undefined) module.setWeights(weights);
    },
  };
}

/** Uniform in [0, 1), 24 bits: a counter through a 32-bit mixer. */
function noise(seed: number): () => number {
  let counter = seed | 0;
  return () => {
    counter = (counter + 0x6d2b79f5) | 0;
    let word = Math.imul(counter ^ (counter >>> 15), counter | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 8) * 2 ** -24;
  };
}

/** Fisher and Yates. */
function shuffle(order: Int32Array, next: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const k = Math.floor(next() * (i + 1));
    [order[i], order[k]] = [order[k], order[i]];
  }
}
