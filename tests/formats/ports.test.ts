// Models with named inputs and outputs, models within models, and losses by output through every format that is saved: what comes back
// is what went in; what the compiler refuses it refuses with the same path, wherever the model came from.
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model } from "../../compiler/model.ts";
import { open, saveJson } from "../../src/formats/index.ts";
import { type Key, type Kind, kinds } from "../../src/formats/kinds.ts";
import { formats } from "../../src/formats/list.ts";
import { dense, model, reuse, sequential } from "../../src/sequential.ts";

const text = (value: string) => new TextEncoder().encode(value);
const json = (value: unknown) => open(text(JSON.stringify(value)));

/** Two inputs, two outputs, a line that is called twice: everything that a spec can say. */
const twoByTwo = model({
  name: "pair",
  seed: 3,
  inputs: { a: [4], b: { shape: [4], below: 9 } },
  outputs: { p: "left", q: "head" },
  layers: [
    dense({ units: 3, name: "enc", inputs: ["a"] }),
    dense({ units: 1, name: "left", inputs: ["enc"] }),
    reuse("enc", { inputs: ["b"], name: "right" }),
    dense({ units: 2, name: "head", activation: "softmax", inputs: ["right"] }),
  ],
  training: {
    loss: { q: "categorical_crossentropy", p: { name: "huber", delta: 2 } },
    lossWeights: { q: 0.5, p: 2 },
    optimizer: { name: "adam", learningRate: 0.1 },
    metrics: { q: ["accuracy"], p: ["mae", "mse"] },
  },
  about: { features: { a: ["one", "two", "three", "four"] }, classes: { q: ["no", "yes"] } },
});
const inner = (names: readonly string[]): Model["layers"][number] => ({
  name: "enc",
  layer: "model",
  config: {
    inputs: [{ name: "in", shape: [4] }],
    outputs: [{ name: "out", from: names[1] }],
    layers: [
      { name: names[0], layer: "dense", config: { units: 2 } },
      { name: names[1], layer: "dense", config: { units: 3 }, inputs: [names[0]] },
    ],
    trainable: false,
  },
  inputs: ["a"],
});
const nested: Model = { ...twoByTwo, layers: [inner(["first", "second"]), ...twoByTwo.layers.slice(1)] };
const weighted = (of: Model): Model => ({ ...of, weights: resolve(of).modelWeights().values });

/** The same value with the keys of every object the other way round. */
const reversed = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(reversed)
    : typeof value === "object" && value !== null && !ArrayBuffer.isView(value)
      ? Object.fromEntries(Object.entries(value).reverse().map(([key, item]) => [key, reversed(item)])) // biome-ignore format: one line
      : value;

const saving = (Object.keys(formats) as Key[]).filter((key) => formats[key].save !== undefined);
describe.each(saving)("%s", (key) => {
  const { save, open: read } = formats[key];
  const { sniff }: Kind = kinds[key];
  const bytesOf = (of: Model): Uint8Array => (save === undefined ? new Uint8Array(0) : save(of));

  it.each([
    ["a chain", sequential([dense({ units: 1, inputShape: [2] })])],
    ["a model with two inputs and two outputs", twoByTwo],
    ["a model within a model", nested],
  ])("keeps %s, and gives the same bytes again", (_, given) => {
    const bytes = bytesOf(given);
    expect(sniff(bytes, "")).toBe(true);
    expect(read(bytes, {})).toEqual(given);
    expect(open(bytes)).toEqual(given);
    expect(bytesOf(open(bytes))).toEqual(bytes);
  });

  it("gives equal models equal bytes, in whatever order their keys stand", () => {
    // Configs of layers keep their order: they are no part of the spec's own form.
    const { layers, ...rest } = nested;
    const other = { ...(reversed({ ...rest, layers: [] }) as Model), layers };
    expect(bytesOf(other)).toEqual(bytesOf(nested));
    const [first, ...lines] = layers;
    const turned = { ...nested, layers: [reversed(first) as typeof first, ...lines] };
    expect(bytesOf(turned)).toEqual(bytesOf(nested));
  });
});

describe("weights of models within a model", () => {
  it.each([
    ["a line that is called twice", twoByTwo],
    ["a frozen model within the model", nested],
  ])("come back by their full names: %s", (_, given) => {
    const full = weighted(given);
    const { safetensors } = formats;
    const again = open(safetensors.save?.(full) ?? new Uint8Array(0));
    expect(Object.entries(again.weights ?? {})).toEqual(Object.entries(full.weights ?? {}));
    expect(Object.keys(again.weights ?? {})).toContain(given === nested ? "enc/first/kernel" : "enc/kernel");
  });
});

