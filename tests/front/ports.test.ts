// Models that are no chain: names, references, repeated calls, models within models, text. What is right is held against plain loops in
// tests/golden; here is what is said of what is wrong, and which weights there are.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { load } from "../../runtime/load.ts";
import * as l from "../../src/sequential.ts";
import { errorOf } from "../support/error.ts";

const unit = (more: object = {}): LayerSpec => l.dense({ units: 1, ...more });
const two = { a: [2], b: [2] };
const encoder = l.sequential([l.dense({ units: 3, activation: "relu", inputShape: [2] })], { name: "encoder" });

describe("what is wrong is said with its place", () => {
  const training = { loss: { p: "mse", q: "mse" }, optimizer: "sgd" };
  const split = (more: object = {}): Model =>
    l.model({
      inputs: { a: [2] },
      layers: [unit({ name: "p", inputs: ["a"] }), unit({ name: "q", inputs: ["a"] })],
      outputs: ["p", "q"],
      ...more,
    });
  const cases: readonly (readonly [what: string, make: () => Model, expected: object])[] = [
    ["an input that is not there", () => l.model({ inputs: two, layers: [unit({ inputs: ["c"] })] }), { code: "model/inputs", path: "layers[0].inputs[0]", hint: expect.stringMatching(/"a"|known/) }],
    ["a line further down", () => l.model({ inputs: two, layers: [unit({ name: "p", inputs: ["q"] }), unit({ name: "q" })] }), { code: "model/inputs", path: "layers[0].inputs[0]", hint: expect.stringMatching(/below/) }],
    ["a line that takes itself", () => l.model({ inputs: two, layers: [unit({ name: "p", inputs: ["p"] })] }), { code: "model/inputs", path: "layers[0].inputs[0]" }],
    ["a first line that does not choose", () => l.model({ inputs: two, layers: [unit()] }), { code: "model/inputs", path: "layers[0].inputs", message: "the model has 2 inputs (a, b), and the first line does not say which it takes" }],
    ["a result too many", () => l.model({ inputs: two, layers: [unit({ name: "p", inputs: ["a"] }), unit({ inputs: ["p:1"] })] }), { code: "model/inputs", path: "layers[1].inputs", message: 'dense "p" gives 1 result, counted from 0, found 1' }],
    ["two inputs of a layer that takes one", () => l.model({ inputs: two, layers: [unit({ inputs: ["a", "b"] })] }), { code: "model/inputs", path: "layers[0].inputs", message: "dense takes 1 input, found 2" }],
    ["inputs that are no list", () => l.model({ inputs: two, layers: [unit({ inputs: "a" })] }), { code: "model/inputs", path: "layers[0].inputs" }],
    ["a line of no use", () => l.model({ inputs: { a: [2] }, layers: [unit({ name: "p" }), unit({ inputs: ["a"] })] }), { code: "model/unused", path: "layers[0]", message: 'nothing takes what "p" gives' }],
    ["an output that is not there", () => split({ outputs: ["p", "r"] }), { code: "model/inputs", path: "outputs[1]" }],
    ["an output twice", () => split({ outputs: ["p", "p"] }), { code: "model/port", path: "outputs[1]", hint: expect.stringMatching(/from/) }],
    ["an input twice", () => l.model({ inputs: [{ name: "a", shape: [2] }, { name: "a", shape: [2] }], layers: [unit({ inputs: ["a"] })] }), { code: "model/port", path: "inputs[1]" }],
    ["an input called as a line", () => l.model({ inputs: { a: [2] }, layers: [unit({ name: "a" })] }), { code: "layer/name", path: "layers[0]" }],
    ["__proto__ as an input", () => l.model({ inputs: [{ name: "__proto__", shape: [2] }], layers: [unit()] }), { code: "model/port", path: "inputs[0].name" }],
    ["__proto__ as a key", () => l.model({ inputs: JSON.parse('{"__proto__": [2]}'), layers: [unit()] }), { code: "model/port", path: "inputs.__proto__" }],
    ["__proto__ as an output", () => l.model({ inputs: { a: [2] }, layers: [unit({ name: "__proto__" })] }), { code: "model/port", path: "outputs" }],
    ["a name with a slash", () => l.model({ inputs: { "a/b": [2] }, layers: [unit()] }), { code: "model/port", path: "inputs[0].name" }],
    ["numbers as keys, which objects reorder", () => l.model({ inputs: { 2: [2], 1: [2] }, layers: [unit()] }), { code: "model/port", path: "inputs" }],
    ["no inputs", () => l.model({ inputs: {}, layers: [unit()] }), { code: "model/port", path: "inputs" }],
    ["a size that is open", () => l.model({ inputs: [{ name: "a", shape: [null as never] }], layers: [unit()] }), { code: "shape/unknown-size", path: "inputs[0].shape" }],
    ["a size of half", () => l.model({ inputs: { a: [0.5] }, layers: [unit()] }), { code: "layer/config", path: "inputs[0].shape" }],
    ["an endless input", () => l.model({ inputs: { a: [2 ** 31] }, layers: [unit()] }), { code: "shape/too-large", path: "inputs[0].shape" }],
    ["a key that inputs do not have", () => l.model({ inputs: { a: { shape: [2], dtype: "float32" } as never }, layers: [unit()] }), { code: "model/port", path: "inputs[0].dtype" }],
    ["text below a number", () => l.model({ inputs: { a: { shape: [2], type: "string", below: 3 } }, layers: [unit()] }), { code: "model/port", path: "inputs[0].below" }],
    ["inputShape beside inputs", () => l.model({ inputs: { a: [2] }, layers: [unit({ inputShape: [2] })] }), { code: "layer/config", path: "layers[0].inputShape" }],
    ["an input line beside inputs", () => l.model({ inputs: { a: [2] }, layers: [l.input({ shape: [2] }), unit()] }), { code: "layer/config", path: "layers[0]" }],
    ["text for a layer of numbers", () => l.model({ inputs: { a: { shape: [1], type: "string" } }, layers: [unit()] }), { code: "layer/config", path: "layers[0]", hint: expect.stringMatching(/stringLookup/) }],
    ["numbers for a layer of text", () => l.model({ inputs: { a: [1] }, layers: [l.stringLookup({ vocabulary: ["u"] }), unit()] }), { code: "layer/config", path: "layers[0]", hint: expect.stringMatching(/string/) }],
    ["text as an output", () => l.model({ inputs: { a: { shape: [1], type: "string" }, b: [2] }, outputs: ["dense", "a"], layers: [unit({ inputs: ["b"] })] }), { code: "model/port", path: "outputs[1]" }],
    ["a word twice", () => l.model({ inputs: { a: { shape: [1], type: "string" } }, layers: [l.stringLookup({ vocabulary: ["u", "v", "u"] })] }), { code: "layer/config", path: "layers[0].vocabulary[2]" }],
    ["reuse of what is not there", () => l.model({ inputs: two, layers: [unit({ name: "p", inputs: ["a"] }), l.reuse("q", { inputs: ["b"] })] }), { code: "model/inputs", path: "layers[1].of" }],
    ["reuse on another shape", () => l.model({ inputs: { a: [2], b: [3] }, outputs: ["p", "q"], layers: [unit({ name: "p", inputs: ["a"] }), l.reuse("p", { name: "q", inputs: ["b"] })] }), { code: "shape/mismatch", path: "layers[1]", message: 'the weights of "p" are used again, whose kernel is [2, 1]; this input needs [3, 1]' }],
    ["reuse of nothing", () => ({ name: "m", seed: 0, layers: [unit({ inputShape: [2] }), { layer: "reuse", config: {} }] }), { code: "layer/config", path: "layers[1].of" }],
    ["a model within that takes another shape", () => l.model({ inputs: { a: [3] }, layers: [encoder] }), { code: "shape/mismatch", path: "layers[0].layers[0].inputShape" }],
    ["a fault in a model within", () => l.sequential([l.sequential([unit({ inputShape: [2], units: 0 })])]), { code: "layer/config", path: "layers[0].layers[0].units" }],
    ["an unknown key of a model within", () => ({ name: "m", seed: 0, layers: [{ layer: "model", config: { layers: [unit({ inputShape: [2] })], input: 1 } }] }), { code: "model/schema", path: "layers[0].input" }],
    ["a model within without lines", () => ({ name: "m", seed: 0, layers: [{ layer: "model", config: { layers: [] } }] }), { code: "model/schema", path: "layers[0].layers" }],
    ["too few inputs of a model within", () => l.model({ inputs: { a: [2] }, layers: [l.model({ inputs: two, layers: [unit({ inputs: ["a"] })] })] }), { code: "model/inputs", path: "layers[0].inputs" }],
    ["a loss for an output that is not there", () => split({ training: { loss: { p: "mse", r: "mse" }, optimizer: "sgd" } }), { code: "training/spec", path: "training.loss.r" }],
    ["a weight for an output without a loss", () => split({ training: { loss: { p: "mse" }, lossWeights: { q: 2 }, optimizer: "sgd" } }), { code: "training/spec", path: "training.lossWeights.q" }],
    ["an endless weight of a loss", () => split({ training: { ...training, lossWeights: { q: 1e300 } } }), { code: "training/spec", path: "training.lossWeights.q" }],
    ["names of features that are too few", () => split({ about: { features: ["only"] } }), { code: "model/about", path: "about.features.a" }],
    ["names of classes of a port that is not there", () => split({ about: { classes: { r: ["one"] } } }), { code: "model/about", path: "about.classes.r" }],
    ["names of several outputs in one list", () => split({ about: { classes: ["one"] } }), { code: "model/about", path: "about.classes" }],
    ["layers beside a Graph", () => ({ name: "m", seed: 0, graph: "graph g", layers: [unit({ inputShape: [2] })] }), { code: "model/schema", path: "layers" }],
    ["an input and a weight of a Graph of one name", () => ({ name: "m", seed: 0, layers: [], graph: 'graph g %0 = input {name: "a", shape: [n, 2]} %1 = param {name: "a", shape: [2]} %2 = broadcast(%1) {shape: [n, 2], axes: [1]} %3 = add(%0, %2) results y = %3 end' }), { code: "ir/parse", path: "graph", message: expect.stringMatching(/share the name "a"$/) }],
    ["a Graph that is none", () => ({ name: "m", seed: 0, graph: "dense", layers: [] }), { code: "ir/parse" }],
  ]; // biome-ignore format: one table
  it.each(cases)("%s", (_what, make, expected) => {
    const { diagnostic } = errorOf(() => resolve(make()));
    expect(diagnostic).toMatchObject(expected);
  });

  it("a model that opens itself again and again ends with an error, not with the memory", () => {
    let inner: LayerSpec = unit({ inputShape: [1] });
    for (let i = 0; i < 12; i++) {
      const again = Array.from({ length: 5 }, () => l.reuse("dense"));
      inner = { name: "dense", layer: "model", config: { layers: [inner, ...again] } };
    }
    expect(errorOf(() => resolve({ name: "m", seed: 0, layers: [inner] })).message).toMatch(/at most 65536 layers/);
  });
});

