// Modules of several inputs and outputs, and of text: each form of a call against two modules of one input, whose numbers other tests
// hold. On straight lines, loops with a tile of rows, lanes and in training.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load } from "../../runtime/load.ts";
import { dense, embedding, flatten, model, reuse, sequential, stringLookup } from "../../src/sequential.ts";
import { expectClose, near } from "../close.ts";
import { standard } from "../exemptions.ts";

interface Module {
  predict(x: unknown, out?: unknown): Record<string, Float32Array> & Float32Array;
  trainStep(x: unknown, y: unknown, options?: unknown): number;
  evaluate(x: unknown, y: unknown, options?: unknown): Record<string, number>;
  resetMetrics(): void;
  getMetrics(): Record<string, number>;
  getWeights(): Float32Array[];
  getOptimizerState(): Record<string, Float32Array>;
  setOptimizerState(state: unknown): void;
  selfTest(): number;
}
const made = (source: Parameters<typeof compile>[0], options: OptionsInput = {}): Module & Record<string, unknown> =>
  load<Module & Record<string, unknown>>(compile(source, options));
const numbers = (length: number, from = 0): Float32Array =>
  Float32Array.from({ length }, (_, i) => (((i + from) * 7) % 31) / 8 - 2);

const width = 40;
const ports = model({
  inputs: { a: [2, 2], "the b": [width] },
  outputs: { p: "left", q: "right" },
  layers: [
    flatten({ inputs: ["a"] }),
    dense({ name: "left", units: 3, activation: "tanh" }),
    dense({ name: "hidden", units: width, activation: "relu", inputs: ["the b"] }),
    dense({ name: "right", units: 2, activation: "softmax" }),
  ],
  training: {
    loss: { p: "mse", q: "sparse_categorical_crossentropy" },
    lossWeights: { q: 0.5 },
    optimizer: { name: "adam", learningRate: 0.01 },
  },
});
const weights = (await import("../../compiler/front/steps.ts")).resolve(ports).initialWeights();
const only = (names: readonly string[]) =>
  Object.fromEntries(Object.entries(weights).filter(([name]) => names.includes(name.split("/")[0])));
const left = {
  ...sequential([flatten({ inputShape: [2, 2] }), dense({ name: "left", units: 3, activation: "tanh" })]),
  weights: only(["left"]),
};
const right = {
  ...sequential([
    dense({ name: "hidden", units: width, activation: "relu", inputShape: [width] }),
    dense({ name: "right", units: 2, activation: "softmax" }),
  ]),
  weights: only(["hidden", "right"]),
};

const all = [
  ["straight lines", { target: "js", unroll: 10_000 }],
  ["loops", { target: "js", unroll: 0 }],
  ["lanes", { target: "simd", unroll: 0 }],
  ["training", { train: true, target: "js", batch: 5 }],
] as const;

