// WebAssembly kernels against hand-written results and, on random Programs, against the Program interpreter, bit for bit (NaNs
// are one value). wabt reads every module back; relaxed modules run where the engine knows them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { random } from "../../compiler/base/random.ts";
import { emitWasm, paramsOf } from "../../compiler/emit/wasm/emit.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import type { Fmt, Index, Kernel, Program, Stmt, Value } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { mapOperands } from "../../compiler/program/walk.ts";
import { programs } from "../arbitrary/programs.ts";
import { relaxedRuns } from "../engines.ts";
import { skipOf } from "../exemptions.ts";
import { at, buffers, reg, use } from "./programs.ts";

const reader = await wabt();
const specials = [0, -0, 1, -1, 0.5, -2.5, 3, 7.999, 1e-44, -1e-38, 3e38, -16777217, Infinity, -Infinity, Number.NaN, 0.1];

function vector(from: number, ...terms: [string, number][]): Value {
  return v.loadx4("x", at(from, ...terms));
}
function store(buffer: string, index: Index, value: Value): Stmt {
  return { do: "store", buffer, index, value };
}
/** x, w: 64 numbers in; y: 256 out. n is 0..8. */
function programOf(body: readonly Stmt[], rows: number | "n" = 1): Program {
  const kernel: Kernel = { name: "kernel", origin: "test", body };
  return {
    name: "test",
    scalars: [{ name: "n", min: 0, max: 8 }],
    buffers: buffers([
      ["unused", 5, "arena"],
      ["x", 64, "input"],
      ["w", 64, "input"],
      ["y", 256, "output"],
    ]),
    kernels: [kernel],
    entries: [{ name: "go", rows, calls: [{ kernel: "kernel" }], inputs: [], outputs: [] }],
  };
}

type Memory = ReadonlyMap<string, Float32Array>;
interface Running {
  readonly memory: Memory;
  readonly bytes: Uint8Array;
  run(scalars?: Readonly<Record<string, number>>): void;
}

function start(program: Program, relaxed = false): Running {
  const [entry] = program.entries;
  const bytes = emitWasm(program, { relaxed, entries: [entry.name] });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)));
  const { m, [entry.name]: go } = exports;
  if (!(m instanceof WebAssembly.Memory) || typeof go !== "function") throw new Error("the module exports m and the entry");
  const floats = new Float32Array(m.buffer);
  return {
    bytes,
    memory: new Map(program.buffers.map(({ name, at: from, length }) => [name, floats.subarray(from, from + length)])),
    run: (scalars = {}) => go(...paramsOf(entry, program).map((name) => scalars[name])),
  };
}

/** wabt's text: throws where the bytes do not decode or do not validate. */
function textOf(bytes: Uint8Array): string {
  const module = reader.readWasm(bytes, { relaxed_simd: true });
  module.validate();
  const text = module.toText({});
  module.destroy();
  return text;
}
/** What the interpreter and the bytes leave in every buffer, from the same random memory. */
function both(program: Program, scalars: Readonly<Record<string, number>> = {}, relaxed = false): readonly [Memory, Memory] {
  const machine = createMachine(program, { track: false });
  const wasm = start(program, relaxed);
  const r = random(7);
  for (const { name } of program.buffers) {
    const content = Float32Array.from(machine.buffers.get(name) ?? [], () =>
      r.integer(0, 2) === 0 ? r.pick(specials) : r.uniform() * 4 - 2,
    );
    machine.buffers.get(name)?.set(content);
    wasm.memory.get(name)?.set(content);
  }
  const [{ name }] = program.entries;
  machine.run(name, scalars);
  wasm.run(scalars);
  return [machine.buffers, wasm.memory];
}
function expectSame(program: Program, scalars: Readonly<Record<string, number>> = {}, relaxed = false): Memory {
  verifyProgram(program);
  const [wanted, found] = both(program, scalars, relaxed);
  for (const { name } of program.buffers) expect(found.get(name), name).toEqual(wanted.get(name));
  return found;
}

const f = Math.fround;
const bits = new DataView(new ArrayBuffer(4));
const logOf = (x: number): number => {
  bits.setFloat32(0, x);
  return (bits.getUint32(0) >> 23) - 127;
};
const whole = (x: Value): Value =>
  v.convert(v.floor(v.min(v.max(x, v.lit(-1e6, x.fmt)), v.lit(1e6, x.fmt))), x.fmt === "f32" ? "i32" : "i32x4");
const wholeOf = (x: number): number => Math.floor(Math.min(Math.max(x, -1e6), 1e6)) | 0;
const float = (i: Value): Value => v.convert(i, i.fmt === "i32" ? "f32" : "f32x4");
const choose = (mask: Value, a: Value): Value => v.select(mask, v.lit(1, a.fmt), v.lit(0, a.fmt));

