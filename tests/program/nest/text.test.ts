// Nest text: both round-trip laws on random nests and on those of real models, the form a reader sees, and what broken text is
// answered with.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { snapshots } from "../../../compiler/compile.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { parseNests } from "../../../compiler/program/nest/parse.ts";
import { printNests } from "../../../compiler/program/nest/print.ts";
import { verifyNests } from "../../../compiler/program/nest/verify.ts";
import { nests, nestsFrom } from "../../arbitrary/nests.ts";
import { smallModels } from "../../support/models.ts";
import { expectSame } from "../../support/same.ts";

/** A dense layer, steps of a scan, a scatter: everything that the text has a word for. */
const person = `nests predict
scalar n 1..32
buffer x input @0 [64]
buffer kernel const @64 [16]
buffer bias const @80 [8]
buffer h arena @88 [256]
buffer "a b" state @344 [8] = 0.5
buffer y output @352 [32]
kernel dense from "layers[0] dense"
  nest dense from "layers[0] dense"
    map i0 < n, "j/" < 1, "j%" < 8
    reduce k0 < 2
    fold madd x[2*i0 + k0], kernel[16*"j/" + "j%" + 8*k0] from bias[8*"j/" + "j%"]
    store h[8*i0 + 8*"j/" + "j%"] = max(acc:f32, 0:f32)
kernel other
  for t < 4
    for s < ceil(n/8)
      nest first
        map i < 2
        where %1 = f64(h[64*s + 4*t + i]) * f64(x[7])
        fold max %1 from -inf
        store "a b"[t + 4*i] = acc - %1 * %1
    nest last from "layers[1]"
      reduce k < 3, l < n
      fold add f64(h[8*l + k]) from -0
      add y[t + 2 + row(x[t + 1], 3)*4] += acc + f64(t)
entry predict rows n
  in x = x
  out y = y
  call dense
  call other
end
`;

const error = (run: () => unknown): CompileError => {
  try {
    run();
  } catch (caught) {
    if (caught instanceof CompileError) return caught;
    throw caught;
  }
  throw new Error("no error");
};

