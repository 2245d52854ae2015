// The model language: plain data out, and normalization fitted to data.
import { describe, expect, expectTypeOf, it } from "vitest";
import { resolve } from "../compiler/front/steps.ts";
import { runGraph } from "../compiler/interpret/graph.ts";
import {
  adapt,
  adaptNormalization,
  dense,
  flatten,
  identity,
  normalization,
  reshape,
  sequential,
  withWeights,
} from "../src/sequential.ts";
import { standard } from "./exemptions.ts";

describe("sequential", () => {
  const list = () => [dense({ name: "h", units: 4, activation: "relu", inputShape: [2] }), dense({ units: 1 })];
  it("is plain JSON", () => {
    const model = sequential(list(), { name: "seed", seed: 7, training: { loss: "mse", optimizer: "adam" } });
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
    expect(model).toEqual({
      name: "seed",
      seed: 7,
      layers: [
        { name: "h", layer: "dense", config: { units: 4, activation: "relu", inputShape: [2] } },
        { layer: "dense", config: { units: 1 } },
      ],
      training: { loss: "mse", optimizer: "adam" },
    });
    expect(sequential(list())).toMatchObject({ name: "model", seed: 0 });
    expect(sequential(list(), { weights: "./w.safetensors" }).weightsFile).toBe("./w.safetensors");
  });

  it("has factories typed from each layer's schema", () => {
    expectTypeOf(dense).parameter(0).toHaveProperty("units").toEqualTypeOf<number>();
    // @ts-expect-error a number is needed
    dense({ units: "4" });
    // @ts-expect-error units are needed
    dense({});
    // @ts-expect-error there is no such key
    dense({ unit: 4 });
    // @ts-expect-error there is no such activation
    dense({ units: 4, activation: "rleu" });
    dense({ units: 4, activation: "hardSigmoid", kernelInitializer: { name: "constant", value: 2 } });
    expect([flatten(), flatten({ name: "f" })]).toEqual([
      { layer: "flatten", config: {} },
      { name: "f", layer: "flatten", config: {} },
    ]);
  });

  it("takes weights in the order of getWeights", () => {
    const model = sequential(list());
    const weights = Object.values(resolve(model).modelWeights().values);
    expect(Object.keys(withWeights(model, weights).weights ?? {})).toEqual(["h/kernel", "h/bias", "dense/kernel", "dense/bias"]);
    expect(() => withWeights(model, weights.slice(1))).toThrow(/4 weights.*found 3/);
  });
});

describe("adapt", () => {
  const rows = [[1, 10], [3, 10], [8, 40]]; // biome-ignore format: a matrix
  const statistics = { mean: [4, 20], variance: [(9 + 1 + 16) / 3, 200] };
  it("computes mean and biased variance, per axis or for all", () => {
    expect(adaptNormalization(rows)).toEqual(statistics);
    expect(adaptNormalization(rows.flat(), { shape: [2] })).toEqual(statistics);
    expect(adaptNormalization([1, 2, 3, 4, 5, 6, 7, 8], { shape: [2, 2], axis: 1 })).toEqual({
      mean: [3.5, 5.5],
      variance: [4.25, 4.25],
    });
    expect(adaptNormalization([1, 2, 3, 4, 5, 6, 7, 8], { shape: [2, 2], axis: [1, 2] })).toEqual({
      mean: [3, 4, 5, 6],
      variance: [4, 4, 4, 4],
    });
    expect(adaptNormalization([2, 4], { shape: [2], axis: null })).toEqual({ mean: [3], variance: [1] });
  });

  it("gives a new model whose output has mean 0 and variance 1", () => {
    const model = sequential([normalization({ name: "scale", inputShape: [2] })]);
    const adapted = adapt(model, "scale", rows);
    expect(model.layers[0].config).toEqual({ inputShape: [2] });
    expect(adapt(model, 0, Float32Array.from(rows.flat()))).toEqual(adapted);
    const { y } = runGraph(resolve(adapted).inference.graph, {
      rows: 3,
      values: { x: rows.flat() },
      precision: "double",
    }).results;
    expect(adaptNormalization(y.data, { shape: [2] }).mean.every((m) => Math.abs(m) < standard.selfTest.abs)).toBe(true);
    expect(adaptNormalization(y.data, { shape: [2] }).variance.every((v) => Math.abs(v - 1) < standard.selfTest.abs)).toBe(true);
  });

  it("reads what the layer gets where it stands later", () => {
    const model = sequential([identity({ inputShape: [4] }), reshape({ targetShape: [2, 2] }), normalization({ name: "n" })]);
    expect(adapt(model, "n", [1, 2, 3, 4, 5, 6, 7, 8]).layers[2].config).toEqual({ mean: [4, 5], variance: [5, 5] });
  });

  it("says what does not fit", () => {
    const model = sequential([normalization({ name: "scale", inputShape: [2] }), dense({ units: 1 })]);
    expect(() => adapt(model, "scael", rows)).toThrow(expect.objectContaining({ hint: 'did you mean "scale"?' }));
    expect(() => adapt(model, 5, rows)).toThrow(/no layer 5/);
    expect(() => adapt(model, "dense", rows)).toThrow(expect.objectContaining({ code: "layer/config", path: "layers[1]" }));
    expect(() => adapt(model, "scale", [1, 2, 3])).toThrow(
      expect.objectContaining({ code: "shape/mismatch", path: "layers[0]" }),
    );
    expect(() => adapt(model, "scale", [[1, 2], [3]])).toThrow(/sample 1 has 1/);
    expect(() => adapt(model, "scale", [])).toThrow(/at least one sample/);
  });
});
