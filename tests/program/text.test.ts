// Program text: both round-trip laws on random Programs, the form a reader sees, and what broken text is answered with.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { tanh } from "../../compiler/program/nest/math/sigmoid.ts";
import type { Nest } from "../../compiler/program/nest/nest.ts";
import { printNest } from "../../compiler/program/nest/print.ts";
import type { Kernel, Program, Value } from "../../compiler/program/program.ts";
import { parseProgram } from "../../compiler/program/text/parse.ts";
import { printKernel, printProgram, printValue } from "../../compiler/program/text/print.ts";
import * as v from "../../compiler/program/value.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { programFrom, programs } from "../arbitrary/programs.ts";
import { expectSame } from "../support/same.ts";

const dense = `program predict
scalar n 1..32
buffer x input @0 [64]
buffer kernel const @64 [8]
buffer bias const @72 [4]
buffer h arena @76 [128]
buffer step state @204 [1] = 0.5
buffer y output @205 [32]
kernel dense from "layers[0] dense"
  for r < n
    for i0 < 4
      set a0 = f64(bias[i0])
      for k0 < 2
        set a0 = madd(f64(x[2*r + k0]), f64(kernel[i0 + 4*k0]), a0)
      store h[4*r + i0] = max(a0, 0)
kernel other from "layers[1]"
  for r < ceil(n/8)
    let t:f32 = (h[4*r] - 0.1:f32) * x[r + 1 + row(h[r], 3)*2]
    store y[-r + 31] = select(t < 0:f32 & not(t == -inf:f32), t, t / (t - (t - 1:f32)))
entry predict rows n
  in x = x
  out y = y
  call dense
  call other
end
`;

/** Two rows by eight columns at once, then the rows that are left, summed over four lanes. */
const blocked = `program predict
scalar n 1..9
buffer x input @0 [36]
buffer kernel const @36 [32]
buffer y output @68 [72]
buffer sums output @140 [9]
kernel dense from "layers[0] dense"
  for r < floor(n/2)
    set a0:f32x4 = 0:f32x4
    set a1:f32x4 = 0:f32x4
    for k0 < 4
      let w:f32x4 = kernel[8*k0 + 4]:f32x4
      set a0:f32x4 = madd(splat(x[8*r + k0]), w, a0)
      set a1:f32x4 = madd(splat(x[8*r + k0 + 4]), w, a1)
    store y[16*r + 4]:f32x4 = max(a0, 0:f32x4)
    store y[16*r + 12]:f32x4 = select(a1 < 0.1:f32x4, lanes(x[r], 1:f32, 2:f32, -0:f32), pow2(-1:i32x4))
  for r < n from floor(n/2)*2
    store sums[r] = across.add(x[4*r]:f32x4 * x[row(x[r], 9)*4]:f32x4)
end
`;

