// A training step as one Graph against the same arithmetic written out: optimizers, the loss of a partial or weighted batch, masks,
// ignored classes, dropout, moving statistics, frozen layers.
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { applyOptimizer, type LossGraph, resolve } from "../../compiler/front/steps.ts";
import { bindShape, sizeOf } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { batchNormalization, dense, dropout, embedding, identity, lstm, masking } from "../../compiler/layers/list.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { expandComposites } from "../../compiler/rewrite/expand.ts";
import { differentiate } from "../../compiler/rewrite/gradient/differentiate.ts";
import type { LossSpec, OptimizerSpec } from "../../compiler/training/define.ts";
import { near } from "../close.ts";
import { standard } from "../exemptions.ts";

type Floats = ArrayLike<number>;
const modelOf = (...layers: LayerSpec[]): Model => ({ name: "m", seed: 5, layers });

/** Training steps under the Graph interpreter in doubles; values hold weights and state and move on. */
function trainer(
  model: Model,
  training: { loss: LossSpec; optimizer: OptimizerSpec },
  weights: Readonly<Record<string, Floats>>,
) {
  const loss = resolve(model).trainStep(training);
  const { graph, trainable, learningRate } = loss;
  const step = applyOptimizer(differentiate(expandComposites(graph), "loss", trainable), loss);
  const values: Record<string, Floats> = { ...weights };
  for (const { op, attrs, type } of step.nodes) {
    if (op === "state")
      values[attrs.name as string] = new Float64Array(sizeOf(bindShape(type.shape, 0))).fill(attrs.initial as number);
  }
  return {
    values,
    step(x: Floats, y: Floats, rows: number, given: Floats = new Float64Array(rows).fill(1)): number {
      const { results, updates } = runGraph(step, {
        rows,
        values: { ...values, x, y, sampleWeight: eachOf(loss, given), learningRate: [learningRate] },
        precision: "double",
      });
      for (const [name, { data }] of Object.entries(updates)) values[name] = data;
      return results.loss.data[0];
    },
  };
}

/** The weight of each row, once for each value of the loss. */
function eachOf({ targets: [{ weights }] }: Pick<LossGraph, "targets">, given: Floats): Floats {
  const size = sizeOf(weights);
  return Float64Array.from({ length: given.length * size }, (_, i) => given[Math.floor(i / size)]);
}

const evaluate = (
  layers: readonly LayerSpec[],
  loss: LossSpec,
  x: Floats,
  y: Floats,
  rows: number,
  given: Floats = new Float64Array(rows).fill(1),
): number => {
  const made = resolve(modelOf(...layers)).evaluate({ loss, optimizer: "sgd" });
  const values = { x, y, sampleWeight: eachOf(made, given) };
  return runGraph(made.graph, { rows, values, precision: "double" }).results.loss.data[0];
};

describe("optimizers", () => {
  // One weight w on x = 1: loss (w − y)², gradient 2·(w − y).
  const line = modelOf(dense({ name: "d", units: 1, useBias: false, inputShape: [1] }));
  const targets = [3, -1, 2, 0.5];
  function run(optimizer: OptimizerSpec): number[] {
    const t = trainer(line, { loss: "mse", optimizer }, { "d/kernel": [1] });
    return targets.map((y) => {
      t.step([1], [y], 1);
      return t.values["d/kernel"][0];
    });
  }
  function byHand(update: (w: number, g: number, t: number) => number): number[] {
    let w = 1;
    return targets.map((y, i) => {
      w = update(w, 2 * (w - y), i + 1);
      return w;
    });
  }
  const close = (a: readonly number[], b: readonly number[]) => {
    for (const [i, value] of a.entries()) near(value, b[i]);
  };

  it("sgd", () =>
    close(
      run({ name: "sgd", learningRate: 0.1 }),
      byHand((w, g) => w - 0.1 * g),
    ));
  it("sgd with momentum, and Nesterov's", () => {
    for (const nesterov of [false, true]) {
      let m = 0;
      const expected = byHand((w, g) => {
        m = 0.9 * m - 0.01 * g;
        return w + (nesterov ? 0.9 * m - 0.01 * g : m);
      });
      close(run({ name: "sgd", momentum: 0.9, nesterov }), expected);
    }
  });
  it("adam, and amsgrad", () => {
    for (const amsgrad of [false, true]) {
      let [m, v, most] = [0, 0, 0];
      const expected = byHand((w, g, t) => {
        m = 0.8 * m + 0.2 * g;
        v = 0.9 * v + 0.1 * g * g;
        most = Math.max(most, v);
        return w - ((0.2 * Math.sqrt(1 - 0.9 ** t)) / (1 - 0.8 ** t)) * (m / (Math.sqrt(amsgrad ? most : v) + 1e-7));
      });
      close(run({ name: "adam", learningRate: 0.2, beta1: 0.8, beta2: 0.9, amsgrad }), expected);
    }
  });
  it("keeps state under names that say whose it is", () => {
    const t = trainer(line, { loss: "mse", optimizer: "adam" }, { "d/kernel": [1] });
    expect(Object.keys(t.values).sort()).toEqual([
      "d/kernel",
      "optimizer/beta1Power",
      "optimizer/beta2Power",
      "optimizer/m/d/kernel",
      "optimizer/v/d/kernel",
    ]);
  });
});

