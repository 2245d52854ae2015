// Metrics of a training module against plain loops: means over all rows since a reset, over a whole evaluation, masked values left out.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model, TrainingInput } from "../../compiler/model.ts";
import { load } from "../../runtime/load.ts";
import { activation, dense, masking, model, sequential } from "../../src/sequential.ts";
import { expectClose, near } from "../close.ts";
import { standard } from "../exemptions.ts";

interface Module {
  predict(x: unknown): Float32Array;
  trainStep(x: unknown, y: unknown, options?: unknown): number;
  evaluate(x: unknown, y: unknown, options?: unknown): Record<string, number>;
  resetMetrics(): void;
  getMetrics(): Record<string, number>;
}
const made = (source: Model): Module => load<Module>(compile(source, { train: true, batch: 4 }));
/** A model that gives its input, so that what is judged can be written down. */
const judged = (width: number, loss: string, metrics: readonly string[]): Module =>
  made(
    sequential([activation({ activation: "linear", inputShape: [width] })], {
      training: { loss, optimizer: "sgd", metrics } as TrainingInput,
    }),
  );

describe("accuracy is what loss and shapes say", () => {
  it("of single numbers: above a half", () => {
    const module = judged(1, "binary_crossentropy", ["accuracy", "binary_accuracy", "mae"]);
    const logs = module.evaluate([0.5, 0.6, 0.4, 0.9, Number.MIN_VALUE], [1, 1, 0, 0, 0]);
    near(logs.accuracy, 3 / 5);
    expect(logs.binary_accuracy).toBe(logs.accuracy);
    near(logs.mae, (0.5 + 0.4 + 0.4 + 0.9) / 5);
  });
  it("of several numbers each for itself: the mean over them", () => {
    const logs = judged(2, "mse", ["binary_accuracy"]).evaluate([0.9, 0.1, 0.2, 0.7], [1, 1, 0, 1]);
    near(logs.binary_accuracy, 3 / 4);
  });
  it("of distributions: the largest, of equals the first", () => {
    const logs = judged(3, "categorical_crossentropy", ["acc"]).evaluate(
      [0.4, 0.4, 0.2, 0.1, 0.2, 0.7, 0.2, 0.5, 0.3],
      [1, 0, 0, 0, 0, 1, 1, 0, 0],
    );
    near(logs.acc, 2 / 3);
  });
  it("of numbers of classes", () => {
    const logs = judged(3, "sparse_categorical_crossentropy", ["accuracy"]).evaluate(
      [0.4, 0.4, 0.2, 0.1, 0.2, 0.7, 0.2, 0.5, 0.3],
      [0, 2, 0],
    );
    near(logs.accuracy, 2 / 3);
  });
});

it("means are over rows, not over batches, and begin anew with a reset", () => {
  const module = judged(1, "mse", ["binary_accuracy"]);
  module.trainStep([1, 1, 1, 1], [1, 1, 1, 0]);
  near(module.getMetrics().binary_accuracy, 3 / 4);
  module.trainStep([1], [0]);
  near(module.getMetrics().binary_accuracy, 3 / 5);
  module.resetMetrics();
  expect(module.getMetrics()).toEqual({ loss: 0, binary_accuracy: 0 });
  // Weights of rows are for the loss: these metrics are Keras' unweighted ones.
  module.trainStep([1, 1], [1, 0], { sampleWeight: [1, 0] });
  expect(module.getMetrics()).toEqual({ loss: 0, binary_accuracy: 0.5 });
  const many = Array.from({ length: 11 }, (_, i) => i % 2);
  near(module.evaluate(many, many.map(() => 1)).binary_accuracy, 5 / 11); // biome-ignore format: one line
});

it("what is masked does not count", () => {
  const layers = [masking({ inputShape: [3, 2] })];
  const module = made(sequential(layers, { training: { loss: "mse", optimizer: "sgd", metrics: ["binary_accuracy"] } }));
  // The second step of the first row and two of the second are masked.
  const x = [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1];
  const y = [1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1];
  near(module.evaluate(x, y).binary_accuracy, (1 + 0 + 1) / 3);
});

