// The verifier: every rule is broken once, starting from a Program that keeps them all. Where text cannot say it (the
// parser gives every value the format of its operands), the Program is changed as an object.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Program, Stmt, Value } from "../../compiler/program/program.ts";
import { parseProgram } from "../../compiler/program/text/parse.ts";
import * as v from "../../compiler/program/value.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { programs } from "../arbitrary/programs.ts";

const sound = `program p
scalar n 1..8
buffer x input @0 [16]
buffer w const @16 [4]
buffer k param @20 [4]
buffer s state @24 [4] = 1
buffer a arena @28 [16]
buffer b arena @36 [16]
buffer y output @52 [8]
kernel pack
  for i < 4
    store w[i] = k[i]
kernel dense
  for r < n
    for i < 2
      let t = f64(x[2*r + i])
      set acc0 = t
      set acc0 = acc0 + 1
      store a[2*r + i] = acc0
  for r < ceil(n/2)
    store y[-r + 7] = a[r + row(a[r], 4)*4]
kernel update
  for i < 4
    store k[i] = k[i] - w[i]
kernel move(from[4], to[4])
  for i < 4
    store to[i] = from[i] + w[i]
entry prepare rows 0
  call pack
entry predict rows n
  in x = x
  out y = y
  call dense
entry trainStep rows n
  call update
  call move(s, k)
end
`;

const failure = (program: Program): CompileError => {
  try {
    verifyProgram(program);
  } catch (caught) {
    if (caught instanceof CompileError) return caught;
    throw caught;
  }
  throw new Error("the program was accepted");
};

describe("a sound Program", () => {
  it("may call a kernel with a state and with a param, each from where it may be written", () => {
    const text = sound.replace("call dense", "call dense\n  call move(k, s)");
    verifyProgram(parseProgram(text));
  });
  it("is accepted", () => verifyProgram(parseProgram(sound)));
  it("is accepted whatever its names", () => fc.assert(fc.property(programs(), (program) => verifyProgram(program))));
  it("may hold an address that no loop value reaches", () => {
    verifyProgram(
      parseProgram(sound.replace("for i < 2\n", "for i < 0\n").replace("store a[2*r + i]", "store a[2*r + 99*i + 500]")),
    );
  });
});

