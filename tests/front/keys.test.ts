// No key is dropped and no value of another type is taken, whichever door it comes through: the language, compile, a spec as JSON.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { compile } from "../../compiler/compile.ts";
import { suggest, suggestionFor } from "../../compiler/diagnostics/suggest.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { layers } from "../../compiler/layers/index.ts";
import type { Model } from "../../compiler/model.ts";
import { optionsSchema } from "../../compiler/options.ts";
import { constraints } from "../../compiler/training/constraints/index.ts";
import { initializers } from "../../compiler/training/initializers/index.ts";
import { losses } from "../../compiler/training/losses/index.ts";
import { optimizers } from "../../compiler/training/optimizers/index.ts";
import { regularizers } from "../../compiler/training/regularizers/index.ts";
import { open, save, saveJson } from "../../src/formats/index.ts";
import { dense, sequential, withWeights } from "../../src/sequential.ts";
import { diagnosticOf } from "../support/error.ts";

const line = { layer: "dense", config: { units: 1, inputShape: [2] } };
const training = { loss: "mse", optimizer: "sgd" };
const model = { name: "m", seed: 1, layers: [line], training };
const layered = (config: unknown, more: object = {}) => ({ ...model, layers: [{ layer: "dense", config, ...more }] });
const trained = (given: unknown) => ({ ...model, training: given });
const json = (value: unknown) => open(new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)));
const own = (text: string): unknown => JSON.parse(text);
class Custom {
  readonly name = "m";
  readonly loss = "mse";
  readonly optimizer = "sgd";
}
const cyclic: Record<string, unknown> = { name: "mse" };
cyclic.self = cyclic;
const throwing = Object.defineProperty({}, "units", { enumerable: true, get: () => { throw new Error("no"); } }); // biome-ignore format: one line

/** What has the form of a model, through each door that takes one. */
const doors: readonly (readonly [name: string, run: (value: unknown) => unknown])[] = [
  ["compile", (value) => compile(value as Model)],
  ["compile with train", (value) => compile(value as Model, { train: true })],
  ["resolve", (value) => resolve(value as Model)],
];
const jsonDoors: typeof doors = [
  ["a spec as JSON", json],
  ["saveJson", (value) => saveJson(value as Model)],
  ["save", (value) => save(value as Model)],
];

describe.each([...doors, ...jsonDoors])("%s", (_, run) => {
  it.each<[what: string, value: unknown, path: string, hint: RegExp]>([
    ["a misspelt key", { ...model, trianing: training }, "trianing", /"training"/],
    ["a key in capitals", { ...model, Layers: [] }, "Layers", /"layers"/],
    ["an unknown key", { ...model, foo: 1 }, "foo", /known: .*layers/],
    ["a key of a line", { ...model, layers: [{ ...line, foo: 1 }] }, "layers[0].foo", /known: .*config/],
    ["Keras' key of a line", { ...model, layers: [{ class_name: "Dense", ...line }] }, "layers[0].class_name", /"layer"/],
    ["a key of training", trained({ ...training, optimiser: "adam" }), "training.optimiser", /"optimizer"/],
    ["weighted metrics that are no list", trained({ ...training, weightedMetrics: "mae" }), "training.weightedMetrics", /./],
    ["metrics that are no list", trained({ ...training, metrics: "mae" }), "training.metrics", /./],
    ["metrics that are numbers", trained({ ...training, metrics: [1] }), "training.metrics[0]", /./],
    ["a metric of an output that is a number", trained({ ...training, metrics: { y: 5 } }), "training.metrics.y", /./],
    [
      "loss weights in Keras' spelling",
      trained({ ...training, loss_weights: { y: 1 } }),
      "training.loss_weights",
      /"lossWeights"/,
    ],
    ["loss weights that are a list", trained({ ...training, lossWeights: [1] }), "training.lossWeights", /./],
    ["a misspelt key of an input", { ...model, inputs: [{ name: "a", shap: [2] }] }, "inputs[0].shap", /"shape"/],
    ["an input that is a list", { ...model, inputs: [[2]] }, "inputs[0]", /./],
    ["a misspelt key of an output", { ...model, outputs: [{ name: "a", form: "dense" }] }, "outputs[0].form", /"from"/],
    ["an output that is a number", { ...model, outputs: [3] }, "outputs[0]", /./],
    ["a misspelt key of about", { ...model, about: { feature: [] } }, "about.feature", /"features"/],
    ["a name that is a number", { ...model, name: 5 }, "name", /./],
    ["a seed that is text", { ...model, seed: "x" }, "seed", /./],
    ["a seed that is no whole number", { ...model, seed: 1.5 }, "seed", /./],
    ["a seed that is null", { ...model, seed: null }, "seed", /./],
    ["training that is a list", trained(["mse", "sgd"]), "training", /./],
    ["training that is text", trained("mse"), "training", /./],
    ["training that is null", trained(null), "training", /./],
  ])("refuses %s", (_what, value, path, hint) => {
    const error = diagnosticOf(() => run(value));
    expect(error.path).toBe(path);
    expect(error.hint).toMatch(hint);
  });
});