describe("laws", () => {
  it.each(["f32", "f64"] as const)("parse(print(p)) equals p, and printing again gives the same text: %s", (fmt) => {
    fc.assert(
      fc.property(nests(fmt), ({ program }) => {
        const text = printNests(program);
        const back = parseNests(text);
        expectSame(back, program);
        expect(printNests(back)).toBe(text);
      }),
      { numRuns: 150 },
    );
  });

  it("random nests hold every word, every fold, rows, shared terms, loops around and quoted dims", () => {
    const text = Array.from({ length: 120 }, (_, seed) => printNests(nestsFrom(seed, "f32").program)).join("");
    for (const word of ["  map ", "  where %1", "  reduce ", "fold madd ", "fold add ", "fold max ", "fold min ", " from "])
      expect(text).toContain(word);
    for (const word of ["  store ", "  add ", " += ", "acc:f32", "row(", '"i1/"', '"i1%"', '"a b"', '"\\""', "  for ", "for i0 <", " < n"])
      expect(text).toContain(word);
  }); // biome-ignore format: words

  it.each(smallModels)("the nests of a model come back: $name", ({ model, goals, options }) => {
    for (const goal of goals)
      for (const target of ["js", "simd"] as const) {
        const seen = snapshots(model, { ...options, target, unroll: 0 }, goal).filter(({ stage }) => stage === "nests");
        // As lowered, and where kernels are equal once they are one; with simd for js too.
        expect(seen.length).toBeGreaterThanOrEqual(target === "js" ? 1 : 2);
        for (const { text, nests } of seen) {
          expectSame(parseNests(text), nests);
          expect(printNests(parseNests(text))).toBe(text);
        }
      }
  });

  it("text a person wrote is printed back as it was", () => {
    const program = parseNests(person);
    verifyNests(program);
    expect(printNests(program)).toBe(person);
  });

  it("comments, blank lines and spaces do not matter", () => {
    const loose = person.replaceAll("\n", "  # note\n\n").replaceAll(" = ", "  =  ").replaceAll(" < ", "<");
    expect(parseNests(loose)).toEqual(parseNests(person));
  });

  it("no proper prefix is a program of nests", () => {
    for (let length = 0; length < person.length - 1; length++)
      expect(error(() => parseNests(person.slice(0, length))).code).toBe("ir/parse");
  });

  it("text with one character changed parses or is an ir/parse error, never anything else", () => {
    fc.assert(
      fc.property(fc.nat(person.length - 1), fc.constantFrom(...'%("[x0-.:= \n&<+'), (at, character) => {
        try {
          parseNests(person.slice(0, at) + character + person.slice(at + 1));
        } catch (caught) {
          expect(caught).toBeInstanceOf(CompileError);
          expect((caught as CompileError).code).toBe("ir/parse");
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("errors", () => {
  it.each([
    ["nests predict", "program predict", 'line 1, column 1: needed "nests", found "program"'],
    ["  nest dense from", "  set dense from", 'line 10, column 3: needed for or nest, found "set"'],
    ["map i0 < n", "map i0 = n", 'line 11, column 12: needed "<", found "="'],
    ["map i0 < n, ", "map i0 < n, < ", 'line 11, column 17: needed a dim, found "<"'],
    ['"j%" < 8\n', '"j%" < 8 9\n', 'line 11, column 36: needed the end of the line, found "9"'],
    ["reduce k0 < 2", "fold k0 < 2", 'line 12, column 13: needed a value, found "<"'],
    ["max(acc:f32, 0:f32)", "max(acc:f32, f32(k1))", 'line 14, column 54: "k1" is not defined here'],
    ["fold madd x[2*i0 + k0], ", "fold madd ", 'line 13, column 10: needed madd of two terms, or add, max or min of one, found "madd"'],
    ["fold madd", "fold add", 'line 13, column 10: needed madd of two terms, or add, max or min of one, found "add"'],
    ["fold madd", "fold mul", 'line 13, column 10: needed madd of two terms, or add, max or min of one, found "mul"'],
    [' from bias[8*"j/" + "j%"]', "", 'line 13, column 58: needed "from", found the end of the line'],
    ["store h[8*i0", "stow h[8*i0", 'line 14, column 5: needed map, where, reduce, fold, store or add, found "stow"'],
    ["    store h[8*i0", "      store h[8*i0", 'line 14, column 7: needed map, where, reduce, fold, store or add, found "store"'],
    ["max(acc:f32, 0:f32)", "max(sum, 0:f32)", 'line 14, column 41: "sum" is not defined here'],
    ["for t < 4", "for < 4", 'line 16, column 7: needed the loop\'s name, found "<"'],
    ["ceil(n/8)", "ceil(8/n)", 'line 17, column 18: needed a scalar, found "8"'],
    ["where %1 = ", "where 1 = ", 'line 20, column 15: needed a %number, found "1"'],
    ["fold max %1 ", "fold max %2 ", 'line 21, column 21: no where line defines %2'],
    ['add y[t + 2 + row(x[t + 1], 3)*4] +=', 'add y[t + 2 + row(x[t + 1], 3)*4] =', 'line 26, column 41: needed "+", found "="'],
    ["  call other\nend", "  call other\nfin", 'line 32, column 1: needed scalar, buffer, kernel, entry or end, found "fin"'],
  ])("%j as %j", (from, to, message) => {
    const text = person.replace(from, to);
    expect(text).not.toBe(person);
    expect(error(() => parseNests(text)).diagnostic.message).toBe(message);
  }); // biome-ignore format: one table

  it("the note points at the place", () => {
    expect(error(() => parseNests(person.replace("fold madd", "fold mul"))).notes).toEqual([
      '    fold mul x[2*i0 + k0], kernel[16*"j/" + "j%" + 8*k0] from bias[8*"j/" + "j%"]',
      "         ^",
    ]);
  });
});
