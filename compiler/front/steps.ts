// From a Model to Graphs: predict, the loss of a training step, and evaluate; the one place where layers meet.
// In: a Model nobody vouches for. Out: a Resolved, which everything later takes instead of the Model.
// Guarantee: lines are checked once; layers are lowered once per mode (inference, training), evaluate standing on the former; the
// three graphs share param names, and every error carries the path of the layer it is about.
import type { Random } from "../base/random.ts";
import { CompileError, type Diagnostic, internal } from "../diagnostics/error.ts";
import { type Graph, graph, type Node, sizeOf } from "../graph/graph.ts";
import { checkMemory } from "../graph/limits.ts";
import type { About, Model, Training } from "../model.ts";
import { begin, type G } from "../ops/index.ts";
import type { WeightsType } from "../options.ts";
import { aboutOf } from "./about.ts";
import { type Checked, checkModel } from "./check.ts";
import { type Forward, forward, type Step } from "./forward.ts";
import { fromGraph } from "./from-graph.ts";
import { headWarnings } from "./heads.ts";
import { type Inference, portsOf, type Stream } from "./inference.ts";
import { type BatchLoss, batchLoss, lossesOf, type PortLoss, type Target, targetPort, totalLoss } from "./losses.ts";
import { type Log, madeOf, metricsOf, metricsOver } from "./metrics.ts";
import { checkModes } from "./modes.ts";
import type { Weight } from "./params.ts";
import { checkPatterns, isFrozen, ratesOf } from "./patterns.ts";
import { roundedWeights } from "./rounded.ts";
import { chunksOf, stateName } from "./stream.ts";
import { checkTraining } from "./train.ts";
import { learningRateOf, type Movement } from "./update.ts";
import type { Mode } from "./values.ts";
import { seededWeights, type Weights, weightsOf } from "./weights.ts";

export type { Feed, Inference, Stream } from "./inference.ts";
export type { Target } from "./losses.ts";
export { isMean, type Log, type MeanLog, type SumLog } from "./metrics.ts";
export { applyOptimizer, lossScaleOf, type Movement, rateState } from "./update.ts";

/** The loss of a batch: the inputs, the targets and the weight of each value [n, …]; result `loss`. */
export interface LossGraph extends Inference, Movement {
  readonly targets: readonly Target[];
  readonly logs: readonly Log[];
  /** What makes of sums over all batches the metrics that are more than quotients. */
  readonly metrics?: Graph;
  /** Names of the params to differentiate for. */
  readonly trainable: readonly string[];
  /** Default of the module's `learningRate`; NaN: the state `rateState`. */
  readonly learningRate: number;
}

/** What the pipeline compiles, whoever made it: Graphs over named ports and weights. */
export interface Steps {
  readonly model: Pick<Model, "name" | "seed" | "training">;
  readonly predict: Inference;
  /** The loss in training mode, with updates of moving statistics; to be differentiated. */
  trainStep(): LossGraph;
  /** The loss in inference mode. */
  evaluate(): LossGraph;
  /** The step of a stream. Throws stream/refused. */
  stream(chunk: number): Stream;
  readonly isStateful: boolean;
  /** Contents of the weights as they are computed with, and what is odd about them. */
  modelWeights(): Weights;
  /** The same before they were rounded. */
  givenWeights(): Weights;
  /** The limit that whole numbers of an input stay below, where it is to be given such. */
  limitOf(input: number): number | undefined;
}

/** Checks the whole model and finds every shape; `type`: what its weights are rounded to. Throws CompileError with a path such as `layers[2].units`. */
export const resolve = (model: Model, type: WeightsType = "float32"): Resolved => new Resolved(model, type);

/** A model whose layers fit, line by line. Shapes are without the batch axis. */
export class Resolved implements Steps {
  readonly model: Model;
  readonly entries: Checked["entries"];
  readonly steps: readonly Step[];
  /** In Keras' order. */
  readonly weights: readonly Weight[];
  readonly predict: Inference;
  readonly about?: About;
  /** A last layer that cannot learn what the loss asks for. */
  readonly warnings: readonly Diagnostic[];
  readonly #make: (g: G, mode: Mode) => Forward;
  /** Where the layers stand in inference mode; evaluate goes on building there. */
  readonly #g: G;
  readonly #forward: Forward;
  readonly #type: WeightsType;
  #given: Weights | undefined;
  #values: Weights | undefined;

