// The option `syntax`: the text of every module parses at its level, and computes there the bits it computes elsewhere, in an engine without anything
// that came after ES5; names that blocks had apart stay apart.
import { runInNewContext } from "node:vm";
import * as acorn from "acorn";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { emitModule } from "../../compiler/emit/module/module.ts";
import { features } from "../../compiler/emit/syntax/features.ts";
import { lowered } from "../../compiler/emit/syntax/lower.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load, type Predictor } from "../../runtime/load.ts";
import * as l from "../../src/sequential.ts";
import { inputsOf, targetsOf } from "../arbitrary/data.ts";
import { type Kind, type Sample, sampleOf } from "../arbitrary/models.ts";
import { bitsOf, type Data, driveHere } from "../support/drive.ts";
import { smallModels } from "../support/models.ts";
import { inOldEngine } from "../support/old-engine.ts";
import { type Emitted, loopConstants, loopNet, parts } from "./programs.ts";

const parse = (code: string, ecmaVersion: 5 | 6 | 2020, sourceType: "module" | "script" = "script") =>
  acorn.parse(code, { ecmaVersion, sourceType });
/** A text without the comment on top, which names the options. */
const body = (code: string): string => code.replace(/^(?:\/\/.*\n)+/, "");

describe("every module", () => {
  function compare({ model, options, ...sample }: Sample): void {
    const train = options.train === true;
    const rows = Math.min(sample.rows, 5);
    const whole = { model, options, ...sample };
    const x = inputsOf(whole, rows, false);
    const data: Data = {
      train,
      size: x.length / rows,
      inputs: [bitsOf(x)],
      targets: train ? bitsOf(targetsOf(whole, rows)) : [],
    };
    const asked: OptionsInput = { ...options, target: "js", weights: "inline", format: "iife", selfTest: true };
    const newest = compile(model, asked);
    parse(newest.code, 2020);
    // Nothing in a module is younger than ES2015: that level has the same text.
    parse(newest.code, 6);
    const { code } = compile(model, { ...asked, syntax: "es5" });
    parse(code, 5);
    const old = inOldEngine<Emitted>(code);
    // Lists of an engine without iterators.
    const listed = { ...old, getWeights: () => Array.from(old.getWeights(), (one) => Array.from(one)) };
    expect(driveHere(listed as unknown as Predictor, data)).toEqual(driveHere(load<Predictor>(newest), data));
    old.selfTest();
  }
  it.each<[Kind, boolean, number]>([
    ["dense", false, 3],
    ["probe", true, 2],
    ["time", true, 2],
  ])("%s, training %s: %i", (kind, train, numRuns) => {
    fc.assert(fc.property(sampleOf(kind, train), compare), { seed: 20261127, numRuns, endOnFailure: true });
  });
  it.each(smallModels)("$name", ({ model, options }) => {
    const train = model.training !== undefined;
    const stream = options?.stream === true;
    const { code } = compile(model, { ...options, target: "simd", train, syntax: "es5" });
    parse(code, 5);
    const old = inOldEngine<Predictor & { selfTest(): number; backend?: string }>(code);
    if (!stream)
      expect(old.selfTest()).toBe(
        load<Predictor & { selfTest(): number }>(compile(model, { ...options, target: "js", train })).selfTest(),
      );
    expect(old.backend ?? "js").toBe("js");
  });
  it("with texts, ports of any name, and weights beside it", () => {
    const model = l.model({
      inputs: [
        { name: "toString", shape: [1], type: "string" },
        { name: "constructor", shape: [2] },
      ],
      outputs: [
        { name: "valueOf", from: "d" },
        { name: "other", from: "words" },
      ],
      layers: [
        l.textVectorization({
          name: "words",
          inputs: ["toString"],
          vocabulary: ["red", "green", "__proto__"],
          outputSequenceLength: 4,
        }),
        l.dense({ name: "d", units: 2, inputs: ["constructor"] }),
      ],
    });
    const x = JSON.parse('{ "toString": ["red __proto__ é", "green"], "constructor": [[1, 2], [3, 4]] }');
    const [old, here] = [compile(model, { syntax: "es5", weights: "external" }), compile(model, { weights: "external" })];
    const made = inOldEngine<{ create(bytes: Uint8Array): Predictor; inputs: object }>(old.code);
    expect(Object.keys(made.inputs)).toEqual(["toString", "constructor"]);
    const shown = (out: unknown) =>
      JSON.stringify(Object.entries(out as object).map(([name, list]) => [name, Array.from(list as Float32Array)]));
    expect(shown(made.create(old.weights as Uint8Array).predict(x))).toBe(shown(load<Predictor>(here).predict(x)));
  });
});

