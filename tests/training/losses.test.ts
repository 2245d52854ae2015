// Losses as a list: the slope of each against central differences of its own value, under every reduction; and numbers far out, as Keras
// has them.
import { describe, expect, it } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { type LossGraph, resolve } from "../../compiler/front/steps.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import type { Model } from "../../compiler/model.ts";
import { expandComposites } from "../../compiler/rewrite/expand.ts";
import { differentiate } from "../../compiler/rewrite/gradient/differentiate.ts";
import type { LossSpec, Reduction } from "../../compiler/training/define.ts";
import * as list from "../../compiler/training/losses/list.ts";
import { expectClose } from "../close.ts";
import { evaluators } from "../executors.ts";
import { standard } from "../exemptions.ts";

const rows = 4;
const reductions: readonly Reduction[] = ["sum_over_batch_size", "sum", "mean_with_sample_weight", "none"];

/** A model of one dense layer on rows of `steps` steps, and the loss. */
const modelOf = (loss: LossSpec, activation: string, steps: readonly number[] = []): Model => ({
  name: "m",
  seed: 3,
  layers: [{ name: "dense", layer: "dense", config: { units: 3, activation, inputShape: [...steps, 2] } }],
  training: { loss, optimizer: "sgd" },
});

/** For each loss what it is tried with: an output it is made for, options, and the targets, bits or shares or any. */
type Try = readonly [
  activation: string,
  options: Readonly<Record<string, unknown>>,
  target?: "bit" | "share" | "sign",
  steps?: readonly number[],
];
const tries: Readonly<Record<keyof typeof list, readonly Try[]>> = {
  binaryCrossentropy: [["sigmoid", {}, "bit"], ["exponential", { labelSmoothing: 0.2 }, "bit"], ["linear", { fromLogits: true, axis: 1 }, "share", [2]]],
  binaryFocalCrossentropy: [
    ["sigmoid", { gamma: 1.5, applyClassBalancing: true, alpha: 0.3 }, "bit"],
    ["hard_sigmoid", { gamma: 2, labelSmoothing: 0.1 }, "bit"],
    ["linear", { fromLogits: true, axis: -2 }, "share", [2]],
  ],
  categoricalCrossentropy: [["softmax", {}, "share"], ["exponential", { labelSmoothing: 0.1, axis: 1 }, "share", [2]], ["linear", { fromLogits: true }, "share"]],
  categoricalFocalCrossentropy: [
    ["softmax", { gamma: 1.5 }, "share"],
    ["exponential", { alpha: [0.2, 1, 3], axis: 1 }, "share", [2]],
    ["linear", { fromLogits: true, labelSmoothing: 0.2 }, "share"],
  ],
  categoricalGeneralizedCrossEntropy: [["softmax", { q: 0.7 }], ["sigmoid", {}, undefined, [2]]],
  cosineSimilarity: [["linear", {}, "sign"], ["tanh", { axis: 1 }, "share", [2]]],
  crossentropy: [["softmax", {}, "share"], ["softmax", { sparse: true }]],
  logCosh: [["linear", {}, "sign"]],
  meanAbsoluteError: [["linear", {}, "share"]],
  meanAbsolutePercentageError: [["linear", {}, "share"]],
  meanSquaredError: [["linear", {}, "share", [2]]],
  meanSquaredLogarithmicError: [["exponential", {}, "share"]],
  poisson: [["softplus", {}, "share"]],
  categoricalHinge: [["tanh", {}, "bit"]],
  hinge: [["tanh", {}, "bit"], ["linear", {}, "sign", [2]]],
  squaredHinge: [["tanh", {}, "bit"], ["linear", {}, "sign"]],
  huber: [["linear", { delta: 0.3 }, "sign"]],
  klDivergence: [["softmax", {}, "share"]],
  dice: [["sigmoid", {}, "bit"], ["sigmoid", { axis: [1] }, "bit"], ["sigmoid", { axis: [0, -1] }, "bit", [2]]],
  tversky: [["sigmoid", { alpha: 0.2, beta: 0.7 }, "bit"], ["sigmoid", { axis: 1 }, "share", [2]]],
  sparseCategoricalCrossentropy: [["softmax", {}], ["exponential", { axis: 1 }, undefined, [3]], ["linear", { fromLogits: true, ignoreClass: 1 }, undefined, [2]]],
}; // biome-ignore format: a line a loss

/** What a loss is computed from, drawn once. */
function drawn(made: LossGraph, target: Try[2]): Record<string, Float64Array> {
  const noise = random(7);
  const draw = (size: number, next: () => number) => Float64Array.from({ length: size }, next);
  const real = () => 2 * noise.uniform() - 1;
  const [{ shape, range, weights }] = made.targets;
  const kinds = { bit: () => noise.integer(0, 1), share: () => noise.uniform(), sign: real };
  const next = range === undefined ? kinds[target ?? "share"] : () => noise.integer(0, range.below - 1);
  return {
    x: draw(rows * sizeOf(made.inputs[0].shape), real),
    y: draw(rows * sizeOf(shape), next),
    sampleWeight: draw(rows * sizeOf(weights), () => noise.integer(1, 4) / 2),
    // So that what is added for a difference is added as it is, in float32 too.
    "dense/kernel": draw(6, () => noise.integer(-16, 16) / 16),
    "dense/bias": draw(3, () => noise.integer(-16, 16) / 16),
  };
}

