// Where nodes come from: the object and its text are inverse, whatever the words hold; roles nest.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { type Origin, parseOrigin, showOrigin, withoutRole, withRole } from "../../compiler/graph/origin.ts";
import { begin } from "../../compiler/ops/index.ts";
import { hostileNames } from "../arbitrary/graphs.ts";

const hidden: Origin = { path: "layers[1]", layer: "dense", name: "hidden" };

test.each<[string, Origin]>([
  ['layers[1] dense "hidden"', hidden],
  ['layers[1] dense "hidden".kernel', { ...hidden, role: "kernel" }],
  ['layers[1] dense "hidden".gates.max', { ...hidden, role: "gates.max" }],
  ['∂ layers[1] dense "hidden"', { ...hidden, gradient: true }],
  ['∂ layers[1] dense "hidden".kernel', { ...hidden, role: "kernel", gradient: true }],
  [
    'training.optimizer adam "adam".m:dense/kernel',
    { path: "training.optimizer", layer: "adam", name: "adam", role: "m:dense/kernel" },
  ],
  ['layers[1] dense "a\\"b\\n"', { ...hidden, name: 'a"b\n' }],
  ['layers[1] dense ""."two words"', { ...hidden, name: "", role: "two words" }],
  ["anything, as it is", { path: "", layer: "", name: "anything, as it is" }],
  ["∂ anything", { path: "", layer: "", name: "anything", gradient: true }],
  ['layers[1]  dense "two blanks"', { path: "", layer: "", name: 'layers[1]  dense "two blanks"' }],
  ['layers[1] dense "open', { path: "", layer: "", name: 'layers[1] dense "open' }],
  ['"" "" "layers[1] dense \\"hidden\\""', { path: "", layer: "", name: 'layers[1] dense "hidden"' }],
  ['"" "" "∂ x"', { path: "", layer: "", name: "∂ x" }],
  ["∂ ∂ x", { path: "", layer: "", name: "∂ x", gradient: true }],
  ["", { path: "", layer: "", name: "" }],
])("%j", (text, origin) => {
  expect(showOrigin(origin)).toBe(text);
  expect(parseOrigin(text)).toEqual(origin);
});

describe("origins", () => {
  const pieces = [...hostileNames, "∂", "∂ ", "∂ x", 'layers[1] dense "hidden"', '"" "" "x"', ".", "a.b", '".x'];
  const word = fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary", maxLength: 8 }), fc.constantFrom("", "a"));
  const origin = fc.record({ path: word, layer: word, name: word, role: fc.option(word), gradient: fc.boolean() }).map(
    ({ role, gradient, ...whole }): Origin => ({
      ...whole,
      ...(role === null ? {} : { role }),
      ...(gradient ? { gradient } : {}),
    }),
  );
  it("come back from their text", () => {
    fc.assert(
      fc.property(origin, (given) => {
        expect(parseOrigin(showOrigin(given))).toEqual(given);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
  it("are what any text is the text of, but for quotes that nothing needs", () => {
    const text = fc.oneof(
      word,
      fc.tuple(word, word, word).map((words) => words.join(" ")),
    );
    fc.assert(
      fc.property(text, (given) => {
        const shown = showOrigin(parseOrigin(given));
        expect(parseOrigin(shown)).toEqual(parseOrigin(given));
        if (!given.includes('"" ""')) expect(shown).toBe(given);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});

test("a role in a role is a part of it; the builder gives it to what is made inside", () => {
  expect(withRole(withRole(hidden, "gates"), "max")).toEqual({ ...hidden, role: "gates.max" });
  expect(withoutRole({ ...hidden, role: "gates", gradient: true })).toEqual({ ...hidden, gradient: true });
  const g = begin();
  g.builder.origin = hidden;
  const x = g.input({ name: "x", shape: [2] });
  const y = g.as("gates", () => g.neg(g.as("max", () => g.exp(x))));
  expect([x, y.inputs[0], y, g.abs(y)].map((node) => g.builder.origins.get(node)?.role)).toEqual([
    undefined,
    "gates.max",
    "gates",
    undefined,
  ]);
  g.builder.origin = undefined;
  expect(g.builder.origins.has(g.as("nobody's", () => g.tanh(x)))).toBe(false);
});