describe("weights", () => {
  const names = (model: Model): readonly string[] => resolve(model).weights.map(({ name }) => name);
  it("of a line that is called again are there once", () => {
    const shared = l.model({
      inputs: two,
      outputs: ["left", "right"],
      layers: [unit({ name: "left", inputs: ["a"] }), l.reuse("left", { name: "right", inputs: ["b"] })],
    });
    expect(names(shared)).toEqual(["left/kernel", "left/bias"]);
    const module = load<{ predict(x: object): { left: Float32Array; right: Float32Array } }>(compile(shared));
    const { left, right } = module.predict({ a: [1, 2], b: [1, 2] });
    expect(left).toEqual(right);
  });
  it("of a model within stand below its line, and come along with it", () => {
    const values = resolve(encoder).initialWeights();
    const trained = { ...encoder, weights: { ...values, "dense/bias": Float32Array.of(5, 6, 7) } };
    const whole = l.sequential([trained, unit()]);
    expect(names(whole)).toEqual(["encoder/dense/kernel", "encoder/dense/bias", "dense/kernel", "dense/bias"]);
    expect(whole.weights?.["encoder/dense/bias"]).toEqual(Float32Array.of(5, 6, 7));
    expect(whole.layers[0].config).not.toHaveProperty("weights");
    const frozen = l.sequential([l.call(encoder, { trainable: false }), unit()]);
    expect(resolve(frozen).weights.map(({ trainable }) => trainable)).toEqual([false, false, true, true]);
  });
  it("of a moving mean move once a call, the second from where the first left them", () => {
    const shared = l.model({
      inputs: { a: [1], b: [1] },
      outputs: ["norm", "again"],
      layers: [
        l.batchNormalization({ name: "norm", momentum: 0.5, inputs: ["a"] }),
        l.reuse("norm", { name: "again", inputs: ["b"] }),
      ],
      training: { loss: "mse", optimizer: { name: "sgd", learningRate: 0 } },
    });
    const { graph } = resolve(shared).trainStep();
    const values = { ...resolve(shared).initialWeights(), a: [4, 4], b: [8, 8], "y:norm": [0, 0], "y:again": [0, 0], "sampleWeight:norm": [1, 1], "sampleWeight:again": [1, 1] }; // biome-ignore format: one line
    const { updates } = runGraph(graph, { rows: 2, values, precision: "double" });
    expect([...updates["norm/moving_mean"].data]).toEqual([(0 * 0.5 + 4 * 0.5) * 0.5 + 8 * 0.5]);
  });
});

