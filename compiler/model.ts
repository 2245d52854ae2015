// The Model: plain JSON plus named Float32Arrays. No functions, no classes: what a file holds and what a factory returns.
//
// A model is a list of lines, each a call of a layer. In a chain every line takes what the one before gave. `inputs` and `outputs`
// name ports instead, and a line says whose results it takes: a port's name, a line's name (its first result), or `"lstm:1"`.
import type { LossSpec, MetricSpec, OptimizerSpec } from "./training/define.ts";
import type { LossInput } from "./training/specs/losses.ts";
import type { MetricInput } from "./training/specs/metrics.ts";
import type { OptimizerInput } from "./training/specs/optimizers.ts";

/**
 * One line of the list. `layer` is Keras' name in camelCase, or one that stands for other lines: `model`, whose config holds
 * `inputs`, `outputs` and `layers` of its own, `pipeline`, with `layers` alone, and `reuse`, whose config names the line `of` that is called again.
 */
export interface LayerSpec {
  /** Unique in the model; given by us (dense, dense_1, …) when the user gave none. */
  readonly name?: string;
  readonly layer: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Absent: the line before, or the model's only input. */
  readonly inputs?: readonly string[];
}

/** A named input: the shape of one sample, without the batch, and what stands in it. */
export interface InputSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Default: numbers. Text goes to a layer that looks it up. */
  readonly type?: "number" | "string";
  /** Whole numbers from 0 and below this. */
  readonly below?: number;
}

/** A named output: what it is called, and whose result it is. */
export interface OutputSpec {
  readonly name: string;
  readonly from: string;
}

/** What the numbers of a port mean, in order. */
export interface About {
  /** By input: a name for each number along the last axis. */
  readonly features?: Readonly<Record<string, readonly string[]>>;
  /** By output: likewise. */
  readonly classes?: Readonly<Record<string, readonly string[]>>;
}

/** What a model is trained for. A loss for all outputs, or one by output; the total is their sum, each times its weight. */
export interface Training {
  /** What is made small. */
  readonly loss: LossSpec | Readonly<Record<string, LossSpec>>;
  /** By output: what its loss counts in the total. Default 1 each. */
  readonly lossWeights?: Readonly<Record<string, number>>;
  /** How the weights move. */
  readonly optimizer: OptimizerSpec;
  /**
   * Weights that stay as they are: patterns of their names, `*` for any characters. A layer's name alone means all its weights, and is as
   * `trainable: false` there.
   */
  readonly frozen?: readonly string[];
  /** By pattern: by what the learning rate of weights is multiplied; the last that fits counts. */
  readonly learningRates?: Readonly<Record<string, number>>;
  /** Metrics for every output that has a loss, or by output. Every loss is a metric too. They do not know the weights of rows. */
  readonly metrics?: readonly MetricSpec[] | Readonly<Record<string, MetricSpec | readonly MetricSpec[]>>;
  /** The same with the weights of rows. */
  readonly weightedMetrics?: readonly MetricSpec[] | Readonly<Record<string, MetricSpec | readonly MetricSpec[]>>;
}

type MetricsInput = readonly MetricInput[] | Readonly<Record<string, MetricInput | readonly MetricInput[]>>;

/**
 * A Training as it is written: names and keys are those that exist. A name in a variable of type string needs a cast, such as
 * `name as LossInput`; what an earlier model holds as its `training` is `Training`.
 */
export interface TrainingInput extends Omit<Training, "loss" | "optimizer" | "metrics" | "weightedMetrics"> {
  /** For all outputs, or by output: a name, or { name, … } with its keys. */
  readonly loss: LossInput | Readonly<Record<string, LossInput>>;
  /** A name, or { name, … } with its keys. */
  readonly optimizer: OptimizerInput;
  /** For every output that has a loss, or by output: names, or { name, … } with keys; `as` is the name in logs. */
  readonly metrics?: MetricsInput;
  /** The same with the weights of rows. */
  readonly weightedMetrics?: MetricsInput;
}

/** A network as data: its lines in order, its seed, and its numbers where it has some. */
export interface Model {
  readonly name: string;
  /** The initial weights are a function of it. */
  readonly seed: number;
  readonly layers: readonly LayerSpec[];
  /** Instead of layers, which are none then: the text of a Graph, whose inputs and results are the ports. It needs `weights`. */
  readonly graph?: string;
  /** Absent: one, `x`, whose shape the first line states. */
  readonly inputs?: readonly InputSpec[];
  /** A line's name, or a name with the line; absent: the last line (`y` where the input is `x`). */
  readonly outputs?: readonly (string | OutputSpec)[];
  /** By `layer name/weight name`; absent: the seeded initial weights. */
  readonly weights?: Readonly<Record<string, Float32Array>>;
  /** Path of a weights file, relative to the model file. */
  readonly weightsFile?: string;
  readonly training?: Training;
  /**
   * What training goes on from, by the names that a module's getOptimizerState() has: `optimizer/m/dense/kernel`, `optimizer/beta1Power`,
   * `step`. What is missing begins as it always does. Predictions do not depend on it.
   */
  readonly state?: Readonly<Record<string, Float32Array>>;
  /** What a file said of training that is not in `training`, because layerc does not have it: a sentence each. */
  readonly left?: readonly string[];
  readonly about?: About;
}
