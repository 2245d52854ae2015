// What a loss, a metric, an optimizer, a schedule, an initializer, a regularizer and a constraint are. Each is one file in its folder and one line in that
// folder's list.
import type * as z from "zod";
import type { Random } from "../base/random.ts";
import type { FixedKeys } from "../diagnostics/check.ts";
import type { Node, Shape } from "../graph/graph.ts";
import type { G } from "../ops/index.ts";

/** A name, or a name with config: "mse", {name: "huber", delta: 2}. */
export type LossSpec = string | { readonly name: string; readonly [key: string]: unknown };
/** "accuracy", {name: "auc", curve: "PR", as: "pr"}: `as` is what it is called in logs. */
export type MetricSpec = string | { readonly name: string; readonly as?: string; readonly [key: string]: unknown };
/** "adam", {name: "sgd", momentum: 0.9}. */
export type OptimizerSpec = string | { readonly name: string; readonly [key: string]: unknown };
/** {name: "cosine_decay", initialLearningRate: 0.1, decaySteps: 1000}. */
export type ScheduleSpec = { readonly name: string; readonly [key: string]: unknown };
/** "zeros", {name: "constant", value: 3}. */
export type InitializerSpec = string | { readonly name: string; readonly [key: string]: unknown };
/** "l2", {name: "l2", l2: 0.001}. */
export type RegularizerSpec = string | { readonly name: string; readonly [key: string]: unknown };
/** "non_neg", {name: "max_norm", maxValue: 3}. */
export type ConstraintSpec = string | { readonly name: string; readonly [key: string]: unknown };

/** Whole numbers from 0 and below a limit, and one that stands for none of them. */
export interface Range {
  readonly below: number;
  readonly ignore?: number;
}

/** How the values of a loss become one number, as Keras names it. */
export type Reduction = "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none";
/** The options that every loss has. */
export interface LossConfig {
  readonly reduction: Reduction;
}

/** A loss as a row of the table: a value per sample and position, or of the whole batch, which the compiler weighs and reduces. */
export interface Loss<C extends LossConfig = LossConfig> {
  /** Keras' function name, e.g. mean_squared_error. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly says: string;
  /**
   * What it reads the output as: any numbers on the targets' scale, each a probability, along the last axis one distribution, shares
   * within 0 and 1 of either kind, or whatever it may be; its config may say logits.
   */
  readonly takes: "numbers" | "probabilities" | "distribution" | "shares" | "any";
  readonly config: z.ZodType<C>;
  readonly fixed?: FixedKeys;
  /** The loss it stands for, where an output of `shape` decides that. */
  readonly means?: (shape: readonly number[], config: C) => LossSpec;
  /** What it needs where it takes no output of `shape`, in words that stand after "needs". */
  readonly needs?: (shape: readonly number[], config: C) => string | undefined;
  /** Shape of the target for an output of `shape` (both without the batch axis). */
  readonly target: (shape: readonly number[], config: C) => readonly number[];
  /** Where the target holds whole numbers: which ones are labels, for an output of `shape`. */
  readonly labels?: (shape: readonly number[], config: C) => Range;
  /**
   * One value per sample and position: [n, ...], some axes of y gone; or values of the whole batch, without n. Where `mask` (of the
   * shape of the values) is 0, a value does not count. `y` is the model's output node, with at least one axis besides n: where it is a
   * softmax or sigmoid, a crossentropy takes its input instead (as Keras on TensorFlow does), which is stable.
   */
  readonly lower: (
    g: G,
    site: { readonly y: Node; readonly target: Node; readonly config: C },
  ) => { readonly values: Node; readonly mask?: Node };
}

/** What a metric is computed from: an output and its target with all their axes, [n, …]. */
export interface MetricSite<C> {
  readonly y: Node;
  readonly target: Node;
  readonly config: C;
}
/** Shapes of a sample that a metric meets. */
export interface MetricShapes {
  readonly output: readonly number[];
  readonly target: readonly number[];
  /** Whether it is to use the weights of rows. */
  readonly weighted: boolean;
}

interface MetricFacts<C> {
  /** Keras' class name in snake_case: categorical_accuracy, auc. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** What it is called in logs where its spec is an object, if that is not `name`. */
  readonly log?: string;
  readonly says: string;
  /** Whether more is better; absent where neither is. */
  readonly rises?: boolean;
  readonly config: z.ZodType<C>;
  readonly fixed?: FixedKeys;
  /** What it needs where it does not take such shapes, in words that stand after "needs". */
  readonly needs?: (shapes: MetricShapes, config: C) => string | undefined;
}
/** A metric that is a mean of values: over all rows since a reset, weighted where it is to be. What is masked does not count. */
export interface MeanMetric<C extends object = object> extends MetricFacts<C> {
  /**
   * Values [n, …], whose first axes are those of y; or of any shape without n, where a batch is judged as a whole. Where `mask` (of the
   * same shape) is 0, a value counts neither above nor, if rows have weights or masks, below.
   */
  readonly values: (g: G, site: MetricSite<C>) => { readonly values: Node; readonly mask?: Node };
}
/** A metric that is computed from sums over all rows since a reset. Masks do not matter to it, as in Keras. */
export interface SumMetric<C extends object = object> extends MetricFacts<C> {
  /**
   * Sums over a batch, each of a fixed shape; `weigh` multiplies [n, …] by the weights of rows, where they are to be used. A sum may be
   * of a batch alone, not of rows one by one.
   */
  readonly sums: (g: G, site: MetricSite<C> & { readonly weigh: (values: Node) => Node }) => Readonly<Record<string, Node>>;
  /** What is made of them: their `total` itself, `total / count` (0 where that is 0), or a Graph of its own; a scalar or a list. */
  readonly shows: "total" | "mean" | ((g: G, sums: Readonly<Record<string, Node>>, config: C) => Node);
}
/** A metric as a row of the table. */
export type Metric<C extends object = object> = MeanMetric<C> | SumMetric<C>;

