// The table of last layers that cannot learn: each row fires on its sample, through whatever only moves numbers, and on nothing that is right.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Code } from "../../compiler/diagnostics/codes.ts";
import { heads } from "../../compiler/front/heads.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import cars from "../../examples/cars/cars.model.ts";
import penguins from "../../examples/penguins/penguins.model.ts";
import * as l from "../../src/sequential.ts";
import { trainingCases } from "../fixtures/read.ts";
import { cases as variations } from "../golden/training-variations.ts";

const head: Code = "training/head";
const modelOf = (layers: readonly LayerSpec[], loss?: unknown): Model =>
  ({ name: "m", seed: 1, layers, ...(loss === undefined ? {} : { training: { loss, optimizer: "sgd" } }) }) as Model;
const saidOf = (model: Model): readonly string[] => resolve(model).warnings.map(({ message }) => message);
const first = l.dense({ units: 4, inputShape: [3] });
const last = (units: number, activation: string) => l.dense({ units, activation: activation as "relu" });

describe.each(heads)("$name", ({ sample: { units, activation, loss }, says, hint, when }) => {
  const layers = [first, last(units, activation)];

  it("fires on its sample, in the artifact too", () => {
    const { warnings } = compile(modelOf(layers, loss), { selfTest: false });
    const found = warnings.filter(({ code }) => code === head);
    expect(found).toMatchObject([{ path: "layers[1]", hint }]);
    expect(heads.find((row) => row.hint === hint && row.when === when)?.says).toBe(says);
  });

  it.each<[string, readonly LayerSpec[]]>([
    ["an activation layer", [first, l.dense({ units }), l.activation({ activation: activation as "relu" })]],
    ["dropout", [...layers, l.dropout({ rate: 0.5 })]],
    ["identity", [...layers, l.identity()]],
    ["reshape", [...layers, l.reshape({ targetShape: [1, units] })]],
    ["flatten", [...layers, l.flatten()]],
    ["a linear activation", [...layers, l.activation({ activation: "linear" })]],
    ["steps", [l.reshape({ targetShape: [1, 3], inputShape: [3] }), last(units, activation)]],
  ])("and through %s", (_, list) => {
    expect(resolve(modelOf(list, loss)).warnings).toMatchObject([{ code: head, hint }]);
  });
});

describe("nothing is said", () => {
  const right: readonly (readonly [string, number, unknown])[] = [
    ["softmax", 3, "categorical_crossentropy"],
    ["softmax", 2, "sparse_categorical_crossentropy"],
    ["linear", 3, { name: "categorical_crossentropy", fromLogits: true }],
    ["linear", 3, { name: "sparse_categorical_crossentropy", fromLogits: true }],
    ["log_softmax", 3, { name: "categorical_crossentropy", fromLogits: true }],
    ["sigmoid", 1, "binary_crossentropy"],
    ["sigmoid", 3, "binary_crossentropy"],
    ["hard_sigmoid", 1, "binary_crossentropy"],
    ["hard_sigmoid_keras2", 1, "binary_crossentropy"],
    ["linear", 1, { name: "binary_crossentropy", fromLogits: true }],
    ["exponential", 3, "categorical_crossentropy"],
    ["softplus", 3, "categorical_crossentropy"],
    ["linear", 1, "mse"],
    ["relu", 1, "mae"],
    ["sigmoid", 1, "mse"],
    ["tanh", 2, "huber"],
    ["softmax", 3, undefined],
  ];
  it.each(right)("of %s over %d with %j", (activation, units, loss) => {
    expect(saidOf(modelOf([first, last(units, activation)], loss))).toEqual([]);
  });

  it("of a tanh that is brought to 0..1", () => {
    const layers = [first, last(2, "tanh"), l.rescaling({ scale: 0.5, offset: 0.5 })];
    expect(saidOf(modelOf(layers, "binary_crossentropy"))).toEqual([]);
  });

  it("of the examples", () => {
    const adapted = [l.adapt(cars, "scale", [Array(8).fill(0), Array(8).fill(1)]), l.adapt(penguins, "scale", [[0, 0, 0, 0], [1, 1, 1, 1]])]; // biome-ignore format: one line
    expect(adapted.flatMap(saidOf)).toEqual([]);
  });

  it("of what Keras was trained on", () => {
    const files = trainingCases().taken;
    const said = files.flatMap(({ case: name, model }) => saidOf(model).map((message) => `${name}: ${message}`));
    expect(files.length).toBeGreaterThan(30);
    expect(said).toEqual([]);
  });
});

it("of the suite's own variations, it is said of those that are named for it", () => {
  const warned = variations.filter(({ layers, loss }) => saidOf(modelOf(layers, loss.spec)).length > 0);
  expect(warned.map(({ name }) => name)).toEqual(["sparse cce of what is no softmax"]);
});

describe("weights times inputs", () => {
  const image = l.reshape({ targetShape: [4, 4, 2], inputShape: [32] });
  it.each<[string, readonly LayerSpec[]]>([
    ["conv2d", [image, l.conv2d({ filters: 3, kernelSize: 3 })]],
    ["conv2d in groups", [image, l.conv2d({ filters: 4, kernelSize: 3, groups: 2 })]],
    ["dense without bias", [l.dense({ units: 3, useBias: false, inputShape: [2] })]],
    ["dense and batchNormalization", [l.dense({ units: 3, inputShape: [2] }), l.batchNormalization()]],
    ["dense and rescaling", [l.dense({ units: 3, inputShape: [2] }), l.rescaling({ scale: 2 })]],
    ["dense and permute", [l.dense({ units: 3, inputShape: [2, 2] }), l.permute({ dims: [2, 1] })]],
  ])("are found behind %s", (_, layers) => {
    expect(saidOf(modelOf(layers, "categorical_crossentropy"))).toEqual([expect.stringMatching(/ends without an activation/)]);
  });
});