describe.each(all)("predict, %s", (_, options) => {
  const module = made(ports, options);
  // Lanes and loops may sum in other orders where a net is of another size.
  const close = (found: Float32Array, wanted: Float32Array): void => expectClose(found, wanted, standard.layers, "a port");
  const x = (rows: number) => ({ a: numbers(4 * rows), "the b": numbers(width * rows, 3) });

  it.each([0, 1, 2, 5, 9, 33])("of %i rows gives the numbers of one net each, by name", (rows) => {
    const given = x(rows);
    const found = module.predict(given);
    expect(Object.keys(found)).toEqual(["p", "q"]);
    close(found.p, made(left).predict(given.a));
    close(found.q, made(right).predict(given["the b"]));
    // Every row by itself.
    for (let row = 0; row < rows; row++) {
      const one = module.predict({
        a: given.a.slice(4 * row, 4 * row + 4),
        "the b": given["the b"].slice(width * row, width * (row + 1)),
      });
      close(one.p, found.p.slice(3 * row, 3 * row + 3));
    }
  });
  it("takes nested rows beside typed arrays, keys in any order", () => {
    const given = x(3);
    const nested = [0, 1, 2].map((row) => [0, 1].map((i) => [...given.a.slice(4 * row + 2 * i, 4 * row + 2 * i + 2)]));
    expect(module.predict({ "the b": given["the b"], a: nested })).toEqual(module.predict(given));
  });
  it("writes what `out` names and leaves the rest alone", () => {
    const given = x(3);
    const wanted = module.predict(given);
    const out = { q: new Float32Array(6) };
    expect(module.predict(given, out)).toBe(out);
    expect(out).toEqual({ q: wanted.q });
    expect(module.predict(given, {})).toEqual({});
  });
  it("reads all of a row before it writes one, where arrays are views of one buffer", () => {
    const given = x(5);
    const wanted = module.predict(given);
    const buffer = new Float32Array(5 * (4 + width));
    const b = buffer.subarray(0, 5 * width);
    b.set(given["the b"]);
    expect(
      module.predict({ a: given.a, "the b": b }, { p: buffer.subarray(0, 15), q: buffer.subarray(2 * width, 2 * width + 10) }),
    ).toEqual(wanted);
  });
  it("reads each property once", () => {
    let reads = 0;
    const given = x(2);
    const counted = Object.defineProperty({ "the b": given["the b"] }, "a", {
      enumerable: true,
      get: () => [given.a, reads++][0],
    });
    expect(module.predict(counted)).toEqual(module.predict(given));
    expect(reads).toBe(1);
  });
  it("passes its self test", () => expect(() => module.selfTest()).not.toThrow());

  const given = x(2);
  const bad: readonly (readonly [unknown, unknown, string])[] = [
    [[given.a, given["the b"]], undefined, "x: wanted an object by name, { a, the b }, got Array"],
    [given.a, undefined, "x: wanted an object by name, { a, the b }, got Float32Array"],
    [undefined, undefined, "x: wanted an object by name, { a, the b }, got Undefined"],
    [{ ...given, c: 1 }, undefined, 'x: wanted an object by name, { a, the b }; there is no "c"'],
    [{ a: given.a }, undefined, `x["the b"]: row 0, place 0: wanted k * ${width} numbers, got Undefined`],
    [{ ...given, a: [[[1, 2], [3, null]], [[1, 2], [3, 4]]] }, undefined, "x.a: row 0, place 3: wanted 1 numbers, got Null"],
    [{ ...given, a: numbers(8) , "the b": numbers(width) }, undefined, `x["the b"]: wanted ${2 * width} numbers, ${width} per row of x.a, got ${width}`],
    [{ ...given, a: numbers(7) }, undefined, "x.a: row 0, place 0: wanted k * 4 numbers, got 7"],
    [given, [new Float32Array(6)], "out: wanted an object by name, { p, q }, got Array"],
    [given, { r: new Float32Array(6) }, 'out: wanted an object by name, { p, q }; there is no "r"'],
    [given, { p: new Float32Array(5) }, "out.p: wanted 6 numbers, got 5"],
    [given, { p: [0, 0, 0, 0, 0, 0] }, "out.p: wanted a Float32Array, got Array"],
  ]; // biome-ignore format: one table
  it.each(bad)("refuses what is wrong, %#", (x, out, message) => {
    expect(() => module.predict(x, out)).toThrow(message);
  });
});

