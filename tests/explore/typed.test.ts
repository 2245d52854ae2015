// A row that a reader types in. In: reports with their scripts, texts of rows. Out: the script gives the bits that the report has of the same row, and nearly its differences from
// doubles; what is no row is refused in words; a report says what it leaves out.
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { collectWith } from "../../src/explore/collect/index.ts";
import { type CallsHere, type Given, type Items, readInput, runRow, textOf } from "../../src/explore/page/typed.ts";
import type { Report, Typed } from "../../src/explore/report.ts";
import {
  conv2d,
  dense,
  embedding,
  flatten,
  hashedCrossing,
  hashing,
  integerLookup,
  model as net,
  sequential,
  stringLookup,
  textVectorization,
} from "../../src/index.ts";
import { near } from "../close.ts";
import { standard } from "../exemptions.ts";
import { cases, hostile } from "./models.ts";

/** What a page finds when the scripts of a report have run. */
const callsIn = ({ calls }: Report): CallsHere =>
  runInNewContext(`${calls}
({ floats: layercCalls, doubles: typeof layercDoubles === "undefined" ? layercCalls : layercDoubles })`);
const reportOf = (model: Model, options = {}): Report => collectWith(model, options, { typed: true }).report;

/** Two words, or numbers, through an encoder and a layer behind it; several ports each with one. */
const encoded = (encoder: ReturnType<typeof hashing>, ports = 1): Model =>
  net({
    inputs: Object.fromEntries(
      Array.from({ length: ports }, (_, i) => [`port${i}`, i === 0 ? { shape: [ports === 1 ? 2 : 1], type: "string" } : [1]]),
    ),
    layers: [
      { ...encoder, inputs: Array.from({ length: ports }, (_, i) => `port${i}`) },
      embedding({ inputDim: 40, outputDim: 3 }),
      flatten({}),
      dense({ units: 2, activation: "tanh" }),
    ],
  } as Parameters<typeof net>[0]);
const vocabulary = ["ash", hostile];
/** A kind of encoder each, then models of numbers. */
const nets: Readonly<Record<string, { readonly model: Model; readonly options?: OptionsInput }>> = {
  "a lookup": { model: encoded(stringLookup({ vocabulary })) },
  "a lookup of few rows more": { model: encoded(stringLookup({ vocabulary, numOovIndices: 3 })), options: { exact: true } },
  "a hash": { model: encoded(hashing({ numBins: 40, salt: 3 })) },
  "a crossing": { model: encoded(hashedCrossing({ numBins: 40 }), 2) },
  "words of a text": { model: encoded(textVectorization({ vocabulary, split: null, outputSequenceLength: 2 })) },
  "whole numbers": {
    model: sequential([integerLookup({ vocabulary: [5, 2 ** 40], inputShape: [2] }), embedding({ inputDim: 3, outputDim: 2 })]),
  },
  ...Object.fromEntries(
    ["seed", "convolutional", "recurrent", "streamed", "branching", "shared"].map((name) => [name, cases[name]]),
  ),
};

describe.each(Object.entries(nets))("a golden row of %s, typed in", (_, { model, options }) => {
  it("gives every value to the bit, and its difference from doubles", () => {
    const report = reportOf(model, options);
    const typed = report.typed as Typed;
    expect(report.without).toEqual({});
    // A script in a page must not end it.
    expect(report.calls).not.toMatch(/<\/script|<!--/i);
    for (const { input, rows } of report.activations) {
      const row = typed.inputs.map((port, i) => readInput(textOf(input[i], port), port) as Items);
      const given = new Map((runRow(typed, callsIn(report), row) as readonly Given[]).map((one) => [one.name, one]));
      expect(given.size).toBeGreaterThanOrEqual(rows.length);
      for (const { name: region, thing, shape, values, least, most, error } of rows) {
        const found = given.get(region);
        expect(found).toMatchObject({ thing, shape, values, least, most });
        near(found?.error ?? Number.NaN, error, standard.typed);
      }
    }
  });
});

