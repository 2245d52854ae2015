// What layers take from data: vocabularies, weights of tf-idf, boundaries. The numbers are those of Keras 3.15.
import { describe, expect, it } from "vitest";
import { compile } from "../compiler/compile.ts";
import { load } from "../runtime/load.ts";
import { quantiles } from "../src/quantiles.ts";
import * as l from "../src/sequential.ts";
import { expectClose } from "./close.ts";
import { standard } from "./exemptions.ts";
import { errorOf } from "./support/error.ts";

const configOf = (model: ReturnType<typeof l.sequential>) => model.layers[0].config as Readonly<Record<string, unknown>>;
const adapted = (line: ReturnType<typeof l.hashing>, samples: Parameters<typeof l.adapt>[2]) =>
  configOf(l.adapt(l.sequential([line]), 0, samples));

describe("a vocabulary", () => {
  it("holds the most frequent words first, of equally frequent ones the last first, special ones apart", () => {
    const data = [
      ["b", "a"],
      ["[UNK]", "a"],
      ["c", "\ud83d\udc08"],
      ["\uffee", "__proto__"],
    ];
    expect(adapted(l.stringLookup({ inputShape: [2] }), data).vocabulary).toEqual([
      "a",
      "\ud83d\udc08",
      "\uffee",
      "c",
      "b",
      "__proto__",
    ]);
    expect(adapted(l.stringLookup({ inputShape: [2], maxTokens: 3, maskToken: "a" }), data).vocabulary).toEqual(["\ud83d\udc08"]);
    expect(
      adapted(l.integerLookup({ inputShape: [2], maxTokens: 4 }), [
        [10, -3],
        [7, -3],
        [-1, 9],
      ]).vocabulary,
    ).toEqual([-3, 10, 9]);
  });
  it("of texts is that of their words, by their weights", () => {
    const line = l.textVectorization({ inputShape: [1], outputMode: "tf_idf", ngrams: 2 });
    const model = l.adapt(l.sequential([line]), 0, ["The cat sat.", "the CAT", "a dog"]);
    const { vocabulary, idfWeights } = configOf(model) as { vocabulary: string[]; idfWeights: number[] };
    expect(vocabulary).toEqual(["the cat", "the", "cat", "sat", "dog", "cat sat", "a dog", "a"]);
    const weight = (within: number) => Math.fround(Math.log(1 + 3 / (1 + within)));
    const wanted = vocabulary.map((_, i) => weight(i < 3 ? 2 : 1));
    expectClose(idfWeights, wanted, standard.layers, "weights");
    const y = load<{ predict(x: unknown): Float32Array }>(compile(model)).predict(["the the dog", ""]);
    expectClose([y[2]], [2 * weight(2)], standard.layers, "the");
    expect([...y.slice(9)]).toEqual(new Array(9).fill(0));
  });
  it("needs something in the data, of the right kind and shape", () => {
    const lookup = () => l.stringLookup({ inputShape: [2] });
    expect(errorOf(() => adapted(lookup(), [["[UNK]", "[UNK]"]]))).toMatchObject({ code: "data/values", path: "layers[0]" });
    expect(errorOf(() => adapted(lookup(), [["a"]]))).toMatchObject({ path: "layers[0]" });
    expect(errorOf(() => adapted(lookup(), [1, 2]))).toMatchObject({ path: "layers[0]" });
    expect(errorOf(() => adapted(l.integerLookup({ inputShape: [1] }), [Number.NaN]))).toMatchObject({ code: "data/values" });
    expect(errorOf(() => adapted(l.hashing({ numBins: 3, inputShape: [1] }), [1])).message).toMatch(
      /only normalization, .* adapt to data/,
    );
  });
});

describe("boundaries", () => {
  it("part the data into classes of equal size, to the bits of Keras", () => {
    const wave = (n: number) => Array.from({ length: n }, (_, i) => Math.fround(((i * 37) % 101) / 8 - 6));
    for (const [n, bins, epsilon, wanted] of [
      [5, 3, 0.01, [-5.166666507720947, -0.958333432674408]],
      [101, 4, 0.01, [-2.9687485694885254, 0.1875077188014984, 3.3437564373016357]],
      [
        250,
        7,
        0.01,
        [-4.348214149475098, -2.5357131958007812, -0.6785693168640137, 1.0535733699798584, 2.9107143878936768, 4.723214149475098],
      ],
      [1000, 5, 0.1, [-3.499999761581421, -0.999999463558197, 1.5000009536743164, 4.000000476837158]],
    ] as const)
      expect(quantiles(wave(n), bins, epsilon)).toEqual(wanted);
  });
  it("go into the layer, which numBins allows", () => {
    const found = adapted(l.discretization({ numBins: 2, inputShape: [1] }), [1, 2, 3, 4]);
    expect(found.binBoundaries).toEqual([2]);
    expect(errorOf(() => adapted(l.discretization({ binBoundaries: [0], inputShape: [1] }), [1]))).toMatchObject({
      path: "layers[0].numBins",
    });
  });
});