  constructor(given: Model, type: WeightsType) {
    this.#type = type;
    const checked = checkModel(given);
    const { model, entries } = checked;
    this.model = model;
    this.entries = entries;
    this.#g = begin();
    const front = model.graph === undefined ? undefined : fromGraph(model.graph);
    this.#make = front?.make ?? ((g, mode) => forward(g, checked, mode));
    this.#forward = this.#make(this.#g, {});
    const { steps } = this.#forward;
    const { inputs } = front ?? checked;
    this.steps = steps;
    this.weights = front?.weights ?? steps.flatMap((step) => step.weights);
    const numbers = this.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    checkMemory("the weights take", numbers, "make the largest layers smaller");
    this.predict = {
      ...portsOf(this.#g, "predict", inputs, this.#forward),
      weights: this.weights.map(({ name, shape, trainable }) => ({ name, shape, trainable })),
    };
    const about = aboutOf(model.about, this.predict);
    if (about !== undefined) this.about = about;
    const { training } = model;
    // Whether or not somebody trains it now: what the spec says is part of the model.
    const losses = training === undefined ? undefined : checkTraining(training, this.predict.outputs);
    if (training !== undefined) checkPatterns(training, this.weights.map(({ name }) => name)); // biome-ignore format: one line
    this.warnings = this.predict.outputs.flatMap(({ name }) =>
      headWarnings(
        this.predict.graph,
        name,
        losses?.find(({ port }) => port === name),
      ),
    );
  }

  /** Whether a layer asks for a stream: Keras' `stateful`. */
  get isStateful(): boolean {
    return this.entries.some(({ layer, config }) => layer.isStateful?.(config) === true);
  }

  /** The step of a stream: chunks of so many steps in and out, one stream a row. Throws stream/refused. */
  stream(chunk: number): Stream {
    const g = begin();
    const made = this.#make(g, { chunk });
    const inputs = chunksOf(this.predict.inputs, chunk);
    const { graph: results, ...ports } = portsOf(g, "step", inputs, made);
    const updates = made.states.map(({ name, next }): [string, Node] => [stateName(name), next]);
    const own = graph("step", results.results, updates, g.builder.origins);
    return { ...ports, graph: own, chunk, states: made.states.map(({ name, shape }) => ({ name, shape })) };
  }

  /** The loss of a batch in training mode, with updates of moving statistics and of the state `step`, where something reads it. */
  trainStep(training: Training = this.#training()): LossGraph {
    const g = begin();
    const step = g.state({ name: "step", shape: [], initial: 0 });
    const made = this.#make(g, { training: { seed: this.model.seed, step } });
    checkModes(this.#forward, made);
    const { results, ...rest } = this.#lossOver(g, made, training);
    const counted = graph("loss", results, made.updates).nodes.includes(step);
    const updates: Graph["updates"] = counted
      ? [...made.updates, ["step", g.as("step", () => g.add(step, g.fill(1, [])))]]
      : made.updates;
    return { ...rest, graph: graph("loss", results, updates, g.builder.origins) };
  }

  /** The loss of a batch in inference mode: the same inputs and results, no updates. */
  evaluate(training: Training = this.#training()): LossGraph {
    const { results, ...rest } = this.#lossOver(this.#g, this.#forward, training);
    return { ...rest, graph: graph("evaluate", results, [], this.#g.builder.origins) };
  }

  #training(): Training {
    if (this.model.training !== undefined) return this.model.training;
    const { left = [] } = this.model;
    throw new CompileError({
      ...(left.length === 0 ? {} : { notes: left.map((what) => `the model's file says more than layerc has; ${what}`) }),
      code: "training/missing",
      path: "training",
      message: "a training step needs a loss and an optimizer; the model names none",
      hint: 'give sequential(list, { training: { loss: "mse", optimizer: "adam" } })',
    });
  }

  #lossOver(g: G, made: Forward, training: Training): Omit<LossGraph, "graph"> & { readonly results: Graph["results"] } {
    const { inputs, outputs, words, feeds, weights } = this.predict;
    const losses = lossesOf(training, outputs);
    const single = outputs.length === 1;
    const held = losses.map((loss) => {
      const port = targetPort(loss, outputs);
      const of = (name: string) => (single ? name : `${name}:${port.name}`);
      return { ...port, y: of("y"), sampleWeight: of("sampleWeight") };
    });
    const lowered = losses.map((loss, i) => lossOf(g, loss, held[i], made));
    const targets = held.map((port, i): Target => ({ ...port, weights: lowered[i].weights, unweighted: lowered[i].unweighted }));
    const each = lowered.map(({ value }) => value);
    g.builder.origin = { path: "training.loss", layer: losses[0].item.name, name: "loss" };
    const weighed = each.map((value, i) => (losses[i].weight === 1 ? value : g.mul(value, g.fill(losses[i].weight, []))));
    const total = totalLoss(g, [...weighed, ...made.losses], lowered);
    const own = losses.length > 1 ? losses.map(({ port }, i): [string, Node] => [`loss:${port}`, each[i]]) : [];
    const shown = metricsOver(g, metricsOf(training, outputs, targets), targets, made);
    const results: Graph["results"] = [["loss", total], ...own, ...shown.flatMap((metric) => metric.results)];
    const logs: readonly Log[] = [
      { key: "loss", total: "loss" },
      ...own.map(([result], i) => ({ key: `${losses[i].port}_loss`, total: result })),
      ...shown.map(({ log }) => log),
    ];
    // A weight that no loss depends on stays as it is.
    const read = new Set(graph("loss", results).nodes.flatMap(({ op, attrs }) => (op === "param" ? [attrs.name] : [])));
    const isTrained = ({ name, trainable }: (typeof weights)[number]): boolean =>
      trainable && read.has(name) && !isFrozen(name, training.frozen);
    const trainable = weights.filter(isTrained).map(({ name }) => name);
    const { optimizer } = training;
    const learningRate = learningRateOf(optimizer);
    const rates = ratesOf(training, trainable);
    const constraints = new Map(
      this.weights.flatMap(({ name, spec }) => (spec.constraint == null ? [] : [[name, spec.constraint] as const])),
    );
    const metrics = madeOf(shown);
    return {
      ...{
        results,
        logs,
        inputs,
        outputs,
        words,
        feeds,
        targets,
        weights,
        trainable,
        optimizer,
        constraints,
        rates,
        learningRate,
      },
      ...(metrics === undefined ? {} : { metrics }),
    };
  }

  /** The seeded initial value of every weight, in Keras' order: a function of the model's seed and the weight's name. */
  initialWeights(): Readonly<Record<string, Float32Array>> {
    return seededWeights(this.model.seed, this.weights);
  }

  /** The model's weights, checked, or the initial ones where it has none; and warnings about NaN and infinities. */
  givenWeights(): Weights {
    this.#given ??= weightsOf(this.model, this.weights);
    return this.#given;
  }

  /** Those weights, rounded. Throws CompileError weights/rounding. */
  modelWeights(): Weights {
    const { values, warnings } = this.givenWeights();
    const how = { weights: this.weights, graph: this.predict.graph, type: this.#type };
    this.#values ??= { values: roundedWeights(values, how), warnings };
    return this.#values;
  }

  /** The limit that whole numbers of an input stay below, where a layer reads those: of itself, or of what it computes from it. */
  limitOf(input: number): number | undefined {
    const { range } = this.predict.inputs[input];
    const only = this.predict.inputs.length === 1 ? this.entries : [];
    return range?.below ?? only.flatMap(({ layer, config }) => layer.integers?.(config) ?? [])[0];
  }

  /** Draws numbers that an input may hold: within ±1, or whole numbers where a layer reads those. */
  inputSampler(random: Random, input = 0): () => number {
    const limit = this.limitOf(input);
    return limit === undefined ? () => 2 * random.uniform() - 1 : () => random.integer(0, limit - 1);
  }
}

/** The loss of one output. */
function lossOf(g: G, loss: PortLoss, target: Omit<Target, "weights" | "unweighted">, { outputs }: Forward): BatchLoss {
  const output = outputs.find(({ name }) => name === loss.port);
  const { y, mask } = output ?? internal(`there is no output ${loss.port}`);
  g.builder.origin = { path: loss.path, layer: loss.item.name, name: "loss" };
  return batchLoss(g, loss, {
    y,
    ...(mask === undefined ? {} : { mask }),
    target: g.input({ name: target.y, shape: ["n", ...target.shape] }),
    weights: (shape) => g.input({ name: target.sampleWeight, shape }),
  });
}
