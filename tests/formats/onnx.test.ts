// ONNX files: each group of operators against onnxruntime, on every executor; where the batch is; sizes that a file leaves open; values that
// have to be known; and what is refused, by whose name.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Model } from "../../compiler/model.ts";
import { open } from "../../src/formats/index.ts";
import { domains } from "../../src/formats/onnx/operators/list.ts";
import { expectClose } from "../close.ts";
import { predictWith } from "../conformance/onnx.ts";
import { resultsInDoubles } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { errorOf } from "../support/error.ts";
import { attribute, modelBytes, node, tensor, valueInfo } from "./onnx-bytes.ts";

const folder = join(import.meta.dirname, "../fixtures/onnx");
type Values = Readonly<Record<string, readonly number[]>>;
const expected: Readonly<Record<string, { readonly rows: number; readonly inputs: Values; readonly outputs: Values }>> =
  JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
const fixture = (name: string): Uint8Array => readFileSync(join(folder, `${name}.onnx`));

const predict = (model: Model, inputs: Values, target: "js" | "simd" = "js") => predictWith(model, inputs, target);
/** A model of one node over x, whose rows have two numbers unless `shape` says otherwise. */
const one = (operator: string, more: Parameters<typeof modelBytes>[0] = {}, names: readonly string[] = ["x"]): Uint8Array =>
  modelBytes({ nodes: [node(operator, names, ["y"])], ...more });

describe.each(Object.entries(expected))("%s", (name, { rows, inputs, outputs }) => {
  const model = open(fixture(name), `${name}.onnx`);

  it("has the meaning of the file, in doubles", () => {
    const results = resultsInDoubles(model, inputs as never, rows);
    for (const [port, values] of Object.entries(outputs)) expectClose(results[port], values, standard.layers, port);
  });

  it.each(["js", "simd"] as const)("compiled for %s", (target) => {
    const results = predict(model, inputs, target);
    for (const [port, values] of Object.entries(outputs)) expectClose(results[port], values, standard.layers, port);
  });
});

describe("the batch", () => {
  const doubled = (shape: readonly (number | string)[]) => one("Add", { inputs: [valueInfo("x", shape)] }, ["x", "x"]);

  it("is free where it is open, or is the first size of all inputs", () => {
    for (const first of ["batch", 1, 5]) expect(open(doubled([first, 3])).graph).toContain(": [n, 3]");
  });

  it("is a part of the row where an operator lets rows see each other", () => {
    const sum = { inputs: [valueInfo("x", [4, 3])], nodes: [node("ReduceSum", ["x"], ["y"], [attribute("axes", [0]), attribute("keepdims", 0)])], version: 11 }; // biome-ignore format: one model
    const model = open(modelBytes(sum));
    expect(model.graph).toContain("[n, 4, 3]");
    expect([...predict(model, { x: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }).y]).toEqual([22, 26, 30]);
  });

  it("is refused where it is open and rows see each other, unless the whole shape is given", () => {
    const bytes = modelBytes({ inputs: [valueInfo("x", ["batch", 3])], nodes: [node("ReduceSum", ["x"], ["y"], [attribute("axes", [0])])], version: 11 }); // biome-ignore format: one model
    expect(() => open(bytes)).toThrow(/y: the size of the batch is open, and ReduceSum lets its rows see each other/);
    expect(open(bytes, "", { inputShape: [2, 3] }).graph).toContain("[n, 2, 3]");
  });

  it("is not taken for another axis of the same size, nor for a constant that has it by chance", () => {
    // Reshape to [1, -1] is one row of all: free for one row alone.
    const merges = (shape: readonly (number | string)[]) =>
      modelBytes({ inputs: [valueInfo("x", shape)], nodes: [node("Reshape", ["x", "s"], ["y"])], weights: [tensor("s", [2], { longs: [1, -1] })] }); // biome-ignore format: one model
    expect(errorOf(() => open(merges(["batch", 3]))).code).toBe("onnx/unsupported");
    expect([...predict(open(merges([1, 3])), { x: [1, 2, 3] }).y]).toEqual([1, 2, 3]);
    expect(open(merges([2, 3])).graph).toContain("[n, 2, 3]");
  });

  it("is on axis 1 where steps come first and no other size is open; a row has its steps then", () => {
    const sequence = (shape: readonly (number | string)[]) => modelBytes({ inputs: [valueInfo("x", shape)], nodes: [node("ReduceSum", ["x"], ["y"], [attribute("axes", [0])])], version: 11 }); // biome-ignore format: one model
    const model = open(sequence([3, "batch", 2]));
    expect(model.graph).toContain("[n, 3, 2]");
    expect([...predict(model, { x: [1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60] }).y]).toEqual([9, 12, 90, 120]);
    // One step, or another open size: which is the batch is not said.
    for (const shape of [
      [1, "time", 2],
      [3, "time", "features"],
      [80, "time"],
    ])
      expect(errorOf(() => open(sequence(shape))).code).toBe("shape/unknown-size");
  });

  it("comes out in the file's order: a fixed one that moves is part of the row", () => {
    const turned = modelBytes({ inputs: [valueInfo("x", [2, 3])], nodes: [node("Transpose", ["x"], ["y"])] });
    expect([...predict(open(turned), { x: [1, 2, 3, 4, 5, 6] }).y]).toEqual([1, 4, 2, 5, 3, 6]);
  });
});

