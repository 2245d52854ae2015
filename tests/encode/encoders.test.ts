// Encoders, which are written twice: what a module says against what the compiler evaluates, on texts and numbers that break parsers,
// tables and hashes; and both against numbers that TensorFlow and Keras gave.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Item } from "../../compiler/encode/define.ts";
import { type Column, encode, samplesOf, takes } from "../../compiler/encode/encode.ts";
import { fingerprint, join } from "../../compiler/encode/fingerprint.ts";
import { sipHash } from "../../compiler/encode/siphash.ts";
import { utf8 } from "../../compiler/encode/utf8.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { load } from "../../runtime/load.ts";
import * as l from "../../src/sequential.ts";

type Line = ReturnType<typeof l.hashing>;
interface Spelling {
  predict(x: unknown, out?: unknown): Float32Array;
  selfTest(): number;
}

/** A model of one line on inputs that all hold texts, or numbers. */
const modelOf = (line: Line, shapes: readonly (readonly number[])[], types: readonly ("string" | "number")[]) =>
  l.model({
    inputs: Object.fromEntries(shapes.map((shape, i) => [`in${i}`, { shape: [...shape], type: types[i] }])),
    outputs: { y: "line" },
    layers: [{ ...line, name: "line", inputs: shapes.map((_, i) => `in${i}`) }],
  });

const words = [
  "red",
  "Green",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "",
  " ",
  "a b",
  "\u00e9",
  "\ud83d\udc08",
  "line\nend",
  "</script>",
];
const many = Array.from({ length: 40 }, (_, i) => `word${i}`);
const text = fc.oneof(
  fc.constantFrom(
    ...words,
    "toString",
    "valueOf",
    "RED, green! red",
    "\t a  b\u00a0c\r\n",
    "don't stop_me",
    "\ud800",
    "x\udc00y",
    "\u2028",
    "0",
  ),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: fc.constantFrom("a", "B", " ", ".", "\u00df", "-"), maxLength: 30 }),
);
const whole = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    5,
    42,
    2 ** 31,
    -(2 ** 31),
    2 ** 32,
    2 ** 53 - 1,
    -(2 ** 53 - 1),
    123456789,
    -4294967297,
    2.9,
    -2.9,
  ),
  fc.maxSafeInteger(),
  fc.integer({ min: -50, max: 50 }),
);

const salted = { salt: ["18446744073709551615", -3] };
const lines: readonly (readonly [string, Line, shapes: readonly (readonly number[])[], types: readonly ("string" | "number")[]])[] = [
  ["a lookup", l.stringLookup({ vocabulary: words, oovToken: "\ufffd" }), [[2]], ["string"]],
  ["a lookup in a long list, with a mask", l.stringLookup({ vocabulary: many, maskToken: "" }), [[2]], ["string"]],
  ["a lookup with unknown words by hash", l.stringLookup({ vocabulary: words.slice(0, 4), numOovIndices: 7 }), [[2]], ["string"]],
  ["a lookup with unknown words by salted hash", l.stringLookup({ vocabulary: ["u"], numOovIndices: 9, ...salted }), [[2]], ["string"]],
  ["a lookup of numbers", l.integerLookup({ vocabulary: [5, -1, 0, 2 ** 40], maskToken: 42, numOovIndices: 4 }), [[2]], ["number"]],
  ["a lookup of numbers by hash", l.integerLookup({ vocabulary: [5], numOovIndices: 3, oovMethod: "farmhash" }), [[2]], ["number"]],
  ["a hash of texts", l.hashing({ numBins: 2 ** 24 }), [[2]], ["string"]],
  ["a hash of texts with a mask", l.hashing({ numBins: 12, maskValue: "red" }), [[2]], ["string"]],
  ["a salted hash", l.hashing({ numBins: 999983, ...salted }), [[2]], ["string"]],
  ["a hash of numbers", l.hashing({ numBins: 999983 }), [[2]], ["number"]],
  ["a salted hash of numbers with a mask", l.hashing({ numBins: 50, salt: 7, maskValue: 5 }), [[2]], ["number"]],
  ["a crossing of texts", l.hashedCrossing({ numBins: 9999 }), [[1], [1]], ["string", "string"]],
  ["a crossing of a text and a number", l.hashedCrossing({ numBins: 9999 }), [[1], [1]], ["string", "number"]],
  ["a crossing of numbers", l.hashedCrossing({ numBins: 9999 }), [[1], [1]], ["number", "number"]],
  ["words", l.textVectorization({ vocabulary: ["red", "green", "a", "b", "dont"], outputSequenceLength: 4 }), [[1]], ["string"]],
  ["words as they stand", l.textVectorization({ vocabulary: words.slice(0, 4), standardize: null, outputSequenceLength: 3 }), [[1]], ["string"]],
  ["characters", l.textVectorization({ vocabulary: ["a", "b", "\u00e9", "\ud83d\udc08"], split: "character", outputSequenceLength: 8 }), [[1]], ["string"]],
  ["groups of words, counted", l.textVectorization({ vocabulary: ["red green", "a b", "a"], ngrams: 2, outputMode: "count" }), [[1]], ["string"]],
  ["whole texts, and pairs of them", l.textVectorization({ vocabulary: ["red", "red red", "a b"], split: null, ngrams: [2, 1] }), [[3]], ["string"]],
  ["whole texts without a change", l.textVectorization({ vocabulary: ["red", "A"], split: null, standardize: null }), [[3]], ["string"]],
]; // biome-ignore format: one table