describe("training by port", () => {
  const x = { a: numbers(20), "the b": numbers(5 * width, 3) };
  const y = { p: numbers(15, 1), q: [0, 1, 1, 0, 1] };
  it("gives the losses of Keras' names, weighed and summed, and means over all rows since a reset", () => {
    const module = made(ports, { train: true, batch: 5 });
    const before = module.evaluate(x, y);
    expect(Object.keys(before)).toEqual(["loss", "p_loss", "q_loss"]);
    near(before.loss, before.p_loss + 0.5 * before.q_loss);
    expect(module.getMetrics()).toEqual({ loss: 0, p_loss: 0, q_loss: 0 });
    const first = module.trainStep(x, y);
    near(first, before.loss);
    const part = { a: x.a.slice(0, 8), "the b": x["the b"].slice(0, 2 * width) };
    const second = module.trainStep(part, { p: y.p.slice(0, 6), q: [0, 1] });
    near(module.getMetrics().loss, (5 * first + 2 * second) / 7);
    module.resetMetrics();
    expect(module.getMetrics().loss).toBe(0);
    for (let i = 0; i < 60; i++) module.trainStep(x, y);
    expect(module.evaluate(x, y).loss).toBeLessThan(before.loss / 2);
    expect(() => module.selfTest()).not.toThrow();
  });
  it("weighs rows by port, and only where weights are given", () => {
    const module = made(ports, { train: true, batch: 5 });
    const whole = module.evaluate(x, y);
    const half = module.evaluate(x, y, { sampleWeight: { q: [1, 0, 0, 0, 0] } });
    expect(half.p_loss).toBe(whole.p_loss);
    expect(half.q_loss).not.toBe(whole.q_loss);
  });
  it("goes on where it was put away: weights and the optimizer's state", () => {
    const [one, other] = [0, 1].map(() => made(ports, { train: true, batch: 5 }));
    for (let i = 0; i < 3; i++) one.trainStep(x, y);
    const state = one.getOptimizerState();
    expect(Object.keys(state)).toContain("optimizer/m/left/kernel");
    (other as unknown as { setWeights(list: unknown): void }).setWeights(one.getWeights());
    other.setOptimizerState(state);
    for (let i = 0; i < 3; i++) expect(other.trainStep(x, y)).toBe(one.trainStep(x, y));
    expect(other.getOptimizerState()).toEqual(one.getOptimizerState());
  });
  it("holds what the optimizer keeps of layers that share a kernel", () => {
    const list = Array.from({ length: 8 }, (_, i) => dense({ units: 4, ...(i === 0 ? { inputShape: [4] } : {}) }));
    const twins = sequential(list, { training: { loss: "mse", optimizer: "adam" } });
    const module = load<{ getOptimizerState(): object }>(compile(twins, { train: true }));
    // Two moments of a kernel and a bias each, and the powers of the two betas or the step's number.
    expect(Object.keys(module.getOptimizerState()).length).toBeGreaterThanOrEqual(2 * 2 * list.length);
  });
  it("an optimizer's state is set as a whole or not at all", () => {
    const module = made(ports, { train: true, batch: 5 });
    module.trainStep(x, y);
    const state = module.getOptimizerState();
    const names = Object.keys(state);
    const last = names[names.length - 1];
    const zeros = Object.fromEntries(names.map((name) => [name, new Float32Array(state[name].length)]));
    for (const broken of [
      { ...zeros, [last]: [Number.NaN, "5"] },
      { ...zeros, other: [1] },
      [],
      null,
      Object.fromEntries(names.slice(1).map((name) => [name, zeros[name]])),
    ])
      expect(() => module.setOptimizerState(broken)).toThrow(/state/);
    expect(module.getOptimizerState()).toEqual(state);
  });
  const bad: readonly (readonly [unknown, unknown, unknown, string])[] = [
    [x, [y.p, y.q], undefined, "y: wanted an object by name, { p, q }, got Array"],
    [x, { p: y.p }, undefined, "y.q: row 0, place 0: wanted k * 1 numbers, got Undefined"],
    [x, { ...y, q: [0, 1, 2, 0, 1] }, undefined, "y.q: row 2, place 0: wanted a whole number from 0 to 1, got 2; labels start at 0"],
    [x, { ...y, p: [1, 2, 3] }, undefined, "y.p: wanted 15 numbers, 3 per row of x.a, got 3"],
    [x, y, { sampleWeight: [1, 1, 1, 1, 1] }, "sampleWeight: wanted an object by name, { p, q }, got Array"],
    [x, y, { sampleWeight: { p: [1] } }, "sampleWeight.p: wanted 5 numbers, one per row of x.a, got 1"],
  ]; // biome-ignore format: one table
  it.each(bad)("refuses what is wrong, %#", (x, y, options, message) => {
    const module = made(ports, { train: true, batch: 5 });
    expect(() => module.trainStep(x, y, options)).toThrow(message);
    expect(() => module.evaluate(x, y, options)).toThrow(message);
  });
  it("of one output among several takes its target by name", () => {
    const one = made(
      { ...ports, training: { loss: { q: "sparse_categorical_crossentropy" }, optimizer: "sgd" } },
      { train: true, batch: 5 },
    );
    const kept = one.getWeights()[0];
    near(one.trainStep(x, { q: y.q }), one.getMetrics().loss);
    // The other output's weights stay.
    expect(one.getWeights()[0]).toEqual(kept);
    expect(Object.keys(one.evaluate(x, { q: y.q }))).toEqual(["loss"]);
  });
});