describe("sizes that are open", () => {
  const sequence = one("Relu", { inputs: [valueInfo("x", ["batch", "time", 2])] });

  it("are given for a sample or as a whole, for the only input or by name", () => {
    for (const inputShape of [[7, 2], { x: [7, 2] }]) expect(open(sequence, "", { inputShape }).graph).toContain("[n, 7, 2]");
    expect(open(sequence, "", { inputShape: [1, 7, 2] }).graph).toContain("[n, 7, 2]");
  });

  it("are asked for by the input's name", () => {
    expect(() => open(sequence)).toThrow(/x: the file leaves open sizes other than that of the batch: \[batch, time, 2\]/);
    expect(() => open(sequence, "", { inputShape: [7, 3] })).toThrow(/the shape \[7, 3\] is given, and the file states/);
    expect(errorOf(() => open(sequence, "", { inputShape: [7] })).code).toBe("shape/unknown-size");
  });
});

describe("numbers that have to be known", () => {
  const reshaped = (more: object = {}) =>
    one("Reshape", { inputs: [valueInfo("x", ["b", 4]), valueInfo("s", [3], 7)], ...more }, ["x", "s"]);

  it("are refused as inputs, given by name, or follow from the shape of the result", () => {
    expect(() => open(reshaped())).toThrow(/y: layerc has no Reshape with shape that is not known/);
    const given = open(reshaped(), "", { inputValues: { s: [-1, 2, 2] } });
    expect(given.graph).toContain("[n, 2, 2]");
    const stated = { inputs: [valueInfo("x", [3, 4]), valueInfo("s", [3], 7)], outputs: [valueInfo("y", [3, 2, 2])] };
    expect(open(reshaped(stated)).graph).toContain("[n, 2, 2]");
  });

  it("are whole to 2^53 while they are folded, and to 2^24 where they live", () => {
    const large = (dims: readonly number[], value: number) => [tensor("w", dims, { longs: [value] })];
    const added = (value: number) =>
      modelBytes({ inputs: [valueInfo("x", ["b", 2], 7)], nodes: [node("Add", ["x", "w"], ["y"])], weights: large([1], value) });
    expect(open(added(2 ** 24)).graph).toContain("16777216");
    expect(() => open(added(2 ** 24 + 1))).toThrow(/the whole number 16777217, which float32 does not have/);
    const nodes = [
      node("Add", ["w", "w"], ["two"]),
      node("Sub", ["two", "w"], ["one"]),
      node("Equal", ["one", "w"], ["same"]),
      node("Cast", ["same"], ["f"], [attribute("to", 1)]),
      node("Add", ["x", "f"], ["y"]),
    ];
    const folded = modelBytes({ inputs: [valueInfo("x", ["b", 2])], nodes, weights: large([1], 2 ** 50 + 1) });
    expect([...predict(open(folded), { x: [1, 2] }).y]).toEqual([2, 3]);
  });

  it("do not wrap round", () => {
    const nodes = [
      node("Mul", ["w", "w"], ["v"]),
      node("Cast", ["v"], ["f"], [attribute("to", 1)]),
      node("Add", ["x", "f"], ["y"]),
    ];
    const bytes = modelBytes({ nodes, weights: [tensor("w", [1], { ints: [2 ** 20] }, 6)] });
    expect(() => open(bytes)).toThrow(/v: layerc has no Mul gives 1099511627776 as int32/);
    const less = one("Sub", { inputs: [valueInfo("x", ["b", 2], 2)] }, ["x", "x"]);
    expect(() => open(less)).toThrow(/Sub of uint8 while the model runs: it would have to wrap round/);
  });
});

it("takes nodes in any order, and no circle of them", () => {
  const [last, middle, first] = [node("Neg", ["b"], ["y"]), node("Add", ["a", "a"], ["b"]), node("Mul", ["x", "x"], ["a"])];
  expect([...predict(open(modelBytes({ nodes: [last, middle, first] })), { x: [3, 4] }).y]).toEqual([-18, -32]);
  const circle = modelBytes({ nodes: [node("Add", ["x", "y"], ["a"]), node("Neg", ["a"], ["y"])] });
  expect(errorOf(() => open(circle))).toMatchObject({ code: "format/onnx", message: expect.stringContaining("reads what follows from it") }); // biome-ignore format: one line
});

