// A model as a whole: names, origins, weights, wrapped layers, and what is said where something does not fit.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { random } from "../../compiler/base/random.ts";
import type { CompileError } from "../../compiler/diagnostics/error.ts";
import { forward } from "../../compiler/front/forward.ts";
import { checkLine } from "../../compiler/front/lines.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { layer } from "../../compiler/layers/define.ts";
import * as l from "../../compiler/layers/list.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { begin } from "../../compiler/ops/index.ts";
import { diagnosticOf } from "../support/error.ts";

const modelOf = (layers: readonly LayerSpec[], more: Partial<Model> = {}): Model => ({ name: "m", seed: 1, layers, ...more });
describe("names", () => {
  it("follow Keras' rule and stay clear of the user's", () => {
    const { steps } = resolve(
      modelOf([
        l.input({ shape: [6, 6, 1] }), l.conv2d({ filters: 2, kernelSize: 2 }), l.maxPooling2d(), l.batchNormalization(), l.reLU(), l.prelu(), l.flatten(),
        l.dense({ units: 2 }), l.dense({ units: 2, name: "dense_1" }), l.dense({ units: 2 }), l.dense({ units: 2 }),
      ]),
    ); // biome-ignore format: a list
    expect(steps.map(({ entry }) => entry.name)).toEqual([
      "input_layer", "conv2d", "max_pooling2d", "batch_normalization", "re_lu", "p_re_lu", "flatten", "dense", "dense_1", "dense_2", "dense_3",
    ]); // biome-ignore format: a list
  });

  it("may be anything, and reach weights and origins unharmed", () => {
    for (const name of ["__proto__", "constructor", 'a"b', "*/", "\u0024{x}", "new\nline", "a/b"]) {
      const model = modelOf([l.dense({ units: 2, name, inputShape: [3] })]);
      const { graph, weights } = resolve(model).predict;
      expect(weights.map((weight) => weight.name)).toEqual([`${name}/kernel`, `${name}/bias`]);
      expect([...graph.origins.values()]).toContainEqual({ path: "layers[0]", layer: "dense", name });
      expect(Object.keys(resolve(model).modelWeights().values)).toEqual([`${name}/kernel`, `${name}/bias`]);
    }
  });

  it("must differ", () => {
    const same = [l.dense({ units: 2, name: "a", inputShape: [3] }), l.dense({ units: 2, name: "a" })];
    expect(diagnosticOf(() => resolve(modelOf(same)))).toMatchObject({
      code: "layer/name",
      path: "layers[1].name",
      hint: expect.stringMatching(/./),
    });
  });
});

