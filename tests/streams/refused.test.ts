// What no stream can be made of, by name and with a hint; what step, setState and the options refuse; and what a Keras file that asks for a
// stream gets where there can be none.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load } from "../../runtime/load.ts";
import * as l from "../../src/sequential.ts";
import { diagnosticOf } from "../support/error.ts";
import { streamer } from "./run.ts";

const over = (shape: readonly number[], ...[first, ...rest]: readonly LayerSpec[]): Model =>
  l.sequential([{ ...first, config: { ...first.config, inputShape: shape } }, ...rest]);
const dense = l.dense({ units: 2 });
const ahead: readonly (readonly [what: string, model: Model, path: string, says: string])[] = [
  ["bidirectional", over([6, 2], l.bidirectional({ layer: l.lstm({ units: 2 }) })), "layers[0]", 'bidirectional "bidirectional" takes no sequence in chunks: its backward layer begins with the last step'],
  ["goBackwards", over([6, 2], dense, l.gru({ units: 2, goBackwards: true })), "layers[1]", "it begins with the last step"],
  ["same in time", over([6, 2], l.conv1d({ filters: 2, kernelSize: 3, padding: "same" })), "layers[0]", "its windows reach into later steps"],
  ["valid in time", over([6, 2], l.conv1d({ filters: 2, kernelSize: 3 })), "layers[0]", "its windows reach into later steps"],
  ["windows that overlap", over([6, 2], l.maxPooling1d({ poolSize: 3, strides: 2 })), "layers[0]", "its windows reach into later steps"],
  ["global pooling", over([6, 2], l.globalAveragePooling1d()), "layers[0]", "it looks at all steps at once"],
  ["attention", l.model({ inputs: { a: [6, 4] }, layers: [l.multiHeadAttention({ name: "m", inputs: ["a", "a"], numHeads: 1, keyDim: 2 })], outputs: "m" }), "layers[0]", "it looks at all steps at once"],
  ["flatten", over([6, 2], dense, l.flatten()), "layers[1]", "it looks at all steps at once"],
  ["dense over time itself", over([6], dense), "layers[0]", "it works along time"],
  ["softmax along time", over([6, 2], l.softmax({ axis: 1 })), "layers[0]", "it works along time"],
  ["a running sum along time", over([6, 2], l.along({ op: "cumsum", axis: 1 })), "layers[0]", "it works along time"],
  ["a part of the sequence that is as long as a chunk", over([6, 2], l.slice({ at: [{ stop: 1 }] })), "layers[0]", "it takes a part of the sequence"],
  ["numbers for every step", over([6, 2], l.elementwise({ op: "add", constants: [null, { shape: [6, 1], values: [1, 2, 3, 4, 5, 6] }] })), "layers[0]", "it has a number for every step"],
  ["layerNormalization over all", over([6, 2], l.layerNormalization({ axis: [1, 2] })), "layers[0]", "it works along time"],
  ["a weight for every step", over([6, 2], l.prelu()), "layers[0]", "it has a weight for every step"],
  ["channels first", over([6, 2, 3], l.conv2d({ filters: 2, kernelSize: 1, dataFormat: "channels_first" })), "layers[0]", "the first axis of its input is channels"],
  ["zeros in time", over([6, 2], l.zeroPadding1d()), "layers[0]", "it makes the sequence longer or shorter"],
  ["time to another axis", over([6, 2], l.permute({ dims: [2, 1] })), "layers[0]", "it moves time to another axis"],
  ["a shape that is all numbers", over([6, 2], l.reshape({ targetShape: [6, 1, 2] })), "layers[0]", "its shape does not say what is time"],
  ["a layer within another", over([6, 2], l.spectralNormalization({ layer: l.conv1d({ filters: 2, kernelSize: 3 }) })), "layers[0].layer", "its windows reach into later steps"],
  ["a number for each sample", over([], l.identity()), "", "is a single number"],
  ["texts", l.sequential([l.input({ shape: [4], dtype: "string" }), l.stringLookup({ vocabulary: ["a"] }), l.embedding({ inputDim: 3, outputDim: 2 })]), "", "holds text"],
  ["sequences of other lengths", l.model({ inputs: { a: [6, 2], b: [5, 2] }, layers: [l.dense({ name: "p", inputs: ["a"], units: 1 }), l.dense({ name: "q", inputs: ["b"], units: 1 })], outputs: ["p", "q"] }), "inputs[1]", 'found 6 steps of "a" and 5 of "b"'],
  ["a sequence beside the last step", l.model({ inputs: { a: [6, 2] }, layers: [l.lstm({ name: "s", inputs: ["a"], units: 2 }), l.add({ name: "sum", inputs: ["a", "s"] })], outputs: "sum" }), "layers[1]", "one of its inputs is a sequence, another is not"],
  ["a state that another layer makes", l.model({ inputs: { a: [6, 2] }, layers: [l.gru({ name: "s", inputs: ["a"], units: 2, returnSequences: true, returnState: true }), l.gru({ name: "t", inputs: ["s", "s:1"], units: 2 })], outputs: "t" }), "layers[1]", "one of its inputs is a sequence, another is not"],
]; // biome-ignore format: a table

