// Layers that encode, and layers that give words: what they refuse, on every executor alike, and how words leave a model.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { load } from "../../runtime/load.ts";
import * as l from "../../src/sequential.ts";
import { executors } from "../executors.ts";
import type { Given } from "../ports.ts";
import { errorOf } from "../support/error.ts";

type Line = ReturnType<typeof l.hashing>;
const texts = (line: Line, shape = [1]) => l.sequential([l.input({ shape, dtype: "string" }), line]);
const numbers = (line: Line, shape = [1]) => l.sequential([l.input({ shape }), line]);
const given = (items: readonly unknown[]) => items as unknown as Given;

describe.each(executors)("on $name", ({ predict }) => {
  const found = (...call: Parameters<typeof predict>) => Array.from(predict(...call));
  it("what no vocabulary holds is refused where nothing stands for it", () => {
    const strict = texts(l.stringLookup({ vocabulary: ["u", "v"], numOovIndices: 0, maskToken: "" }));
    expect([...found(strict, given(["v", "", "u"]), 3)]).toEqual([2, 0, 1]);
    expect(() => predict(strict, given(["u", "w"]), 2)).toThrow(RangeError);
    expect(() => predict(strict, given(["u", "w"]), 2)).toThrow(/wanted one of , u, v/);
    const other = numbers(l.integerLookup({ vocabulary: [7, -3], numOovIndices: 0 }));
    expect([...found(other, [-3, 7], 2)]).toEqual([1, 0]);
    expect(() => predict(other, [7, 8], 2)).toThrow(/wanted one of 7, -3/);
  });
  it("no class has a 1 nowhere, and a mask is no class", () => {
    const one = texts(l.stringLookup({ vocabulary: ["u"], maskToken: "", outputMode: "one_hot" }));
    expect([...found(one, given(["", "u", "x"]), 3)]).toEqual([0, 0, 0, 1, 1, 0]);
    const bounds = numbers(l.discretization({ binBoundaries: [0, 0.5], outputMode: "one_hot" }));
    expect([...found(bounds, [0, -1, Number.NaN], 3)]).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1]);
  });
  it("words leave a model as words, unknown ones as that token", () => {
    const model = numbers(l.stringLookup({ vocabulary: ["u", "__proto__"], invert: true, maskToken: "-" }), [2]);
    expect([...found(model, [0, 1, 2, 3, 4, -1, 1.5, Number.NaN], 4)]).toEqual([
      "-",
      "[UNK]",
      "u",
      "__proto__",
      "[UNK]",
      "[UNK]",
      "[UNK]",
      "[UNK]",
    ]);
    const back = numbers(l.integerLookup({ vocabulary: [10, -3], invert: true, oovToken: -9 }));
    expect([...found(back, [0, 1, 2, 3, -1, Number.NaN], 6)].slice(0, 5)).toEqual([-9, 10, -3, -9, -9]);
  });
});

describe("words as an output", () => {
  const model = l.model({
    inputs: { x: [3] },
    outputs: { label: "label", scores: "scores" },
    layers: [
      l.dense({ name: "scores", units: 2, inputs: ["x"] }),
      l.rescaling({ name: "id", scale: [1, 0], inputs: ["scores"] }),
      l.stringLookup({ name: "label", vocabulary: ["no", "yes"], invert: true, inputs: ["id"] }),
    ],
  });
  it("are arrays, given or new", () => {
    const module = load<{ predict(x: unknown, out?: unknown): { label: string[]; scores: Float32Array }; selfTest(): number }>(
      compile(model),
    );
    const x = [0, 0, 0, 1, 2, 3];
    const { label, scores } = module.predict(x);
    expect([label.length, scores.length]).toEqual([4, 4]);
    const out = { label: ["old", "older", "x", "y", "z"] };
    expect(module.predict(x, out)).toEqual({ label });
    expect(module.predict(x, { scores: new Float32Array(4) })).toEqual({ scores });
    expect(() => module.predict(x, { label: new Float32Array(4) })).toThrow("out.label: wanted an Array, got Float32Array");
    expect(() => module.selfTest()).not.toThrow();
    expect(compile(model).declarations).toContain("label: string[]");
  });
  it("stand at the end only, and have no loss", () => {
    const words = l.stringLookup({ vocabulary: ["u"], invert: true });
    const after = errorOf(() => resolve(l.sequential([l.input({ shape: [1] }), words, l.dense({ units: 1 })])));
    expect(after).toMatchObject({ code: "layer/config", path: "layers[2]" });
    const trained = l.sequential([l.input({ shape: [1] }), words], { training: { loss: "mse", optimizer: "sgd" } });
    expect(errorOf(() => compile(trained, { train: true }))).toMatchObject({ code: "training/spec" });
  });
});

