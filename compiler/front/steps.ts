// From a Model to Graphs: predict, the loss of a training step, and evaluate; the one place where layers meet.
// In: a Model nobody vouches for. Out: a Resolved, which everything later takes instead of the Model.
// Guarantee: lines are checked once; layers are lowered once per mode (inference, training), evaluate standing on the former; the
// three graphs share param names, and every error carries the path of the layer it is about.
import type { Port, WeightInfo } from "../artifact.ts";
import type { Random } from "../base/random.ts";
import type { Diagnostic } from "../diagnostics/error.ts";
import { type Graph, graph, sizeOf } from "../graph/graph.ts";
import { checkMemory } from "../graph/limits.ts";
import type { Model } from "../model.ts";
import { begin, type G } from "../ops/index.ts";
import { type Checked, checkModel } from "./check.ts";
import { type Forward, forward, type Step, type Weight } from "./forward.ts";
import { headWarnings } from "./heads.ts";
import { batchLoss, checkTraining, lossOf, optimizerOf, type TrainingSpec, targetPort } from "./train.ts";
import { seededWeights, type Weights, weightsOf } from "./weights.ts";

export { applyOptimizer, type TrainingSpec } from "./train.ts";

/** `predict`: x [n, ...] → y [n, ...], layers in inference mode. Params are called `layer name/weight name`. */
export interface Inference {
  readonly graph: Graph;
  readonly input: Port;
  readonly output: Port;
  readonly weights: readonly WeightInfo[];
}

/** The loss of a batch: inputs x, y (the target) and sampleWeight [n]; result `loss`. */
export interface LossGraph extends Inference {
  readonly target: Port;
  /** Names of the params to differentiate for. */
  readonly trainable: readonly string[];
  /** Default of the module's `learningRate`. */
  readonly learningRate: number;
}

/** Checks the whole model and finds every shape. Throws CompileError with a path such as `layers[2].units`. */
export const resolve = (model: Model): Resolved => new Resolved(model);

/** A model whose layers fit, line by line. Shapes are without the batch axis. */
export class Resolved {
  readonly model: Model;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly entries: Checked["entries"];
  readonly steps: readonly Step[];
  /** In Keras' order. */
  readonly weights: readonly Weight[];
  readonly inference: Inference;
  /** A last layer that cannot learn what the loss asks for. */
  readonly warnings: readonly Diagnostic[];
  /** Where the layers stand in inference mode; evaluate goes on building there. */
  readonly #g: G;
  readonly #forward: Forward;
  #values: Weights | undefined;

  constructor(given: Model) {
    const { model, entries, inputShape } = checkModel(given);
    this.model = model;
    this.entries = entries;
    this.inputShape = inputShape;
    this.#g = begin();
    this.#forward = forward(this.#g, entries, this.#g.input({ name: "x", shape: ["n", ...inputShape] }));
    const { y, steps, range } = this.#forward;
    this.steps = steps;
    this.weights = steps.flatMap((step) => step.weights);
    const numbers = this.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    checkMemory("the weights take", numbers, "make the largest layers smaller");
    this.outputShape = y.type.shape.slice(1) as number[];
    this.inference = {
      graph: graph("predict", [["y", y]], [], this.#g.builder.origins),
      input: { name: "x", shape: inputShape, ...(range === undefined ? {} : { range }) },
      output: { name: "y", shape: this.outputShape },
      weights: infos(steps),
    };
    const { training } = model;
    // Whether or not somebody trains it now: what the spec says is part of the model.
    if (training !== undefined) checkTraining(training, this.outputShape);
    this.warnings = headWarnings(this.inference.graph, training === undefined ? undefined : lossOf(training));
  }

  /** The loss of a batch in training mode, with updates of moving statistics and of the state `step`, where something reads it. */
  loss(training: TrainingSpec): LossGraph {
    const g = begin();
    const step = g.state({ name: "step", shape: [], initial: 0 });
    const x = g.input({ name: "x", shape: ["n", ...this.inputShape] });
    const made = forward(g, this.entries, x, { seed: this.model.seed, step });
    const { results, ...rest } = this.#lossOver(g, made, training);
    const counted = graph("loss", results, made.updates).nodes.includes(step);
    const updates: Graph["updates"] = counted
      ? [...made.updates, ["step", g.as("step", () => g.add(step, g.fill(1, [])))]]
      : made.updates;
    return { ...rest, graph: graph("loss", results, updates, g.builder.origins) };
  }

  /** The loss of a batch in inference mode: the same inputs and result, no updates. */
  evaluate(training: TrainingSpec): LossGraph {
    const { results, ...rest } = this.#lossOver(this.#g, this.#forward, training);
    return { ...rest, graph: graph("evaluate", results, [], this.#g.builder.origins) };
  }

  #lossOver(
    g: G,
    { y, mask, losses }: Forward,
    training: TrainingSpec,
  ): Omit<LossGraph, "graph"> & { readonly results: Graph["results"] } {
    const { input, output, weights } = this.inference;
    const target = targetPort(training, this.outputShape);
    g.builder.origin = { path: "training.loss", layer: lossOf(training).item.name, name: "loss" };
    const loss = batchLoss(g, training, {
      y,
      ...(mask === undefined ? {} : { mask }),
      target: g.input({ name: "y", shape: ["n", ...target.shape] }),
      weights: g.input({ name: "sampleWeight", shape: ["n"] }),
      extra: losses,
    });
    const trainable = weights.filter((weight) => weight.trainable).map((weight) => weight.name);
    const { learningRate } = optimizerOf(training).config;
    return { results: [["loss", loss]], input, output, target, weights, trainable, learningRate };
  }

  /** The seeded initial value of every weight, in Keras' order: a function of the model's seed and the weight's name. */
  initialWeights(): Readonly<Record<string, Float32Array>> {
    return seededWeights(this.model.seed, this.weights);
  }

  /** The model's weights, checked, or the initial ones where it has none; and warnings about NaN and infinities. */
  modelWeights(): Weights {
    this.#values ??= weightsOf(this.model, this.weights);
    return this.#values;
  }

  /** The limit that whole numbers stay below, where a layer reads those. */
  get integers(): number | undefined {
    return this.inference.input.range?.below ?? this.entries.flatMap(({ layer, config }) => layer.integers?.(config) ?? [])[0];
  }

  /** Draws numbers that a sample may hold: within ±1, or whole numbers where a layer reads those. */
  inputSampler(random: Random): () => number {
    const limit = this.integers;
    return limit === undefined ? () => 2 * random.uniform() - 1 : () => random.integer(0, limit - 1);
  }
}

const infos = (steps: readonly Step[]): readonly WeightInfo[] =>
  steps.flatMap(({ weights }) => weights.map(({ name, shape, trainable }) => ({ name, shape, trainable })));
