// The Program interpreter on kernels written by hand, whose bits are known without it: rounding, order, integers, edges,
// memory that overlaps, scopes, and every error that only running can find.
import { describe, expect, it } from "vitest";
import { hash32 } from "../../compiler/base/random.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import type { Value } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";
import { compute, machineOf, program, run } from "./machine.ts";

describe("rounding", () => {
  const u = 2 ** -12;
  it("an f32 op rounds once, an f64 op not at all before the store", () => {
    // (1 + u)² = 1 + 2u + u²: u² = 2^-24 is half an ulp of the rest and ties to even.
    expect(compute("x[0] * x[0]", 1 + u)).toBe(1 + 2 * u);
    expect(compute("(x[0] * x[0] - x[1]) * 1:f32", 1 + u, 1 + 2 * u)).toBe(0);
    expect(compute("f64(x[0]) * f64(x[0]) - f64(x[1])", 1 + u, 1 + 2 * u)).toBe(u * u);
  });
  it("madd rounds its product and its sum", () => {
    expect(compute("madd(x[0], x[0], x[1])", 1 + u, -1 - 2 * u)).toBe(0);
    expect(compute("madd(f64(x[0]), f64(x[0]), f64(x[1]))", 1 + u, -1 - 2 * u)).toBe(u * u);
  });
  it("division and root round once", () => {
    expect(compute("1:f32 / x[0]", 3)).toBe(Math.fround(1 / 3));
    expect(compute("sqrt(x[0]) * x[1]", 2, 2 ** 30)).toBe(Math.fround(Math.SQRT2) * 2 ** 30);
    expect(compute("sqrt(f64(x[0])) - f64(f32(sqrt(f64(x[0]))))", 2)).toBe(Math.fround(Math.SQRT2 - Math.fround(Math.SQRT2)));
  });
  it("the order of a sum is the order of the loop", () => {
    const sum = (fmt: string) =>
      `set a0${fmt} = 0${fmt}\nfor i < 3\n  set a0${fmt} = a0 + ${fmt === "" ? "f64(x[i])" : "x[i]"}\nstore y[0] = a0`;
    const backwards = sum(":f32").replace("x[i]", "x[-i + 2]");
    expect(run(sum(":f32"), [2 ** 24, 1, 1])).toEqual([2 ** 24]);
    expect(run(backwards, [2 ** 24, 1, 1])).toEqual([2 ** 24 + 2]);
    expect(run(sum(""), [2 ** 24, 1, 1])).toEqual([2 ** 24 + 2]);
  });
});

describe("edges", () => {
  it("maximum and minimum are IEEE: NaN wins, −0 is below 0", () => {
    expect(run("store y[0] = max(x[0], x[1])\nstore y[1] = max(x[1], x[0])\nstore y[2] = min(x[0], x[1])", [-0, 0])).toEqual([
      0, 0, -0,
    ]);
    expect(run("store y[0] = max(x[0], 1:f32)\nstore y[1] = min(1:f32, x[0])\nstore y[2] = 1", [Number.NaN])).toEqual([
      Number.NaN,
      Number.NaN,
      1,
    ]);
  });
  it("most and least: NaN wins, of two equal the first", () => {
    const both =
      "store y[0] = most(x[0], x[1])\nstore y[1] = most(x[1], x[0])\nstore y[2] = least(x[0], x[1])\nstore y[3] = least(x[1], x[0])";
    expect(run(both, [-0, 0])).toEqual([-0, 0, -0, 0]);
    expect(run(both, [1, 2])).toEqual([2, 2, 1, 1]);
    const { NaN: none } = Number;
    expect(run(`${both}\nstore y[4] = 1`, [none, 2])).toEqual([none, none, none, none, 1]);
  });
  it("NaN compares false, and a mask may be turned", () => {
    const mask = (text: string) => compute(`select(${text}, 1, 0)`, Number.NaN, 1);
    expect([mask("x[0] == x[0]"), mask("x[0] < x[1]"), mask("x[1] < x[0]"), mask("not(x[0] == x[0])")]).toEqual([0, 0, 0, 1]);
    expect([mask("x[1] == x[1] & x[1] < 2:f32"), mask("x[1] == x[1] & x[1] < 1:f32")]).toEqual([1, 0]);
  });
  it("floor, abs, neg keep the sign of zero", () => {
    expect(
      run("store y[0] = floor(x[0])\nstore y[1] = abs(x[0])\nstore y[2] = neg(abs(x[0]))\nstore y[3] = floor(x[1])", [-0, -0.5]),
    ).toEqual([-0, 0, -0, -1]);
  });
  it("powers and exponents of two", () => {
    expect([compute("pow2(-126:i32)"), compute("pow2(127:i32):f32"), compute("pow2(0:i32)")]).toEqual([2 ** -126, 2 ** 127, 1]);
    expect([compute("pow2(-127:i32):f32"), compute("pow2(-127:i32)")]).toEqual([0, 2 ** -127]);
    expect([compute("pow2(-252:i32) * pow2(252:i32)"), compute("pow2(252:i32) / pow2(251:i32)")]).toEqual([1, 2]);
    const exponent = (x: number) => compute("f64(exponent(x[0]))", x);
    expect([1, 2 - 2 ** -23, 2, 2 ** -126, 3.4e38].map(exponent)).toEqual([0, 0, 1, -126, 127]);
  });
});