it("takes the range of each row where numbers are quantised as they come and the batch is open", () => {
  const nodes = [node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]), node("DequantizeLinear", ["q", "s", "z"], ["y"])];
  const apart = open(modelBytes({ nodes }));
  const rows = [[0, 0], [51, -204], [5.1, 2]]; // biome-ignore format: one list
  const all = predict(apart, { x: rows.flat() }).y;
  expectClose(all, [0, 0, 51, -204, 5.1, 2], standard.layers, "whole steps of each row's own");
  for (const [i, x] of rows.entries()) expect([...all.slice(2 * i, 2 * i + 2)]).toEqual([...predict(apart, { x }).y]);
  const together = open(modelBytes({ nodes, inputs: [valueInfo("x", [2, 2])] }));
  expectClose(predict(together, { x: [51, -204, 0.7, 0.2] }).y, [51, -204, 1, 0], standard.layers, "one range");
  const infinite = modelBytes({ nodes: [node("QuantizeLinear", ["x", "s"], ["y"])], weights: [tensor("s", [], { floats: [Number.POSITIVE_INFINITY] })] }); // biome-ignore format: one line
  expect(() => open(infinite)).toThrow(/QuantizeLinear by a scale that is not finite/);
});

it("takes the name that onnxruntime has for RMSNormalization", () => {
  const bytes = one("SimplifiedLayerNormalization", { weights: [tensor("w", [2], { floats: [1, 2] })] }, ["x", "w"]);
  expectClose(predict(open(bytes), { x: [3, 4] }).y, [3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5)], standard.layers, "y");
});

it("has the places of texts where labels are texts", () => {
  const texts = { ...tensor("t", [3], {}, 8), texts: ["b", "a", "b"] };
  const nodes = [node("ArgMax", ["x"], ["i"], [attribute("axis", 1)]), node("ArrayFeatureExtractor", ["t", "i"], ["y"], [], "ai.onnx.ml")]; // biome-ignore format: one list
  const bytes = modelBytes({ inputs: [valueInfo("x", [1, 3])], nodes, weights: [texts] });
  expect([[9, 0, 0], [0, 9, 0], [0, 0, 9]].map((x) => predict(open(bytes), { x }).y[0])).toEqual([0, 1, 0]); // biome-ignore format: one line
  const compared = modelBytes({ nodes: [node("Equal", ["t", "t"], ["y"])], weights: [texts] });
  expect(() => open(compared)).toThrow(/Equal of texts/);
});

describe("what is refused", () => {
  it("is named: an operator, a domain, an old or a new version", () => {
    expect(() => open(one("Wavelet"))).toThrow(/y: layerc has no operator Wavelet of opset 13/);
    const of = (operator: string, domain: string) => modelBytes({ nodes: [node(operator, ["x"], ["y"], [], domain)] });
    expect(() => open(of("Tokenizer", "com.microsoft"))).toThrow(/com\.microsoft\.Tokenizer/);
    expect(() => open(of("DictVectorizer", "ai.onnx.ml"))).toThrow(/ai\.onnx\.ml\.DictVectorizer/);
    // Each domain has its own: ONNX itself no Scaler, ai.onnx.ml no Relu.
    expect(() => open(of("Scaler", ""))).toThrow(/no operator Scaler of opset 13/);
    expect(() => open(of("Relu", "ai.onnx.ml"))).toThrow(/ai\.onnx\.ml\.Relu/);
    expect(() => open(one("Gelu"))).toThrow(/Gelu of opset 13/);
    expect(open(one("Gelu", { version: 20 })).layers).toEqual([]);
  });

  it("is not what no output needs, nor a domain that no node uses", () => {
    const nodes = [node("Relu", ["x"], ["y"]), node("Wavelet", ["x"], ["z"])];
    expect(open(modelBytes({ nodes, domains: [["ai.onnx.ml", 3], ["com.microsoft", 1], ["ai.onnx", 12]] })).graph).toContain("relu"); // biome-ignore format: one call
  });

  it("is a batch normalisation that trains: more than one output before version 14", () => {
    const weights = ["s", "b", "m", "v"].map((name) => tensor(name, [2], { floats: [1, 2] }));
    const of = (outputs: readonly string[], version: number) =>
      open(modelBytes({ nodes: [node("BatchNormalization", ["x", "s", "b", "m", "v"], outputs)], weights, version }));
    for (const version of [7, 9, 13]) {
      expect(() => of(["y", "mean", "var", "c", "d"], version)).toThrow(/y: layerc has no BatchNormalization in training mode/);
      expect(of(["y", "", "", "", ""], version).graph).toContain("[n, 2]");
    }
  });

  it("is a tensor of a type that layerc does not read", () => {
    const bytes = one("Add", { weights: [{ ...tensor("w", [1], {}), dataType: 14 }] }, ["x", "w"]);
    expect(errorOf(() => open(bytes)).code).toBe("format/dtype");
  });
});

it("has one row for an operator and a version of a domain", () => {
  for (const rows of domains.values()) {
    const keys = rows.map(({ name, since }) => `${name}-${since}`);
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  }
});

it.each([...domains])("lists every operator of %j in the docs", (domain, rows) => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/formats/onnx.md"), "utf8");
  const listed = page
    .split(`<!-- operators${domain === "" ? "" : ` of ${domain}`}: `)[1]
    .split("compares -->")[1]
    .split("<!-- end")[0];
  expect(listed.match(/\w+/g)?.sort()).toEqual([...new Set(rows.map(({ name }) => name))].sort());
});