const rules: readonly (readonly [rule: string, from: string, to: string, message: string, ...more: string[]])[] = [
  ["scalars have names of their own", "scalar n 1..8", "scalar n 1..8\nscalar n 1..9", 'two scalars are named "n"'],
  ["buffers have names of their own", "buffer b arena", "buffer a arena", 'two buffers are named "a"'],
  ["kernels have names of their own", "kernel update", "kernel pack", 'two kernels are named "pack"'],
  ["entries have names of their own", "entry trainStep", "entry predict", 'two entries are named "predict"'],
  ["a scalar has a range", "scalar n 1..8", "scalar n 9..8", 'scalar "n" needs integers 0 ≤ min ≤ max, found 9..8'],
  ["a buffer lies in the address space", "@16 [4]", "@-1 [4]", 'buffer "w" needs integers @at [length] ≥ 0, found @-1 [4]'],
  ["only state has an initial value", "param @20 [4]", "param @20 [4] = 1", 'buffer "k" is param; only a state buffer has an initial value'],
  ["two fixed buffers do not overlap", "@20 [4]", "@18 [4]", 'only arena buffers may overlap, but const "w" and param "k" do'],
  ["the arena overlaps no fixed buffer", "@36 [16]", "@37 [16]", 'only arena buffers may overlap, but arena "b" and output "y" do'],
  ["the arena overlaps no fixed buffer before it", "@28 [16]", "@27 [16]", 'only arena buffers may overlap, but state "s" and arena "a" do'],
  ["an entry calls kernels", "call dense", "call conv", 'entry "predict" calls "conv", which is no kernel'],
  ["an entry binds buffers", "in x = x", "in x = q", 'entry "predict" binds "x" to "q", which is no buffer'],
  ["n rows need a scalar n", "scalar n 1..8", "scalar m 1..8", 'entry "predict" has n rows, but there is no scalar "n"'],
  ["a name is given once on the way down", "for i < 2", "for r < 2", 'kernel "dense": the name "r" is already in use here'],
  ["a let has a name of its own", "set acc0 = t\n", "set acc0 = t\n      let t = 1\n", 'kernel "dense": the name "t" is already in use here'],
  ["a let cannot be set", "set acc0 = acc0 + 1", "set t = acc0 + 1", 'kernel "dense": set needs a register, but "t" is a let'],
  ["a register keeps its format", "set acc0 = acc0 + 1", "set acc0:f32 = 1:f32", 'kernel "dense": register "acc0" is f64, found f32'],
  ["a bound is a known scalar", "ceil(n/2)", "ceil(m/2)", 'kernel "dense": there is no scalar "m"'],
  ["a bound is divided by something", "ceil(n/2)", "ceil(n/0)", 'kernel "dense": a bound is divided by an integer ≥ 1, found 0'],
  ["an address ends in its buffer", "store a[2*r + i]", "store a[2*r + i + 1]", 'kernel "dense": "a" has elements 0..15, addressed are 1..16'],
  ["an address starts in its buffer", "store y[-r + 7]", "store y[-r + 2]", 'kernel "dense": "y" has elements 0..7, addressed are -1..2'],
  ["a load is bound like a store", "f64(x[2*r + i])", "f64(x[3*r + i])", 'kernel "dense": "x" has elements 0..15, addressed are 0..22'],
  ["a row reaches to its limit", "row(a[r], 4)*4", "row(a[r], 5)*4", 'kernel "dense": "a" has elements 0..15, addressed are 0..19'],
  ["a row has a limit", "row(a[r], 4)*4", "row(a[r], 0)*4", 'kernel "dense": a row limit is an integer ≥ 1, found 0'],
  ["a row index is a float", "row(a[r], 4)", "row(r, 4)", 'kernel "dense": a row index is f32 or f64, found i32'],
  ["an index runs over loops around it", "x[2*r + i]", "x[2*r + j]", 'kernel "dense": "j" in an index of "x" is no loop around it'],
  ["a load names a buffer", "f64(x[2*r + i])", "f64(q[2*r + i])", 'kernel "dense": there is no buffer "q"'],
  ["operands agree", "acc0 + 1\n", "acc0 + 1:f32\n", 'kernel "dense": the second operand of add is f64, found f32'],
  ["comparisons agree", "acc0 + 1\n", "select(acc0 < 1:f32, acc0, 1)\n", 'kernel "dense": the second operand of less is f64, found f32'],
  ["arithmetic is for floats", "f64(x[2*r + i])", "f64(r * i)", 'kernel "dense": the first operand of mul is f32 or f64, found i32'],
  ["integer ops are for i32", "f64(x[2*r + i])", "f64(iadd(r, 1))", 'kernel "dense": the second operand of iadd is i32, found f64'],
  ["a condition is a mask", "acc0 + 1\n", "select(acc0, acc0, 1)\n", 'kernel "dense": the condition of select is mask, found f64'],
  ["choices agree", "acc0 + 1\n", "select(acc0 < 1, acc0, 1:f32)\n", 'kernel "dense": the second choice of select is f64, found f32'],
  ["not is for masks", "acc0 + 1\n", "select(not(acc0), acc0, 1)\n", 'kernel "dense": the operand of not is mask, found f64'],
  ["and is for masks", "acc0 + 1\n", "select(acc0 & acc0, acc0, 1)\n", 'kernel "dense": the first operand of and is mask, found f64'],
  ["madd agrees", "acc0 + 1\n", "madd(acc0, acc0, 1:f32)\n", 'kernel "dense": the third operand of madd is f64, found f32'],
  ["pow2 takes an i32", "acc0 + 1\n", "pow2(acc0)\n", 'kernel "dense": the operand of pow2 is i32, found f64'],
  ["exponent takes an f32", "acc0 + 1\n", "f64(exponent(acc0))\n", 'kernel "dense": the operand of exponent is f32, found f64'],
  ["a mask is not converted", "acc0 + 1\n", "f64(acc0 < 1)\n", 'kernel "dense": the operand of convert is f32 or f64 or i32, found mask'],
  ["a store takes floats", "[2*r + i] = acc0", "[2*r + i] = r", 'kernel "dense": a store takes f32, f64 or f32x4, found i32'],
  ["an i32 constant is one", "[2*r + i] = acc0", "[2*r + i] = f64(1.5:i32)", 'kernel "dense": the constant 1.5 is no i32'],
  ["a call names a kernel", "call move(s, k)", "call mover(s, k)", 'entry "trainStep" calls "mover", which is no kernel'],
  ["a call gives as many buffers as there are formals", "call move(s, k)", "call move(s)", 'entry "trainStep" calls "move" with 1 buffers, it takes 2'],
  ["a kernel without formals takes none", "call update", "call update(s)", 'entry "trainStep" calls "update" with 1 buffers, it takes 0'],
  ["a call gives buffers", "call move(s, k)", "call move(s, q)", 'entry "trainStep" calls "move" with "q", which is no buffer'],
  ["what a call gives is as long as the formal", "call move(s, k)", "call move(s, a)", 'entry "trainStep" calls "move" with "a" [16] for "to" [4]'],
  ["a call gives no buffer twice", "call move(s, k)", "call move(s, s)", 'entry "trainStep" calls "move" with "s" twice'],
  ["a call gives no buffer that the kernel names", "call move(s, k)", "call move(w, k)", 'kernel "move": "w" is also what entry "trainStep" gives for "from"'],
  ["formals have names of their own", "move(from[4], to[4])", "move(to[4], to[4])", 'kernel "move": two formals have the same name'],
  ["an address ends in its formal", "store to[i] =", "store to[i + 1] =", 'kernel "move": "to" has elements 0..3, addressed are 1..4'],
  ["a formal is known in its kernel alone", "k[i] - w[i]", "k[i] - from[i]", 'kernel "update": there is no buffer "from"'],
  ["an input is not written through a formal", "buffer s state @24 [4] = 1", "buffer s input @24 [4]", 'kernel "move": input "s" is never written', "call move(s, k)", "call move(k, s)"],
  ["a param is written through a formal by trainStep only", "call dense", "call dense\n  call move(s, k)", 'kernel "move": param "k" is written by trainStep only, found in entry "predict"'],
  ["an input is never written", "store y[-r + 7]", "store x[-r + 7]", 'kernel "dense": input "x" is never written'],
  ["a const is written by prepare and restore only", "call update", "call pack", 'kernel "pack": const "w" is written by prepare, restore only, found in entry "trainStep"'],
  ["a param is written by trainStep only", "call dense", "call update", 'kernel "update": param "k" is written by trainStep only, found in entry "predict"'],
]; // biome-ignore format: one table

