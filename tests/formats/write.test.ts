// Models as other tools read them: every layer of the list is written or refused by its name, and what is written comes back the same by our
// own readers; ONNX Runtime and TensorFlow.js give our numbers. Layers come from the cases of Keras.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import * as tfjs from "@tensorflow/tfjs-layers";
import * as ort from "onnxruntime-web";
import { beforeAll, describe, expect, it } from "vitest";
import { append } from "../../compiler/base/groups.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { graph, type Node } from "../../compiler/graph/graph.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { layers } from "../../compiler/layers/index.ts";
import type { Model } from "../../compiler/model.ts";
import { begin, type G } from "../../compiler/ops/index.ts";
import { open, save, saveOnnx, saveTfjs, type TfjsFiles } from "../../src/formats/index.ts";
import { numbersOf } from "../../src/formats/onnx/numbers.ts";
import { decodeModel } from "../../src/formats/onnx/schema.ts";
import { rows as ofTfjs } from "../../src/formats/tfjs/write/layers.ts";
import * as l from "../../src/sequential.ts";
import { expectClose } from "../close.ts";
import { resultsInDoubles } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { fed, type LayerCase, layerCases, rowsOf } from "../fixtures/read.ts";
import { type ByPort, byPort } from "../ports.ts";
import { errorOf } from "../support/error.ts";

type Floats = Readonly<Record<string, Float32Array>>;
const rows = 3;

/** Numbers that any input may hold: within ±1, or whole ones where a layer reads those. */
function inputsOf(resolved: ReturnType<typeof resolve>): Floats {
  return Object.fromEntries(
    resolved.predict.inputs.map(({ name, shape }, i) => {
      const limit = resolved.limitOf(i);
      const size = rows * shape.reduce((a, b) => a * b, 1);
      const numbers = (_: unknown, k: number) => (limit === undefined ? Math.sin(1 + k * 1.7 + i) : (k * 7 + i) % limit);
      return [name, Float32Array.from({ length: size }, numbers)];
    }),
  );
}

const weightsOf = (model: Model): Floats => resolve(model).modelWeights().values;
const bitsOf = (values: Floats) =>
  Object.values(values)
    .flatMap((list) => [...new Uint32Array(Float32Array.from(list).buffer)])
    .sort((a, b) => a - b);
const openFiles = (files: TfjsFiles): Model => open(files["model.json"], "model.json", { beside: (path) => files[path] });
const graphOf = (bytes: Uint8Array) => decodeModel(bytes).graph ?? expect.fail("the file holds no graph");

/** With numbers, so that no weight is like another. */
const filled = (model: Model): Model => ({
  ...model,
  weights: Object.fromEntries(
    resolve(model).weights.map(({ name, shape }, i) => [
      name,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => 0.4 * Math.sin(1 + k * 1.3 + i) + (name.endsWith("variance") ? 0.7 : 0)),
    ]),
  ),
}); // biome-ignore format: one formula