describe("text", () => {
  const vocabulary = ["red", "green", "constructor", "__proto__", "é"];
  const words = (oov: number) =>
    model({
      inputs: { color: { shape: [2], type: "string" }, size: [1] },
      outputs: ["looked", "dense"],
      layers: [
        stringLookup({ name: "looked", vocabulary, numOovIndices: oov, maskToken: "", inputs: ["color"] }),
        embedding({ inputDim: 8, outputDim: 3 }),
        flatten(),
        dense({ units: 1 }),
        // The number beside it is used too.
        dense({ name: "other", units: 1, inputs: ["size"] }),
      ].slice(0, 4),
      training: { loss: { dense: "mse" }, optimizer: "sgd" },
    });
  it.each([
    ["straight lines", {}],
    ["loops", { target: "js", unroll: 0 }],
    ["lanes", { target: "simd", unroll: 0 }],
    ["training", { train: true }],
  ] as const)("becomes Keras' ids, on %s", (_, options) => {
    const module = made(words(1), options);
    const color = ["red", "pink", "", "é", "__proto__", "constructor", "toString", "green"];
    const x = { color, size: [1, 2, 3, 4] };
    expect([...module.predict(x).looked]).toEqual([2, 1, 0, 6, 5, 4, 1, 3]);
    expect(module.predict({ ...x, color: [color.slice(0, 2), color.slice(2, 4), color.slice(4, 6), color.slice(6)] })).toEqual(
      module.predict(x),
    );
    expect(() => module.selfTest()).not.toThrow();
    expect(module.types).toEqual({ color: "string" });
  });
  it("is refused where it is no text, of another width, or a word that nothing stands for", () => {
    const module = made(words(0));
    const size = [1];
    const bad: readonly (readonly [unknown, string])[] = [
      [["red", 5], "x.color: row 0, place 1: wanted a text, got Number"],
      [["red", null], "x.color: row 0, place 1: wanted a text, got Null"],
      ["red", 'x.color: row 0, place 0: wanted a text, got "red"'],
      [["red"], "x.color: wanted k * 2 texts, got 1"],
      [["red", "pink"], 'x.color: row 0, place 1: wanted one of , red, green, constructor, __proto__, é, got "pink"'],
      [[["red", ["green", ["é"]]]], "x.color: row 1, place 0: wanted a text, got Array"],
    ];
    for (const [color, message] of bad) expect(() => module.predict({ color, size })).toThrow(message);
    expect(module.predict({ color: ["red", ""], size }).dense.length).toBe(1);
  });
  it("trains", () => {
    const module = made(words(1), { train: true, batch: 4 });
    const x = { color: ["red", "green", "é", "pink"], size: [1, 2] };
    const y = { dense: [1, -1] };
    const before = module.evaluate(x, y).loss;
    for (let i = 0; i < 200; i++) module.trainStep(x, y, { learningRate: 0.1 });
    expect(module.evaluate(x, y).loss).toBeLessThan(before / 10);
  });
  it("alone is the argument itself", () => {
    const module = made(sequential([stringLookup({ vocabulary, inputShape: [1] }), dense({ units: 1 })]));
    expect(module.predict(["red", "pink"])).toEqual(module.predict([["red"], ["pink"]]));
    expect(() => module.selfTest()).not.toThrow();
  });
});

it("outputs may be one value twice, an input itself, or the result of a line that is called again; an input may be of no use", () => {
  const odd = model({
    inputs: { unused: [3], a: [2], b: [2] },
    outputs: { p: "line", q: "line", same: "a", again: "again" },
    layers: [dense({ name: "line", units: 2, inputs: ["a"] }), reuse("line", { name: "again", inputs: ["b"] })],
  });
  for (const [, options] of all.slice(0, 3)) {
    const module = made(odd, options);
    const x = { unused: numbers(6), a: numbers(4), b: numbers(4) };
    const found = module.predict(x);
    expect(found.p).toEqual(found.q);
    expect(found.same).toEqual(x.a);
    expect(found.again).toEqual(found.p);
    expect(() => module.selfTest()).not.toThrow();
  }
});

it("a table of words stands once, outside of the functions that look up in it", () => {
  const words = sequential([stringLookup({ vocabulary: ["first", "second"], inputShape: [1] }), dense({ units: 1 })], {
    training: { loss: "mse", optimizer: "sgd" },
  });
  const { code } = compile(words, { train: true, selfTest: false });
  expect(code.split('"first", "second"').length - 1).toBe(1);
  expect(code.indexOf('"first"')).toBeLessThan(code.indexOf("function predict("));
});

it("names of features and classes stand in the module, its types and the manifest", () => {
  const named = {
    ...ports,
    about: { features: { "the b": Array.from({ length: width }, (_, i) => `f${i}`) }, classes: { q: ["no", "</script>"] } },
  };
  const artifact = compile(named);
  const module = load<Record<string, unknown>>(artifact);
  expect(module.classes).toEqual({ q: ["no", "</script>"] });
  expect((module.features as typeof named.about.features)["the b"]).toEqual(named.about.features["the b"]);
  expect(artifact.manifest.about).toEqual(named.about);
  expect(artifact.declarations).toContain("declare const classes");
});