const most = (a: number, b: number): number => (a < b || Number.isNaN(b) ? b : a);
const least = (a: number, b: number): number => (b < a || Number.isNaN(b) ? b : a);
const again = (op: (a: Value, b: Value) => Value, a: Value, b: Value): Value => v.sub(a, op(a, b));
/** A choice by a comparison, which is no minimum: NaN and zeros go by it. */
const either = (first: boolean, a: number, b: number): number => (first ? a : b);

type Case = readonly [name: string, value: (a: Value, b: Value) => Value, wanted: (a: number, b: number) => number];
const anywhere: readonly Case[] = [
  ["neg", v.neg, (a) => -a],
  ["abs", v.abs, Math.abs],
  ["sqrt", v.sqrt, (a) => f(Math.sqrt(a))],
  ["floor", v.floor, Math.floor],
  ["add", v.add, (a, b) => f(a + b)],
  ["sub", v.sub, (a, b) => f(a - b)],
  ["mul", v.mul, (a, b) => f(a * b)],
  ["div", v.div, (a, b) => f(a / b)],
  ["min", v.min, Math.min],
  ["max", v.max, Math.max],
  ["most", v.most, most],
  ["least", v.least, least],
  ["most of a most", (a, b) => v.most(v.most(v.neg(b), a), b), (a, b) => most(most(-b, a), b)],
  ["most of the same node", (a, b) => v.most(v.most(a, b), v.most(a, b)), (a, b) => most(a, b)],
  [
    "most of a value that is used again",
    (a, b) => again(v.most, v.add(a, b), v.mul(a, b)),
    (a, b) => f(f(a + b) - most(f(a + b), f(a * b))),
  ],
  ["madd", (a, b) => v.madd(a, b, b), (a, b) => f(f(a * b) + b)],
  [
    "the same node twice",
    (a, b) => {
      const s = v.add(a, b);
      return v.mul(s, s);
    },
    (a, b) => f(f(a + b) * f(a + b)),
  ],
  ["less", (a, b) => choose(v.less(a, b), a), (a, b) => (a < b ? 1 : 0)],
  ["equal", (a, b) => choose(v.equal(a, b), a), (a, b) => (a === b ? 1 : 0)],
  ["and", (a, b) => choose(v.and(v.less(a, b), v.less(b, v.lit(1, a.fmt))), a), (a, b) => (a < b && b < 1 ? 1 : 0)],
  ["not", (a, b) => choose(v.not(v.not(v.not(v.less(a, b)))), a), (a, b) => (a < b ? 0 : 1)],
  ["select", (a, b) => v.select(v.less(a, b), a, v.neg(b)), (a, b) => (a < b ? a : -b)],
  ["select of the smaller", (a, b) => v.select(v.less(a, b), a, b), (a, b) => either(a < b, a, b)],
  ["select of the larger", (a, b) => v.select(v.less(a, b), b, a), (a, b) => either(a < b, b, a)],
  ["at most 3, for NaN too", (a) => v.select(v.less(a, v.lit(3, a.fmt)), a, v.lit(3, a.fmt)), (a) => either(a < 3, a, 3)],
  ["select not", (a, b) => v.select(v.not(v.less(a, b)), a, v.neg(b)), (a, b) => (a < b ? -b : a)],
  ["select, else 0", (a, b) => v.select(v.less(a, b), a, v.lit(0, a.fmt)), (a, b) => (a < b ? a : 0)],
  ["select, then 0", (a, b) => v.select(v.less(a, b), v.lit(0, a.fmt), a), (a, b) => (a < b ? 0 : a)],
  ["select, else -0", (a, b) => v.select(v.less(a, b), a, v.lit(-0, a.fmt)), (a, b) => (a < b ? a : -0)],
  ...[0, -0, 1.5, -1, Infinity, -Infinity, Number.NaN].flatMap((c): Case[] => [
    [`max of ${Object.is(c, -0) ? "-0" : c}`, (a) => v.max(a, v.lit(c, a.fmt)), (a) => Math.max(a, c)],
    [`max with ${Object.is(c, -0) ? "-0" : c}`, (a) => v.max(v.lit(c, a.fmt), a), (a) => Math.max(a, c)],
    [`min of ${Object.is(c, -0) ? "-0" : c}`, (a) => v.min(a, v.lit(c, a.fmt)), (a) => Math.min(a, c)],
    [`min with ${Object.is(c, -0) ? "-0" : c}`, (a) => v.min(v.lit(c, a.fmt), a), (a) => Math.min(a, c)],
    [`most of ${Object.is(c, -0) ? "-0" : c}`, (a) => v.most(a, v.lit(c, a.fmt)), (a) => most(a, c)],
    [`most with ${Object.is(c, -0) ? "-0" : c}`, (a) => v.most(v.lit(c, a.fmt), a), (a) => most(c, a)],
    [`least of ${Object.is(c, -0) ? "-0" : c}`, (a) => v.least(a, v.lit(c, a.fmt)), (a) => least(a, c)],
    [`least with ${Object.is(c, -0) ? "-0" : c}`, (a) => v.least(v.lit(c, a.fmt), a), (a) => least(c, a)],
  ]),
];
const finite: readonly Case[] = [
  ["convert", (a) => float(whole(a)), (a) => f(wholeOf(a))],
  ["iadd", (a, b) => float(v.iadd(whole(a), whole(b))), (a, b) => f((wholeOf(a) + wholeOf(b)) | 0)],
  ["imul", (a, b) => float(v.imul(whole(a), whole(b))), (a, b) => f(Math.imul(wholeOf(a), wholeOf(b)))],
  ["ixor", (a, b) => float(v.ixor(whole(a), whole(b))), (a, b) => f(wholeOf(a) ^ wholeOf(b))],
  ["ishl", (a, b) => float(v.ishl(whole(a), whole(b))), (a, b) => f(wholeOf(a) << wholeOf(b))],
  ["ishr", (a, b) => float(v.ishr(whole(a), whole(b))), (a, b) => f((wholeOf(a) >>> wholeOf(b)) | 0)],
  ["ishl by 3", (a) => float(v.ishl(whole(a), v.lit(3, whole(a).fmt))), (a) => f(wholeOf(a) << 3)],
  ["less of i32", (a, b) => choose(v.less(whole(a), whole(b)), a), (a, b) => (wholeOf(a) < wholeOf(b) ? 1 : 0)],
  ["equal of i32", (a, b) => choose(v.equal(whole(a), whole(b)), a), (a, b) => (wholeOf(a) === wholeOf(b) ? 1 : 0)],
  ["select of i32", (a, b) => float(v.select(v.less(a, b), whole(a), whole(v.neg(b)))), (a, b) => f(wholeOf(a < b ? a : -b))],
  ["pow2 of a float", (a) => power(v.convert(power7(a), whole(a).fmt)), powerOf],
  ["pow2 of a negated float", (a) => power(v.convert(v.neg(v.max(power7(a), v.lit(-127, a.fmt))), whole(a).fmt)), (a) => powerOf(-Math.floor(a))],
  ["pow2 of an integer", (a) => power(v.iadd(v.convert(power7(a), whole(a).fmt), v.lit(0, whole(a).fmt))), powerOf],
  ["exponent", (a) => float(v.exponent(positive(a))), (a) => logOf(Math.max(f(Math.abs(a)), 2 ** -126))],
]; // biome-ignore format: one table
function power7(a: Value): Value {
  return v.floor(v.min(v.max(a, v.lit(-127, a.fmt)), v.lit(127, a.fmt)));
}
/** 2^⌊a⌋ of what is clamped to −127..127, of which the least gives 0. */
function powerOf(a: number): number {
  const power = Math.floor(Math.min(Math.max(a, -127), 127));
  return power === -127 ? 0 : 2 ** power;
}
/** As v.pow2 and v.exponent, in lanes too. */
function power(i: Value): Value {
  return { op: "pow2", a: i, fmt: i.fmt === "i32" ? "f32" : "f32x4" };
}
function positive(a: Value): Value {
  return v.max(v.abs(a), v.lit(2 ** -126, a.fmt));
}

