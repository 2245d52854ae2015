// The text of a Graph as a file of a model: when it is taken for one, and what becomes of it in the formats that save.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import type { Model } from "../../compiler/model.ts";
import { open, save, saveJson } from "../../src/formats/index.ts";
import { type Kind, kinds } from "../../src/formats/kinds.ts";
import { dense, sequential } from "../../src/sequential.ts";
import { fixtures } from "../fixtures/read.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = 'graph "a b"\n  %0 = input {name: "x", shape: [n, 2]}\nresults\n  y = %0\nend\n';
const model: Model = { name: "a b", seed: 0, layers: [], graph: text };

describe("the text of a Graph", () => {
  it.each<[what: string, given: Uint8Array, name?: string]>([
    ["as printGraph writes it", bytes(text)],
    ["behind white space", bytes(`\r\n\t ${text}`)],
    ["behind a byte order mark", bytes(`\ufeff${text}`)],
    ["behind comments", bytes(`# one {\n  # two\n${text}`)],
    ["of a file that is named so", bytes(text), "model.graph"],
  ])("opens %s", (_, given, name) => {
    const opened = open(given, name);
    expect({ ...opened, graph: text }).toEqual(model);
    expect(resolve(opened).predict.inputs).toEqual([{ name: "x", shape: [2] }]);
  });

  it.each<[given: string, code: string, name?: string]>([
    ["graphs of functions", "format/unknown"],
    ["graph_1 %0", "format/unknown"],
    ["# a comment, and no more", "format/unknown"],
    ["gra", "format/unknown"],
    ["graph", "ir/parse"],
    ["graph g results", "ir/parse"],
    ["", "ir/parse", "model.graph"],
    ["{}", "format/spec", "model.graph"],
  ])("is not %j", (given, code, name) => {
    let found: unknown;
    try {
      found = open(bytes(given), name);
    } catch (error) {
      found = error instanceof CompileError ? error.code : error;
    }
    expect(found).toBe(code);
  });

  it("is a part of a spec, and has its weights in a file", () => {
    expect(open(bytes(saveJson(model)))).toEqual(model);
    const layered = resolve(sequential([dense({ units: 3, inputShape: [2] })], { seed: 4 }));
    const whole: Model = { ...model, graph: printGraph(layered.predict.graph), weights: layered.initialWeights() };
    const again = open(save(whole));
    expect({ ...again, weights: { ...again.weights } }).toEqual(whole);
    expect(save(again)).toEqual(save(whole));
  });
});

it("a file is of one format, but for its name", () => {
  const keras = readFileSync(join(fixtures, "layers/dense-relu.keras"));
  const samples = [save({ ...model, name: "s" }), bytes(saveJson(model)), bytes(text), keras];
  const names = samples.map((sample) =>
    Object.values<Kind>(kinds)
      .filter(({ sniff }) => sniff(sample, ""))
      .map(({ name }) => name),
  );
  expect(names).toEqual([
    [".safetensors files that it saved"],
    ["a spec as JSON"],
    ["the text of a Graph"],
    [".keras files of Keras 3"],
  ]);
});
