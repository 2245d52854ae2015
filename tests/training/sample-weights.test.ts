// Weights of samples as a module takes them: one a row or one for each value of its loss, in any form; and what each reduction makes of
// them in a step.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import type { LossSpec } from "../../compiler/training/define.ts";
import { load } from "../../runtime/load.ts";
import { near } from "../close.ts";
import type { Trainable } from "../executors.ts";

const line = (layer: string, config: LayerSpec["config"]): LayerSpec => ({ name: layer, layer, config });
const model = (layers: readonly LayerSpec[], loss: LossSpec): Model => ({
  name: "m",
  seed: 2,
  layers,
  training: { loss, optimizer: { name: "sgd", learningRate: 0.125 } },
});
const start = (layers: readonly LayerSpec[], loss: LossSpec = "mse"): Trainable =>
  load<Trainable>(compile(model(layers, loss), { train: true, selfTest: false }));

describe("a loss of steps", () => {
  // Two rows of three steps of one number: values are squares.
  const module = start([line("identity", { inputShape: [3, 1] })]);
  const x = [1, 2, 3, 4, 5, 6];
  const y = [0, 0, 0, 0, 0, 0];
  const lossOf = (sampleWeight?: unknown) =>
    module.evaluate(x, y, sampleWeight === undefined ? {} : { sampleWeight: sampleWeight as number[] }).loss;

  it("takes one weight a row, in every form", () => {
    const wanted = (2 * (1 + 4 + 9) + 0.5 * (16 + 25 + 36)) / 6;
    for (const given of [[2, 0.5], [[2], [0.5]], Float32Array.of(2, 0.5), Float64Array.of(2, 0.5)]) near(lossOf(given), wanted);
  });
  it("takes one weight a value, in every form", () => {
    const weights = [1, 0, 2, 0.5, 3, 0];
    const wanted = (1 + 18 + 8 + 75) / 6;
    const nested = [weights.slice(0, 3), weights.slice(3)];
    for (const given of [weights, nested, Float32Array.from(weights), nested.map((row) => Float32Array.from(row))])
      near(lossOf(given), wanted);
  });
  it("counts 1 where none is given", () => near(lossOf(), 91 / 6));
  it("refuses another number of weights, and what is none", () => {
    expect(() => lossOf([1, 2, 3])).toThrow(
      "sampleWeight: wanted 2 numbers, one per row of x, or 6, one per value of the loss, got 3",
    );
    expect(() => lossOf([[1, 2], [3, 4]])).toThrow(RangeError); // biome-ignore format: one line
    expect(() => lossOf([1, "2"])).toThrow(/sampleWeight: .* wanted 1 numbers, got/);
    expect(() => lossOf(null)).toThrow(TypeError);
    expect(() => lossOf([1, 1, 1, 1, Number.NaN, 1])).toThrow("sampleWeight: row 1, place 1: wanted a number, got NaN");
  });
  it("is what a step goes by", () => {
    const net = [line("dense", { units: 1, useBias: false, kernelInitializer: "ones", inputShape: [3, 1] })];
    const [rows, values] = [start(net), start(net)];
    near(rows.trainStep(x, y, { sampleWeight: [2, 0] }), values.trainStep(x, y, { sampleWeight: [2, 2, 2, 0, 0, 0] }));
    expect(rows.getWeights()).toEqual(values.getWeights());
    // The slope of Σ 2·(w·x)² / 6 over the first row.
    near(rows.getWeights()[0][0], 1 - (0.125 * 2 * 2 * 14) / 6);
  });
});

it("takes weights by output, each of its own loss", () => {
  const two: Model = {
    name: "m",
    seed: 1,
    inputs: [{ name: "x", shape: [2, 1] }],
    outputs: [{ name: "steps", from: "a" }, { name: "all", from: "b" }],
    layers: [{ ...line("identity", {}), name: "a", inputs: ["x"] }, { ...line("flatten", {}), name: "b", inputs: ["x"] }],
    training: { loss: { steps: "mse", all: "mae" }, optimizer: "sgd" },
  }; // biome-ignore format: a line a part
  const module = load<Trainable>(compile(two, { train: true, selfTest: false }));
  const y = { steps: [0, 0, 0, 0], all: [0, 0, 0, 0] };
  const found = module.evaluate([1, 2, 3, 4], y, { sampleWeight: { steps: [1, 0, 0, 2], all: [1, 3] } });
  near(found.steps_loss, (1 + 32) / 4);
  near(found.all_loss, (1.5 + 3 * 3.5) / 2);
});

describe("a step", () => {
  // One weight w = 1 on x: values (w·x − 0)², slopes 2·w·x².
  const net = [line("dense", { units: 1, useBias: false, kernelInitializer: "ones", inputShape: [1] })];
  const x = [1, 2, 3];
  const [above, weights] = [1 * 1 + 4 * 2 + 9 * 3, [1, 2, 3]];
  it.each<[string, number, number]>([
    ["sum_over_batch_size", above / 3, 3],
    ["mean", above / 3, 3],
    ["sum", above, 1],
    ["mean_with_sample_weight", above / 6, 6],
    // Shown is the mean, trained the sum.
    ["none", above / 3, 1],
  ])("of reduction %s", (reduction, loss, divisor) => {
    const module = start(net, { name: "mse", reduction });
    near(module.trainStep(x, [0, 0, 0], { sampleWeight: weights }), loss);
    near(module.getWeights()[0][0], 1 - (0.125 * 2 * above) / divisor);
  });
  it("is none where all weights are 0", () => {
    const module = start(net, { name: "mse", reduction: "mean_with_sample_weight" });
    expect(module.trainStep(x, [0, 0, 0], { sampleWeight: [0, 0, 0] })).toBe(0);
    expect(module.getWeights()).toEqual([Float32Array.of(1)]);
  });
});

describe("a value of the whole batch", () => {
  const [x, y] = [[0.5, 1, 0.25, 0], [1, 1, 0, 0]]; // biome-ignore format: a pair
  const value = 1 - (2 * 1.5) / (2 + 1.75 + 1e-7);
  const lossOf = (reduction: string, sampleWeight?: number[]) =>
    start([line("identity", { inputShape: [2] })], { name: "dice", reduction })
      .evaluate(x, y, sampleWeight === undefined ? {} : { sampleWeight }).loss; // biome-ignore format: one line
  it("counts once, or as Keras has it: once a row, by the row's weight", () => {
    for (const reduction of ["sum_over_batch_size", "sum", "mean_with_sample_weight", "none"]) near(lossOf(reduction), value);
    near(lossOf("sum_over_batch_size", [3, 1]), 2 * value);
    near(lossOf("sum", [3, 1]), 4 * value);
    near(lossOf("mean_with_sample_weight", [3, 1]), value);
    expect(lossOf("mean_with_sample_weight", [0, 0])).toBe(0);
  });
});
