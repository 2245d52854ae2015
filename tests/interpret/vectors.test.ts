// Vectors in the Program interpreter: by hand where the bits are known, and as a law: a vector value is its four scalar values.
import { describe, expect, it } from "vitest";
import { type Random, random } from "../../compiler/base/random.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Value } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { compute, program, run } from "./machine.ts";

describe("vectors", () => {
  /** Four lanes, stored to y[0..3]. */
  const four = (value: string, ...x: number[]): number[] => run(`store y[0]:f32x4 = ${value}`, x);
  const u = 2 ** -12;
  it("an op is the op in every lane, rounded there", () => {
    expect(four("x[0]:f32x4 * x[0]:f32x4", 1 + u, 3, -0, Number.NaN)).toEqual([1 + 2 * u, 9, 0]);
    expect(four("madd(x[0]:f32x4, x[0]:f32x4, x[4]:f32x4)", 1 + u, 2, 3, 4, -1 - 2 * u, 1, 1, 1)).toEqual([0, 5, 10, 17]);
    expect(four("sqrt(x[0]:f32x4) / 3:f32x4", 1, 4, 9, 16)).toEqual([1, 2, 3, 4].map((r) => Math.fround(r / 3)));
  });
  it("across folds by halves, and each sum rounds", () => {
    const big = 2 ** 24;
    expect(compute("across.add(x[0]:f32x4)", big, -big, 1, 0)).toBe(0); // in any other order it is 1
    expect(compute("across.add(x[0]:f32x4)", big, 1, -big, 0)).toBe(1);
    expect(compute("across.max(x[0]:f32x4)", -0, -1, -2, 0)).toBe(0);
    expect(compute("across.min(x[0]:f32x4)", 3, 1, 2, 4)).toBe(1);
    expect(compute("across.most(x[0]:f32x4)", -0, -1, 0, -1)).toBe(-0); // (l0 ∘ l2) ∘ (l1 ∘ l3): the first of equals
    expect(compute("across.least(x[0]:f32x4)", 3, 0, 2, -0)).toBe(0);
    expect(run("store y[0] = across.most(x[0]:f32x4)\nstore y[1] = 1", [1, Number.NaN, 2, 3])).toEqual([Number.NaN, 1]);
    expect(run("store y[0] = across.max(x[0]:f32x4)\nstore y[1] = 1", [1, 2, Number.NaN, 3])).toEqual([Number.NaN, 1]);
  });
  it("a lane is taken out", () => {
    expect([0, 1, 2, 3].map((lane) => compute(`extract.${lane}(x[0]:f32x4 + 1:f32x4)`, 1, 2, 3, 4))).toEqual([2, 3, 4, 5]);
  });
  it("lanes are put together, splats repeat, masks choose lane by lane", () => {
    expect(four("lanes(x[3], x[2], x[1], x[0])", 1, 2, 3, 4)).toEqual([4, 3, 2, 1]);
    expect(four("splat(x[1]) + x[0]:f32x4", 1, 2, 3, 4)).toEqual([3, 4, 5, 6]);
    const mask = "x[0]:f32x4 < 3:f32x4 & not(x[0]:f32x4 == 1:f32x4)";
    expect(four(`select(${mask}, 10:f32x4, x[4]:f32x4)`, 1, 2, 3, 4, 5, 6, 7, 8)).toEqual([5, 10, 7, 8]);
  });
  it("integers, powers and exponents have lanes too", () => {
    expect(four("f32x4(iadd(i32x4(x[0]:f32x4), lanes(0:i32, 1:i32, 2:i32, 3:i32)))", 5, 5, -5, 5)).toEqual([5, 6, -3, 8]);
    expect(four("f32x4(ishr(-1:i32x4, 28:i32x4)) + f32x4(exponent(x[0]:f32x4))", 1, 2, 4, 0.5)).toEqual([15, 16, 17, 14]);
    expect(four("pow2(ixor(splat(1:i32), i32x4(x[0]:f32x4)))", 0, 1, 2, 3)).toEqual([2, 1, 8, 4]);
  });
  it("a register may be read by its own new value, and lives as long as a scalar one", () => {
    const swap = "set a0:f32x4 = x[0]:f32x4\nset a0:f32x4 = lanes(across.max(a0), across.min(a0), across.add(a0), 1:f32)";
    expect(run(`${swap}\nstore y[0]:f32x4 = a0`, [4, 1, 3, 2])).toEqual([4, 1, 10, 1]);
    const sum = "set a0:f32x4 = 0:f32x4\nfor i < 2\n  let t:f32x4 = x[4*i]:f32x4\n  set a0:f32x4 = a0 + t\nstore y[4]:f32x4 = a0";
    expect(run(sum, [1, 2, 3, 4, 10, 20, 30, 40]).slice(4)).toEqual([11, 22, 33, 44]);
  });
  it("a store that overlaps its load reads all before it writes any", () => {
    const move = "for i < 8\n  store a[i] = x[i]\nstore a[1]:f32x4 = a[0]:f32x4\nfor i < 8\n  store y[i] = a[i]";
    expect(run(move, [1, 2, 3, 4, 5, 6, 7, 8])).toEqual([1, 1, 2, 3, 4, 6, 7, 8]);
  });
  it("a row is chosen once for four elements", () => {
    expect(four("c[1 + row(x[0], 3)*2]:f32x4", 1.5)).toEqual([4, 5, 6, 7]);
  });

  const one = [v.neg, v.abs, v.floor, v.sqrt];
  const two = [v.add, v.sub, v.mul, v.div, v.min, v.max, v.most, v.least];
  /** A random value that is the same DAG in every lane. */
  const random4 = (r: Random, depth: number): Value => {
    const of = () => random4(r, depth - 1);
    if (depth === 0 || r.integer(0, 5) === 0) {
      const x = { base: r.integer(0, 4), terms: [] };
      return r.pick([v.loadx4("x", x), v.splat(v.load("c", x)), v.lit(r.uniform() - 0.5, "f32x4")]);
    }
    const ints = () => v.convert(v.floor(v.min(v.max(of(), v.lit(-99, "f32x4")), v.lit(99, "f32x4"))), "i32x4");
    return r.pick([
      () => r.pick(one)(of()),
      () => r.pick(two)(of(), of()),
      () => v.madd(of(), of(), of()),
      () => v.select(v.and(v.less(of(), of()), v.not(v.equal(of(), of()))), of(), of()),
      () => v.convert(v.imul(v.ixor(ints(), v.lit(0x12345, "i32x4")), v.iadd(ints(), ints())), "f32x4"),
    ])();
  };
  /** What one lane of it is, in scalars. */
  const laneOf = (value: Value, lane: number): Value => {
    const of = (operand: Value) => laneOf(operand, lane);
    const fmt = v.isVector(value.fmt) ? ({ f32x4: "f32", i32x4: "i32", maskx4: "mask" } as const)[value.fmt] : value.fmt;
    if (value.op === "splat") return value.a;
    if (value.op === "load") return v.load(value.buffer, { ...value.index, base: value.index.base + lane });
    if (value.op === "select") return v.select(of(value.mask), of(value.a), of(value.b));
    if (value.op === "madd") return v.madd(of(value.a), of(value.b), of(value.c));
    if ("b" in value) return { ...value, a: of(value.a), b: of(value.b), fmt };
    return value.op !== "lanes" && value.op !== "across" && "a" in value ? { ...value, a: of(value.a), fmt } : { ...value, fmt };
  };
  it("a random vector value is its four scalar values, bit for bit", () => {
    let numbers = 0;
    for (let seed = 0; seed < 200; seed++) {
      const r = random(seed);
      // NaN would fail to be an integer: these stay finite for the most part, and what is no number is replaced.
      const raw = random4(r, 3);
      const value = v.select(v.equal(raw, raw), raw, v.lit(7, "f32x4"));
      const store = (base: number, value: Value) => ({ do: "store", buffer: "y", index: { base, terms: [] }, value }) as const;
      const body = [store(0, value), ...[0, 1, 2, 3].map((lane) => store(4 + lane, laneOf(value, lane)))];
      const both = { ...program("store y[0] = 0"), kernels: [{ name: "k", origin: "", body }] };
      verifyProgram(both);
      const x = Array.from({ length: 8 }, () => r.uniform() * 8 - 3);
      try {
        const y = run(both, x);
        expect(y.slice(0, 4)).toEqual(y.slice(4));
        numbers++;
      } catch (error) {
        if (!(error instanceof CompileError && error.message.includes("convert to i32"))) throw error;
      }
    }
    expect(numbers).toBeGreaterThan(100);
  });
});
