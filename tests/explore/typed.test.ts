// A row that a reader types in. In: reports with their scripts, texts of rows. Out: the script gives the bits that the report has of the same row, and nearly its differences from
// doubles; what is no row is refused in words; a report says what it leaves out.
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { Model } from "../../compiler/model.ts";
import { collectWith } from "../../src/explore/collect/index.ts";
import { type CallsHere, readInput, runRow } from "../../src/explore/page/typed.ts";
import type { Report, Typed } from "../../src/explore/report.ts";
import { conv2d, dense, embedding, flatten, sequential, stringLookup } from "../../src/index.ts";
import { near } from "../close.ts";
import { standard } from "../exemptions.ts";
import { cases } from "./models.ts";

/** What a page finds when the scripts of a report have run. */
const callsIn = ({ calls }: Report): CallsHere =>
  runInNewContext(`${calls}
({ floats: layercCalls, doubles: typeof layercDoubles === "undefined" ? layercCalls : layercDoubles })`);
const reportOf = (model: Model, options = {}): Report => collectWith(model, options, { typed: true }).report;

describe.each(["seed", "convolutional", "recurrent", "streamed", "branching", "shared"])(
  "a golden row of %s, typed in",
  (name) => {
    it("gives every value to the bit, and its difference from doubles", () => {
      const { model, options } = cases[name];
      const report = reportOf(model, options);
      const typed = report.typed as Typed;
      expect(report.without).toEqual({});
      for (const { input, rows } of report.activations) {
        const row = typed.inputs.map((port, i) => readInput(`[${input[i].join(", ")}]`, port) as Float32Array);
        const given = new Map(runRow(typed, callsIn(report), row).map((one) => [one.name, one]));
        expect(given.size).toBeGreaterThanOrEqual(rows.length);
        for (const { name: region, thing, shape, values, least, most, error } of rows) {
          const found = given.get(region);
          expect(found).toMatchObject({ thing, shape, values, least, most });
          near(found?.error ?? Number.NaN, error, standard.typed);
        }
      }
    });
  },
);

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
  it.each([
    ["", port, "x: wanted 4 numbers, got 0"],
    ["1 2 3 4 5", port, "x: wanted 4 numbers, got 5"],
    ["1 2 three 4", port, 'x, place 2: "three" is no number'],
    ["1 2 NaN 4", port, 'x, place 2: "NaN" is no number'],
    ["1 2 3 Infinity", port, "x, place 3: Infinity is beyond float32"],
    ["1 1e39 3 4", port, "x, place 1: 1e39 is beyond float32"],
    ["1 7", ids, "words, place 1: wanted a whole number from 0 to 6, got 7"],
    ["1.5 0", ids, "words, place 0: wanted a whole number from 0 to 6, got 1.5"],
  ])("%j is refused", (text, input, wanted) => {
    expect(readInput(text, input)).toBe(wanted);
  });
});

it("texts have golden rows, and are not typed in", () => {
  const net = sequential([
    stringLookup({ vocabulary: ["ash", "birch"], inputShape: [2] }),
    embedding({ inputDim: 4, outputDim: 3 }),
    flatten({}),
    dense({ units: 2 }),
  ]);
  const { activations, typed, without } = reportOf(net);
  expect(without).toEqual({ typed: "the model takes texts or codes, which its module encodes" });
  expect(typed).toBeUndefined();
  expect(activations.map(({ input }) => input[0].length)).toEqual([2, 2]);
  expect(activations[0].input[0].every((item) => typeof item === "string")).toBe(true);
  for (const { rows } of activations) near(rows.at(-1)?.error ?? Number.NaN, 0, standard.layers);
});

it("many weights stay where they are, and a row of much work is not worked out; both are said", () => {
  const wide = sequential([dense({ units: 150, inputShape: [150] })]);
  expect(reportOf(wide).without).toEqual({ typed: "its weights are 90600 bytes, and a report carries 65536 at most" });
  const much = sequential([conv2d({ filters: 8, kernelSize: 3, padding: "same", inputShape: [64, 64, 8] })]);
  const { activations, without } = collectWith(much, { selfTest: false }, {}).report;
  expect(activations).toEqual([]);
  expect(without).toEqual({
    activations: "a row takes 2359296 multiply-adds, and at most 2097152 are worked out here",
    typed: "only a report that is a file carries weights",
  });
});