describe("are refused by name", () => {
  const wide = ["u", "v"];
  const cases: readonly (readonly [string, () => unknown, Partial<CompileError> & { message?: unknown }])[] = [
    ["a layer without a vocabulary", () => texts(l.stringLookup()), { code: "layer/config", path: "layers[1].vocabulary" }],
    ["a word twice", () => texts(l.stringLookup({ vocabulary: ["u", "u"] })), { path: "layers[1].vocabulary[1]" }],
    ["a mask that is a word", () => texts(l.stringLookup({ vocabulary: ["u", "v"], maskToken: "v" })), { path: "layers[1].vocabulary[1]" }],
    ["an unknown token that is a word, where words are given back", () => numbers(l.stringLookup({ vocabulary: ["u", "[UNK]"], invert: true })), { path: "layers[1].vocabulary[1]" }],
    ["more words than maxTokens", () => texts(l.stringLookup({ vocabulary: wide, maxTokens: 2 })), { path: "layers[1].vocabulary" }],
    ["padding to nothing", () => texts(l.stringLookup({ vocabulary: wide, padToMaxTokens: true })), { path: "layers[1].maxTokens" }],
    ["tf-idf without weights", () => texts(l.stringLookup({ vocabulary: wide, outputMode: "tf_idf" })), { path: "layers[1].idfWeights" }],
    ["weights without tf-idf", () => texts(l.stringLookup({ vocabulary: wide, idfWeights: [1, 2] })), { path: "layers[1].idfWeights" }],
    ["numbers for words", () => numbers(l.stringLookup({ vocabulary: wide })), { path: "layers[1]" }],
    ["texts for numbers", () => texts(l.integerLookup({ vocabulary: [1] })), { path: "layers[1]" }],
    ["texts for a net", () => texts(l.dense({ units: 1 })), { path: "layers[1]" }],
    ["what a layer computes", () => l.sequential([l.input({ shape: [1] }), l.dense({ units: 1 }), l.hashing({ numBins: 3 })]), { path: "layers[2]" }],
    ["a salt without farmhash", () => numbers(l.integerLookup({ vocabulary: [1], salt: 3 })), { path: "layers[1].salt" }],
    ["a mask of another kind", () => texts(l.hashing({ numBins: 3, maskValue: 1 })), { path: "layers[1].maskValue" }],
    ["a crossing of several columns", () => l.model({ inputs: { a: [2], b: [2] }, layers: [l.hashedCrossing({ numBins: 3, inputs: ["a", "b"] })] }), { path: "layers[0]", code: "shape/mismatch" }],
    ["lines of open length", () => texts(l.textVectorization({ vocabulary: wide })), { path: "layers[1].outputSequenceLength" }],
    ["a length for counts", () => texts(l.textVectorization({ vocabulary: wide, outputMode: "count", outputSequenceLength: 3 })), { path: "layers[1].outputSequenceLength" }],
    ["several texts to split", () => texts(l.textVectorization({ vocabulary: wide, outputSequenceLength: 3 }), [2]), { code: "shape/mismatch" }],
    ["boundaries that fall", () => numbers(l.discretization({ binBoundaries: [1, 0] })), { path: "layers[1].binBoundaries[1]" }],
    ["classes without boundaries", () => numbers(l.discretization({ numBins: 3 })), { path: "layers[1].binBoundaries" }],
    ["weights of what is not counted", () => l.model({ inputs: { a: [2], b: [2] }, layers: [l.categoryEncoding({ numTokens: 3, inputs: ["a", "b"] })] }), { path: "layers[0].outputMode" }],
    ["weights of another shape", () => l.model({ inputs: { a: [2], b: [3] }, layers: [l.categoryEncoding({ numTokens: 3, outputMode: "count", inputs: ["a", "b"] })] }), { code: "shape/mismatch" }],
    ["a bag of one value", () => numbers(l.categoryEncoding({ numTokens: 3 }), []), { path: "layers[1].outputMode", code: "shape/rank" }],
    ["a frame longer than the sound", () => numbers(l.stftSpectrogram({ frameLength: 9 }), [8, 1]), { path: "layers[1].frameLength", code: "shape/mismatch" }],
    ["frames with gaps", () => numbers(l.stftSpectrogram({ frameLength: 4, frameStep: 5 }), [8, 1]), { path: "layers[1].frameStep" }],
    ["a transform shorter than its frame", () => numbers(l.stftSpectrogram({ frameLength: 4, fftLength: 3 }), [8, 1]), { path: "layers[1].fftLength" }],
    ["a sound shorter than what is mirrored", () => numbers(l.melSpectrogram({ fftLength: 16 }), [8]), { path: "layers[1].fftLength", code: "shape/mismatch" }],
    ["bands without room", () => numbers(l.melSpectrogram({ fftLength: 8, minFreq: 8000 }), [16]), { path: "layers[1].minFreq" }],
  ]; // biome-ignore format: one table
  it.each(cases)("%s", (_, make, wanted) => {
    expect(errorOf(() => resolve(make() as Parameters<typeof resolve>[0]))).toMatchObject(wanted);
  });
});