describe.each(doors)("%s", (_, run) => {
  it.each<[what: string, value: unknown, path: string, hint: RegExp]>([
    ["nothing", undefined, "layers", /sequential/],
    ["null", null, "layers", /sequential/],
    ["a list", [line], "layers", /sequential/],
    ["a function", dense, "layers", /sequential/],
    ["an instance of a class", new Custom(), "layers", /sequential/],
    ["no name", { seed: 1, layers: [line] }, "name", /string/],
    ["a hole in the list", { ...model, layers: Object.assign(new Array(2), { 0: line }) }, "layers[1]", /./],
    ["a list of nothing but holes", { ...model, layers: new Array(2 ** 32 - 1) }, "layers", /^$/],
    ["a line that is an instance", { ...model, layers: [new Custom()] }, "layers[0]", /key: value/],
    ["a config that is a list", layered([1]), "layers[0]", /./],
    ["a config that is null", layered(null), "layers[0]", /./],
    ["a config that is an instance", layered(new Map([["units", 1]])), "layers[0]", /key: value/],
    ["a config that throws", layered(throwing), "layers[0].units", /value itself/],
    ["a config with __proto__", layered(own('{"units": 1, "__proto__": {"inputShape": [2]}}')), "layers[0].__proto__", /leave/],
    ["__proto__ deeper", layered(own('{"units": 1, "inputShape": [2], "biasInitializer": {"name": "ones", "__proto__": 1}}')), "layers[0].biasInitializer.__proto__", /leave/],
    ["__proto__ of a line", { ...model, layers: [own('{"layer": "dense", "__proto__": {}}')] }, "layers[0].__proto__", /leave/],
    ["__proto__ of the model", own('{"name": "m", "seed": 1, "layers": [], "__proto__": {}}'), "__proto__", /leave/],
    ["__proto__ of training", trained(own('{"loss": "mse", "optimizer": "sgd", "__proto__": {}}')), "training.__proto__", /leave/],
    ["constructor as a key", layered({ units: 1, inputShape: [2], constructor: 1 }), "layers[0].constructor", /./],
    ["inputs that are no list", layered({ units: 1, inputShape: [2] }, { inputs: null }), "layers[0].inputs", /./],
    ["weights that are a list", { ...model, weights: [new Float32Array(2)] }, "weights", /withWeights/],
    ["weights that are null", { ...model, weights: null }, "weights", /./],
    ["training that is an instance", trained(new Custom()), "training", /./],
    ["no loss", trained({ optimizer: "sgd" }), "training.loss", /mse|mean_squared_error/],
    ["no optimizer", trained({ loss: "mse" }), "training.optimizer", /adam/],
    ["a loss that is a number", trained({ ...training, loss: 5 }), "training.loss", /./],
    ["a loss that is a list", trained({ ...training, loss: ["mse"] }), "training.loss", /./],
    ["a loss that is a function", trained({ ...training, loss: () => 0 }), "training.loss", /./],
    ["a loss without a name", trained({ ...training, loss: { delta: 1 } }), "training.loss", /name/],
    ["a loss that holds itself", trained({ ...training, loss: cyclic }), "training.loss.self", /./],
    ["training that holds itself", trained({ ...training, loss: { name: "mse", a: [[cyclic]] } }), "training.loss.a[0][0].self", /./],
    ["a key of a loss", trained({ ...training, loss: { name: "huber", dleta: 2 } }), "training.loss.dleta", /"delta"/],
    ["a snake_case key of a loss", trained({ ...training, loss: { name: "bce", from_logits: true } }), "training.loss.from_logits", /"fromLogits"/],
    ["a key of an optimizer", trained({ ...training, optimizer: { name: "adam", learning_rate: 1 } }), "training.optimizer.learning_rate", /"learningRate"/],
    ["Keras' short key of an optimizer", trained({ ...training, optimizer: { name: "sgd", lr: 1 } }), "training.optimizer.lr", /"learningRate"/],
    ["a learning rate that is text", trained({ ...training, optimizer: { name: "sgd", learningRate: "x" } }), "training.optimizer.learningRate", /./],
    ["a loss of Keras' class name", trained({ ...training, loss: "MeanSquaredError" }), "training.loss", /"mean_squared_error"/],
    ["an unknown optimizer", trained({ ...training, optimizer: "adma" }), "training.optimizer", /"adam"/],
    ["both shapes of an input", { ...model, layers: [{ layer: "input", config: { shape: [2], inputShape: [3] } }] }, "layers[0].inputShape", /leave/],
    ["snake_case of a common key", layered({ units: 1, input_shape: [2] }), "layers[0].input_shape", /"inputShape"/],
    ["Keras' old key", layered({ units: 1, input_dim: 2 }), "layers[0].input_dim", /"inputShape"/],
    ["a key of an initializer", layered({ units: 1, inputShape: [2], biasInitializer: { name: "constant", Value: 1 } }), "layers[0].biasInitializer.Value", /./],
  ])("refuses %s", (_what, value, path, hint) => {
    const error = diagnosticOf(() => run(value));
    expect(error.path).toBe(path);
    expect(error.hint ?? "").toMatch(hint);
  }); // biome-ignore format: one table

  it("takes an object of another realm and one without a prototype", () => {
    expect(() => run(Object.assign(Object.create(null), model))).not.toThrow();
  });
});