const conv = { kernelSize: 3, padding: "same" } as const;
/** Which of the two take it is said; what TensorFlow.js has not is no fault of the file. */
const models: Readonly<Record<string, Model>> = {
  "a chain of dense layers": l.sequential([l.dense({ units: 5, activation: "relu", inputShape: [4] }), l.dropout({ rate: 0.5 }), l.dense({ units: 3, activation: "softmax" })]),
  "convolutions, pools and norms": l.sequential([l.conv2d({ filters: 4, strides: 2, ...conv, inputShape: [8, 9, 3] }), l.batchNormalization(), l.reLU({ maxValue: 6 }), l.maxPooling2d({ poolSize: 2 }), l.depthwiseConv2d({ ...conv, depthMultiplier: 2 }), l.layerNormalization(), l.averagePooling2d({ poolSize: 2, strides: 1 }), l.flatten(), l.dense({ units: 2 })]),
  "a transposed convolution": l.sequential([l.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: "same", inputShape: [3, 4, 2] })]),
  "merges between names": { name: "net", seed: 1, inputs: [{ name: "a", shape: [4] }, { name: "b", shape: [3] }], outputs: [{ name: "sum", from: "both" }, "joined"],
    layers: [l.dense({ name: "left", units: 3, activation: "tanh", inputs: ["a"] }), l.dense({ name: "right", units: 3, inputs: ["b"] }), l.add({ name: "both", inputs: ["left", "right"] }), l.reuse("right", { name: "again", inputs: ["both"] }), l.concatenate({ name: "joined", axis: -1, inputs: ["both", "again"] })] },
  "a model within": { name: "outer", seed: 1, inputs: [{ name: "x", shape: [4] }], outputs: ["last"],
    layers: [{ name: "encoder", layer: "model", config: { layers: [l.dense({ name: "dense", units: 3 }), l.leakyReLU()] }, inputs: ["x"] }, l.dense({ name: "dense", units: 4, inputs: ["encoder"] }), l.reuse("encoder", { name: "again", inputs: ["dense"] }), l.dense({ name: "last", units: 2, inputs: ["again"] })] },
  "lstm in both directions": l.sequential([l.bidirectional({ layer: l.lstm({ units: 3, returnSequences: true }), inputShape: [5, 2] }), l.gru({ units: 2, resetAfter: false }), l.dense({ units: 1 })]),
  "cells in a stack": l.sequential([l.rnn({ cell: [l.lstmCell({ units: 3 }), l.simpleRNNCell({ units: 2 })], returnSequences: true, inputShape: [4, 2] }), l.timeDistributed({ layer: l.dense({ units: 2 }) })]),
  "words with a mask": l.sequential([l.embedding({ inputDim: 6, outputDim: 3, maskZero: true, inputShape: [4] }), l.lstm({ units: 3 }), l.dense({ units: 2 })]),
  attention: l.sequential([l.dense({ units: 4, inputShape: [5, 3] }), l.multiHeadAttention({ numHeads: 2, keyDim: 3 }), l.globalAveragePooling1d()]),
  "names that are names elsewhere": { name: "constructor", seed: 1, inputs: [{ name: "in put", shape: [2] }], outputs: [{ name: "in put_1", from: "it's" }], layers: [l.dense({ name: "constructor", units: 2, inputs: ["in put"] }), l.dense({ name: "it's", units: 1 })] },
}; // biome-ignore format: one table
const cases = Object.entries(models).map(([name, bare]) => {
  const model = filled(bare);
  const resolved = resolve(model);
  const inputs = inputsOf(resolved);
  const { weights } = model;
  return { name, model, ports: resolved.predict.inputs, inputs, weights: weights as Floats, wanted: resultsInDoubles(model, inputs, rows) };
}); // biome-ignore format: one line
const forTfjs = cases.filter(({ name }) => name !== "attention");

describe("ONNX", () => {
  beforeAll(() => {
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = "error";
  });

  it.each(cases)("ONNX Runtime gives our numbers: $name", async ({ model, ports, inputs, wanted }) => {
    const session = await ort.InferenceSession.create(saveOnnx(model), { executionProviders: ["wasm"] });
    const given = ports.map(({ name, shape }) => [name, new ort.Tensor("float32", inputs[name], [rows, ...shape])]);
    const made = await session.run(Object.fromEntries(given));
    for (const [port, values] of Object.entries(wanted))
      expectClose(made[port].data as Float32Array, values, standard.layers, port);
  });

  it.each(cases)(
    "the file has every bit of the weights, and means the same to us: $name",
    ({ model, inputs, weights, wanted }) => {
      const bytes = saveOnnx(model);
      expect(saveOnnx({ ...model })).toEqual(bytes);
      const stored = graphOf(bytes).initializers.filter(({ dataType }) => dataType === 1);
      const inFile = Object.fromEntries(stored.map((tensor) => [tensor.name, Float32Array.from(numbersOf(tensor, {}, "").data)]));
      expect(bitsOf(inFile)).toEqual(expect.arrayContaining(bitsOf(weights)));
      const found = resultsInDoubles(open(bytes, "model.onnx"), inputs, rows);
      for (const [port, values] of Object.entries(wanted)) expectClose(found[port], values, standard.selfTest, port);
    },
  );
});

