// Metrics of a training module against plain loops: means over all rows since a reset, over a whole evaluation, masked values left out.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model } from "../../compiler/model.ts";
import { load } from "../../runtime/load.ts";
import { activation, dense, masking, model, sequential } from "../../src/sequential.ts";
import { near } from "../close.ts";

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
    sequential([activation({ activation: "linear", inputShape: [width] })], { training: { loss, optimizer: "sgd", metrics } }),
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
      training: { loss, optimizer: "sgd", ...(metrics === undefined ? {} : { metrics }) },
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
    [{ p: ["mae", "mae"] }, "training.metrics.p[1]", /once/],
    [{ p: ["loss"] }, "training.metrics.p[0]", /./],
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