it("choosing the smaller or larger of two, and a power of a negated number, take one instruction in lanes", () => {
  const [a, b] = [vector(0), vector(4)];
  const textFor = (value: Value) => textOf(emitWasm(programOf([store("y", at(0), value)]), { relaxed: false, entries: ["go"] }));
  const smaller = textFor(v.select(v.less(a, v.lit(3, a.fmt)), a, v.lit(3, a.fmt)));
  expect([smaller.includes("f32x4.pmin"), smaller.includes("bitselect")]).toEqual([true, false]);
  const larger = textFor(v.select(v.less(a, b), b, a));
  expect([larger.includes("f32x4.pmax"), larger.includes("bitselect")]).toEqual([true, false]);
  const negated = textFor(power(v.convert(v.neg(v.floor(a)), "i32x4")));
  expect([negated.includes("f32x4.sub"), negated.includes("f32x4.neg")]).toEqual([true, false]);
});

describe("each op, in one lane and in four, alone and in a loop", () => {
  const finites = specials.filter(Number.isFinite);
  const cases = [...anywhere.map((c) => [...c, specials] as const), ...finite.map((c) => [...c, finites] as const)];
  it.each(cases)("%s", (name, value, wanted, numbers) => {
    // A relaxed vector madd may round once; it has a test of its own.
    for (const relaxed of relaxedRuns && name !== "madd" ? [false, true] : [false]) {
      for (const fmt of ["f32", "f32x4"] as const) {
        for (const looped of [false, true]) {
          const step = fmt === "f32" ? 1 : 4;
          const size = Math.ceil(numbers.length / 4) * 4;
          const load = (buffer: string, base: number): Value =>
            fmt === "f32" ? v.load(buffer, at(base, ...turn)) : v.loadx4(buffer, at(base, ...turn));
          const turn: [string, number][] = looped ? [["i", step]] : [];
          const one = (base: number): Stmt => store("y", at(base, ...turn), value(load("x", base), load("w", base)));
          const body: Stmt[] = looped
            ? [{ do: "for", loop: "i", to: size / step, body: [one(0)] }]
            : Array.from({ length: size / step }, (_, i) => one(step * i));
          const { memory, run } = start(programOf(body), relaxed);
          for (let shift = 0; shift < numbers.length; shift++) {
            const a = (i: number): number => f(numbers[i % numbers.length]);
            const b = (i: number): number => f(numbers[(i + shift) % numbers.length]);
            memory.get("x")?.set(Array.from({ length: size }, (_, i) => a(i)));
            memory.get("w")?.set(Array.from({ length: size }, (_, i) => b(i)));
            run();
            const y = memory.get("y") ?? [];
            for (let i = 0; i < size; i++) expect(y[i], `${fmt} of ${a(i)} and ${b(i)}`).toBe(wanted(a(i), b(i)));
          }
        }
      }
    }
  });
});

