// The model language: plain data out, and normalization fitted to data.
import { runInNewContext } from "node:vm";
import { describe, expect, expectTypeOf, it } from "vitest";
import { resolve } from "../compiler/front/steps.ts";
import { runGraph } from "../compiler/interpret/graph.ts";
import {
  adapt,
  adaptNormalization,
  dense,
  flatten,
  getWeights,
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

  it("gives and takes weights by name, without a training", () => {
    const model = sequential(list());
    const initial = getWeights(model);
    expect(initial).toEqual(resolve(model).initialWeights());
    expect(Object.keys(initial)).toEqual(["h/kernel", "h/bias", "dense/kernel", "dense/bias"]);
    const moved = withWeights(model, { "dense/bias": [3], "h/kernel": [[1, 2, 3, 4], [5, 6, 7, 8]] }); // biome-ignore format: one line
    expect(getWeights(moved)).toEqual({
      ...initial,
      "h/kernel": Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      "dense/bias": Float32Array.of(3),
    });
    expect(getWeights(withWeights(moved, getWeights(model)))).toEqual(initial);
    // What is given is the caller's own.
    getWeights(moved)["dense/bias"][0] = 9;
    expect(getWeights(moved)["dense/bias"][0]).toBe(3);
    const unknown = expect.objectContaining({ code: "weights/unknown", hint: 'did you mean "dense/bias"?' });
    expect(() => withWeights(model, { "dense/bia": [3] })).toThrow(unknown);
    expect(() => withWeights(model, { "dense/bias": [3, 4] })).toThrow(/"dense\/bias" \[1\]: wanted 1 numbers/);
  });

  it("takes weights as lists, flat or nested to their shape, and keeps a Float32Array as it is", () => {
    const model = sequential(list());
    const kernel = Float32Array.from({ length: 8 }, (_, i) => i);
    const flat = [kernel, Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8), Float32Array.of(9)];
    const nested = [[[0, 1, 2, 3], Float64Array.of(4, 5, 6, 7)], [1, 2, 3, 4], [[5], [6], [7], [8]], [9]];
    expect(withWeights(model, nested)).toEqual(withWeights(model, flat));
    expect(withWeights(model, flat).weights?.["h/kernel"]).toBe(kernel);
    const values = Object.values(withWeights(model, nested).weights as Readonly<Record<string, Float32Array>>);
    expect(values.map((value) => value.buffer.byteLength / 4)).toEqual([8, 4, 4, 1]);
  });

  it.each<[at: number, weight: unknown, message: string]>([
    [0, new Float32Array(7), '"h/kernel" [2, 4]: wanted k * 4 numbers (k rows, at least one), got 7'],
    [0, new Float32Array(12), '"h/kernel" [2, 4]: wanted 8 numbers, got 12, in 3 rows'],
    [0, [[1, 2, 3, 4], [5, 6, 7]], '"h/kernel" [2, 4]: row 1: wanted 4 numbers, got 3'],
    [1, [1, null, 3, 4], '"h/bias" [4]: row 1, place 0: wanted a number, got null'],
    [1, ["1", 2, 3, 4], 'wanted a number, got "1"'],
    [1, undefined, '"h/bias" [4]: wanted a Float32Array or an array of numbers, got undefined'],
    [3, 5, '"dense/bias" [1]: wanted a Float32Array or an array of numbers, got 5'],
  ])("names the weight that does not fit: %i", (at, weight, message) => {
    const model = sequential(list());
    const weights: unknown[] = Object.values(resolve(model).modelWeights().values).with(at, weight as never);
    const path = `weights["${["h/kernel", "h/bias", "dense/kernel", "dense/bias"][at]}"]`;
    const error = expect.objectContaining({ code: "weights/length", path, message: expect.stringContaining(message) });
    expect(() => withWeights(model, weights as never)).toThrow(error);
  }); // biome-ignore format: one table

  it.each([undefined, null, {}, 4, new Float32Array(17), new Set()])("takes nothing but a list of weights: %s", (weights) => {
    expect(() => withWeights(sequential(list()), weights as never)).toThrow(/4 weights/);
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
    const { y } = runGraph(resolve(adapted).predict.graph, {
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
    expect(() => adapt(model, "scale", [[1, 2], [3]])).toThrow("samples: row 1: wanted 2 numbers, got 1");
    expect(() => adapt(model, "scale", [])).toThrow("samples: wanted k * 2 numbers (k rows, at least one), got 0");
  });

  it("takes samples in every form", () => {
    const images = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]; // biome-ignore format: matrices
    const statistics = adaptNormalization([1, 2, 3, 4, 5, 6, 7, 8], { shape: [2, 2] });
    const forms = [images, images.flat(2), images.map((image) => image.flat()), Float64Array.from(images.flat(2)),
      images.map((image) => image.map((row) => Int8Array.from(row))), runInNewContext("Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)")]; // biome-ignore format: one list
    for (const form of forms) expect(adaptNormalization(form, { shape: [2, 2] })).toEqual(statistics);
    expect(adaptNormalization(images)).toEqual(statistics);
    expect(adaptNormalization([[0.1], [0.2]])).toEqual({ mean: [0.1 / 2 + 0.2 / 2], variance: [expect.any(Number)] });
    const model = sequential([identity({ inputShape: [4] }), reshape({ targetShape: [2, 2] }), normalization({ name: "n" })]);
    expect(adapt(model, "n", images)).toEqual(adapt(model, "n", images.flat(2)));
  });

  it.each<[samples: unknown, code: string, message: string]>([
    [["1", "2"], "data/values", 'samples: row 0, place 0: wanted a finite number, got "1"'],
    [[["1", "2"], ["3", "4"]], "data/values", 'row 0, place 0: wanted a finite number, got "1"'],
    [["12", "34"], "data/values", 'got "12"'],
    [[[1, 2], [null, 4]], "data/values", "samples: row 1, place 0: wanted a finite number, got null"],
    [[[1, 2], null], "data/values", "row 1: wanted a list of 2 numbers, got null"],
    [[[1, 2], [3, Number.NaN]], "data/values", "row 1, place 1: wanted a finite number, got NaN"],
    [Float32Array.of(1, 2, 3, Infinity), "data/values", "row 1, place 1: wanted a finite number, got Infinity"],
    [[1, undefined], "data/values", "row 0, place 1: wanted a finite number, got undefined"],
    ["12", "data/values", 'samples: wanted a Float32Array or an array of numbers, got "12"'],
    [undefined, "data/values", "got undefined"],
    [new Set([1, 2]), "data/values", "got Set"],
    [BigInt64Array.of(1n, 2n), "data/values", "got BigInt64Array"],
    [[[[1], [2]]], "data/values", "row 0, place 0: wanted a finite number, got Array"],
    [[[1, 2, 3]], "shape/mismatch", "row 0: wanted 2 numbers, got 3"],
    [[[]], "shape/mismatch", "got 0"],
    [new Float32Array(0), "shape/mismatch", "at least one"],
  ])("refuses samples with row, place and value: %#", (samples, code, message) => {
    const error = expect.objectContaining({ code, message: expect.stringContaining(message) });
    expect(() => adaptNormalization(samples as never, { shape: [2] })).toThrow(error);
    const model = sequential([normalization({ name: "scale", inputShape: [2] })]);
    expect(() => adapt(model, 0, samples as never)).toThrow(expect.objectContaining({ code, path: "layers[0]" }));
  }); // biome-ignore format: one table

  it.each<[options: unknown, path: string, message: string, hint?: string]>([
    [{ axes: 1 }, "axes", 'unknown option "axes"', 'did you mean "axis"?'],
    [{ input_shape: [2] }, "input_shape", 'unknown option "input_shape"'],
    [{ shape: 2 }, "shape", "shape needs a list of sizes, found 2"],
    [{ shape: [0] }, "shape", "found [0]"],
    [{ shape: ["2"] }, "shape", 'found ["2"]'],
    [{ axis: "1" }, "axis", 'axis needs a whole number, a list of them, or null, found "1"'],
    [{ axis: [0.5] }, "axis", "found [0.5]"],
    [null, "", "options need an object, found null"],
    [[2], "", "options need an object, found [2]"],
  ])("refuses options: %j", (options, path, message, hint) => {
    const error = { code: "options/invalid", path, message: expect.stringContaining(message), ...(hint && { hint }) };
    expect(() => adaptNormalization([1, 2], options as never)).toThrow(expect.objectContaining(error));
  }); // biome-ignore format: one table
});