const named = new Map(Object.entries(list).map(([key, { name }]) => [key, name]));
const cases = Object.entries(tries).flatMap(([key, all]) =>
  all.map(([activation, options, target, steps], i) => ({ key, i, activation, options, target, steps })),
);
describe.each(cases)("$key $i", ({ key, activation, options, target, steps }) => {
  it.each(reductions)("has the slope of its values, %s", (reduction) => {
    const name = named.get(key) ?? "";
    const made = resolve(modelOf({ name, ...options, reduction }, activation, steps)).trainStep();
    const graph = differentiate(expandComposites(made.graph), "loss", made.trainable);
    const values = drawn(made, target);
    const run = (moved: typeof values) => runGraph(graph, { rows, values: moved, precision: "double" }).results;
    const found = run(values);
    expect(made.trainable).toEqual(["dense/kernel", "dense/bias"]);
    // What is not reduced is shown as a mean and trained as a sum; a value of the whole batch is one.
    const isWhole = /^(dice|tversky)$/.test(name) && [options.axis ?? 0].flat().includes(0);
    const isEach = reduction === "none" && !isWhole;
    const factor = isEach ? rows * sizeOf(made.targets[0].weights) : 1;
    for (const weight of made.trainable) {
      const h = 2 ** -16;
      const slope = (k: number) => {
        const at = (by: number) => run({ ...values, [weight]: values[weight].with(k, values[weight][k] + by) }).loss.data[0];
        return (factor * (at(h) - at(-h))) / (2 * h);
      };
      const wanted = Float64Array.from(values[weight], (_, k) => slope(k));
      expectClose(found[`gradient:${weight}`].data, wanted, standard.gradients, weight);
    }
  });
});

const shares = [0, 0.5, 1, 1, 0, 0, 1e-9, 1, 1e-30];
const logits = [-1e4, 0, 1e4, 1e4, -1e4, 0, 88, -88, 3e38];
const numbers = [1e10, -1e10, 0, 3, -1e-8, 1e-20, 0, 0, 0];
const far = [0, 0, 0, 1e-9, 1e10, -5, 1, 2, 3];
const hot = [1, 0, 0, 1, 0, 0, 0, 1, 0];
const masks = [0, 0, 0, 0, 1, 0, 1, 1, 1];
const wantedMasks = [0, 0, 0, 1, 0, 0, 1, 1, 1];
const own = { fromLogits: true };
/** A spec, targets and outputs of three rows, and what Keras gives each row. */
// biome-ignore format: one table
const farOut: readonly (readonly [spec: LossSpec, y: readonly number[], x: readonly number[], values: readonly number[]])[] = [
  ["bce", hot, shares, [10.917876, 1.1920929e-7, 1.1920929e-7]],
  [{ name: "bce", ...own }, hot, logits, [6666.8979, 0.23104906, 1e38]],
  ["binary_focal_crossentropy", hot, shares, [10.744589, 0, 0]],
  [{ name: "binary_focal_crossentropy", applyClassBalancing: true }, hot, shares, [5.3720927, 0, 0]],
  // From the logits, as Keras on TensorFlow.
  [{ name: "binary_focal_crossentropy", ...own }, hot, logits, [6666.7244, 0.057762265, 1e38]],
  ["categorical_crossentropy", hot, shares, [16.118095, 1.1920929e-7, 1.1920929e-7]],
  [{ name: "categorical_crossentropy", ...own }, hot, logits, [20000, 0, 3e38]],
  ["categorical_focal_crossentropy", hot, shares, [4.0295229, 0, 0]],
  [{ name: "categorical_focal_crossentropy", alpha: [0.1, 0.5, 2] }, hot, shares, [1.6118093, 0, 0]],
  [{ name: "categorical_focal_crossentropy", ...own }, hot, logits, [4.0295229, 0, 4.0295229]],
  ["sparse_categorical_crossentropy", [0, 0, 1], shares, [16.118095, 1.1920929e-7, 1.1920929e-7]],
  ["categorical_generalized_cross_entropy", [0, 0, 1], shares, [2, 0, 0]],
  ["kl_divergence", hot, shares, [16.118092, 0, 0]],
  ["poisson", hot, shares, [5.8726988, 1 / 3, 1 / 3]],
  ["mape", far, numbers, [6.6666667e18, 1e9, 100]],
  ["msle", far, numbers, [176.72992, 177.37053, 1.2030711]],
  ["log_cosh", far, numbers, [6666667000, 3333333500, 1.3560375]],
  ["huber", far, numbers, [6666667000, 3333333500, 1.5]],
  ["cosine_similarity", far, numbers, [0, 3.3333332e-9, 0]],
  ["hinge", hot, logits, [6667.667, 1 / 3, 1e38]],
  ["squared_hinge", hot, numbers, [1 / 3, 2 / 3, 1]],
  ["categorical_hinge", hot, logits, [20001, 0, 3e38]],
  [{ name: "dice", axis: 1 }, wantedMasks, masks, [1, 1, 0]],
  [{ name: "tversky", axis: 1 }, wantedMasks, masks, [1, 1, 0]],
];
describe.each(farOut)("%j far out", (spec, y, x, wanted) => {
  const loss = { ...(typeof spec === "string" ? { name: spec } : spec), reduction: "none" };
  const layers = [{ name: "same", layer: "identity", config: { inputShape: [3] } }];
  it.each(evaluators.filter(({ name }) => ["js --exact", "simd, plain"].includes(name)))("$name", ({ start }) => {
    const evaluate = start({ name: "m", seed: 1, layers, training: { loss, optimizer: "sgd" } });
    // The mean of three values, of which two weigh nothing.
    const found = wanted.map((_, i) => 3 * evaluate(Float32Array.from(x), Float32Array.from(y), 3, [0, 1, 2].map((k) => (k === i ? 1 : 0)))); // biome-ignore format: one line
    expectClose(found, wanted, standard.activations, "values");
  });
});