describe.each(lines)("%s", (_, line, shapes, types) => {
  const model = modelOf(line, shapes, types);
  const [feed] = resolve(model).predict.feeds;
  const refuse = (): never => {
    throw new RangeError("refused");
  };
  const module = load<Spelling>(compile(model, { target: "js" }));
  const called = (columns: readonly unknown[]) =>
    module.predict(shapes.length === 1 ? columns[0] : Object.fromEntries(columns.map((column, i) => [`in${i}`, column])));

  it("is to a module what it is to the compiler", () => {
    const column = (i: number) =>
      fc.array<Item>(types[i] === "string" ? text : whole, { minLength: shapes[0][0] * 3, maxLength: shapes[0][0] * 3 });
    fc.assert(
      fc.property(fc.tuple(...shapes.map((_shape, i) => column(i))), (columns) => {
        if (feed.encoder === undefined) throw new Error("nothing is encoded");
        const wanted = encode(feed.encoder, columns as readonly Column[], refuse);
        expect([...called(columns)]).toEqual([...wanted]);
      }),
      { seed: 3, numRuns: 150 },
    );
  });
  it("passes its self test, and takes its own samples", () => {
    expect(() => module.selfTest()).not.toThrow();
    if (feed.encoder === undefined) throw new Error("nothing is encoded");
    const { encoder } = feed;
    const samples = samplesOf(encoder, types[0] === "string");
    expect(samples.length).toBeGreaterThan(1);
    expect(samples.every((item) => takes(encoder, item))).toBe(true);
  });
});

describe("hashes", () => {
  it("are those of TensorFlow and of SipHash's authors", () => {
    // The empty text's fingerprint is FarmHash's k2.
    expect(fingerprint(new Uint8Array())).toBe(0x9ae16a3b2f90404fn);
    // Appendix A of the SipHash paper: 15 bytes, 0 to 14, with the key 0 to 15.
    const bytes = Uint8Array.from({ length: 15 }, (_, i) => i);
    expect(sipHash(bytes, [String(0x0706050403020100n), String(0x0f0e0d0c0b0a0908n)])).toBe(0xa129ca6149be45e5n);
    expect(join(0n, 0n)).not.toBe(join(0n, 1n));
  });
  it("of half a surrogate pair are those of U+FFFD", () => {
    expect([...utf8("a\ud800b\udc00")]).toEqual([...new TextEncoder().encode("a\ud800b\udc00")]);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (one) => {
        expect([...utf8(one)]).toEqual([...new TextEncoder().encode(one)]);
      }),
      { seed: 4 },
    );
  });
});

it("a module declares what its encoders use, and nothing else", () => {
  const code = (line: Line, type: "string" | "number" = "string") =>
    compile(modelOf(line, [[1]], [type]), { selfTest: false }).code;
  expect(code(l.stringLookup({ vocabulary: ["u"] }))).not.toMatch(/fingerprint|sipHash|utf8|match\(/);
  expect(code(l.hashing({ numBins: 3 }))).not.toMatch(/sipHash|tableOf|match\(/);
  expect(code(l.hashing({ numBins: 3, salt: 1 }))).not.toMatch(/fingerprint/);
  expect(code(l.textVectorization({ vocabulary: ["u"], outputSequenceLength: 2 }))).not.toMatch(/fingerprint|ngrams|countsOf/);
});

it("layers that make the same of an input share it, others stand beside", () => {
  const lookup = (vocabulary: string[]) => l.stringLookup({ vocabulary, inputs: ["x"] });
  const model = l.model({
    inputs: { x: { shape: [1], type: "string" } },
    outputs: { a: "a", b: "b", c: "c", d: "d" },
    layers: [
      { ...lookup(["u"]), name: "a" },
      { ...lookup(["u"]), name: "b" },
      { ...lookup(["v", "u"]), name: "c" },
      l.hashing({ name: "d", numBins: 3, inputs: ["x"] }),
    ],
  });
  expect(resolve(model).predict.feeds.length).toBe(3);
  const { a, b, c } = load<{ predict(x: unknown): Record<string, Float32Array> }>(compile(model)).predict(["u", "v"]);
  expect([[...a], [...b], [...c]]).toEqual([
    [1, 0],
    [1, 0],
    [2, 1],
  ]);
});

it("numbers that an encoder and the net take are read once, in doubles for the one", () => {
  const model = l.model({
    inputs: { x: [1] },
    outputs: { id: "id", twice: "twice" },
    layers: [
      l.integerLookup({ name: "id", vocabulary: [2 ** 24 + 1, 2 ** 24], inputs: ["x"] }),
      l.rescaling({ name: "twice", scale: 2, inputs: ["x"] }),
    ],
  });
  const module = load<{ predict(x: unknown): Record<string, Float32Array>; selfTest(): number }>(compile(model));
  const { id, twice } = module.predict([2 ** 24 + 1, 2 ** 24, 3]);
  expect([...id]).toEqual([1, 2, 0]);
  expect([...twice]).toEqual([2 ** 25, 2 ** 25, 6]);
  expect(() => module.selfTest()).not.toThrow();
  for (const bad of [[Number.NaN], [Infinity], [2 ** 53], ["1"], [null]])
    expect(() => module.predict(bad), String(bad)).toThrow(/x: row 0, place 0: wanted/);
});

it("a vocabulary of 100,000 words is one text in the module, and each word is found", () => {
  const vocabulary = Array.from({ length: 100_000 }, (_, i) => `w${i.toString(36)}`);
  const { code } = compile(l.sequential([l.stringLookup({ vocabulary, inputShape: [1] })]));
  expect(code.split("\n").length).toBeLessThan(300);
  const module = load<Spelling>({ code });
  expect([...module.predict([vocabulary[0], vocabulary[99_999], "none"])]).toEqual([1, 100_000, 0]);
});