describe("TensorFlow.js", () => {
  beforeAll(async () => {
    tf.env().set("IS_TEST", true);
    await tf.setBackend("cpu");
  });

  it.each(forTfjs)(
    "gives our numbers, by the names and the order of its own: $name",
    async ({ model, ports, inputs, wanted }) => {
      const files = saveTfjs(model);
      const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(files["model.json"]));
      const weightSpecs = weightsManifest.flatMap(({ weights }: { weights: readonly object[] }) => weights);
      const weightData = files["group1-shard1of1.bin"].buffer as ArrayBuffer;
      const theirs = await tfjs.loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });
      expect(weightSpecs.map(({ name }: { name: string }) => name)).toEqual(
        theirs.weights.map(({ originalName }) => originalName),
      );
      const given = ports.map(({ name, shape }) => tf.tensor(inputs[name], [rows, ...shape]));
      const made = [theirs.predict(given.length === 1 ? given[0] : given)].flat();
      for (const [i, values] of Object.values(wanted).entries())
        expectClose((await made[i].data()) as Float32Array, values, standard.layers, `output ${i}`);
    },
  );

  it.each(forTfjs)(
    "read back, every bit of weights and predictions is there: $name",
    ({ model, ports, inputs, weights, wanted }) => {
      const again = openFiles(saveTfjs(model));
      expect(bitsOf(weightsOf(again))).toEqual(bitsOf(weights));
      expect(Object.values(resultsInDoubles(again, inOrder(ports, again, inputs), rows))).toEqual(Object.values(wanted));
    },
  );
});

it.each(cases.slice(0, 4))(".safetensors keeps all: $name", ({ model, inputs, weights, wanted }) => {
  const again = open(save(model), "model.safetensors");
  expect(bitsOf(weightsOf(again))).toEqual(bitsOf(weights));
  expect(resultsInDoubles(again, inputs, rows)).toEqual(wanted);
});

/** Names that TensorFlow.js cannot have are others there: ports are taken in their order. */
const inOrder = (ports: readonly { readonly name: string }[], again: Model, inputs: ByPort): ByPort =>
  Object.fromEntries(resolve(again).predict.inputs.map(({ name }, i) => [name, inputs[ports[i].name]]));

/** For each layer of the list, cases of Keras in which it stands last. */
const byLayer = new Map<string, LayerCase[]>();
for (const one of layerCases().taken) append(byLayer, one.model.layers.at(-1)?.layer ?? "", one);

it.each([...byLayer])(
  "%s is written, or refused by name, and read back means the same",
  (name, [{ model, input, case: what }]) => {
    const { predict } = resolve(model);
    const inputs = byPort(fed(input), predict.inputs) as ByPort;
    const results = (of: Model, given: ByPort) => Object.values(resultsInDoubles(of, given, rowsOf(input)));
    const wanted = results(model, inputs);

    const isText =
      predict.feeds.some(({ encoder }) => encoder !== undefined) || predict.words.some((words) => words !== undefined);
    const bytes = attempt(() => saveOnnx(model));
    expect(bytes === undefined).toBe(isText);
    const found = bytes === undefined ? wanted : results(open(bytes, "model.onnx"), inputs);
    for (const [i, values] of wanted.entries()) expectClose(found[i], values, standard.layers, what);

    const files = attempt(() => saveTfjs(model));
    const isKnown = ofTfjs.some(({ keras }) => keras === layers.get(name)?.keras);
    if (layers.has(name) && !isKnown) expect(files).toBeUndefined();
    if (files === undefined) return;
    const again = openFiles(files);
    expect(results(again, inOrder(predict.inputs, again, inputs))).toEqual(wanted);
  },
);

