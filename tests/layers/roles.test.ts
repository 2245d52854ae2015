// Faults in the new layers' configs and inputs, and what a call may say: each is an error with its path, before anything is built.
import { describe, expect, it } from "vitest";
import { resolve } from "../../compiler/front/steps.ts";
import * as l from "../../compiler/layers/list.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { initialize } from "../../compiler/training/initializers/index.ts";
import { reuse } from "../../src/sequential.ts";
import { diagnosticOf } from "../support/error.ts";

type Shapes = readonly (readonly number[])[];
const modelOf = (line: LayerSpec, shapes: Shapes): Model => {
  const inputs = shapes.map((shape, i) => ({ name: `in${i}`, shape }));
  return { name: "m", seed: 1, inputs, layers: [{ ...line, name: "out", inputs: inputs.map(({ name }) => name) }] };
};
const heads = { numHeads: 2, keyDim: 3 };
const groups = { numQueryHeads: 4, numKeyValueHeads: 2, headDim: 3 };
const einsum = (equation: string, outputShape: number | (number | null)[], biasAxes?: string) =>
  l.einsumDense({ equation, outputShape, ...(biasAxes === undefined ? {} : { biasAxes }) });

describe("faults", () => {
  it.each<[what: string, line: LayerSpec, shapes: Shapes, path: string, message: RegExp]>([
    ["more inputs than roles", l.attention(), [[4, 3], [4, 3], [4, 3], [4]], "takes", /a role for each of the 4 inputs/],
    ["roles of fewer inputs", l.attention({ takes: ["query"] }), [[4, 3], [4, 3]], "takes", /each of the 2 inputs, found query/],
    ["a role twice", l.multiHeadAttention({ ...heads, takes: ["query", "query"] }), [[4, 3], [4, 3]], "takes", /twice/],
    ["no query", l.multiHeadAttention({ ...heads, takes: ["value", "key"] }), [[4, 3], [4, 3]], "takes", /needs a query/],
    ["a key without a value", l.multiHeadAttention({ ...heads, takes: ["query", "key"] }), [[4, 3], [4, 3]], "takes", /needs a value/],
    ["a mask of no key", l.multiHeadAttention({ ...heads, takes: ["query", "keyMask"] }), [[4, 3], [4]], "takes", /the key that keyMask is of/],
    ["a mask of other steps", l.attention({ takes: ["query", "valueMask"] }), [[4, 3], [5]], "inputs", /\[4\] of the value's steps, found \[5\]/],
    ["no steps", l.attention(), [[3]], "inputs", /steps and features/],
    ["other features", l.attention(), [[4, 3], [4, 2]], "inputs", /same number of features/],
    ["keys of other steps", l.additiveAttention(), [[4, 3], [5, 3], [6, 3]], "inputs", /same number of steps/],
    ["other axes before the steps", l.attention(), [[2, 4, 3], [3, 4, 3]], "inputs", /same axes before their steps/],
    ["heads on a vector", l.multiHeadAttention(heads), [[3]], "inputs", /steps and features/],
    ["axes that are none", l.multiHeadAttention({ ...heads, attentionAxes: [1, 3] }), [[4, 3]], "attentionAxes", /from 1 to 1/],
    ["the features as an axis", l.multiHeadAttention({ ...heads, attentionAxes: -1 }), [[4, 3]], "attentionAxes", /last are the features/],
    ["a causal mask over two axes", l.multiHeadAttention({ ...heads, useCausalMask: true }), [[2, 4, 3]], "useCausalMask", /one axis of steps/],
    ["a window over two axes", l.multiHeadAttention({ ...heads, slidingWindow: 2 }), [[2, 4, 3]], "slidingWindow", /one axis of steps/],
    ["other axes where no attention goes", l.multiHeadAttention({ ...heads, attentionAxes: 2 }), [[2, 4, 3], [3, 4, 3]], "inputs", /no attention goes/],
    ["a mask that fits no scores", l.multiHeadAttention({ ...heads, takes: ["query", "attentionMask"] }), [[4, 3], [4, 5]], "inputs", /attentionMask needs .*\[4, 4\]/],
    ["a mask of other heads", l.groupQueryAttention({ ...groups, takes: ["query", "attentionMask"] }), [[4, 3], [2, 4, 4]], "inputs", /\[4, 4, 4\]/],
    ["heads that do not divide", l.groupQueryAttention({ ...groups, numKeyValueHeads: 3 }), [[4, 3]], "numQueryHeads", /multiple of the 3/],
    ["grouped queries of more axes", l.groupQueryAttention(groups), [[2, 4, 3]], "inputs", /2 axes \(steps, features\)/],
    ["no equation", einsum("ab->ac", 2), [[3]], "equation", /an input, a kernel and an output/],
    ["an ellipsis on one side", einsum("...ab,bc->ac", 2), [[3]], "equation", /an input, a kernel and an output/],
    ["an axis twice in a term", einsum("aab,bc->ac", 2), [[3, 3]], "equation", /named twice/],
    ["an equation of more axes", einsum("abc,cd->abd", [null, 2]), [[3]], "equation", /an input of 3 axes/],
    ["an equation of fewer axes", einsum("ab,bc->ac", 2), [[3, 4]], "equation", /an input of 2 axes/],
    ["too few axes for an ellipsis", einsum("...abc,cd->...abd", [null, 2]), [[3]], "equation", /at least 3/],
    ["a batch in the kernel", einsum("ab,abc->ac", 2), [[3]], "equation", /the batch/],
    ["a batch that is not first", einsum("ab,bc->ca", 2), [[3]], "equation", /the batch/],
    ["a kernel's axis that is nowhere", einsum("ab,bcd->ac", 2), [[3]], "equation", /kernel's axis d/],
    ["an output's axis that is nowhere", einsum("ab,bc->acd", [2, 2]), [[3]], "equation", /output's axis d/],
    ["sizes for other axes", einsum("abc,cd->abd", 2), [[3, 4]], "outputShape", /a size for b, d/],
    ["no size of the kernel's axis", einsum("ab,bc->ac", [null]), [[3]], "outputShape", /kernel's axis c/],
    ["a size that the input has not", einsum("abc,cd->abd", [2, 5]), [[3, 4]], "outputShape", /2 for b, which is 3/],
    ["a bias on the batch", einsum("ab,bc->ac", 2, "a"), [[3]], "biasAxes", /not the batch/],
    ["a bias on no axis", einsum("ab,bc->ac", 2, ""), [[3]], "biasAxes", /each once/],
    ["a bias on the input's axis", einsum("ab,bc->ac", 2, "b"), [[3]], "biasAxes", /axes of the output/],
    ["groups that do not divide", l.groupNormalization({ groups: 4 }), [[3, 6]], "groups", /divide the 6 channels/],
    ["more groups than channels", l.groupNormalization(), [[3, 6]], "groups", /divide the 6 channels of the axis, found 32/],
    ["a scale that does not fit where Keras lays it", l.rmsNormalization({ axis: 1 }), [[3, 4]], "axis", /lays it against the last axes/],
    ["the batch as an axis", l.unitNormalization({ axis: 0 }), [[3, 4]], "axis", /0 is the batch/],
    ["bounds the wrong way round", l.batchNormalization({ renorm: true, renormClipping: { rmin: 2, rmax: 1 } }), [[3]], "renormClipping.rmax", /from rmin on/],
    ["a negative bound", l.batchNormalization({ renorm: true, renormClipping: { dmax: -1 } }), [[3]], "renormClipping.dmax", /from 0 on/],
    ["deviations that begin nowhere", l.batchNormalization({ renorm: true, movingVarianceInitializer: "random_uniform" }), [[3]], "movingVarianceInitializer", /one number everywhere/],
    ["a sequence for an image's dropout", l.spatialDropout2d({ rate: 0.5 }), [[4, 3]], "", /3 axes \(height, width, channels\)/],
    ["the way back from other rows", l.reversibleEmbedding({ inputDim: 5, outputDim: 3, reverse: true }), [[4]], "outputDim", /3 numbers along the last axis, found 4/],
    ["a noise shape of other sizes", l.alphaDropout({ rate: 0.5, noiseShape: [null, 2] }), [[3]], "noiseShape", /\[3\]/],
  ])("%s", (_what, line, shapes, path, message) => {
    const found = diagnosticOf(() => resolve(modelOf(line, shapes)));
    expect(found.path).toBe(path === "" ? "layers[0]" : `layers[0].${path}`);
    expect(found.message).toMatch(message);
    expect(found.hint).not.toBe("");
  }); // biome-ignore format: one table
});

describe("what a call says", () => {
  const table = l.reversibleEmbedding({ name: "table", inputs: ["ids"], inputDim: 5, outputDim: 3 });
  const graph = (again: LayerSpec, first: LayerSpec = table): Model => ({
    name: "m",
    seed: 1,
    inputs: [{ name: "ids", shape: [4] }],
    outputs: ["back"],
    layers: [first, again],
  });

  it("reuse says it anew, with the same weights", () => {
    const { weights, predict } = resolve(graph(reuse("table", { name: "back", inputs: ["table"], reverse: true })));
    expect(predict.outputs[0].shape).toEqual([4, 5]);
    expect(weights.map(({ name }) => name)).toEqual(["table/embeddings"]);
    expect(predict.inputs[0].range).toEqual({ below: 5 });
  });

  it("no other key, of no other layer, and no other type", () => {
    expect(diagnosticOf(() => reuse("table", { inputDim: 6 }))).toMatchObject({ code: "layer/config", path: "inputDim" });
    const of = (config: object): LayerSpec => ({
      name: "back",
      layer: "reuse",
      config: { of: "table", ...config },
      inputs: ["table"],
    });
    expect(diagnosticOf(() => resolve(graph(of({ inputDim: 6 }))))).toMatchObject({
      code: "layer/config",
      path: "layers[1].inputDim",
    });
    expect(diagnosticOf(() => resolve(graph(of({ reverse: 1 }))))).toMatchObject({
      code: "layer/config",
      path: "layers[1].reverse",
    });
    const dense = l.dense({ name: "table", inputs: ["ids"], units: 4 });
    expect(diagnosticOf(() => resolve(graph(of({ reverse: true }), dense)))).toMatchObject({
      code: "layer/config",
      path: "layers[1].reverse",
    });
  });
});

it("a name without one given is made of Keras' own class", () => {
  expect(resolve(modelOf(l.groupQueryAttention(groups), [[4, 3]])).weights[0].name).toBe("out/query_kernel");
  const line = l.groupQueryAttention({ ...groups, inputShape: [4, 3] });
  expect(resolve({ name: "m", seed: 1, layers: [line] }).weights[0].name).toBe("grouped_query_attention/query_kernel");
});

it("the kernel of an einsum is scaled by its own fans, not by those of a convolution", () => {
  const { weights } = resolve(modelOf(l.multiHeadAttention({ numHeads: 4, keyDim: 8 }), [[4, 32]]));
  const fansOf = (name: string) => weights.find((weight) => weight.name === `out/${name}`)?.spec.fans;
  expect(fansOf("query_kernel")).toEqual({ in: 32, out: 32 });
  expect(fansOf("output_kernel")).toEqual({ in: 32, out: 32 });
  const most = Math.max(...initialize("glorot_uniform", [32, 4, 8], 1, "w", fansOf("query_kernel")).map(Math.abs));
  const limit = Math.sqrt(6 / 64);
  expect(most).toBeGreaterThan(0.9 * limit);
  expect(most).toBeLessThanOrEqual(limit);
});