it("the text of a Graph with weights is a model, with the bits of the layers it came from", () => {
  const layered = l.model({
    inputs: { a: [2], b: [2] },
    outputs: { p: "dense", q: "dense_1" },
    layers: [unit({ inputs: ["a"] }), l.dense({ units: 2, activation: "softmax", inputs: ["b"] })],
    training: { loss: { p: "mse", q: "categorical_crossentropy" }, optimizer: "adam" },
  });
  const resolved = resolve(layered);
  const { training } = layered;
  const graph: Model = { name: "g", seed: 0, layers: [], graph: printGraph(resolved.predict.graph), weights: resolved.initialWeights(), ...(training && { training }) }; // biome-ignore format: one line
  const [one, other] = [graph, layered].map((model) => load<{ predict(x: object): object; trainStep(x: object, y: object): number; selfTest(): number }>(compile(model, { train: true }))); // biome-ignore format: one line
  const x = { a: [0.5, -1, 2, 0.25], b: [1, 2, 3, 4] };
  expect(one.predict(x)).toEqual(other.predict(x));
  expect(() => one.selfTest()).not.toThrow();
  const y = { p: [1, 2], q: [0, 1, 1, 0] };
  for (let i = 0; i < 3; i++) expect(one.trainStep(x, y)).toBe(other.trainStep(x, y));
  expect(errorOf(() => compile({ ...graph, weights: undefined as never })).code).toBe("weights/missing");
});