describe("by output", () => {
  const ports = (
    metrics: NonNullable<Model["training"]>["metrics"],
    loss: NonNullable<Model["training"]>["loss"] = { p: "mse", q: "binary_crossentropy" },
  ): Model =>
    model({
      inputs: { a: [1], b: [1] },
      outputs: { p: "activation", q: "activation_1" },
      layers: [activation({ activation: "linear", inputs: ["a"] }), activation({ activation: "linear", inputs: ["b"] })],
      training: { loss, optimizer: "sgd", ...(metrics === undefined ? {} : { metrics }) } as TrainingInput,
    });
  it("are called after it, and follow the losses", () => {
    const logs = made(ports({ q: ["accuracy"], p: ["mae", "mse"] })).evaluate(
      { a: [1, 3], b: [0.9, 0.1] },
      { p: [1, 1], q: [1, 1] },
    );
    expect(Object.keys(logs)).toEqual(["loss", "p_loss", "q_loss", "q_accuracy", "p_mae", "p_mse"]);
    expect([logs.q_accuracy, logs.p_mae, logs.p_mse]).toEqual([0.5, 1, 2]);
    expect(Object.keys(made(ports(["mae"])).getMetrics())).toEqual(["loss", "p_loss", "q_loss", "p_mae", "q_mae"]);
  });
  it.each([
    [["acuracy"], "training.metrics[0]", /accuracy/],
    [{ r: ["mae"] }, "training.metrics.r", /p|q/],
    [{ p: ["loss"] }, "training.metrics.p[0]", /./],
    [{ p: [{ name: "mse", as: "loss" }] }, "training.metrics.p[0]", /as/],
    [{ p: { name: "mse", as: 3 } }, "training.metrics.p.as", /as/],
    [{ p: [{ name: "auc", curve: "ROCK" }] }, "training.metrics.p[0].curve", /ROC/],
    [{ p: ["auc", { name: "auc", numThreshold: 3 }] }, "training.metrics.p[1].numThreshold", /numThresholds/],
    [{ p: [5 as unknown as string] }, "training.metrics.p[0]", /./],
    ["accuracy" as never, "training.metrics", /./],
  ] as const)("refuses %j", (metrics, path, hint) => {
    try {
      resolve(ports(metrics as never));
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      expect(error.diagnostic.path).toBe(path);
      expect(error.diagnostic.hint ?? "").toMatch(hint);
      return;
    }
    throw new Error("nothing was thrown");
  });
  it("need a target, which comes with a loss", () => {
    expect(() => resolve(ports({ q: ["mae"] }, { p: "mse" }))).toThrow(/q/);
  });
});

it("a trained classifier is as accurate as its predictions", () => {
  const net = made(sequential([dense({ units: 3, activation: "softmax", inputShape: [2] })], { seed: 4, training: { loss: "sparse_categorical_crossentropy", optimizer: { name: "adam", learningRate: 0.1 }, metrics: ["accuracy"] } })); // biome-ignore format: one line
  const x = Array.from({ length: 24 }, (_, i) => Math.fround(Math.sin(i * 1.7)));
  const y = Array.from({ length: 12 }, (_, i) => (x[2 * i] > 0.3 ? 2 : x[2 * i + 1] > 0 ? 1 : 0));
  for (let i = 0; i < 40; i++)
    for (let row = 0; row < 12; row += 4) net.trainStep(x.slice(2 * row, 2 * row + 8), y.slice(row, row + 4));
  const found = net.predict(x);
  const right = y.filter(
    (label, i) => label === found.slice(3 * i, 3 * i + 3).reduce((best, value, k, all) => (value > all[best] ? k : best), 0),
  );
  near(net.evaluate(x, y).accuracy, right.length / 12);
  expect(right.length).toBeGreaterThan(8);
});