describe("vectors", () => {
  const run = (value: Value, x: readonly number[]): Float32Array => {
    const { memory, run: go } = start(programOf([store("y", at(0), value)]));
    memory.get("x")?.set(x);
    go();
    return (memory.get("y") ?? new Float32Array()).slice(0, v.isVector(value.fmt) ? 4 : 1);
  };
  it("across folds by halves", () => {
    // (1e8 + -1e8) + (1 + 1), where another order gives 1 or 0.
    expect([...run(v.across("add", vector(0)), [1e8, 1, -1e8, 1])]).toEqual([2]);
    expect([...run(v.across("max", vector(0)), [-0, -3, -7, 0])]).toEqual([0]);
    expect([...run(v.across("min", vector(0)), [0, 3, -0, 0])]).toEqual([-0]);
    expect([...run(v.across("max", vector(0)), [1, 2, Number.NaN, 3])]).toEqual([Number.NaN]);
    // (l0 ∘ l2) ∘ (l1 ∘ l3), of equals the first.
    expect([...run(v.across("most", vector(0)), [-0, 0, -3, 0])]).toEqual([-0]);
    expect([...run(v.across("least", vector(0)), [3, 0, 0, -0])]).toEqual([0]);
    for (const lane of [0, 1, 2, 3])
      expect([...run(v.across("most", vector(0)), [1, 2, 3, 4].with(lane, Number.NaN))]).toEqual([Number.NaN]);
  });
  it("a lane is taken out, or stored alone", () => {
    for (const lane of [0, 1, 2, 3]) {
      expect([...run(v.extract(lane, vector(0)), [10, -0, Number.NaN, 13])]).toEqual([[10, -0, Number.NaN, 13][lane]]);
      expect([...run(v.neg(v.extract(lane, vector(0))), [1, 2, 3, 4])]).toEqual([-1 - lane]);
    }
  });
  it("lanes of loads, of constants, of values", () => {
    const x = (i: number): Value => v.load("x", at(i));
    expect([...run(v.lanes([x(7), x(0), x(3), x(5)]), [0, 1, 2, 3, 4, 5, 6, 7])]).toEqual([7, 0, 3, 5]);
    expect([...run(v.lanes([v.lit(1, "f32"), v.lit(-0, "f32"), v.lit(3, "f32"), v.lit(0.1, "f32")]), [])]).toEqual([
      1,
      -0,
      3,
      f(0.1),
    ]);
    expect([...run(v.lanes([v.neg(x(0)), x(1), v.lit(9, "f32"), v.add(x(1), x(1))]), [4, 5])]).toEqual([-4, 5, 9, 10]);
    const counted = v.iadd(
      v.splat(v.lit(-2, "i32")),
      v.lanes([0, 1, 2, 3].map((i) => v.lit(i, "i32")) as [Value, Value, Value, Value]),
    );
    expect([...run(float(counted), [])]).toEqual([-2, -1, 0, 1]);
    const mixed = v.lanes([v.lit(5, "i32"), v.convert(x(0), "i32"), v.lit(-1, "i32"), v.lit(0, "i32")]);
    expect([...run(float(mixed), [11])]).toEqual([5, 11, -1, 0]);
  });
  it("splat of a load, of a value, of an integer; a shared load is loaded once", () => {
    expect([...run(v.splat(v.load("x", at(2))), [1, 2, 3])]).toEqual([3, 3, 3, 3]);
    expect([...run(v.splat(v.sqrt(v.load("x", at(2)))), [1, 2, 9])]).toEqual([3, 3, 3, 3]);
    expect([...run(float(v.splat(v.convert(v.load("x", at(0)), "i32"))), [-6])]).toEqual([-6, -6, -6, -6]);
    const shared = v.load("x", at(0));
    const value = v.mul(v.splat(shared), v.splat(v.add(shared, shared)));
    const program = programOf([store("y", at(0), value)]);
    expect(textOf(emitWasm(program, { relaxed: false, entries: ["go"] })).match(/load/g)).toHaveLength(1);
    expect([...run(value, [3])]).toEqual([18, 18, 18, 18]);
  });
  it.skipIf(skipOf("no-relaxed-simd", !relaxedRuns))("a relaxed madd rounds once or twice; a scalar one twice", () => {
    const [a, b, c] = [f(1 + 2 ** -12), f(1 - 2 ** -12), -1];
    const { memory, run: go } = start(
      programOf([
        store("y", at(0), v.madd(vector(0), vector(4), vector(8))),
        store("y", at(4), v.madd(v.load("x", at(0)), v.load("x", at(4)), v.load("x", at(8)))),
      ]),
      true,
    );
    memory.get("x")?.set([a, a, a, a, b, b, b, b, c, c, c, c]);
    go();
    const y = memory.get("y") ?? new Float32Array();
    for (const lane of y.subarray(0, 4)) expect([f(f(a * b) + c), -(2 ** -24)]).toContain(lane);
    expect(y[4]).toBe(f(f(a * b) + c));
  });
});