/** One kernel, called with other buffers; `bias` is the same in both. */
const twice = `program predict
buffer x input @0 [4]
buffer bias const @4 [4]
buffer "a/kernel" const @8 [4]
buffer "b/kernel" const @12 [4]
buffer h arena @16 [4]
buffer y output @20 [4]
kernel scale(x[4], kernel[4], y[4]) from "layers[0]"
  for i < 4
    store y[i] = x[i] * kernel[i] + bias[i]
entry predict rows 1
  in x = x
  out y = y
  call scale(x, "a/kernel", h) from "layers[0]"
  call scale(h, "b/kernel", y) from "layers[1]"
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
  it("parse(print(p)) equals p, and printing again gives the same text", () => {
    fc.assert(
      fc.property(programs(), (program) => {
        verifyProgram(program);
        const text = printProgram(program);
        const back = parseProgram(text);
        expectSame(back, program);
        expect(printProgram(back)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it("random programs hold every statement, every op, shared terms and rows", () => {
    const text = Array.from({ length: 60 }, (_, seed) => printProgram(programFrom(seed, 8))).join("");
    const words = [
      "for",
      "let",
      "set",
      "store",
      "where %1",
      "row(",
      "ceil(",
      "floor(n/",
      " from ",
      "]:f32x4",
      "lanes(",
      "splat(",
      "across.max(",
      "extract.3(",
      "f32x4(",
      "i32x4(",
      ":maskx4 = ",
      "madd(",
      "select(",
      "pow2(",
      "exponent(",
      "f32(",
      "i32(",
      "not(",
      "ishr(",
      "abs(",
    ];
    for (const word of words) expect(text).toContain(word);
  });

  it("random programs hold formals, calls that give them buffers, and calls of a layer", () => {
    const text = Array.from({ length: 60 }, (_, seed) => printProgram(programFrom(seed, 8))).join("");
    expect(text).toMatch(/^kernel \w+\(\w+\[\d+\], \w+\[\d+\]/m);
    expect(text).toMatch(/^ {2}call \w+\(\w+, \w+/m);
    expect(text).toMatch(/^ {2}call .* from "layers/m);
  });

  it.each([dense, blocked, twice])("text a person wrote is printed back as it was", (text) => {
    const program = parseProgram(text);
    verifyProgram(program);
    expect(printProgram(program)).toBe(text);
  });

  it("comments, blank lines and spaces do not matter", () => {
    const loose = dense.replaceAll("\n", "  # note\n\n").replaceAll(" = ", "  =  ");
    expect(parseProgram(loose)).toEqual(parseProgram(dense));
  });

  it("no proper prefix is a program", () => {
    for (let length = 0; length < dense.length - 1; length++) {
      expect(error(() => parseProgram(dense.slice(0, length))).code).toBe("ir/parse");
    }
  });

  it("text with one character changed parses or is an ir/parse error, never anything else", () => {
    fc.assert(
      fc.property(fc.nat(dense.length - 1), fc.constantFrom(...'%("[x0-.:= \n&'), (at, character) => {
        try {
          parseProgram(dense.slice(0, at) + character + dense.slice(at + 1));
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
  const broken: readonly (readonly [from: string, to: string, message: string])[] = [
    ["set a0 = f64(bias[i0])", "set a0 = f64(bias[i0]", 'line 12, column 28: needed ")", found the end of the line'],
    ["madd(f64(x[2*r + k0])", "madd(f64(x[2*r + k0]", "line 14, column 23: f64 takes 1 operand, found 3"],
    ["max(a0, 0)", "max(a1, 0)", 'line 15, column 31: "a1" is not defined here'],
    ["max(a0, 0)", "max(a0)", "line 15, column 27: max takes 2 operands, found 1"],
    ["max(a0, 0)", "maximum(a0, 0)", 'line 15, column 27: there is no operation "maximum"'],
    ["let t:f32", "let t", 'line 18, column 11: "t" is declared f64, its value is f32'],
    ["@64 [8]", "@64 [8.5]", 'line 4, column 26: needed a length, found "8.5"'],
    ["const @64", "weights @64", 'line 4, column 15: needed one of input, output, const, param, state, arena, found "weights"'],
    ["    for i0 < 4", "     for i0 < 4", "line 11, column 6: indentation goes by two spaces, found 5"],
    ["  call dense", "  call !dense", 'line 23, column 8: no token starts with "!"'],
    ["  call other\nend", "  call other\nfin", 'line 25, column 1: needed scalar, buffer, kernel, entry or end, found "fin"'],
    ["end\n", "", "after the last line: needed scalar, buffer, kernel, entry or end, found the end of the text"],
    ["end\n", "end\nend\n", 'line 26, column 1: needed nothing after end, found "end"'],
  ];
  it("a store says that it writes four elements, and to how much", () => {
    const store = (text: string) => error(() => parseProgram(blocked.replace("y[16*r + 4]:f32x4", text))).diagnostic.message;
    expect(store("y[16*r + 4]")).toBe("line 15, column 23: a store of one element takes no f32x4");
    expect(store("y[16*r + 4]:f32")).toBe("line 15, column 22: a store of f32 takes no f32x4");
    const from = error(() => parseProgram(blocked.replace("from floor(n/2)*2", "from floor(n/2)")));
    expect(from.diagnostic.message).toBe('line 17, column 28: needed "*", found the end of the line');
  });
  it.each(broken)("%j as %j", (from, to, message) => {
    const text = dense.replace(from, to);
    expect(text).not.toBe(dense);
    expect(error(() => parseProgram(text)).diagnostic.message).toBe(message);
  });

  it("the note points at the place", () => {
    expect(error(() => parseProgram(dense.replace("max(a0, 0)", "max(a1, 0)"))).notes).toEqual([
      "      store h[4*r + i0] = max(a1, 0)",
      "                              ^",
    ]);
  });
});

describe("what a reader sees", () => {
  it("formats stand where they do not follow", () => {
    const x: Value = v.load("x", { base: 0, terms: [] });
    expect(printValue(v.add(v.mul(x, v.lit(0.1, "f32")), v.lit(-0, "f32")))).toBe("x[0] * 0.1:f32 + -0:f32");
    expect(printValue(v.sub(v.lit(1, "f64"), v.sub(v.lit(2, "f64"), v.lit(3, "f64"))))).toBe("1 - (2 - 3)");
    expect(printValue(v.pow2(v.lit(-3, "i32"), "f32"))).toBe("pow2(-3:i32):f32");
    // A wrong format is shown, so that a verifier's message can be understood.
    expect(printValue({ op: "add", a: x, b: x, fmt: "i32" })).toBe("(x[0] + x[0]):i32");
  });

  it("a kernel with shared terms prints each once", () => {
    const index = { base: 0, terms: [["i", 1]] } as const;
    const kernel: Kernel = {
      name: "t",
      origin: "",
      body: [
        {
          do: "for",
          loop: "i",
          to: 4,
          body: [{ do: "store", buffer: "y", index, value: tanh(v.convert(v.load("x", index), "f64")) }],
        },
      ],
    };
    const text = printKernel(kernel);
    expect(text.split("\n").length).toBeLessThan(20);
    const program: Program = { name: "p", scalars: [], buffers: [], kernels: [kernel], entries: [] };
    expectSame(parseProgram(printProgram(program)), program);
  });

  it("a nest says what it folds", () => {
    const nest: Nest = {
      name: "dense",
      origin: "layers[0]",
      map: [["i0", { scalar: "n", per: 1 }], ["i1", 4]],
      reduce: [["k0", 2]],
      fold: {
        how: "madd",
        init: v.convert(v.load("bias", { base: 0, terms: [["i1", 1]] }), "f64"),
        term: [v.convert(v.load("x", { base: 0, terms: [["i0", 2], ["k0", 1]] }), "f64"), v.convert(v.load("w", { base: 0, terms: [["i1", 1], ["k0", 4]] }), "f64")],
      },
      finish: v.max(v.acc("f64"), v.lit(0, "f64")),
      out: { buffer: "h", index: { base: 0, terms: [["i0", 4], ["i1", 1]] } },
      into: "store",
    }; // biome-ignore format: indices
    expect(printNest(nest)).toMatchInlineSnapshot(`
      "nest dense from "layers[0]"
        map i0 < n, i1 < 4
        reduce k0 < 2
        fold madd f64(x[2*i0 + k0]), f64(w[i1 + 4*k0]) from f64(bias[i1])
        store h[4*i0 + i1] = max(acc, 0)"
    `);
    expect(printNest({ ...nest, into: "add" })).toContain("add h[4*i0 + i1] += max(acc, 0)");
  });
});
