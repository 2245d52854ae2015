// What the playground's editor offers where: keys, values and names, in a list that need not be whole.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { playgroundWords } from "../../scripts/playground/words.ts";
import { answersTo, askedAt, saidOf } from "../../src/explore/playground/context.ts";
import { packed, unpacked } from "../../src/explore/playground/words.ts";

const words = playgroundWords();

/** What is offered at `|`. */
function offered(text: string): readonly string[] {
  const at = text.indexOf("|");
  const question = askedAt(text.replace("|", ""), at, words);
  return question === undefined ? [] : answersTo(question, words).map(({ insert }) => insert);
}

it("packed and unpacked, the words are what they were", () => {
  expect(unpacked(JSON.parse(JSON.stringify(packed(words))))).toEqual(words);
});

describe("what is offered", () => {
  it.each([
    ["sequential([|", "dense", "units: "],
    ["sequential([de|", "dense", "units: "],
    ["sequential([dense({|", "units: ", "filters: "],
    ["sequential([dense({ |}), conv2d({})], {})", "units: ", "filters: "],
    ["sequential([dense({ units: 3, us|", "useBias: ", "units: "],
    ["sequential([dense({ units: 3, activation: |", '"relu"', "units: "],
    ['sequential([dense({ units: 3, activation: "|', "relu", '"relu"'],
    ["sequential([dense({ units: 3, activation: 're|', useBias", "relu", "units: "],
    ["conv2d({ padding: |", '"same"', '"relu"'],
    ["dense({ useBias: |", "true", '"true"'],
    ["dense({ kernelInitializer: |", '"he_normal"', '"relu"'],
    ["dense({ kernelInitializer: { name: |", '"he_normal"', '"l2"'],
    ['dense({ kernelInitializer: { name: "random_normal", |', "stddev: ", "scale: "],
    ['dense({ /* " */ // {\n|', "units: ", "filters: "],
    ["sequential([dense({})], {|", "training: ", "inputs: "],
    ["model({|", "inputs: ", "units: "],
    ["sequential([], { training: {|", "loss: ", "seed: "],
    ["sequential([], { training: { loss: |", '"mse"', '"adam"'],
    ["sequential([], { training: { loss: 'mse', optimizer: |", '"adam"', '"mse"'],
    ['sequential([], { training: { optimizer: { name: "sgd", |', "momentum: ", "beta1: "],
    ["sequential([], { training: { metrics: ['accuracy', |", '"mae"', '"adam"'],
    ["bidirectional({ layer: |", "gru", "units: "],
  ])("%s: %s, not %s", (text, is, isNot) => {
    expect(offered(text)).toContain(is);
    expect(offered(text)).not.toContain(isNot);
  });

  it.each(["// de|", "`de|", '"|', "/* de|", "unknown({ |"])("nothing at %s", (text) => expect(offered(text)).toEqual([]));

  it("and no text throws", () => {
    const pieces = fc.constantFrom("dense", "(", ")", "[", "]", "{", "}", ":", ",", '"', "'", "`", "//", "/*", "*/", "\n", " ", "name", "optimizer", "\\", "__proto__", "constructor"); // biome-ignore format: a list
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const text = parts.join("");
        for (let at = 0; at <= text.length; at++) {
          const question = askedAt(text, at, words);
          if (question !== undefined) answersTo(question, words);
        }
      }),
    );
  });
});

it.each([
  ["sequential([«dense»({ units: 3 })])", "dense", /last axis/],
  ["sequential([dense({ «units»: 3 })])", "units: number", /Numbers of the output/],
  ["sequential([dense({ «useBias»: true })])", "useBias: boolean", /Default true/],
  ["sequential([], { «seed»: 3 })", "seed: number", /noise/],
  ["sequential([], { training: { «loss»: 3 } })", "loss: LossInput | Readonly<Record<string, LossInput>>", /output/],
])("pointing at %s says what it is", (text, title, says) => {
  const [from, to] = [text.indexOf("«"), text.indexOf("»") - 1];
  const said = saidOf(text.replace(/[«»]/g, ""), from, to, words);
  expect(said?.title).toBe(title);
  expect(said?.says).toMatch(says);
});