/** What `run` gives; undefined where the format has no form for it, and any other error goes on. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if ((error as { code?: unknown }).code === "format/unwritten") return undefined;
    throw error;
  }
}

describe("what TensorFlow.js would compute otherwise is refused by the key", () => {
  const image = { inputShape: [4, 4, 2] } as const;
  const one = (line: Parameters<typeof l.sequential>[0][number]): Model => l.sequential([line]);
  it.each([
    ["groups", one(l.conv2d({ filters: 2, kernelSize: 1, groups: 2, ...image })), /has no Conv2D with groups 2/],
    ["dilation", one(l.depthwiseConv2d({ kernelSize: 2, dilationRate: 2, ...image })), /has no DepthwiseConv2D with dilation_rate/],
    ["causal", one(l.conv1d({ filters: 2, kernelSize: 2, padding: "causal", inputShape: [4, 2] })), /has no Conv1D with padding "causal"/],
    ["reset_after", one(l.gru({ units: 2, inputShape: [3, 2] })), /has no GRU with reset_after true/],
    ["hard_sigmoid", one(l.dense({ units: 2, activation: "hard_sigmoid", inputShape: [2] })), /has no activation hard_sigmoid/],
    ["axis", one(l.batchNormalization({ axis: 1, ...image })), /has no BatchNormalization with axis 1/],
    ["bilinear", one(l.upSampling2d({ size: 2, interpolation: "bilinear", ...image })), /has no UpSampling2D with interpolation/],
    ["stateful", one(l.lstm({ units: 2, stateful: true, inputShape: [3, 2] })), /has no LSTM with stateful true/],
    ["steps beyond the window", one(l.maxPooling3d({ poolSize: 1, strides: 3, padding: "same", inputShape: [4, 4, 4, 1] })), /has no MaxPooling3D with padding "same"/],
    ["masks", l.sequential([l.masking({ inputShape: [3, 2] }), l.globalAveragePooling1d()]), /does not mind the mask of Masking in GlobalAveragePooling1D/],
    ["a tensor twice", { name: "m", seed: 0, inputs: [{ name: "x", shape: [2] }], layers: [l.add({ name: "y", inputs: ["x", "x"] })] } as Model, /takes no tensor twice/],
    ["no layer", one(l.groupNormalization({ groups: 1, ...image })), /has no layer GroupNormalization/],
  ] as const)("%s", (_name, model, message) => {
    const error = errorOf(() => saveTfjs(model));
    expect(error.code).toBe("format/unwritten");
    expect(error.message).toMatch(message);
  }); // biome-ignore format: one table

  it("and so is a Graph, which has no layers", () => {
    const graph = 'graph g\n  %0 = input {name: "x", shape: [n, 2]} : [n, 2]\n  %1 = relu(%0) : [n, 2]\nresults\n  y = %1\nend\n';
    expect(errorOf(() => saveTfjs({ name: "g", seed: 0, layers: [], graph, weights: {} })).code).toBe("format/unwritten");
    expect(graphOf(saveOnnx({ name: "g", seed: 0, layers: [], graph, weights: {} })).nodes.map(({ operator }) => operator)).toEqual(["Relu", "Identity"]);
  }); // biome-ignore format: one call a line
});

/** Each a value that every row of an open batch has alike, which a file can only say as many times as there are rows. */
describe("known numbers for each row of an open batch come back", () => {
  const x = (g: G) => g.input({ name: "x", shape: ["n", 2] });
  it.each<readonly [string, (g: G) => readonly Node[]]>([
    ["as a result", (g) => [g.fill(3, ["n", 2]), g.fill(4, ["n"]), g.neg(x(g))]],
    ["as a stack of matrices", (g) => {
      const matrix = g.broadcast(g.constant({ shape: [3, 2], values: [1, 2, 3, 4, 5, 6] }), { shape: ["n", 3, 2], axes: [1, 2] });
      const columns = g.reshape(x(g), { shape: ["n", 2, 1] });
      return [g.dot(matrix, columns, { batch: [[0], [0]], contract: [[2], [1]] })];
    }],
    ["as more than are folded", (g) => [g.sub(g.fill(1, ["n", 2, 3000]), g.broadcast(x(g), { shape: ["n", 2, 3000], axes: [0, 1] }))]],
  ])("%s", (_what, make) => {
    const results = make(begin()).map((node, i) => [`y${i}`, node] as const);
    const model: Model = { name: "g", seed: 0, layers: [], graph: printGraph(graph("g", results)), weights: {} };
    const inputs = { x: Float32Array.from({ length: rows * 2 }, (_, i) => Math.sin(i + 1)) };
    const again = open(saveOnnx(model), "model.onnx");
    expect(resultsInDoubles(again, inputs, rows)).toEqual(resultsInDoubles(model, inputs, rows));
  }); // biome-ignore format: one table
});

describe("an ONNX file", () => {
  it("has one operator for what it has as one, and an open batch", () => {
    const { nodes, inputs } = graphOf(saveOnnx(models["convolutions, pools and norms"]));
    const count = (operator: string) => nodes.filter((node) => node.operator === operator).length;
    expect(["Conv", "MaxPool", "AveragePool", "MatMul", "Gather"].map(count)).toEqual([2, 1, 1, 1, 0]);
    expect(inputs[0].type?.tensor?.shape?.dims.map(({ value, param }) => value ?? param)).toEqual(["batch", 8, 9, 3]);
  });

  it("has its own names where an output is called like an input", () => {
    const model: Model = { name: "m", seed: 0, inputs: [{ name: "x", shape: [2] }], outputs: [{ name: "x", from: "y" }], layers: [l.reLU({ name: "y", inputs: ["x"] })] }; // biome-ignore format: one model
    expect(graphOf(saveOnnx(model)).outputs.map(({ name }) => name)).toEqual(["x_1"]);
  });
});