describe("addresses and loops", () => {
  const n = { scalar: "n", per: 1 };
  it("strides that fall, from the last element to the first", () => {
    const body: Stmt[] = [
      {
        do: "for",
        loop: "i",
        to: 8,
        body: [
          {
            do: "for",
            loop: "j",
            to: 4,
            body: [store("y", at(0, ["i", 8], ["j", 1]), v.load("x", at(63, ["i", -8], ["j", -1])))],
          },
          store("y", at(4 + 56, ["i", -8]), vector(0, ["i", 2])),
        ],
      },
    ];
    const y = expectSame(programOf(body)).get("y") ?? [];
    expect(y[0]).not.toBe(y[1]);
    expectSame(
      programOf([{ do: "for", loop: "i", to: n, body: [store("y", at(7, ["i", -1]), v.load("x", at(7, ["i", -1])))] }], "n"),
      { n: 5 },
    );
  });
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])("n is %i: blocks, the rest, and a loop that asks where it is", (rows) => {
    const index = v.convert(v.dim("r"), "f32");
    const body: Stmt[] = [
      {
        do: "for",
        loop: "b",
        to: { scalar: "n", per: 3, round: "down" },
        body: [store("y", at(0, ["b", 4]), vector(0, ["b", 3]))],
      },
      {
        do: "for",
        loop: "r",
        from: { blocks: { scalar: "n", per: 3, round: "down" }, size: 3 },
        to: n,
        body: [store("y", at(64, ["r", 1]), v.add(index, v.load("x", at(0, ["r", 2]))))],
      },
      {
        do: "for",
        loop: "s",
        from: { blocks: { scalar: "n", per: 4 }, size: 4 },
        to: 12,
        body: [store("y", at(128 - 4, ["s", 2]), v.load("x", at(-4 + 8, ["s", 1])))],
      },
      { do: "for", loop: "c", to: { scalar: "n", per: 4 }, body: [store("y", at(200, ["c", 1]), v.lit(1, "f32"))] },
      { do: "for", loop: "never", from: { blocks: 2, size: 4 }, to: 8, body: [store("y", at(255), v.lit(1, "f32"))] },
      { do: "for", loop: "none", to: 0, body: [store("y", at(255), v.lit(1, "f32"))] },
      {
        do: "for",
        loop: "once",
        from: { blocks: 2, size: 2 },
        to: 5,
        body: [store("y", at(40, ["once", 50]), v.convert(v.dim("once"), "f32"))],
      },
    ];
    const y = expectSame(programOf(body, "n"), { n: rows }).get("y") ?? new Float32Array();
    expect([...y.slice(200, 200 + Math.ceil(rows / 4))]).toEqual(Array.from({ length: Math.ceil(rows / 4) }, () => 1));
    expect(y[40 + 4 * 50]).toBe(4);
  });
  it("rows: floor, clamped, NaN is 0; rows that fall; inline and in a let before inner loops", () => {
    const indices = [0, 1.9, 2.5, 7, 8, 1e9, 5e9, Infinity, -0.5, -1, -Infinity, Number.NaN, 3];
    for (const stride of [4, -4]) {
      const base = stride < 0 ? 28 : 0;
      const row = (index: Value): Index["row"] => ({ index, limit: 8, stride });
      const index = v.load("w", at(0, ["i", 1]));
      const body: Stmt[] = [
        {
          do: "for",
          loop: "i",
          to: indices.length,
          body: [
            store("y", at(0, ["i", 1]), v.load("x", { base, terms: [], row: row(index) })),
            { do: "let", name: "id", value: index },
            store("y", at(16, ["i", 1]), v.load("x", { base, terms: [], row: row(use("id", "f32")) })),
            {
              do: "for",
              loop: "j",
              to: 2,
              body: [
                store("y", at(32, ["i", 8], ["j", 2]), v.load("x", { base, terms: [["j", 2]], row: row(use("id", "f32")) })),
                store("y", at(33, ["i", 8], ["j", 2]), v.load("x", { base: base + 1, terms: [["j", 2]], row: row(index) })),
                store(
                  "y",
                  { base: 160 + base, terms: [["j", 1]], row: row(use("id", "f32")) },
                  v.load("x", at(0, ["i", 1], ["j", 1])),
                ),
                store("y", { base: 200, terms: [["j", 1]], row: { index, limit: 1, stride } }, v.load("x", at(0, ["i", 1]))),
              ],
            },
          ],
        },
      ];
      const program = programOf(body);
      verifyProgram(program);
      const { memory, run: go } = start(program);
      const machine = createMachine(program, { track: false });
      for (const buffers of [memory, machine.buffers]) {
        buffers.get("y")?.fill(0);
        buffers.get("w")?.fill(0);
        buffers.get("w")?.set(indices);
        buffers.get("x")?.set(Array.from({ length: 64 }, (_, i) => i));
      }
      go();
      machine.run("go", {});
      expect(memory.get("y")).toEqual(machine.buffers.get("y"));
      const rows = [0, 1, 2, 7, 7, 7, 7, 7, 0, 0, 0, 0, 3];
      expect([...(memory.get("y") ?? [])].slice(0, rows.length)).toEqual(rows.map((wanted) => base + wanted * stride));
    }
  });
  it("the memory has the pages the buffers need, exactly; entries call their kernels in order", () => {
    const program: Program = {
      ...programOf([]),
      buffers: buffers([
        ["x", 16384, "state"],
        ["y", 1, "output"],
      ]),
      kernels: [
        { name: "add", origin: "", body: [store("y", at(0), v.add(v.load("y", at(0)), v.lit(1, "f32")))] },
        {
          name: "double",
          origin: "",
          body: [
            {
              do: "for",
              loop: "i",
              to: { scalar: "n", per: 1 },
              body: [store("y", at(0), v.mul(v.load("y", at(0)), v.lit(2, "f32")))],
            },
          ],
        },
        { name: "never called", origin: "", body: [store("y", at(0), v.lit(Number.NaN, "f32"))] },
      ],
      entries: [
        { name: "go", rows: "n", calls: [{ kernel: "add" }, { kernel: "double" }, { kernel: "add" }], inputs: [], outputs: [] },
        { name: "alone", rows: 1, calls: [{ kernel: "add" }], inputs: [], outputs: [] },
        { name: "idle", rows: "n", calls: [], inputs: [], outputs: [] },
        { name: "hidden", rows: 1, calls: [{ kernel: "never called" }], inputs: [], outputs: [] },
      ],
    };
    const { memory, run: go, bytes } = start(program);
    go({ n: 3 });
    expect(memory.get("y")).toEqual(Float32Array.of(9));
    expect(textOf(bytes)).toContain("(memory (;0;) 2 2)");
    const names = WebAssembly.Module.exports(
      new WebAssembly.Module(new Uint8Array(emitWasm(program, { relaxed: false, entries: ["go", "alone", "idle"] }))),
    ).map(({ name }) => name);
    expect(names).toEqual(["m", "go", "alone", "idle"]);
  });
});