describe("a row", () => {
  const port = { name: "x", shape: [2, 2] };
  const ids = { name: "words", shape: [2], below: 7 };
  it.each([
    ["1 2\n3,4", port, [1, 2, 3, 4]],
    ["[[1, -2.5], [3e-2, .5]]", port, [1, -2.5, 0.03, 0.5]],
    ["0; 6", ids, [0, 6]],
  ])("%j is read", (text, input, wanted) => {
    expect(readInput(text, input)).toEqual(Float32Array.from(wanted));
  });
  const one = { name: "said", shape: [1], items: "texts" } as const;
  const two = { name: "trees", shape: [2], items: "texts" } as const;
  it.each([
    ["a good, long film", one, ["a good, long film"]],
    ["", one, [""]],
    ["one\ntwo", one, ["one\ntwo"]],
    ['["[1]"]', one, ["[1]"]],
    ["[1]", one, ["[1]"]],
    ["ash\nbirch\n", two, ["ash", "birch"]],
    ['[["ash"], ["b\\nc"]]', two, ["ash", "b\nc"]],
  ] as const)("%j is read as texts", (text, input, wanted) => {
    expect(readInput(text, input)).toEqual(wanted);
    expect(readInput(textOf(wanted, input), input)).toEqual(wanted);
  });
  it.each([
    ["", port, "x: wanted 4 numbers, got 0"],
    ["1 2 3 4 5", port, "x: wanted 4 numbers, got 5"],
    ["1 2 three 4", port, 'x, place 2: "three" is no number'],
    ["1 2 NaN 4", port, 'x, place 2: "NaN" is no number'],
    ["1 2 3 Infinity", port, "x, place 3: Infinity is beyond float32"],
    ["1 1e39 3 4", port, "x, place 1: 1e39 is beyond float32"],
    ["ash", { ...ids, items: "texts" } as const, "words: wanted 2 texts, one a line, got 1"],
    ["1e17 1", { name: "n", shape: [2], items: "wholes" } as const, "n, place 0: 1e17 is beyond the whole numbers"],
    ["1 7", ids, "words, place 1: wanted a whole number from 0 to 6, got 7"],
    ["1.5 0", ids, "words, place 0: wanted a whole number from 0 to 6, got 1.5"],
  ])("%j is refused", (text, input, wanted) => {
    expect(readInput(text, input)).toBe(wanted);
  });
});

it("a text that an encoder does not take is refused with its own words", () => {
  const report = reportOf(encoded(stringLookup({ vocabulary, numOovIndices: 0 })));
  expect(runRow(report.typed as Typed, callsIn(report), [["ash", "birch"]])).toMatch(
    /^x: row 0, place 1: wanted .*, got "birch"$/s,
  );
});

it("a row of much work has its first numbers, and none that are worked out; a net as large as those of MNIST is typed in", () => {
  const mnist = sequential([
    conv2d({ filters: 16, kernelSize: 3, activation: "relu", inputShape: [28, 28, 1] }),
    conv2d({ filters: 16, kernelSize: 3, activation: "relu" }),
    flatten({}),
    dense({ units: 100 }),
  ]);
  const report = reportOf(mnist, { selfTest: false });
  const { activations, typed, without, facts } = report;
  expect([activations, without]).toEqual([
    [],
    { activations: `a row takes ${facts.multiplyAdds} multiply-adds, and at most 2097152 are worked out here` },
  ]);
  const [first] = typed?.first ?? [];
  expect(first).toHaveLength(784);
  const rows = runRow(typed as Typed, callsIn(report), [Float32Array.from(first as number[])]) as readonly Given[];
  // The last is what the module predicts.
  expect(rows.at(-1)?.values).toHaveLength(8);
  for (const { error } of rows) near(error ?? Number.NaN, 0, standard.layers);
});

it("very many weights stay where they are, and nobody types a large picture; both are said", () => {
  const wide = sequential([dense({ units: 1300, inputShape: [1300] })]);
  expect(reportOf(wide, { selfTest: false }).without?.typed).toBe(
    "its weights are 6765200 bytes, and a report carries 6291456 at most",
  );
  expect(reportOf(sequential([flatten({ inputShape: [96, 96, 3] }), dense({ units: 1 })])).without).toEqual({
    typed: "a row has 27648 numbers, and 16384 are typed at most",
  });
  const much = sequential([conv2d({ filters: 8, kernelSize: 3, padding: "same", inputShape: [64, 64, 8] })]);
  const { activations, without } = collectWith(much, { selfTest: false }, {}).report;
  expect(activations).toEqual([]);
  expect(without).toEqual({
    activations: "a row takes 2359296 multiply-adds, and at most 2097152 are worked out here",
    typed: "only a report that is a file carries weights",
  });
});