describe("rules", () => {
  it.each(rules)("%s", (_, from, to, message, ...more) => {
    const once = sound.replace(from, to);
    expect(once).not.toBe(sound);
    const [also = "", as = ""] = more;
    const text = once.replace(also, as);
    const error = failure(parseProgram(text));
    expect(error.code).toBe("ir/verify");
    expect(error.diagnostic.message).toBe(message);
  });

  const with_ = (...body: Stmt[]): Program => ({
    ...parseProgram(sound),
    kernels: [{ name: "k", origin: "", body }],
    entries: [],
  });
  const store = (value: Value): Program => with_({ do: "store", buffer: "y", index: { base: 0, terms: [] }, value });
  const one = v.lit(1, "f64");
  const objects: readonly (readonly [rule: string, program: Program, message: string])[] = [
    ["a result has the format of its operands", store({ op: "add", a: one, b: one, fmt: "f32" }), "the result of add is f64, found f32"],
    ["a load is f32", store({ op: "load", buffer: "x", index: { base: 0, terms: [] }, fmt: "f64" }), "the result of load is f32, found f64"],
    ["an f32 constant is one", store({ op: "const", value: 0.1, fmt: "f32" }), "the constant 0.1 is no f32"],
    ["acc stays in its nest", store(v.acc("f64")), "acc stands in a nest only"],
    ["a register is set before", store({ op: "reg", name: "a0", fmt: "f64" }), 'there is no register "a0" here'],
    ["a let stands before", store({ op: "use", name: "t", fmt: "f64" }), 'there is no let "t" here'],
    ["a loop stands around", store(v.convert(v.dim("i"), "f64")), 'there is no loop "i" here'],
    ["a scalar is declared", store(v.convert(v.scalar("m"), "f64")), 'there is no scalar "m"'],
    ["a name is used as what it is", with_({ do: "let", name: "t", value: one }, { do: "set", reg: "u", value: { op: "reg", name: "t", fmt: "f64" } }), 'there is no register "t" here'],
    ["names end with their body", with_({ do: "for", loop: "i", to: 2, body: [{ do: "set", reg: "a", value: one }] }, { do: "set", reg: "b", value: { op: "reg", name: "a", fmt: "f64" } }), 'there is no register "a" here'],
    ["a bound is an integer", with_({ do: "for", loop: "i", to: 1.5, body: [] }), "a bound is an integer ≥ 0, found 1.5"],
    ["a stride is an integer", store(v.load("x", { base: 0, terms: [], row: { index: one, limit: 2, stride: 0.5 } })), "a stride is an integer, found 0.5"],
    ["a base is an integer", store(v.load("x", { base: 0.5, terms: [] })), "a base is an integer, found 0.5"],
    ["a scalar's name is taken", with_({ do: "let", name: "n", value: one }), 'the name "n" is already in use here'],
  ]; // biome-ignore format: one table
  const sum = "across.add(select(t < 0:f32x4, splat(x[i]), lanes(1:f32, x[0], x[1], x[2])))";
  const blocks = `program p
scalar n 2..32
buffer x input @0 [32]
buffer y output @32 [35]
kernel k
  for r < floor(n/6)
    store y[6*r + 5] = x[6*r + 5]
  for r < n from floor(n/6)*6
    store y[r] = x[r]
  for i < 8
    let t:f32x4 = x[4*i]:f32x4
    let u:f32 = ${sum}
    let h:i32x4 = ishr(i32x4(t), exponent(abs(t)))
    store y[4*i]:f32x4 = f32x4(h) * pow2(h) + t
end
`;
  const lanewise: readonly (readonly [rule: string, from: string, to: string, message: string])[] = [
    ["a block row ends in the buffer", "x[6*r + 5]", "x[6*r + 8]", '"x" has elements 0..31, addressed are 8..32'],
    ["bounds down are bounds", "floor(n/6)\n", "ceil(n/6)\n", '"x" has elements 0..31, addressed are 5..35'],
    ["what is left over ends at n", "= x[r]", "= x[r + 1]", '"x" has elements 0..31, addressed are 1..32'],
    ["what is left over starts at whole blocks", "= x[r]", "= x[r - 1]", '"x" has elements 0..31, addressed are -1..30'],
    ["blocks have a size", "/6)*6", "/6)*0", "a loop starts at blocks of an integer ≥ 1, found 0"],
    ["blocks are counted by a scalar", "from floor(n/6)", "from floor(m/6)", 'there is no scalar "m"'],
    ["a vector load is four elements", "x[4*i]:", "x[4*i + 1]:", '"x" has elements 0..31, addressed are 1..32'],
    ["a vector store is four elements", "y[4*i]:", "y[5*i]:", '"y" has elements 0..34, addressed are 0..38'],
    ["vectors meet vectors", "+ t\n", "+ x[0]\n", "the second operand of add is f32x4, found f32"],
    ["vectors are compared with vectors", "t < 0:f32x4", "t < 0:f32", "the second operand of less is f32x4, found f32"],
    ["a mask of lanes chooses vectors", "select(t <", "select(x[0] <", "the second operand of less is f32, found f32x4"],
    ["a vector chooses from vectors", "splat(x[i])", "x[i]", "the first choice of select is f32x4 or i32x4, found f32"],
    ["lanes agree", "lanes(1:f32", "lanes(1:i32", "another item of lanes is i32, found f32"],
    ["there is no vector of f64", "splat(x[i])", "splat(f64(x[i]))", "the operand of splat is f32 or i32, found f64"],
    ["no lanes are f64", "lanes(1:f32", "lanes(1", "the first item of lanes is f32 or i32, found f64"],
    ["vectors are not splat", "splat(x[i])", "splat(t)", "the operand of splat is f32 or i32, found f32x4"],
    ["across takes a vector", sum, "across.add(x[0])", "the operand of across is f32x4, found f32"],
    ["extract takes a vector", sum, "extract.0(x[0])", "the operand of extract is f32x4, found f32"],
    ["integers are no sums", sum, "across.add(i32x4(t))", "the operand of across is f32x4, found i32x4"],
    ["a vector converts to a vector", "f32x4(h) * pow2(h)", "pow2(h) * f32(h)", "the result of convert is f32x4 or i32x4, found f32"],
    ["a scalar converts to a scalar", "splat(x[i])", "f32x4(x[i])", "the result of convert is f32 or f64 or i32, found f32x4"],
    ["integer ops keep to their lanes", "ishr(i32x4(t), exponent(abs(t)))", "ishr(i32x4(t), 1:i32)", "the second operand of ishr is i32x4, found i32"],
    ["an i32 vector is not stored", "f32x4 = f32x4(h) * pow2(h) + t", "i32x4 = h", "a store takes f32, f64 or f32x4, found i32x4"],
  ]; // biome-ignore format: one table
  it("a Program with vectors and blocks is accepted", () => verifyProgram(parseProgram(blocks)));
  it.each(lanewise)("%s", (_, from, to, message) => {
    const text = blocks.replace(from, to);
    expect(text).not.toBe(blocks);
    expect(failure(parseProgram(text)).diagnostic.message).toBe(`kernel "k": ${message}`);
  });
  it("a block loop that is never left over may address anything", () => {
    verifyProgram(parseProgram(blocks.replace("scalar n 2..32", "scalar n 30..30").replace("= x[r]\n", "= x[r + 99]\n")));
  });
  it.each([
    ["f64 has no vector", v.add({ op: "load", buffer: "x", index: { base: 0, terms: [] }, fmt: "f64" }, one), "the result of load is f32, found f64"],
    ["a vector has four lanes", v.extract(4, v.lit(1, "f32x4")), "a lane is 0..3, found 4"],
    ["an f32x4 constant is f32", v.across("add", { op: "const", value: 0.1, fmt: "f32x4" }), "the constant 0.1 is no f32"],
    ["an i32x4 constant is i32", v.across("add", v.convert({ op: "const", value: 0.5, fmt: "i32x4" }, "f32x4")), "the constant 0.5 is no i32"],
    ["pow2 of lanes is lanes", v.pow2(v.lit(1, "i32x4"), "f64"), "the result of pow2 is f32x4, found f64"],
    ["less of lanes is lanes", v.fromMask({ op: "less", a: v.lit(1, "f32x4"), b: v.lit(1, "f32x4"), fmt: "mask" }, "f32"), "the result of less is maskx4, found mask"],
  ] as const)("%s", (_, value, message) => {
    expect(failure(store(value)).diagnostic.message).toBe(`kernel "k": ${message}`);
  }); // biome-ignore format: one table

  it.each(objects)("%s", (_, program, message) => {
    expect(failure(program).diagnostic.message).toBe(`kernel "k": ${message}`);
  });

  it("a number of rows is one", () => {
    const program = parseProgram(sound);
    const entries = program.entries.map((entry) => ({ ...entry, rows: -1 }));
    expect(failure({ ...program, entries }).diagnostic.message).toBe('entry "prepare" needs a number of rows, found -1');
  });
});

describe("the message", () => {
  it("prints the kernel with the fact under the statement", () => {
    const error = failure(parseProgram(sound.replace("acc0 + 1\n", "acc0 + 1:f32\n")));
    expect(error.notes.join("\n")).toMatchInlineSnapshot(`
      "kernel dense
        for r < n
          for i < 2
            let t = f64(x[2*r + i])
            set acc0 = t
            set acc0 = acc0 + 1:f32
            ^ the second operand of add is f64, found f32
            store a[2*r + i] = acc0
        for r < ceil(n/2)
          store y[-r + 7] = a[r + row(a[r], 4)*4]"
    `);
  });

  it("leaves out what is far away in a long kernel", () => {
    const lines = Array.from(
      { length: 500 },
      (_, i) => `  set a${i}${i === 250 ? "" : ":f32"} = ${i}${i === 250 ? " + 0:f32" : ":f32"}`,
    ).join("\n");
    const error = failure(parseProgram(`program p\nkernel k\n${lines}\nend\n`));
    expect(error.notes.length).toBeLessThan(40);
    expect(error.notes.join("\n")).toContain(
      "set a250 = 250 + 0:f32\n  ^ the second operand of add is f64, found f32\n  set a251:f32",
    );
  });
});