describe("bad models", () => {
  const first = l.dense({ units: 8, inputShape: [3] });
  const cases: readonly (readonly [string, unknown, Partial<CompileError>])[] = [
    ["a misspelt layer", [{ layer: "dnese", config: {} }], { code: "layer/unknown", path: "layers[0].layer", hint: 'did you mean "dense"?' }],
    ["Keras' class name", [{ layer: "MaxPooling2D", config: {} }], { code: "layer/unknown", path: "layers[0].layer", hint: 'did you mean "maxPooling2d"?' }],
    ["a layer named like a method", [{ layer: "constructor", config: {} }], { code: "layer/unknown", path: "layers[0].layer" }],
    ["a misspelt key", [first, { layer: "dense", config: { unit: 2 } }], { code: "layer/config", path: "layers[1].unit", hint: 'did you mean "units"?' }],
    ["a key called __proto__", [{ layer: "dense", config: JSON.parse('{"units":1,"__proto__":{}}') }], { code: "layer/config", path: "layers[0].__proto__" }],
    ["negative units", [first, { layer: "dense", config: { units: -3 } }], { code: "layer/config", path: "layers[1].units", message: "units needs a number of at least 1, found -3" }],
    ["a misspelt activation", [{ layer: "dense", config: { units: 2, activation: "rleu" } }], { path: "layers[0].activation", hint: 'did you mean "relu"?' }],
    ["a bad initializer", [{ layer: "dense", config: { units: 2, kernelInitializer: { name: "constant", valeu: 3 } } }], { path: "layers[0].kernelInitializer.valeu" }],
    ["a misspelt regularizer", [{ layer: "dense", config: { units: 2, kernelRegularizer: "l3" } }], { code: "layer/config", path: "layers[0].kernelRegularizer", hint: expect.stringMatching(/"l[12]"/) }],
    ["a bad regularizer", [{ layer: "dense", config: { units: 2, biasRegularizer: { name: "l1", l1: -1 } } }], { code: "layer/config", path: "layers[0].biasRegularizer.l1" }],
    ["a misspelt key of a constraint", [{ layer: "lstm", config: { units: 2, recurrentConstraint: { name: "max_norm", max: 3 } } }], { code: "layer/config", path: "layers[0].recurrentConstraint.max" }],
    ["bounds that cross", [{ layer: "dense", config: { units: 2, kernelConstraint: { name: "minMaxNorm", minValue: 2 } } }], { code: "layer/config", path: "layers[0].kernelConstraint.minValue" }],
    ["an infinite penalty in float32", [{ layer: "dense", config: { units: 2, kernelRegularizer: { name: "l2", l2: 1e40 } } }], { code: "layer/config", path: "layers[0].kernelRegularizer.l2" }],
    ["an axis that the weight lacks", [l.dense({ units: 2, inputShape: [3], biasConstraint: { name: "unit_norm", axis: 1 } })], { code: "layer/config", path: "layers[0].biasConstraint", message: "unit_norm on the weight bias needs different axes of the weight, which is [2], found 1" }],
    ["a filter that is no matrix", [l.conv2d({ filters: 2, kernelSize: 2, kernelRegularizer: "orthogonal_regularizer", inputShape: [3, 3, 2] })], { code: "layer/config", path: "layers[0].kernelRegularizer" }],
    ["pairs of one column", [l.dense({ units: 1, inputShape: [3], kernelRegularizer: { name: "orthogonalRegularizer", mode: "columns" } })], { code: "layer/config", path: "layers[0].kernelRegularizer", message: "orthogonalRegularizer on the weight kernel needs two columns or more, found [3, 1]" }],
    ["a misspelt activityRegularizer", [l.flatten({ inputShape: [3], activityRegularizer: "l4" as "l1" })], { code: "layer/config", path: "layers[0].activityRegularizer", hint: expect.stringMatching(/"l[12]"/) }],
    ["pairs of rows of a batch", [l.dense({ units: 2, inputShape: [3], activityRegularizer: "orthogonal_regularizer" })], { code: "layer/config", path: "layers[0].activityRegularizer", message: expect.stringMatching(/columns/) }],
    ["a key of Keras' at another value", [{ layer: "dense", config: { units: 2, loraRank: 4 } }], { code: "layer/unsupported", path: "layers[0].loraRank" }],
    ["half a kernel", [{ layer: "conv2d", config: { filters: 2, kernelSize: [3, 0] } }], { code: "layer/config", path: "layers[0].kernelSize[1]" }],
    ["no input shape", [l.dense({ units: 2 })], { code: "shape/unknown-size", path: "layers[0]", hint: expect.stringMatching(/inputShape/) }],
    ["an open size", [l.dense({ units: 2, inputShape: [null, 2] })], { code: "shape/unknown-size", path: "layers[0].inputShape" }],
    ["a late input shape", [first, l.dense({ units: 2, inputShape: [8] })], { code: "layer/config", path: "layers[1].inputShape" }],
    ["a late input", [first, l.input({ shape: [8] })], { code: "layer/config", path: "layers[1]" }],
    ["an input that is not there", [first, { layer: "flatten", config: {}, inputs: ["elsewhere"] }], { code: "model/inputs", path: "layers[1].inputs[0]", message: 'there is no input and no line "elsewhere"' }],
    ["a wrong rank", [first, l.conv2d({ name: "c", filters: 2, kernelSize: 2 })], { code: "shape/rank", path: "layers[1]", message: "the input needs 3 axes (height, width, channels), found [8]", notes: ['in layers[1] conv2d "c"', "layers[0] dense gave [8]"] }],
    ["a window too large", [l.maxPooling2d({ poolSize: 5, inputShape: [4, 4, 1] })], { code: "shape/mismatch", path: "layers[0].poolSize" }],
    ["groups that do not divide", [l.conv2d({ filters: 3, kernelSize: 1, groups: 2, inputShape: [2, 2, 2] })], { code: "shape/mismatch", path: "layers[0].groups" }],
    ["a shape that does not fit", [first, l.reshape({ targetShape: [3, -1] })], { code: "shape/mismatch", path: "layers[1].targetShape", notes: expect.arrayContaining(["layers[0] dense gave [8]"]) }],
    ["an unadapted normalization", [l.normalization({ inputShape: [2] })], { code: "layer/config", path: "layers[0].mean", hint: expect.stringMatching(/adapt/) }],
    ["a factory that was not called", [l.dense], { code: "model/schema", path: "layers[0]", hint: expect.stringMatching(/call/) }],
    ["an endless weight", [l.dense({ units: 1e9, inputShape: [3] })], { code: "shape/too-large", path: "layers[0]" }],
    ["an empty list", [], { code: "model/empty", path: "layers", hint: expect.stringMatching(/dense/) }],
    ["no list", undefined, { code: "model/schema", path: "layers" }],
  ]; // biome-ignore format: one table
  it.each(cases)("%s", (_what, layers, expected) => {
    expect(diagnosticOf(() => resolve(modelOf(layers as LayerSpec[])))).toMatchObject(expected);
  });

  it("accepts what Keras writes beside: keys at the values that change nothing", () => {
    const config = {
      units: 2,
      kernelRegularizer: null,
      biasConstraint: null,
      activityRegularizer: null,
      trainable: true,
      inputShape: [2],
    };
    expect(resolve(modelOf([{ layer: "dense", config }])).predict.outputs[0].shape).toEqual([2]);
  });
});