describe("what is shown of several batches", () => {
  const x = Array.from({ length: 33 }, (_, i) => Math.fround(((i * 7919) % 101) / 101));
  const y = x.map((value, i) => Number(value + ((i * 31) % 17) / 34 > 0.8));
  const weights = Array.from({ length: 11 }, (_, i) => (i === 3 ? 0 : 0.25 * (1 + (i % 5))));
  const all = [
    ...["auc", "precision", "recall", "f1_score", "r2_score", "root_mean_squared_error", "true_positives", "cosine_similarity"],
    { name: "precision", thresholds: [0.2, 0.5, 0.8], as: "precisions" },
    { name: "false_negatives", thresholds: [0.3, 0.6] },
    { name: "auc", curve: "PR", multiLabel: true, labelWeights: [1, 2, 0], as: "pr" },
    { name: "mean_io_u", numClasses: 3, sparseYTrue: false, sparseYPred: false },
    { name: "sensitivity_at_specificity", specificity: 0.5 },
    { name: "top_k_categorical_accuracy", k: 2 },
  ];
  const trained = (batch: number, training: object): Module =>
    load<Module>(
      compile(
        sequential([activation({ activation: "linear", inputShape: [3] })], {
          training: { loss: "mse", optimizer: "sgd", ...training } as TrainingInput,
        }),
        { train: true, batch },
      ),
    );
  it("does not depend on how they are divided", () => {
    const whole = trained(11, { metrics: all, weightedMetrics: all }).evaluate(x, y, { sampleWeight: weights });
    expect(Object.keys(whole).length).toBe(1 + 2 * all.length);
    expect(whole.precisions).toHaveLength(3);
    for (const batch of [1, 4]) {
      const parts = trained(batch, { metrics: all, weightedMetrics: all }).evaluate(x, y, { sampleWeight: weights });
      for (const [key, value] of Object.entries(whole))
        expectClose([parts[key]].flat(), [value].flat(), { abs: standard.float32.abs, rel: standard.losses.rel }, key);
    }
  });
  it("leaves weights to those that are to use them", () => {
    const metrics = trained(11, { metrics: all, weightedMetrics: all });
    const plain = metrics.evaluate(x, y);
    const weighed = metrics.evaluate(x, y, { sampleWeight: weights });
    for (const key of Object.keys(plain).filter((one) => one.startsWith("weighted_"))) {
      expect(plain[key]).toEqual(plain[key.slice("weighted_".length)]);
      expect(weighed[key.slice("weighted_".length)]).toEqual(plain[key]);
    }
    expect(weighed.weighted_precision).not.toBe(plain.weighted_precision);
    // A row of weight 0 is as good as none.
    const without = (values: readonly number[], size: number) => values.toSpliced(3 * size, size);
    const fewer = metrics.evaluate(without(x, 3), without(y, 3), { sampleWeight: without(weights, 1) });
    const isOfNumbers = (key: string) => key.startsWith("weighted_") && key !== "weighted_mean_io_u";
    for (const key of Object.keys(fewer).filter(isOfNumbers))
      expectClose([fewer[key]].flat(), [weighed[key]].flat(), { abs: standard.float32.abs, rel: standard.losses.rel }, key);
  });
  it("begins anew with a reset, and of nothing is 0, or what Keras divides", () => {
    const module = trained(11, { metrics: all });
    module.trainStep(x, y);
    const once = module.getMetrics();
    module.resetMetrics();
    const none = module.getMetrics();
    expect([none.auc, none.precision, none.precisions, none.false_negatives]).toEqual([0, 0, [0, 0, 0], [0, 0]]);
    expect([none.f1_score, none.r2_score, none.root_mean_squared_error]).toEqual([[0, 0, 0], Number.NaN, 0]);
    module.trainStep(x, y);
    expect(module.getMetrics()).toEqual(once);
  });
  it("has Keras' names: numbered, of outputs, weighted, one's own", () => {
    const keys = (training: object) => Object.keys(trained(4, training).getMetrics());
    expect(
      keys({ metrics: ["auc", "AUC", { name: "auc" }, { name: "auc", as: "roc" }], weightedMetrics: ["auc", "auc"] }),
    ).toEqual([...["loss", "auc", "AUC", "auc_1", "roc", "weighted_auc", "weighted_auc_1"]]);
    expect(
      keys({
        metrics: ["mse", { name: "f_beta_score", beta: 2 }, "MeanSquaredError", { name: "mean_metric_wrapper", fn: "mse" }],
      }),
    ).toEqual([...["loss", "mse", "fbeta_score", "MeanSquaredError", "mean_metric_wrapper"]]);
  });
});