describe("the forms of a level", () => {
  const net: Model = l.sequential([l.dense({ units: 80, inputShape: [64] })], { training: { loss: "mse", optimizer: "sgd" } });
  it("ES5 has no modules: without a format it is a script, and an ES module keeps its one export", () => {
    expect(compile(net, { syntax: "es5" }).manifest.options.format).toBe("iife");
    const { code, manifest } = compile(net, { syntax: "es5", format: "esm" });
    expect(manifest.options.format).toBe("esm");
    expect(code.match(/^export .*$/gm)?.length).toBe(1);
    parse(code.replace(/^export .*$/m, ""), 5);
    expect(load<Predictor>({ code }).predict(new Float32Array(64)).length).toBe(80);
  });
  it("es2015 is the text of es2020", () => {
    const [older, newer] = (["es2015", "es2020"] as const).map((syntax) => body(compile(net, { syntax, train: true }).code));
    expect(older).toBe(newer);
  });
  it("CommonJS", () => {
    const { code } = compile(net, { syntax: "es5", format: "cjs", train: true, weights: "external", target: "simd" });
    parse(code, 5);
    expect(code).toContain("\nmodule.exports = {");
  });
  it("where a float's high byte comes first, weights are what they were", () => {
    const { code } = compile(net, { syntax: "es5", target: "js" });
    expect(code).toContain("unpack(");
    const x = new Float32Array(64).fill(0.5);
    const found = inOldEngine<Emitted>(code, { bigEndian: true }).predict(x);
    expect(Array.from(found)).toEqual([...load<Predictor>({ code }).predict(x)]);
    // The other order is seen: bytes as they come would give other numbers.
    const blind = code.replace("new Uint8Array(new Float32Array([1]).buffer)[0]", "0");
    expect(Array.from(inOldEngine<Emitted>(blind, { bigEndian: true }).predict(x))).not.toEqual(Array.from(found));
  });
  it("programs written by hand", () => {
    const { code } = emitModule(parts(loopNet(), { syntax: "es5", format: "iife" }, { constants: loopConstants }));
    expect(Array.from(inOldEngine<Emitted>(code).predict([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))).toEqual([
      ...load<Emitted>(emitModule(parts(loopNet(), {}, { constants: loopConstants }))).predict([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ]);
  });
});

describe("names of blocks", () => {
  const value = (text: string): unknown =>
    JSON.parse(runInNewContext(`JSON.stringify((function () { "use strict"; ${text} })())`));
  it.each([
    ["a block hides a name of its function", "let a = 1; { let a = 2; a++; } return a;"],
    ["a block hides a parameter", "return ((a) => { { const a = 2; } return a; })(1);"],
    [
      "a block hides what lies around the function",
      "const a = 1; const f = (b) => { if (b) { const a = 5; return a; } return a; }; return [f(0), f(1)];",
    ],
    [
      "a function within sees what lies around",
      "const a = 1; const f = () => { const g = () => a; { const a = 2; return [g(), a]; } }; return f();",
    ],
    [
      "blocks side by side share a name",
      "const list = []; for (let i = 0; i < 2; i++) list.push(i); for (let i = 5; i < 7; i++) list.push(i); return list;",
    ],
    ["blocks side by side, one of which is kept", "let f; { const a = 1; f = () => a; } { const a = 2; return [f(), a]; }"],
    [
      "a loop begins anew",
      "const list = []; for (let i = 0; i < 3; i++) { let a; if (i === 1) a = i; list.push(a === undefined ? -1 : a); } return list;",
    ],
    ["a name that is taken already", "let a = 1, a_1 = 7; { const a = 2; a_1 += a; } return [a, a_1];"],
    [
      "a function that is called at once",
      "const list = []; for (let i = 0; i < 3; i++) [1, 2].forEach((one) => { list.push(one * i); }); return list;",
    ],
    ["a key that is not a use", "let a = 1; { const a = { a: 2 }; a.a++; return [a.a]; } return a;"],
    [
      "a label, and keys of a loop",
      "const list = []; a: for (const a in { x: 1, y: 2 }) { list.push(a); if (a === 'x') continue a; } return list;",
    ],
    ["what catch caught", "let error = 1; try { throw 2; } catch (error) { const list = [error]; return list; } return error;"],
    ["a long arrow", "const f = (a) => (b) => ({ a: a, ['b' + '']: b }); return f(1)(2);"],
    [
      "numbers are filled in",
      "const list = new Float32Array(4); list.fill(2, 1); list.subarray(2).fill(7, 0, 1); return [].slice.call(list, 0, 4);",
    ],
  ])("%s", (_, text) => {
    const whole = `var made = (() => { "use strict"; ${text} })();`;
    const code = lowered(whole, "script", "es5");
    parse(code, 5);
    expect(JSON.parse(runInNewContext(`${code} JSON.stringify(made)`))).toEqual(value(text));
  });
  it.each([
    ["keeps the variable i of a loop", "const list = []; for (let i = 0; i < 3; i++) list.push(() => i);"],
    [
      "keeps the variable a of a loop",
      "const list = []; for (let i = 0; i < 3; i++) { const a = i; const f = () => [1].map(() => a); list.push(f); }",
    ],
    ["a function in a block", "if (1) { function f() {} }"],
  ])("%s: a bug, and found", (message, text) => {
    expect(() => lowered(text, "script", "es5")).toThrow(message);
  });
  it("what no row knows is left for the judge", () => {
    expect(lowered("async () => 1 ** 2;", "script", "es5")).toContain("**");
    expect(features.every(({ since }) => since > 5)).toBe(true);
  });
});

it("what stands in for Math.fround and Math.imul has its bits", () => {
  const text = lowered("var made = [Math.fround, Math.imul];", "script", "es5");
  const [fround, imul] = runInNewContext(`delete Math.fround; delete Math.imul; ${text} made`) as ((...of: number[]) => number)[];
  fc.assert(
    fc.property(fc.double(), fc.integer(), fc.integer(), (x, a, b) => {
      expect(fround(x)).toBe(Math.fround(x));
      expect(imul(a, b)).toBe(Math.imul(a, b));
    }),
  );
});