describe("what an inner loop costs", () => {
  it("matrix product, 2 rows x 8 outputs: loads, madds, two pointers, one counter", () => {
    const K = 5;
    const acc = (r: number, h: number): string => `a${r}${h}`;
    const tile = (make: (r: number, h: number) => Stmt): Stmt[] => [0, 1].flatMap((r) => [0, 1].map((h) => make(r, h)));
    const body: Stmt[] = [
      {
        do: "for",
        loop: "i",
        to: { scalar: "n", per: 2 },
        body: [
          ...tile((r, h): Stmt => ({ do: "set", reg: acc(r, h), value: v.loadx4("w", at(4 * h)) })),
          {
            do: "for",
            loop: "k",
            to: K,
            body: [
              ...[0, 1].map(
                (r): Stmt => ({ do: "let", name: `x${r}`, value: v.splat(v.load("x", at(r * K, ["i", 2 * K], ["k", 1]))) }),
              ),
              ...[0, 1].map((h): Stmt => ({ do: "let", name: `w${h}`, value: v.loadx4("w", at(8 + 4 * h, ["k", 8])) })),
              ...tile(
                (r, h): Stmt => ({
                  do: "set",
                  reg: acc(r, h),
                  value: v.madd(use(`x${r}`, "f32x4"), use(`w${h}`, "f32x4"), reg(acc(r, h), "f32x4")),
                }),
              ),
            ],
          },
          ...tile((r, h): Stmt => store("y", at(16 * r + 4 * h, ["i", 32]), v.max(reg(acc(r, h), "f32x4"), v.lit(0, "f32x4")))),
        ],
      },
    ];
    const program = programOf(body, "n");
    for (const relaxed of [false, true]) {
      const text = textOf(emitWasm(program, { relaxed, entries: ["go"] }));
      const inner = text.slice(text.lastIndexOf("loop"), text.indexOf("end", text.lastIndexOf("loop")));
      const count = (instruction: string): number => inner.split(instruction).length - 1;
      expect([count("v128.load32_splat"), count("v128.load "), count("i32.add"), count("br_if"), count("local.set")]).toEqual([
        2,
        2,
        3,
        1,
        4 + 4 + 2,
      ]);
      expect([count("f32x4.mul"), count("f32x4.add"), count("f32x4.relaxed_madd")]).toEqual(relaxed ? [0, 0, 4] : [4, 4, 0]);
      // Nothing else but operands.
      expect(inner.trim().split("\n")).toHaveLength(
        1 + 2 + 2 + (relaxed ? 4 : 8) + 3 + 1 + 10 + 1 + count("local.get") + count("i32.const"),
      );
      expect([count("local.get"), count("i32.const")]).toEqual([4 + 12 + 3, 3]);
    }
    expectSame(program, { n: 6 });
  });
  it("constants are made once, before the loop", () => {
    const body: Stmt[] = [
      {
        do: "for",
        loop: "i",
        to: 8,
        body: [store("y", at(0, ["i", 4]), v.madd(vector(0, ["i", 4]), v.lit(3, "f32x4"), v.lit(3, "f32x4")))],
      },
    ];
    const text = textOf(emitWasm(programOf(body), { relaxed: false, entries: ["go"] }));
    expect(text.match(/f32x4.splat/g)).toHaveLength(1);
    expect(text.indexOf("f32x4.splat")).toBeLessThan(text.indexOf("loop"));
    expectSame(programOf(body));
  });
  it("locals are used again when a value is no longer needed", () => {
    const body = Array.from({ length: 50 }, (_, i): Stmt[] => [
      { do: "let", name: `t${i}`, value: v.add(vector(0), vector(4)) },
      store("y", at(4 * i), v.mul(use(`t${i}`, "f32x4"), use(`t${i}`, "f32x4"))),
    ]).flat();
    expect(textOf(emitWasm(programOf(body), { relaxed: false, entries: ["go"] }))).toContain("(local v128)");
    expectSame(programOf(body));
  });
  it("most is one instruction against a number, three against what may be NaN; a scalar is the first lane", () => {
    const opsOf = (value: Value): string[] => {
      const text = textOf(emitWasm(programOf([store("y", at(0), value)]), { relaxed: false, entries: ["go"] }));
      return text.match(/f32x4\.(?!const)\w+|v128\.(or|and)\w*|f32\.(max|min|lt|ne)|select/g) ?? [];
    };
    const one = v.load("x", at(0));
    expect(opsOf(v.most(vector(0), v.splat(v.convert(v.lit(3, "i32"), "f32"))))).toEqual(["f32x4.splat", "f32x4.pmax"]);
    expect(opsOf(v.most(v.lit(-1, "f32x4"), vector(0))).filter((op) => op !== "f32x4.splat")).toEqual(["f32x4.pmax"]);
    expect(opsOf(v.least(vector(0), vector(4)))).toEqual(["f32x4.pmin", "f32x4.ne", "v128.or"]);
    expect(opsOf(v.most(v.lit(0, "f32x4"), vector(0))).filter((op) => op !== "f32x4.splat")).toEqual([
      "f32x4.pmax",
      "f32x4.ne",
      "v128.or",
    ]);
    expect(opsOf(v.most(one, v.lit(0, "f32")))).toEqual(["f32x4.splat", "f32x4.splat", "f32x4.pmax", "f32x4.extract_lane"]);
  });
  it("a value that nobody uses is not computed", () => {
    const text = textOf(
      emitWasm(programOf([{ do: "let", name: "t", value: v.sqrt(vector(0)) }]), { relaxed: false, entries: ["go"] }),
    );
    expect(text).not.toContain("sqrt");
  });
});

