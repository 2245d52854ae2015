// What merges refuse, and what becomes of NaN, zeros of two signs and ties.
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { expandComposites } from "../../compiler/rewrite/expand.ts";
import { differentiate } from "../../compiler/rewrite/gradient/differentiate.ts";
import * as l from "../../src/sequential.ts";

const taking = (line: LayerSpec, shapes: readonly (readonly number[])[]): Model =>
  l.model({
    inputs: shapes.map((shape, i) => ({ name: `in${i}`, shape })),
    layers: [{ ...line, inputs: shapes.map((_, i) => `in${i}`) }],
  });
const keep = { inputDim: 3, outputDim: 2, maskZero: true };
/** Two masks, of inputs of shapes that embeddings of these give. */
const masked = (line: LayerSpec, ...shapes: readonly (readonly number[])[]): Model =>
  l.model({
    inputs: shapes.map((shape, i) => ({ name: `in${i}`, shape })),
    layers: [
      ...shapes.map((_, i) => l.embedding({ ...keep, name: `e${i}`, inputs: [`in${i}`] })),
      { ...line, inputs: shapes.map((_, i) => `e${i}`) },
    ],
  });

describe("refuses", () => {
  it.each<[string, Model, string, string, RegExp, RegExp]>([
    ["sizes that differ", taking(l.add(), [[2, 3], [2, 4]]), "shape/mismatch", "layers[0].inputs", /found \[2, 3\] and \[2, 4\]/, /1, which is repeated/],
    ["sizes that differ, of shorter inputs", taking(l.maximum(), [[2, 3], [2]]), "shape/mismatch", "layers[0].inputs", /found \[2, 3\] and \[2\]/, /repeated/],
    ["a third that does not fit", taking(l.average(), [[3], [1], [2]]), "shape/mismatch", "layers[0].inputs", /\[3\] and \[1\] and \[2\]/, /repeated/],
    ["a difference of three", taking(l.subtract(), [[3], [3], [3]]), "model/inputs", "layers[0].inputs", /subtract takes 2 inputs, found 3/, /name them/],
    ["a difference of one", taking(l.subtract(), [[3]]), "model/inputs", "layers[0].inputs", /subtract takes 2 inputs, found 1/, /name them/],
    ["other axes that differ", taking(l.concatenate({ axis: 1 }), [[2, 3], [2, 4]]), "shape/mismatch", "layers[0].inputs", /along axis 1, found \[2, 3\] and \[2, 4\]/, /another axis/],
    ["inputs of other ranks one after another", taking(l.concatenate(), [[2, 3], [3]]), "shape/mismatch", "layers[0].inputs", /as many axes/, /reshape/],
    ["the batch as the axis", taking(l.concatenate({ axis: 0 }), [[2], [2]]), "shape/rank", "layers[0].axis", /0 is the batch/, /-1 is the last/],
    ["an axis that is not there", taking(l.concatenate({ axis: 3 }), [[2, 2], [2, 2]]), "shape/rank", "layers[0].axis", /from 1 to 2/, /-1 is the last/],
    ["single numbers one after another", taking(l.concatenate(), [[], []]), "shape/rank", "layers[0]", /at least 1 axis/, /reshape/],
    ["summed axes of other sizes", taking(l.dot({ axes: 1 }), [[3], [4]]), "shape/mismatch", "layers[0].axes", /found 3 of \[3\] and 4 of \[4\]/, /axes: \[2, 1\]/],
    ["a summed axis that one side has not", taking(l.dot({ axes: 2 }), [[3, 3], [3]]), "shape/rank", "layers[0].axes", /on \[3\]/, /-1 is the last/],
    ["the batch as a summed axis", taking(l.dot({ axes: [0, 1] }), [[3], [3]]), "shape/rank", "layers[0].axes", /0 is the batch/, /-1 is the last/],
    ["a product of three", taking(l.dot({ axes: 1 }), [[3], [3], [3]]), "model/inputs", "layers[0].inputs", /dot takes 2 inputs, found 3/, /name them/],
    ["three axes", taking(l.dot({ axes: [1, 2, 3] }), [[3], [3]]), "layer/config", "layers[0].axes", /axes/, /./],
    ["masks of other steps", masked(l.add(), [2, 3], [3]), "shape/mismatch", "layers[2]", /a mask of \[2, 3\] and of \[3\] cannot be one/, /end one mask/],
    ["one state of an lstm", taking(l.lstm({ units: 2 }), [[3, 4], [2]]), "shape/mismatch", "layers[0].inputs", /h \[2\] and c \[2\], found \[2\]/, /name all/],
    ["states of another size", taking(l.lstm({ units: 2 }), [[3, 4], [2], [3]]), "shape/mismatch", "layers[0].inputs", /found \[2\] and \[3\]/, /name all/],
  ])("%s", (_, model, code, path, message, hint) => {
    let found: unknown;
    try {
      resolve(model);
    } catch (error) {
      found = error;
    }
    if (!(found instanceof CompileError)) return expect.fail("no CompileError was thrown");
    expect([found.code, found.path]).toEqual([code, path]);
    expect(found.diagnostic.message).toMatch(message);
    if (code !== "layer/config") expect(found.hint).toMatch(hint);
  }); // biome-ignore format: one table
});

const run = (line: LayerSpec, ...values: readonly (readonly number[])[]): number[] => {
  const model = taking(line, values.map(({ length }) => [length])); // biome-ignore format: one line
  const given = Object.fromEntries(values.map((list, i) => [`in${i}`, Float32Array.from(list)]));
  const { graph, outputs } = resolve(model).predict;
  return [...runGraph(graph, { rows: 1, values: given, precision: "f32" }).results[outputs[0].name].data];
};

describe("numbers at the ends", () => {
  const nan = Number.NaN;
  it("NaN wins in a largest and a smallest, and -0 is less than 0", () => {
    expect(run(l.maximum(), [nan, 1, -0, 0], [1, nan, 0, -0])).toEqual([nan, nan, 0, 0]);
    expect(run(l.minimum(), [nan, 1, -0, 0], [1, nan, 0, -0])).toEqual([nan, nan, -0, -0]);
  });

  it("a cosine with a vector of zeros is 0, and so is one of two", () => {
    expect(run(l.dot({ axes: 1, normalize: true }), [0, 0], [3, 4])).toEqual([0]);
    expect(run(l.dot({ axes: 1, normalize: true }), [0, 0], [0, 0])).toEqual([0]);
  });

  it.each([
    ["maximum", [1, 0]],
    ["minimum", [1, 0]],
  ] as const)("at a tie of %s the earlier input has the slope", (layer, slopes) => {
    const model = l.model({
      inputs: { x: [1] },
      layers: [
        l.dense({ units: 1, name: "a", inputs: ["x"], useBias: false }),
        l.dense({ units: 1, name: "b", inputs: ["x"], useBias: false }),
        { layer, config: {}, inputs: ["a", "b"] },
      ],
    });
    const { graph } = resolve(model).trainStep({ loss: "mse", optimizer: "sgd" });
    const params = ["a/kernel", "b/kernel"];
    const values = { x: [1], y: [0], sampleWeight: [1], "a/kernel": [0.5], "b/kernel": [0.5], step: [0] };
    const { results } = runGraph(differentiate(expandComposites(graph), "loss", params), {
      rows: 1,
      values,
      precision: "double",
    });
    expect(params.map((name) => results[`gradient:${name}`].data[0])).toEqual(slopes);
  });
});