it("a file of an older layerc opens, and saves to the bytes that it was", () => {
  const old =
    '{"name":"old","seed":7,"layers":[{"name":"h","layer":"dense","config":{"units":4,"inputShape":[2]}},{"layer":"dense","config":{"units":1}}],"training":{"loss":{"name":"huber","delta":2},"optimizer":"adam"}}';
  expect(saveJson(open(text(old)), 0)).toBe(old);
});

describe("what the compiler refuses", () => {
  const line = { layer: "dense", config: { units: 1 } };
  const ports = (inputs: unknown, more: object = {}) => ({ inputs, layers: [line], ...more });
  const a = { name: "a", shape: [2] };
  it.each<[what: string, spec: unknown, code: string, path: string]>([
    ["two inputs of one name", ports([a, a]), "model/port", "inputs[1]"],
    ["an input without a name", ports([{ ...a, name: "" }]), "model/port", "inputs[0].name"],
    ["an input called __proto__", ports([{ ...a, name: "__proto__" }]), "model/port", "inputs[0].name"],
    ["an input with a slash", ports([{ ...a, name: "a/b" }]), "model/port", "inputs[0].name"],
    ["an input of dates", ports([{ ...a, type: "date" }]), "model/port", "inputs[0].type"],
    ["an input below 0", ports([{ ...a, below: 0 }]), "model/port", "inputs[0].below"],
    ["an open size", ports([{ ...a, shape: [null] }]), "shape/unknown-size", "inputs[0].shape"],
    ["half a size", ports([{ ...a, shape: [1.5] }]), "layer/config", "inputs[0].shape"],
    ["no input at all", ports([]), "model/port", "inputs"],
    ["an output from nowhere", ports([a], { outputs: ["denes"] }), "model/inputs", "outputs[0]"],
    ["two outputs of one name", ports([a], { outputs: ["dense", "dense"] }), "model/port", "outputs[1]"],
    ["an output called __proto__", ports([a], { outputs: [{ name: "__proto__", from: "dense" }] }), "model/port", "outputs[0].name"],
    ["a line that takes what is not there", ports([a], { layers: [{ ...line, inputs: ["b"] }] }), "model/inputs", "layers[0].inputs[0]"],
    ["a line in a model that has a wrong config", { layers: [{ layer: "model", config: { layers: [{ ...line, config: { units: -1, inputShape: [2] } }] } }] }, "layer/config", "layers[0].layers[0].units"],
    ["names for a port that is not there", ports([a], { about: { features: { b: ["x", "y"] } } }), "model/about", "about.features.b"],
    ["a loss of no output", ports([a], { outputs: [{ name: "p", from: "dense" }, { name: "q", from: "dense" }], training: { loss: { r: "mse" }, optimizer: "sgd" } }), "training/spec", "training.loss.r"],
    ["a weight of no loss", ports([a], { training: { loss: "mse", lossWeights: { r: 1 }, optimizer: "sgd" } }), "training/spec", "training.lossWeights.r"],
  ])("it refuses in a file likewise: %s", (_, spec, code, path) => {
    const refused = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        if (error instanceof CompileError) return { code: error.code, path: error.path };
        throw error;
      }
      return undefined;
    };
    expect(refused(() => resolve(json(spec)))).toEqual({ code, path });
  }); // biome-ignore format: one table

  it.each<[what: string, spec: string, path: string]>([
    ["of the spec", '{"layers": [], "__proto__": {}}', "__proto__"],
    ["of an input", '{"inputs": [{"name": "a", "shape": [1], "__proto__": {}}], "layers": []}', "inputs[0].__proto__"],
    ["among loss weights", '{"layers": [], "training": {"loss": "mse", "optimizer": "sgd", "lossWeights": {"__proto__": 1}}}', "training.lossWeights.__proto__"],
    ["among losses", '{"layers": [], "training": {"loss": {"__proto__": "mse"}, "optimizer": "sgd"}}', "training.loss.__proto__"],
    ["among names", '{"layers": [], "about": {"classes": {"__proto__": []}}}', "about.classes.__proto__"],
    ["inside a model", '{"layers": [{"layer": "model", "config": {"layers": [{"layer": "dense", "config": {"__proto__": {}}}]}}]}', "layers[0].config.layers[0].config.__proto__"],
  ])("a key __proto__ %s is refused where it stands", (_, spec, path) => {
    expect(() => open(text(spec))).toThrow(expect.objectContaining({ code: "format/spec", path }));
  }); // biome-ignore format: one table
});
