// From a Model to Graphs: predict, the loss of a training step, and evaluate; the one place where layers meet.
// Guarantee: the three share param names, and every error carries the path of the layer it is about.
import type { Port, WeightInfo } from "../artifact.ts";
import type { Random } from "../base/random.ts";
import { type Graph, graph } from "../graph/graph.ts";
import type { Model } from "../model.ts";
import { build } from "../ops/index.ts";
import { checkModel } from "./check.ts";
import { forward, type Step, type Weight } from "./forward.ts";
import { batchLoss, optimizerOf, type TrainingSpec, targetShape } from "./train.ts";
import { seededWeights, type Weights, weightsOf } from "./weights.ts";

export { applyOptimizer, type TrainingSpec } from "./train.ts";

/** A model whose layers fit, line by line. Shapes are without the batch axis. */
export interface Resolved {
  readonly model: Model;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly steps: readonly Step[];
  /** In Keras' order. */
  readonly weights: readonly Weight[];
}

export interface Inference {
  readonly graph: Graph;
  readonly input: Port;
  readonly output: Port;
  readonly weights: readonly WeightInfo[];
}

export interface LossGraph extends Inference {
  readonly target: Port;
  /** Names of the params to differentiate for. */
  readonly trainable: readonly string[];
  /** Default of the module's `learningRate`. */
  readonly learningRate: number;
}

/** Checks the whole model and finds every shape. Throws CompileError with a path such as `layers[2].units`. */
export function resolve(model: Model): Resolved {
  const { entries, inputShape } = checkModel(model);
  const g = build();
  const { y, steps } = forward(g, entries, g.input({ name: "x", shape: ["n", ...inputShape] }));
  const outputShape = y.type.shape.slice(1) as number[];
  return { model, inputShape, outputShape, steps, weights: steps.flatMap((step) => step.weights) };
}

/** `predict`: x [n, ...] → y [n, ...], layers in inference mode. Params are called `layer name/weight name`. */
export function inferenceGraph(model: Model): Inference {
  const { entries, inputShape } = checkModel(model);
  const g = build();
  const { y, steps } = forward(g, entries, g.input({ name: "x", shape: ["n", ...inputShape] }));
  return {
    graph: graph("predict", [["y", y]], [], g.builder.origins),
    input: { name: "x", shape: inputShape },
    output: { name: "y", shape: y.type.shape.slice(1) as number[] },
    weights: infos(steps),
  };
}

/**
 * The loss of a batch in training mode: inputs x, y (the target) and sampleWeight [n]; result `loss`; updates of moving statistics
 * and of the state `step`, where something reads it.
 */
export function lossGraph(model: Model, training: TrainingSpec): LossGraph {
  return lossOver(model, training, "loss", true);
}

/** The loss of a batch in inference mode: the same inputs and result, no updates. */
export function evaluateGraph(model: Model, training: TrainingSpec): LossGraph {
  return lossOver(model, training, "evaluate", false);
}

function lossOver(model: Model, training: TrainingSpec, name: string, isTraining: boolean): LossGraph {
  const { entries, inputShape } = checkModel(model);
  const { config } = optimizerOf(training);
  const g = build();
  const step = g.state({ name: "step", shape: [], initial: 0 });
  const x = g.input({ name: "x", shape: ["n", ...inputShape] });
  const { y, mask, steps, losses, updates } = forward(g, entries, x, isTraining ? { seed: model.seed, step } : undefined);
  const output = y.type.shape.slice(1) as number[];
  const target: Port = { name: "y", shape: targetShape(training, output) };
  g.builder.origin = "loss";
  const loss = batchLoss(g, training, {
    y,
    ...(mask === undefined ? {} : { mask }),
    target: g.input({ name: "y", shape: ["n", ...target.shape] }),
    weights: g.input({ name: "sampleWeight", shape: ["n"] }),
    extra: losses,
  });
  const results: Graph["results"] = [["loss", loss]];
  const counted = graph(name, results, updates).nodes.includes(step);
  const all: Graph["updates"] = counted ? [...updates, ["step", g.add(step, g.fill(1, []))]] : updates;
  const weights = infos(steps);
  return {
    graph: graph(name, results, isTraining ? all : [], g.builder.origins),
    input: { name: "x", shape: inputShape },
    output: { name: "y", shape: output },
    target,
    weights,
    trainable: weights.filter((weight) => weight.trainable).map((weight) => weight.name),
    learningRate: config.learningRate,
  };
}

const infos = (steps: readonly Step[]): readonly WeightInfo[] =>
  steps.flatMap(({ weights }) => weights.map(({ name, shape, trainable }) => ({ name, shape, trainable })));

/** The seeded initial value of every weight, in Keras' order: a function of the model's seed and the weight's name. */
export function initialWeights(model: Model): Readonly<Record<string, Float32Array>> {
  return seededWeights(model.seed, resolve(model).weights);
}

/** The model's weights, checked, or the initial ones where it has none; and warnings about NaN and infinities. */
export function modelWeights(model: Model): Weights {
  return weightsOf(model, resolve(model).weights);
}

/** Draws numbers that a sample may hold: within ±1, or whole numbers where a layer reads those. */
export function inputSampler(model: Model, random: Random): () => number {
  const [limit] = checkModel(model).entries.flatMap(({ layer, config }) => layer.integers?.(config) ?? []);
  return limit === undefined ? () => 2 * random.uniform() - 1 : () => random.integer(0, limit - 1);
}