describe("the loss of a batch", () => {
  const pass = (...shape: number[]) => [identity({ inputShape: shape })];
  it("is a mean over exactly the rows given; sample weights do not change the divisor", () => {
    const [x, y] = [[1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 0]]; // biome-ignore format: a pair
    near(evaluate(pass(2), "mse", x, y, 3), 91 / 6, standard.doubles);
    near(evaluate(pass(2), "mse", x.slice(0, 2), y.slice(0, 2), 1), 5 / 2, standard.doubles);
    near(evaluate(pass(2), "mse", x, y, 3, [1, 0, 2]), (5 / 2 + 2 * (61 / 2)) / 3, standard.doubles);
    near(evaluate(pass(3, 2), "mae", x, y, 1), 21 / 6, standard.doubles);
  });
  it("takes the logits behind a softmax or sigmoid, where probabilities would be clipped", () => {
    const softmax = [dense({ units: 2, activation: "softmax", useBias: false, inputShape: [1] })];
    const { graph } = resolve(modelOf(...softmax)).evaluate({ loss: "categoricalCrossentropy", optimizer: "sgd" });
    const values = { "dense/kernel": [0, 60], x: [1], y: [1, 0], sampleWeight: [1] };
    near(runGraph(graph, { rows: 1, values, precision: "double" }).results.loss.data[0], 60, standard.doubles);
    near(evaluate(pass(2), "categorical_crossentropy", [0, 1], [1, 0], 1), -Math.log(1e-7), standard.doubles);
    const sigmoid = [dense({ units: 1, activation: "sigmoid", useBias: false, inputShape: [1] })];
    const binary = resolve(modelOf(...sigmoid)).evaluate({ loss: "bce", optimizer: "sgd" }).graph;
    near(
      runGraph(binary, { rows: 1, values: { "dense/kernel": [60], x: [1], y: [0], sampleWeight: [1] }, precision: "double" })
        .results.loss.data[0],
      60,
      standard.doubles,
    );
  });
  it("counts neither what a class is ignored for nor what is masked", () => {
    const [p, q] = [0.25, 0.75];
    const loss = { name: "sparse_categorical_crossentropy", ignoreClass: 1 };
    near(evaluate(pass(2), loss, [p, q, p, q, q, p], [0, 1, 0], 3), -(Math.log(p) + Math.log(q)) / 2, standard.doubles);
    // A class beyond the last counts as a sample of loss 0.
    near(evaluate(pass(2), "sparse_categorical_crossentropy", [p, q, q, p], [7, 0], 2), -Math.log(q) / 2, standard.doubles);
    // Two samples of two steps; the second sample's last step is padding.
    near(evaluate([masking({ inputShape: [2, 1] })], "mse", [1, 2, 3, 0], [0, 0, 0, 9], 2), (1 + 4 + 9) / 3, standard.doubles);
    expect(evaluate([masking({ inputShape: [2, 1] })], "mse", [0, 0], [5, 5], 1)).toBe(0);
  });
  it("refuses an output without an axis, an unknown loss, and what Keras has and layerc has not", () => {
    const problem = (loss: LossSpec, optimizer: OptimizerSpec = "sgd", shape: number[] = [2]) => {
      try {
        resolve(modelOf(identity({ inputShape: shape }))).trainStep({ loss, optimizer });
      } catch (error) {
        if (error instanceof CompileError) return [error.code, error.path, error.diagnostic.message, error.hint].join(" | ");
      }
      return "nothing";
    };
    expect(problem("mse", "sgd", [])).toMatch(/training\/spec \| training.loss \| .*last axis.*\| .*flatten/);
    expect(problem("msee")).toMatch(/training\/spec \| training.loss \| there is no loss "msee" \| did you mean/);
    expect(problem({ name: "huber", delta: -1 })).toMatch(/training.loss.delta \| .*-1/);
    expect(problem({ name: "mse", reduction: "median" })).toMatch(/training.loss.reduction \|/);
    expect(problem("ctc")).toMatch(/training.loss \| there is no loss "ctc" \| .*aligned/);
    expect(problem("circle")).toMatch(/training.loss \| there is no loss "circle" \| .*pairs/);
    expect(problem({ name: "bce", axis: 0 })).toMatch(/training.loss \| binary_crossentropy needs an axis of the sample/);
    expect(problem({ name: "dice", axis: [1, -1] })).toMatch(/training.loss \| dice needs axes from 0 .* each once/);
    expect(problem({ name: "categorical_focal_crossentropy", alpha: [1, 2, 3] })).toMatch(/needs one alpha for each of the 2/);
    expect(problem("mse", "adm")).toMatch(/training.optimizer \| there is no optimizer "adm" \| did you mean "adam"/);
    expect(problem("mse", { name: "adam", clipnorm: 1, clipvalue: 1 })).toMatch(
      /training.optimizer.clipnorm \|.*the only one of/,
    );
    expect(problem("mse", { name: "adam", learningRate: "fast" })).toMatch(/training.optimizer.learningRate \| .*"fast"/);
  });
});