describe("sequential", () => {
  it.each<[options: unknown, path: string, hint: RegExp]>([
    [{ trainning: training }, "trainning", /"training"/],
    [{ compile: training }, "compile", /"training"/],
    [{ random_state: 1 }, "random_state", /"seed"/],
    [{ Name: "x" }, "Name", /"name"/],
    [{ layers: [] }, "layers", /known: about, name, seed/],
    [{ name: 5 }, "name", /./],
    [{ name: null }, "name", /./],
    [{ seed: "x" }, "seed", /./],
    [{ seed: 1.5 }, "seed", /./],
    [{ seed: Number.NaN }, "seed", /./],
    [{ seed: 2 ** 60 }, "seed", /./],
    [{ weights: 5 }, "weights", /./],
    [{ weights: [new Float32Array(1)] }, "weights", /withWeights/],
    [{ weights: new Map() }, "weights", /./],
    [{ training: "mse" }, "training", /./],
    [{ training: null }, "training", /./],
    [{ training: [] }, "training", /./],
    [{ training: { ...training, optimiser: 1 } }, "training.optimiser", /"optimizer"/],
    [own('{"__proto__": {"seed": 2}}'), "__proto__", /leave/],
    [[], "", /key: value/],
    [null, "", /key: value/],
    ["x", "", /key: value/],
    [5, "", /key: value/],
    [() => 0, "", /key: value/],
    [new Custom(), "", /key: value/],
    [line, "layer", /./],
  ])("refuses the options %o", (options, path, hint) => {
    const error = diagnosticOf(() => sequential([dense({ units: 1, inputShape: [2] })], options as never));
    expect(error).toMatchObject({ code: "model/schema", path });
    expect(error.hint).toMatch(hint);
  });

  it("refuses an option that throws when it is read", () => {
    const options = Object.defineProperty({}, "seed", Object.getOwnPropertyDescriptor(throwing, "units") ?? {});
    expect(diagnosticOf(() => sequential([], options))).toMatchObject({
      path: "seed",
      message: expect.stringMatching(/throws Error: no/),
    });
  });

  it("refuses layers that are no list, and a list of weights that is none", () => {
    for (const wrong of [undefined, null, line, "dense", dense])
      expect(diagnosticOf(() => sequential(wrong as never))).toMatchObject({
        path: "layers",
        hint: expect.stringMatching(/sequential\(\[/),
      });
    expect(diagnosticOf(() => withWeights(sequential([dense({ units: 1, inputShape: [2] })]), null as never)).path).toBe(
      "weights",
    );
  });

  it("keeps what a factory was given for the check, whatever it is", () => {
    for (const given of [null, [4], "x", 4, new Custom(), dense]) {
      const error = diagnosticOf(() => compile(sequential([dense(given as never)])));
      expect(error.path).toBe("layers[0]");
    }
  });
});

describe("the options of compile", () => {
  it.each<[options: unknown, path: string, hint: RegExp]>([
    [{ trian: true }, "trian", /"train"/],
    [{ batch_size: 4 }, "batch_size", /"batch"/],
    [{ self_test: false }, "self_test", /"selfTest"/],
    [{ GlobalName: "x" }, "GlobalName", /"globalName"/],
    [{ foo: 1 }, "foo", /known: batch/],
    [{ batch: "x" }, "batch", /./],
    [{ batch: 1.5 }, "batch", /./],
    [{ train: "yes" }, "train", /./],
    [{ target: "smid" }, "target", /"simd"/],
    [own('{"__proto__": {"train": true}}'), "__proto__", /leave/],
    [[], "", /./],
    [null, "", /./],
    ["x", "", /./],
    [() => 0, "", /./],
    [new Custom(), "", /./],
  ])("%o are refused", (options, path, hint) => {
    const error = diagnosticOf(() => compile(model as Model, options as never));
    expect(error).toMatchObject({ code: "options/invalid", path });
    expect(error.hint).toMatch(hint);
  });
});

describe("did you mean", () => {
  const snake = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const schemas = [
    ...[
      ...layers.values(),
      ...losses.values(),
      ...optimizers.values(),
      ...initializers.values(),
      ...regularizers.values(),
      ...constraints.values(),
    ].map(({ config }) => config),
    optionsSchema,
  ];
  const lists = [...new Set(schemas)].map((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []));

  it("knows every key of every schema in snake_case, in capitals, and with a letter too many", () => {
    const keys = lists.flatMap((list) => list.map((key) => [list, key] as const));
    expect(keys.length).toBeGreaterThan(60);
    for (const [list, key] of keys)
      for (const spelling of [
        snake(key),
        key.toUpperCase(),
        key[0].toUpperCase() + key.slice(1),
        snake(key).replaceAll("_", "-"),
      ])
        expect([spelling, suggest(spelling, list)]).toEqual([spelling, key]);
    for (const [list, key] of keys.filter(([, key]) => key.length > 4))
      expect([key, suggest(`${key}s`, list)]).toEqual([key, key]);
  });

  it.each([
    ["learning_rate", ["momentum", "learningRate"], "learningRate"],
    ["lr", ["momentum", "learningRate"], "learningRate"],
    ["kernel_size", ["filters", "kernelSize"], "kernelSize"],
    ["return_sequences", ["units", "returnSequences"], "returnSequences"],
    ["optimiser", ["loss", "optimizer"], "optimizer"],
    ["nb_filter", ["filters", "kernelSize"], "filters"],
    ["beta_1", ["beta1", "beta2"], "beta1"],
    [
      "SparseCategoricalCrossentropy",
      ["categorical_crossentropy", "sparse_categorical_crossentropy"],
      "sparse_categorical_crossentropy",
    ],
  ])("%s of %j is %s", (word, known, meant) => {
    expect(suggest(word, known)).toBe(meant);
  });

  it("says what stands in for Keras' keys that are missing", () => {
    expect(suggestionFor("jit_compile", ["loss", "optimizer"])).toMatch(/leave it out/);
    expect(suggestionFor("restore_best_weights", ["loss", "optimizer"])).toMatch(/restoreBestWeights/);
    expect(suggestionFor("toString", ["loss", "optimizer"])).toBe("known: loss, optimizer");
  });
});