describe("integers", () => {
  it("wrap to 32 bits; ishr shifts zeros in", () => {
    const i = (text: string) => compute(`f64(${text})`);
    expect(i("iadd(2147483647:i32, 1:i32)")).toBe(-(2 ** 31));
    expect(i("imul(65537:i32, 65537:i32)")).toBe(131073);
    expect(i("ixor(-1:i32, 5:i32)")).toBe(-6);
    expect(i("ishl(3:i32, 31:i32)")).toBe(-(2 ** 31));
    expect(i("ishr(-1:i32, 28:i32)")).toBe(15);
    expect(i("ishr(-1:i32, 0:i32)")).toBe(-1);
  });
  it("say the same hash as compiler/base/random.ts", () => {
    const i = (n: number) => v.lit(n | 0, "i32");
    const shifted = (h: Value, by: number) => v.ixor(h, v.ishr(h, i(by)));
    const start = v.ixor(
      v.imul(i(7), i(0x9e3779b1)),
      v.imul(v.convert(v.load("x", { base: 0, terms: [] }), "i32"), i(0x85ebca6b)),
    );
    const h = shifted(v.imul(shifted(v.imul(shifted(start, 16), i(0x7feb352d)), 15), i(0x846ca68b)), 16);
    // 24 bits fit an f32.
    const store = { do: "store", buffer: "y", index: { base: 0, terms: [] }, value: v.convert(v.ishr(h, i(8)), "f32") } as const;
    for (const counter of [0, 1, 12345]) {
      const one = { ...program("store y[0] = 0"), kernels: [{ name: "k", origin: "", body: [store] }] };
      expect(run(one, [counter])).toEqual([hash32(7, counter) >>> 8]);
    }
  });
});

describe("loops, scopes, memory", () => {
  it("bounds divide upwards, and follow the scalar", () => {
    const count = "set a0 = 0\nfor i < ceil(n/3)\n  set a0 = a0 + 1\nstore y[0] = a0 + f64(n) * 10";
    expect([1, 3, 4, 8].map((n) => run(count, [], { n })[0])).toEqual([11, 31, 42, 83]);
  });
  it("whole blocks and what they leave over are every row once", () => {
    const rows =
      "for r < floor(n/3)\n  store y[3*r] = 1\n  store y[3*r + 1] = 1\n  store y[3*r + 2] = 1\nfor r < n from floor(n/3)*3\n  store y[r] = 2";
    const rest = [[2], [2, 2], [1, 1, 1], [1, 1, 1, 2], [1, 1, 1, 2, 2], [1, 1, 1, 1, 1, 1]];
    expect([1, 2, 3, 4, 5, 6].map((n) => run(rows, [], { n }))).toEqual(rest);
    expect(run("for r < 5 from 2*1\n  store y[-r + 4] = f64(r)")).toEqual([4, 3, 2]);
  });
  it("a register set inside a loop belongs outside where it was declared outside", () => {
    const text = "set a0 = 1\nfor i < 3\n  let t = a0 * 2\n  set b0 = t\n  set b0 = b0 + 1\n  set a0 = b0\nstore y[0] = a0";
    expect(run(text)).toEqual([15]);
  });
  it("a dense layer: x·W + b with relu", () => {
    const text =
      "for j < 2\n  set a0 = f64(c[j + 6])\n  for k < 3\n    set a0 = madd(f64(x[k]), f64(c[2*k + j]), a0)\n  store y[j] = max(a0, 0)";
    expect(run(text, [1, -1, 0.5])).toEqual([1 - 3 + 2.5 + 7, 2 - 4 + 3 + 8]);
  });
  it("overlapping buffers are the same memory", () => {
    expect(run("store a[4] = 5\nstore y[0] = b[0]\nstore b[3] = 6\nstore y[1] = a[7]")).toEqual([5, 6]);
  });
  it("a row is clamped, and NaN is row 0", () => {
    const at = (index: number) => compute("c[1 + row(x[0], 4)*2]", index);
    expect([0, 0.9, 1, 3, 9, -1, Number.NaN, Number.POSITIVE_INFINITY].map(at)).toEqual([2, 2, 4, 8, 8, 2, 2, 8]);
    expect(run("store y[3 - row(x[0], 4)*1] = 1", [2])[1]).toBe(1);
  });
  it("state starts with its initial value and lives on; constants are there", () => {
    const machine = machineOf("store s[0] = s[0] * c[2]\nstore y[0] = s[0]");
    machine.run("k");
    machine.run(["k", "k"]);
    expect(machine.buffers.get("y")![0]).toBe(54);
    expect([...machine.buffers.get("s")!]).toEqual([54, 2, 2, 2]);
  });
  it("a shared term is computed once", () => {
    let value: Value = v.convert(v.load("x", { base: 0, terms: [] }), "f64");
    for (let i = 0; i < 60; i++) value = v.add(value, value);
    const body = [{ do: "store", buffer: "y", index: { base: 0, terms: [] }, value }] as const;
    expect(run({ ...program("store y[0] = 0"), kernels: [{ name: "k", origin: "", body }] }, [1])).toEqual([2 ** 60]);
  });
  it("an entry runs its kernels in order", () => {
    const two = program("store a[0] = 1", "kernel k2\n  store y[0] = a[0] + 1:f32\nentry predict rows 1\n  call k\n  call k2\n");
    const machine = createMachine(two);
    machine.run("predict");
    expect(machine.buffers.get("y")![0]).toBe(2);
  });
});