describe("layers in training mode", () => {
  it("batch normalization: batch statistics, biased; moving ones move; masked steps left out", () => {
    const bn = batchNormalization({ name: "bn", momentum: 0.9, inputShape: [1] });
    const weights = { "bn/gamma": [1], "bn/beta": [0], "bn/moving_mean": [10], "bn/moving_variance": [1] };
    const t = trainer(modelOf(bn), { loss: "mse", optimizer: { name: "sgd", learningRate: 0 } }, weights);
    t.step([1, 2, 6], [0, 0, 0], 3);
    near(t.values["bn/moving_mean"][0], 0.9 * 10 + 0.1 * 3);
    near(t.values["bn/moving_variance"][0], 0.9 + 0.1 * (14 / 3));
    const masked = modelOf(masking({ inputShape: [2, 1] }), batchNormalization({ name: "bn", momentum: 0.9 }));
    const u = trainer(masked, { loss: "mse", optimizer: { name: "sgd", learningRate: 0 } }, weights);
    u.step([1, 0, 2, 6], [0, 0, 0, 0], 2);
    near(u.values["bn/moving_mean"][0], 0.9 * 10 + 0.1 * 3);
    near(u.values["bn/moving_variance"][0], 0.9 + 0.1 * (14 / 3));
  });

  it("a frozen batch normalization uses and keeps its moving statistics; frozen weights stay", () => {
    const frozen = modelOf(
      batchNormalization({ name: "bn", trainable: false, epsilon: 1e-9, inputShape: [1] }),
      dense({ name: "d", units: 1, trainable: false }),
      dense({ name: "e", units: 1 }),
    );
    const { graph, trainable } = resolve(frozen).trainStep({ loss: "mse", optimizer: "sgd" });
    expect(trainable).toEqual(["e/kernel", "e/bias"]);
    expect(graph.updates).toEqual([]);
    const values = {
      "bn/gamma": [1],
      "bn/beta": [0],
      "bn/moving_mean": [10],
      "bn/moving_variance": [4],
      "d/kernel": [1],
      "d/bias": [0],
      "e/kernel": [1],
      "e/bias": [0],
    };
    const run = runGraph(graph, { rows: 1, values: { ...values, x: [14], y: [0], sampleWeight: [1] }, precision: "double" });
    near(run.results.loss.data[0], 4);
  });

  it("dropout: zeros at the rate, the rest scaled up, other positions in the next step, the same again from the same seed", () => {
    const size = 4000;
    const model = modelOf(dropout({ rate: 0.3, inputShape: [size] }));
    const { graph } = resolve(model).trainStep({ loss: "mse", optimizer: "sgd" });
    const [x, target] = [new Float64Array(size).fill(1), new Float64Array(size)];
    const draw = (step: number) =>
      runGraph(graph, { rows: 1, values: { x, y: target, sampleWeight: [1], step: [step] }, precision: "double" });
    // On ones the output is the noise itself.
    const noise = graph.nodes.find(({ op, inputs }) => op === "mul" && inputs[0].op === "input") ?? expect.fail("no product");
    const first = draw(0).value(noise).data;
    const kept = first.filter((value) => value !== 0);
    expect(Math.abs(kept.length / size - 0.7)).toBeLessThan(0.03);
    expect(kept.every((value) => Math.abs(value - 1 / 0.7) < standard.float32.abs)).toBe(true);
    expect(draw(0).value(noise).data).toEqual(first);
    expect(draw(1).value(noise).data).not.toEqual(first);
    expect(draw(0).updates.step.data[0]).toBe(1);
    // Outside training nothing is dropped, and nothing counts steps.
    const inference = resolve(model).evaluate({ loss: "mse", optimizer: "sgd" }).graph;
    expect(inference.nodes.some(({ op }) => op === "random" || op === "state")).toBe(false);
  });

  it("a dropout layer's own seed wins over the model's", () => {
    const seeds = (model: Model) => {
      const { graph } = resolve(model).trainStep({ loss: "mse", optimizer: "sgd" });
      return graph.nodes.filter(({ op }) => op === "random").map(({ attrs }) => attrs.seed);
    };
    const model = modelOf(dropout({ rate: 0.3, inputShape: [2] }), dropout({ rate: 0.3, seed: 3 }), dropout({ rate: 0.3 }));
    const [a, b, c] = seeds(model);
    expect(a).not.toBe(c);
    expect(seeds({ ...model, seed: 6 })[1]).toBe(b);
    expect(seeds({ ...model, seed: 6 })[0]).not.toBe(a);
  });

  it("a rate of 1 drops all", () => {
    const { graph } = resolve(modelOf(dropout({ rate: 1, inputShape: [2] }))).trainStep({ loss: "mse", optimizer: "sgd" });
    const run = runGraph(graph, { rows: 1, values: { x: [3, 4], y: [1, 1], sampleWeight: [1] }, precision: "double" });
    expect(run.results.loss.data[0]).toBe(1);
  });

  it("a masked step of an LSTM changes nothing: padding in front or behind gives what the bare sequence gives", () => {
    const model = modelOf(
      embedding({ name: "e", inputDim: 4, outputDim: 2, maskZero: true, inputShape: [4] }),
      lstm({ name: "r", units: 3 }),
    );
    const { graph } = resolve(model).evaluate({ loss: "mse", optimizer: "sgd" });
    const numbers = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i + 1));
    const weights = {
      "e/embeddings": numbers(8),
      "r/kernel": numbers(24),
      "r/recurrent_kernel": numbers(36),
      "r/bias": numbers(12),
    };
    const loss = (x: number[]) =>
      runGraph(graph, { rows: 1, values: { ...weights, x, y: [0, 0, 0], sampleWeight: [1] }, precision: "double" }).results.loss
        .data[0];
    expect(loss([1, 3, 0, 0])).toBe(loss([0, 1, 3, 0]));
    expect(loss([1, 3, 0, 0])).toBe(loss([1, 0, 0, 3]));
    expect(loss([1, 3, 0, 0])).not.toBe(loss([1, 3, 2, 0]));
  });
});