/** What an optimizer keeps beside a weight, by name. */
export interface Slot {
  readonly name: string;
  /** The number it holds everywhere before the first update; "weight": it begins as the weight it stands beside. */
  readonly initial: number | "weight";
  /** Default: the weight's. */
  readonly shape?: readonly number[];
}

/** A scalar that an optimizer keeps for all weights together. */
export interface Global {
  readonly name: string;
  readonly initial: number;
  /** Its value after so many updates, in doubles: what a file that only counts updates says of it. */
  readonly at: (updates: number) => number;
}

/** The weight that an optimizer moves, as a name and a shape. */
export interface Trained {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What one weight is moved with. */
export interface UpdateSite {
  readonly weight: Node;
  /** The weight's name. */
  readonly name: string;
  /** Of the weight's shape. */
  readonly gradient: Node;
  /**
   * Σ f over what is added up in the gradient, for an f that is 0 at 0: f(gradient) itself, but for the rows of an embedding, where each
   * occurrence of a row counts by itself, as in Keras on TensorFlow.
   */
  readonly each: (f: (part: Node) => Node) => Node;
  readonly slots: Readonly<Record<string, Node>>;
  /** After `advance`. */
  readonly globals: Readonly<Record<string, Node>>;
  /** A scalar. */
  readonly learningRate: Node;
  /** The number of this update, from 1: a scalar. Who asks for it has a counter. */
  readonly count: () => Node;
}

/** An optimizer as a row of the table: state beside the weights, and one step of both as Graph. */
export interface Optimizer<C extends object = object> {
  /** Keras' class name in lower case: sgd, adam. */
  readonly name: string;
  readonly says: string;
  /** Its own keys, `learningRate` among them: the default of the module's. What all have (`common.ts`) is added. */
  readonly config: z.ZodObject & z.ZodType<C>;
  /** State shared by all weights, e.g. Adam's running products of its betas. */
  readonly globals: (config: C) => readonly Global[];
  /** New values of the globals, computed once a step, before the weights. */
  readonly advance: (g: G, globals: Readonly<Record<string, Node>>, config: C) => Readonly<Record<string, Node>>;
  /** State of one weight. */
  readonly slots: (config: C, weight: Trained) => readonly Slot[];
  /** How much of the weight decays in a step, as the key `weightDecay` says it for all; null: nothing. */
  readonly decay?: (config: C, weight: Trained) => number | null;
  /** New values of one weight and its slots. */
  readonly update: (
    g: G,
    site: UpdateSite & { readonly config: C },
  ) => { readonly weight: Node; readonly slots: Readonly<Record<string, Node>> };
}

/** A schedule as a row of the table: the learning rate as a function of how many batches were seen before. */
export interface Schedule<C extends object = object> {
  /** Keras' class name in snake_case: exponential_decay. */
  readonly name: string;
  readonly says: string;
  readonly config: z.ZodType<C>;
  /** A scalar, from one. */
  readonly rate: (g: G, iteration: Node, config: C) => Node;
  /** The same in doubles. */
  readonly at: (iteration: number, config: C) => number;
}

/** How many numbers go into a unit of a weight, and how many come out. */
export interface Fans {
  readonly in: number;
  readonly out: number;
}

/** An initializer as a row of the table: numbers for a weight of a shape, from a stream of noise. */
export interface Initializer<C extends object = object> {
  /** Keras' snake_case name: glorot_uniform. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly says: string;
  readonly config: z.ZodType<C>;
  /** Fills row-major; uses no Math function but sqrt, floor, abs, fround, imul. `fans`: those of a weight whose shape does not say them. */
  readonly fill: (shape: readonly number[], random: Random, config: C, fans?: Fans) => Float32Array;
}

/** A regularizer as a row of the table: what a weight, or what a layer gives, adds to the loss. */
export interface Regularizer<C extends object = object> {
  /** Keras' class name in snake_case: l1, orthogonal_regularizer. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly says: string;
  readonly config: z.ZodType<C>;
  /** What it needs where it takes no value of that shape, in words that stand after "needs". */
  readonly needs?: (shape: Shape, config: C) => string | undefined;
  /** A scalar. */
  readonly loss: (g: G, x: Node, config: C) => Node;
}

/** A constraint as a row of the table: where a weight is moved to after each update. */
export interface Constraint<C extends object = object> {
  /** Keras' class name in snake_case: max_norm. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly says: string;
  readonly config: z.ZodType<C>;
  /** What it needs where it takes no weight of that shape, in words that stand after "needs". */
  readonly needs?: (shape: Shape, config: C) => string | undefined;
  /** Of the weight's shape. */
  readonly project: (g: G, weight: Node, config: C) => Node;
}