describe("a layer that looks ahead", () => {
  it.each(ahead)("%s", (_what, model, path, says) => {
    const { code, path: at, message, hint } = diagnosticOf(() => compile(model, { stream: true }));
    expect([code, at]).toEqual(["stream/refused", path]);
    expect(message).toContain(says);
    expect(hint).toBeTruthy();
    // predict does not mind.
    expect(compile(model, { selfTest: false }).code).not.toContain("function step(");
  });
});

describe("chunks", () => {
  const strided = over(
    [8, 2],
    l.conv1d({ filters: 2, kernelSize: 3, strides: 2, padding: "causal" }),
    l.maxPooling1d({ poolSize: 2 }),
  );
  const given: readonly (readonly [what: string, model: Model, options: OptionsInput, path: string, says: string])[] = [
    ["one that a stride does not divide", strided, { stream: true, chunk: 3 }, "layers[0]", "its stride of 2 does not divide a chunk of 3"],
    ["one that a later stride does not divide", strided, { stream: true, chunk: 2 }, "layers[1]", "its stride of 2 does not divide a chunk of 1"],
    ["one without a stream", strided, { chunk: 4 }, "chunk", "no stream is asked for"],
    ["none", strided, { stream: true, chunk: 0 }, "chunk", ""],
    ["half a step", strided, { stream: true, chunk: 1.5 }, "chunk", ""],
  ]; // biome-ignore format: a table
  it.each(given)("%s", (_what, model, options, path, says) => {
    const { path: at, message } = diagnosticOf(() => compile(model, options));
    expect(at).toBe(path);
    expect(message).toContain(says);
  });
  it("of one that all strides divide the outputs are as many as in predict", () => {
    expect(
      resolve(strided)
        .stream(4)
        .outputs.map(({ shape }) => shape),
    ).toEqual([[1, 2]]);
    expect(streamer(strided, { chunk: 4, target: "js" }).stepInputs).toEqual({ x: [4, 2] });
  });
});

it("a stateful layer asks for a stream by itself, and where there can be none it is a warning", () => {
  const stateful = over([4, 2], l.lstm({ units: 2, stateful: true }));
  expect(Object.keys(load(compile(stateful)))).toContain("step");
  expect(Object.keys(load(compile(stateful, { stream: false })))).not.toContain("step");
  const both = over([4, 2], l.bidirectional({ layer: l.lstm({ units: 2, stateful: true }) }));
  const { warnings, code } = compile(both);
  expect(warnings.map((one) => one.code)).toContain("stream/refused");
  expect(code).not.toContain("function step(");
  expect(diagnosticOf(() => compile(both, { stream: true })).code).toBe("stream/refused");
});