describe("numbers that Keras gave", () => {
  const shown = (width: number, metric: object | string, x: readonly number[], y: readonly number[]) =>
    Object.values(
      load<Module>(
        compile(
          sequential([activation({ activation: "linear", inputShape: [width] })], {
            training: { loss: "mse", optimizer: "sgd", weightedMetrics: [metric] } as TrainingInput,
          }),
          { train: true, batch: 8 },
        ),
      ).evaluate(x, y),
    )[1];
  it("of thresholds at the ends: nothing is above 1", () => {
    const ends = { thresholds: [0, 0.5, 1] };
    const [x, y] = [[0, 0.5, 1, 0.2, 0, 0.7], [1, 0, 1, 0, 1, 0]]; // biome-ignore format: one line
    expect(shown(3, { name: "true_positives", ...ends }, x, y)).toEqual([1, 1, 0]);
    expect(shown(3, { name: "false_positives", ...ends }, x, y)).toEqual([3, 1, 0]);
    expect(shown(3, { name: "true_negatives", ...ends }, x, y)).toEqual([0, 2, 3]);
    expect(shown(3, { name: "false_negatives", ...ends }, x, y)).toEqual([2, 2, 3]);
  });
  it.each([
    ["no variance to explain", "r2_score", [0, 0, 0], [1, 1, 1], 0],
    ["nothing to explain, and nothing left", "r2_score", [1, 1, 1], [1, 1, 1], Number.NaN],
    ["a line that does not change", "pearson_correlation", [0, 0.5], [1, 1], Number.NaN],
    ["one class alone", "auc", [0.3, 0.4], [1, 1], 0],
    ["gains", { name: "auc", curve: "PRGAIN" }, [0.3, 0.4, 0.8, 0.1], [1, 0, 1, 0], 0.25],
    ["equals at the edge of the first k, for a choice", { name: "precision", topK: 1 }, [0.3, 0.3], [0, 1], 0],
  ] as const)("%s", (_, metric, x, y, value) => {
    const width = metric === "pearson_correlation" || (typeof metric === "object" && "topK" in metric) ? x.length : 1;
    near(shown(width, metric, x, y), value);
  });
  it("a class that does not occur has no part in the mean", () => {
    near(shown(1, { name: "mean_io_u", numClasses: 5 }, [0, 2, 1, 7], [0, 1, 1, 0]), (1 + 1 / 2 + 0) / 3, standard.losses);
  });
});

it("what is no part of a sparse crossentropy counts all the same, unless rows have weights, as in Keras", () => {
  const layers = [activation({ activation: "linear", inputShape: [3] })];
  const metric = [{ name: "sparse_categorical_crossentropy", ignoreClass: 1 }];
  const training = { loss: "sparse_categorical_crossentropy", optimizer: "sgd", metrics: metric, weightedMetrics: metric };
  const logs = made(sequential(layers, { training: training as TrainingInput })).evaluate(
    [0.2, 0.3, 0.5, 0.2, 0.3, 0.5, 0.2, 0.3, 0.5, 0.2, 0.3, 0.5],
    [0, 1, 2, 1],
  );
  const sum = -Math.log(0.2) - Math.log(0.5);
  near(logs.sparse_categorical_crossentropy, sum / 4, standard.losses);
  near(logs.weighted_sparse_categorical_crossentropy, sum / 2, standard.losses);
});

it("weights of an intersection over union are cut to whole numbers, unless it is told floats", () => {
  const metrics = [
    { name: "mean_io_u", numClasses: 2 },
    { name: "mean_io_u", numClasses: 2, dtype: "float32", as: "exact" },
  ];
  const layers = [activation({ activation: "linear", inputShape: [1] })];
  const module = made(
    sequential(layers, { training: { loss: "mse", optimizer: "sgd", weightedMetrics: metrics } as TrainingInput }),
  );
  const logs = module.evaluate([0, 1, 1], [0, 1, 0], { sampleWeight: [1.5, 2, 0.9] });
  near(logs.mean_io_u, 1, standard.losses);
  near(logs.exact, (1.5 / 2.4 + 2 / 2.9) / 2, standard.losses);
});

it.each([
  ["precision", "categorical", /target of the output's shape/],
  ["sparse_top_k_categorical_accuracy", "sparse", /target of labels/],
  [{ name: "precision", topK: 9 }, "sparse", /topK up to the 3/],
  [{ name: "recall", classId: 3 }, "sparse", /classId below the 3/],
  [{ name: "auc", multiLabel: true, labelWeights: [1] }, "sparse", /labelWeights/],
  [{ name: "auc", numLabels: 3 }, "sparse", /multiLabel/],
  [{ name: "mean_io_u", numClasses: 2, axis: 1 }, "sparse", /axis/],
  [{ name: "io_u", numClasses: 2, targetClassIds: [2] }, "sparse", /numClasses/],
  [{ name: "pearson_correlation", axis: 5 }, "sparse", /axis from/],
  ["mae", "categorical", /a target \[3\]/],
] as const)("refuses %j by name where it does not fit", (metric, other, message) => {
  const loss = other === "categorical" ? "sparse_categorical_crossentropy" : "categorical_crossentropy";
  expect(() => judged(3, loss, [metric as string])).toThrow(message);
});