describe("errors only running can find", () => {
  const failing =
    (text: string, x: readonly number[] = [], scalars = {}) =>
    () =>
      run(text, x, scalars);
  it.each([
    ["store y[0] = a[3]", 'kernel "k": reads "a"[3], which was never written'],
    ["store a[0] = 1\nfor i < 8\n  store y[i] = b[i] + a[i]", 'kernel "k": reads "b"[0], which was never written'],
    ["for i < n\n  store y[8*i] = 1", 'kernel "k": index 8 of "y" is not in 0..7'],
    ["store y[0] = x[-1]", 'kernel "k": index -1 of "x" is not in 0..7'],
    ["store y[0] = pow2(128:i32):f32", 'kernel "k": pow2 takes −127..127, found 128'],
    ["store y[0] = pow2(253:i32)", 'kernel "k": pow2 takes −252..252, found 253'],
    ["store y[0] = f64(exponent(x[0]))", 'kernel "k": exponent takes a positive normal f32, found 0'],
    ["store y[0] = f64(exponent(neg(1:f32)))", 'kernel "k": exponent takes a positive normal f32, found -1'],
    ["store y[0] = f64(i32(x[1]))", 'kernel "k": convert to i32 takes an integer of 32 bits, found 0.5'],
    ["store y[0] = f64(i32(nan))", 'kernel "k": convert to i32 takes an integer of 32 bits, found NaN'],
    ["store y[0] = f64(i32(2147483648))", 'kernel "k": convert to i32 takes an integer of 32 bits, found 2147483648'],
    ["store y[0] = select(x[0] < x[1], 1, f64(i32(nan)))", 'kernel "k": convert to i32 takes an integer of 32 bits, found NaN'],
    ["store y[0]:f32x4 = x[5]:f32x4", 'kernel "k": index 8 of "x" is not in 0..7'],
    ["store y[-1]:f32x4 = 0:f32x4", 'kernel "k": index -1 of "y" is not in 0..7'],
    ["for i < 3\n  store a[i] = 1\nstore y[0]:f32x4 = a[0]:f32x4", 'kernel "k": reads "a"[3], which was never written'],
    ["store y[0]:f32x4 = f32x4(i32x4(x[0]:f32x4))", 'kernel "k": convert to i32 takes an integer of 32 bits, found 0.5'],
    ["store y[0] = splat(1:f32) + x[0]", "store of one element takes no f32x4"],
    ["store y[0]:f32x4 = splat(1:f32) + x[0]", 'kernel "k": add gives f32x4, an operand is f32'],
    ["store y[0] = splat(x[0]:f32x4):f32", 'kernel "k": load gives f32x4 where one number is needed'],
    ["store y[0] = across.add(x[0])", 'kernel "k": across takes a vector, found f32'],
    ["store q[0] = 1", 'kernel "k": there is no buffer "q"'],
    ["store y[i] = 1", 'kernel "k": loop "i" is not in scope'],
  ])("%j", (text, message) => expect(failing(text, [0, 0.5, 0, 0, 0, 0, 0, 0], { n: 2 })).toThrow(message));

  it("scalars are given, whole and in range", () => {
    const text = "for i < n\n  store y[i] = 1";
    expect(failing(text)).toThrow('kernel "k": scalar "n" was not given');
    expect(failing(text, [], { n: 9 })).toThrow("scalar n is an integer in 1..8, found 9");
    expect(failing(text, [], { n: 1.5 })).toThrow("scalar n is an integer in 1..8, found 1.5");
  });
  it("what an entry left in the arena does not help the next", () => {
    const text = program(
      "store a[0] = 1",
      "kernel read\n  store y[0] = a[0]\nentry one rows 1\n  call k\nentry two rows 1\n  call read\n",
    );
    const machine = createMachine(text);
    machine.run("one");
    machine.run("read");
    expect(() => machine.run("two")).toThrow('kernel "read": reads "a"[0], which was never written');
  });
  it("constants fit their buffers, kernels exist", () => {
    expect(() => createMachine(program("store y[0] = 1"), { constants: new Map([["c", [1]]]) })).toThrow(
      'buffer "c" needs 8 numbers, found 1',
    );
    expect(() => createMachine(program("store y[0] = 1")).run("main")).toThrow('there is no kernel "main"');
  });
  it("without tracking, what nobody wrote is NaN", () => {
    const machine = createMachine(program("store y[0] = a[0]"), { track: false });
    machine.run("k");
    expect(machine.buffers.get("y")![0]).toBeNaN();
  });
});