describe("what a step is given", () => {
  const model = over([6, 2], l.gru({ units: 3, returnSequences: true }));
  const one = streamer(model, { chunk: 2, target: "js" });
  const bad: readonly (readonly [unknown, unknown, string])[] = [
    [[1, 2, 3], undefined, "x: row 0, place 0: wanted 4 numbers, got 3"],
    [[1, 2, 3, 4, 5, 6, 7, 8], undefined, "x: row 0, place 0: wanted 4 numbers, got 8"],
    [new Float32Array(8), undefined, "x: row 0, place 0: wanted 4 numbers, got 8"],
    [new Float32Array(0), undefined, "x: row 0, place 0: wanted 4 numbers, got 0"],
    [[1, 2, 3, "4"], undefined, "x: row 0, place 3"],
    ["abcd", undefined, 'x: wanted 4 numbers, got "abcd"'],
    [null, undefined, "x: wanted 4 numbers, got Null"],
    [undefined, undefined, "x: wanted 4 numbers, got Undefined"],
    [new Float32Array(4), new Float32Array(5), "out: wanted 6 numbers, got 5"],
    [new Float32Array(4), [0, 0, 0, 0, 0, 0], "out: wanted a Float32Array, got Array"],
    [new Float32Array(4), null, "out: wanted a Float32Array, got Null"],
  ];
  it.each(bad)("refuses %j into %j, and the stream is as before", (x, out, message) => {
    one.reset();
    one.step(new Float32Array(4).fill(0.5));
    const before = one.getState();
    expect(() => one.step(x, out)).toThrow(message);
    expect(one.getState()).toEqual(before);
  });
  it("takes rows as predict does, and x and out may overlap", () => {
    one.reset();
    const wanted = Array.from(one.step(Float32Array.of(1, 2, 3, 4)) as Float32Array);
    for (const x of [[1, 2, 3, 4], [[1, 2], [3, 4]], [new Float32Array([1, 2]), [3, 4]]]) {
      one.reset();
      expect(Array.from(one.step(x) as Float32Array)).toEqual(wanted);
    } // biome-ignore format: shapes
    const both = new Float32Array(6);
    both.set([1, 2, 3, 4], 2);
    one.reset();
    expect(Array.from(one.step(both.subarray(2), both) as Float32Array)).toEqual(wanted);
  });
  const states: readonly (readonly [unknown, string])[] = [
    [{}, 'state["gru/h"]: wanted 3 numbers, got Undefined'],
    [{ "gru/h": [1, 2] }, 'state["gru/h"]: row 0, place 0: wanted 3 numbers, got 2'],
    [{ "gru/h": [1, "2", 3] }, 'state["gru/h"]'],
    [{ "gru/h": [1, 2, 3], other: [1] }, 'there is no "other"'],
    [[1, 2, 3], "state: wanted an object by name"],
    [null, "state: wanted an object by name"],
  ];
  it.each(states)("refuses the state %j", (state, message) => {
    one.reset();
    one.step(new Float32Array(4).fill(0.5));
    const before = one.getState();
    expect(() => one.setState(state as object)).toThrow(message);
    expect(one.getState()).toEqual(before);
  });
});

it("a step allocates nothing", () => {
  const model = over(
    [64, 16],
    l.conv1d({ filters: 32, kernelSize: 3, dilationRate: 4, padding: "causal" }),
    l.lstm({ units: 32, returnSequences: true }),
  );
  const module = streamer(model, { target: "js" });
  const [x, out] = [new Float32Array(16), new Float32Array(32)];
  for (let i = 0; i < 2000; i++) module.step(x, out);
  const before = process.memoryUsage();
  for (let i = 0; i < 2000; i++) module.step(x, out);
  const after = process.memoryUsage();
  // An array a call would be 2,000 of them, each of 128 bytes and its header.
  expect(after.arrayBuffers - before.arrayBuffers).toBe(0);
  expect(module.step(x, out)).toBe(out);
});