/** A random Program in f32, without the operands ir.ts excludes: integers of any float, exponents of any number. */
function tamed(program: Program, contracts = true): Program {
  const done = new Map<Value, Value>();
  const inF32 = (fmt: Fmt): Fmt => (fmt === "f64" ? "f32" : fmt);
  const index = (from: Index): Index =>
    from.row === undefined ? from : { ...from, row: { ...from.row, index: tame(from.row.index) } };
  const within = (a: Value, limit: number): Value => v.select(v.less(v.abs(a), v.lit(limit, a.fmt)), a, v.lit(1, a.fmt));
  const step = (value: Value): Value => {
    if (value.op === "const") return v.lit(value.value, inF32(value.fmt));
    const made: Value = { ...mapOperands(value, tame, index), fmt: inF32(value.fmt) };
    if (made.op === "madd" && !contracts) return v.add(v.mul(made.a, made.b), made.c);
    if (made.op === "convert") {
      if (made.a.fmt === made.fmt) return made.a;
      return made.fmt === "i32" || made.fmt === "i32x4" ? { ...made, a: v.floor(within(made.a, 2 ** 31 - 200)) } : made;
    }
    if (made.op === "exponent") return { ...made, a: v.max(within(v.abs(made.a), 1e38), v.lit(2 ** -126, made.a.fmt)) };
    if (made.op === "pow2") return { ...made, a: v.iadd(v.ishr(made.a, v.lit(25, made.a.fmt)), v.lit(-63, made.a.fmt)) };
    return made;
  };
  const tame = (value: Value): Value => {
    const known = done.get(value) ?? step(value);
    done.set(value, known);
    return known;
  };
  const statement = (from: Stmt): Stmt => {
    if (from.do === "for") return { ...from, body: from.body.map(statement) };
    if (from.do === "store") return { ...from, index: index(from.index), value: tame(from.value) };
    return { ...from, value: tame(from.value) };
  };
  const kernels = program.kernels.map((kernel) => ({ ...kernel, body: kernel.body.map(statement) }));
  return { ...program, kernels };
}