describe("weights", () => {
  const model = modelOf([l.dense({ name: "small", units: 2, inputShape: [3] })]);
  const kernel = Float32Array.of(1, 2, 3, 4, 5, 6);
  const bias = Float32Array.of(0, 0);
  const given = (weights: object) => () => resolve({ ...model, weights: weights as Model["weights"] }).modelWeights();
  it("are checked by name and length", () => {
    expect(given({ "small/kernel": kernel, "small/bias": bias })()).toEqual({
      values: { "small/kernel": kernel, "small/bias": bias },
      warnings: [],
    });
    expect(diagnosticOf(given({ "small/kernel": kernel, "small/bais": bias }))).toMatchObject({
      code: "weights/unknown",
      hint: 'did you mean "small/bias"?',
    });
    expect(diagnosticOf(given({ "small/kernel": kernel }))).toMatchObject({
      code: "weights/missing",
      path: 'weights["small/bias"]',
    });
    expect(diagnosticOf(given({ "small/kernel": bias, "small/bias": bias }))).toMatchObject({
      code: "weights/length",
      message: '"small/kernel" needs 6 numbers ([3, 2]), found 2',
    });
    expect(diagnosticOf(given({ "small/kernel": [...kernel], "small/bias": bias }))).toMatchObject({ code: "weights/length" });
  });
  it("that are not finite are warned of, with the layer", () => {
    const { warnings } = given({
      "small/kernel": Float32Array.of(1, Number.NaN, 3, Number.POSITIVE_INFINITY, 5, 6),
      "small/bias": bias,
    })();
    expect(warnings).toMatchObject([
      {
        code: "weights/not-finite",
        path: "layers[0]",
        message: '"small/kernel" holds 2 numbers that are not finite; the first, NaN, is at 1',
      },
    ]);
  });
});

it("draws inputs that a layer can read", () => {
  const draw = resolve(modelOf([l.input({ shape: [3] }), l.embedding({ inputDim: 4, outputDim: 2 })])).inputSampler(random(1));
  expect(new Set(Array.from({ length: 60 }, draw))).toEqual(new Set([0, 1, 2, 3]));
});

describe("a wrapped layer", () => {
  const twice = layer({
    name: "twice",
    keras: "Twice",
    says: "Applies a layer, then its square.",
    config: z.strictObject({ layer: z.custom<LayerSpec>() }),
    weights: () => [],
    lower: (g, { x, config, child }) => {
      const inner = child("layer", config.layer, x);
      return { ...inner, y: g.square(inner.y) };
    },
  });
  const entry = (inner: LayerSpec, trainable = true) => ({
    ...checkLine(l.identity(), "layers[0]", "w"),
    origin: { path: "layers[0]", layer: "twice", name: "w" },
    layer: twice,
    config: { layer: inner },
    trainable,
  });
  const run = (inner: LayerSpec, trainable?: boolean) => {
    const g = begin();
    const call = { ...entry(inner, trainable), owner: "w", sources: [{ input: 0 }] };
    const output = { name: "y", path: "outputs", source: { call: 0, result: 0 } };
    return forward(g, { inputs: [{ name: "x", shape: [3] }], entries: [call], outputs: [output] });
  };
  it("names its weights under its parent's, which may freeze them", () => {
    expect(run(l.dense({ units: 2 })).steps[0].weights.map(({ name, trainable }) => [name, trainable])).toEqual([
      ["w/layer/kernel", true],
      ["w/layer/bias", true],
    ]);
    expect(run(l.dense({ units: 2 }), false).steps[0].weights.map(({ trainable }) => trainable)).toEqual([false, false]);
  });
  it("is blamed under its own path", () => {
    expect(diagnosticOf(() => run({ layer: "dense", config: { units: 0 } }))).toMatchObject({
      code: "layer/config",
      path: "layers[0].layer.units",
    });
    expect(diagnosticOf(() => run(l.conv2d({ filters: 1, kernelSize: 1 })))).toMatchObject({
      code: "shape/rank",
      path: "layers[0].layer",
    });
  });
});