describe("a model within another", () => {
  it("may leave sizes open, which what they are given settles; known ones and their number hold", () => {
    const open = l.model({ inputs: { a: [null], b: [null, 2] }, outputs: ["a", "b"], layers: [l.dense({ name: "d", units: 1, inputs: ["a"] })] }); // biome-ignore format: one line
    const pair = l.model({ inputs: { a: [null], b: [null] }, layers: [l.concatenate({ inputs: ["a", "b"] })] });
    const around = (inner: Model, x: number[], y: number[]): Model =>
      l.model({ inputs: { x, y }, layers: [l.call(inner, { inputs: ["x", "y"] })] });
    expect(resolve(around(pair, [3], [4])).predict.outputs[0].shape).toEqual([7]);
    expect(errorOf(() => resolve(around(pair, [3], [4, 2]))).code).toBe("shape/mismatch");
    expect(errorOf(() => resolve(around({ ...open, outputs: ["d"] }, [3], [4, 3]))).code).toBe("shape/mismatch");
    expect(errorOf(() => resolve(pair)).code).toBe("shape/unknown-size");
    const wrong = {
      ...pair,
      inputs: [
        { name: "a", shape: [null, 0] as never },
        { name: "b", shape: [1] },
      ],
    };
    expect(errorOf(() => resolve(around(wrong, [3], [4]))).path).toMatch(/^layers\[0\]\.inputs\[0\]/);
  });
});