describe("random Programs", () => {
  const seen = new Map<string, number>();
  it("have the bits of the interpreter, and wabt reads them back", () => {
    fc.assert(
      fc.property(programs(), fc.double({ min: 0, max: 1, noNaN: true }), (made, where) => {
        const program = tamed(made);
        if (program.entries.length === 0) return;
        const scalars = Object.fromEntries(
          program.scalars.map(({ name, min, max }) => [name, min + Math.floor(where * (max - min))]),
        );
        expectSame(program, scalars);
        // But for contraction a relaxed module has the same bits.
        if (relaxedRuns) expectSame(tamed(made, false), scalars, true);
        for (const relaxed of [false, true]) textOf(emitWasm(program, { relaxed, entries: [program.entries[0].name] }));
        const note = (value: Value): void => {
          seen.set(`${value.op} ${value.fmt}`, (seen.get(`${value.op} ${value.fmt}`) ?? 0) + 1);
          mapOperands(
            value,
            (operand) => {
              note(operand);
              return operand;
            },
            (index) => index,
          );
        };
        const walk = (body: readonly Stmt[]): void => {
          for (const one of body) {
            seen.set(one.do, (seen.get(one.do) ?? 0) + 1);
            if (one.do === "for") walk(one.body);
            else note(one.value);
          }
        };
        for (const { body } of program.kernels) walk(body);
      }),
      { numRuns: 400 },
    );
  });
  it("every statement and every op occurred", () => {
    const floats = [
      "neg",
      "abs",
      "sqrt",
      "floor",
      "add",
      "sub",
      "mul",
      "div",
      "min",
      "max",
      "most",
      "least",
      "madd",
      "select",
      "pow2",
      "convert",
      "load",
    ];
    const integers = ["iadd", "imul", "ixor", "ishl", "ishr", "exponent", "convert", "select"];
    const masks = ["less", "equal", "and", "not"];
    const wanted = [
      ...["for", "let", "set", "store", "across f32", "extract f32", "splat f32x4", "splat i32x4", "lanes f32x4", "lanes i32x4"],
      ...floats.flatMap((op) => [`${op} f32`, `${op} f32x4`]),
      ...integers.flatMap((op) => [`${op} i32`, `${op} i32x4`]),
      ...masks.flatMap((op) => [`${op} mask`, `${op} maskx4`]),
    ];
    expect(wanted.filter((key) => (seen.get(key) ?? 0) < 3)).toEqual([]);
  });
});
