// Elementary functions against the engine's (good to 1e-15) and a series for erf, on random bit patterns of all f32,
// dense around the places where a formula changes, and at hard points. The bounds are those math.ts states.
import { describe, expect, it } from "vitest";
import { random } from "../../../compiler/base/random.ts";
import { createMachine } from "../../../compiler/interpret/program.ts";
import { erf, exp, expm1, log, log1p, tanh } from "../../../compiler/program/nest/math.ts";
import type { FloatFmt, Program, Stmt, Value } from "../../../compiler/program/program.ts";
import * as v from "../../../compiler/program/value.ts";
import { verifyProgram } from "../../../compiler/program/verify.ts";

/** f over xs as an emitted kernel would see it: the f32 result, and what an f64 value has beyond it. */
function evaluate(fmt: FloatFmt, f: (x: Value) => Value, xs: Float32Array): { high: Float32Array; low: Float32Array } {
  const length = xs.length;
  const index = { base: 0, terms: [["i", 1]] } as const;
  const y = f(v.convert(v.load("x", index), fmt));
  const use: Value = { op: "use", name: "y", fmt };
  const wide = v.convert(use, "f64");
  const body: Stmt[] = [
    { do: "let", name: "y", value: y },
    { do: "store", buffer: "high", index, value: use },
    { do: "store", buffer: "low", index, value: v.sub(wide, v.convert(v.convert(use, "f32"), "f64")) },
  ];
  const program: Program = {
    name: "map",
    scalars: [],
    buffers: [
      { name: "x", at: 0, length, role: "input" },
      { name: "high", at: length, length, role: "output" },
      { name: "low", at: 2 * length, length, role: "output" },
    ],
    kernels: [{ name: "map", origin: "", body: [{ do: "for", loop: "i", to: length, body }] }],
    entries: [],
  };
  verifyProgram(program);
  const machine = createMachine(program, { constants: new Map([["x", xs]]), track: false });
  machine.run("map");
  return { high: machine.buffers.get("high")!, low: machine.buffers.get("low")! };
}

/** erf by its alternating series (|x| < 2) and by the series of e^(x²)·erf(x), all terms positive, beyond. */
function erfReference(x: number): number {
  const a = Math.abs(x);
  if (!(a < 6.5)) return Number.isNaN(x) ? x : Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= a < 2 ? (-x * x) / n : (2 * x * x) / (2 * n + 1);
    sum += a < 2 ? term / (2 * n + 1) : term;
  }
  return (sum * 2 * (a < 2 ? 1 : Math.exp(-x * x))) / Math.sqrt(Math.PI);
}

const functions = { exp, expm1, log, log1p, tanh, erf } as const;
const references = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  erf: erfReference,
} as const;
type Name = keyof typeof references;
const names = Object.keys(references) as Name[];

const tiny = 2 ** -126;
const word = new DataView(new ArrayBuffer(4));
const fromBits = (bits: number): number => {
  word.setUint32(0, bits);
  return word.getFloat32(0);
};
/** The distance of neighbouring f32 around a normal number. */
const ulpOf = (y: number): number => {
  word.setFloat32(0, Math.min(Math.abs(y), fromBits(0x7f7fffff)));
  return 2 ** ((word.getUint32(0) >>> 23) - 127 - 23);
};

const edges: { readonly [name in Name]: readonly number[] } = {
  exp: [0, 88.72, -87.33, -104, 0.3466, -0.3466],
  expm1: [0, 88.72, 0.3466, -0.3466, 0.40, -17.3, -18],
  log: [1, Math.SQRT1_2, Math.SQRT2, tiny, 0.5, 2],
  log1p: [0, -1, Math.SQRT2 - 1, Math.SQRT1_2 - 1, 1, -0.5],
  tanh: [0, 0.55, 10, 20, 9.01],
  erf: [0, 0.93, 1, 3.9, 4, 6],
}; // biome-ignore format: one table

/** 200,000 numbers, most of them any bit pattern, 200 neighbours on both sides of each edge, powers of two, the least and greatest numbers. */
function inputs(name: Name): Float32Array {
  const noise = random(names.indexOf(name));
  const list = Array.from({ length: 120_000 }, () => fromBits(noise.integer(0, 0xffff) * 0x10000 + noise.integer(0, 0xffff)));
  // Bit patterns thin out where functions live: the rest lies in −20..20.
  for (let i = 0; i < 80_000; i++) list.push((noise.uniform() - 0.5) * 40);
  for (const edge of edges[name]) {
    for (let i = -200; i <= 200; i++) list.push(edge + i * (edge === 0 ? 2 ** -20 : ulpOf(edge)));
  }
  for (let e = -149; e < 128; e++) list.push(2 ** e, -(2 ** e));
  return Float32Array.from([...list, fromBits(0x7f7fffff), -fromBits(0x7f7fffff)]);
}

describe.each(names)("%s", (name) => {
  const reference = references[name];
  const xs = inputs(name);
  const wanted = Float64Array.from(xs, reference);

  const check = (found: Float32Array, bound: number): void => {
    let worst = { error: 0, x: 0 };
    let subnormal = 0;
    for (let i = 0; i < xs.length; i++) {
      const [y, right] = [found[i], wanted[i]];
      const rounded = Math.fround(right);
      if (Math.abs(right) < tiny) {
        subnormal = Math.max(subnormal, Math.abs(y - right));
      } else if (!Number.isFinite(rounded) || !Number.isFinite(y)) {
        if (!Object.is(y, rounded)) throw new Error(`${name}(${xs[i]}) is ${y}, expected ${rounded}`);
      } else {
        const error = Math.abs(y - right) / ulpOf(right);
        if (error > worst.error) worst = { error, x: xs[i] };
      }
    }
    expect(worst.error, `${name}(${worst.x})`).toBeLessThanOrEqual(bound);
    expect(subnormal / 2 ** -149).toBeLessThanOrEqual(2);
  };

  it("f32 flavour: within 2 ulp", () => check(evaluate("f32", functions[name], xs).high, 2));

  it("f64 flavour: within 1 ulp once rounded, 2^-33 before", () => {
    const { high, low } = evaluate("f64", functions[name], xs);
    check(high, 1);
    let worst = { error: 0, x: 0 };
    for (let i = 0; i < xs.length; i++) {
      if (!Number.isFinite(high[i]) || Math.abs(wanted[i]) < 2 ** -90) continue;
      const error = Math.abs(high[i] + low[i] - wanted[i]) / Math.abs(wanted[i]);
      if (error > worst.error) worst = { error, x: xs[i] };
    }
    expect(worst.error, `${name}(${worst.x})`).toBeLessThanOrEqual(2 ** -33);
  });
});

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const exact: readonly (readonly [Name, x: number, y: number])[] = [
  ...names.map((name) => [name, nan, nan] as const),
  ...([["exp", -inf, 0], ["exp", -0, 1], ["exp", 0, 1], ["exp", inf, inf], ["exp", 88.73, inf], ["exp", -104, 0], ["exp", -1e30, 0], ["exp", 1e30, inf]] as const),
  ...([["expm1", -inf, -1], ["expm1", -0, -0], ["expm1", 0, 0], ["expm1", inf, inf], ["expm1", -30, -1], ["expm1", 89.5, inf], ["expm1", -1e-40, -1e-40]] as const),
  ...([["log", -inf, nan], ["log", -1, nan], ["log", -1e-45, nan], ["log", -0, -inf], ["log", 0, -inf], ["log", 1, 0], ["log", inf, inf]] as const),
  ...([["log1p", -inf, nan], ["log1p", -1.5, nan], ["log1p", -1, -inf], ["log1p", -0, -0], ["log1p", 0, 0], ["log1p", inf, inf], ["log1p", -1e-40, -1e-40]] as const),
  ...([["tanh", -inf, -1], ["tanh", -0, -0], ["tanh", 0, 0], ["tanh", inf, 1], ["tanh", -25, -1], ["tanh", 1e-40, 1e-40]] as const),
  ...([["erf", -inf, -1], ["erf", -0, -0], ["erf", 0, 0], ["erf", inf, 1], ["erf", -7, -1], ["erf", 4.5, 1]] as const),
]; // biome-ignore format: one table

describe.each(["f32", "f64"] as const)("special values in %s", (fmt) => {
  it.each(exact)("%s(%d) is %d", (name, x, y) => {
    expect(evaluate(fmt, functions[name], Float32Array.of(x)).high[0]).toBe(Math.fround(y));
  });
});

describe("f64 values that no f32 holds", () => {
  const at = (f: (x: Value) => Value, ...xs: number[]): number[] => {
    const { high, low } = evaluate("f64", f, Float32Array.from(xs));
    return [...high].map((y, i) => (Number.isFinite(y) ? y + low[i] : y));
  };
  const inverse = (x: Value): Value => log(exp(x));

  it("log undoes exp over the whole range of exp, and sees its zero and its infinity", () => {
    const xs = [-173.5, -150, -100, -88, 0.5, 88, 100, 150, 173.5];
    const ys = at(inverse, ...xs);
    for (const [i, x] of xs.entries())
      expect(Math.abs(ys[i] - x), `log(exp(${x}))`).toBeLessThan(1e-9 * Math.max(1, Math.abs(x)));
    expect(at(inverse, -200, 200)).toEqual([-inf, inf]);
  });
  it("e^±200 is out of reach of any f32 and never NaN", () => {
    expect(at((x) => v.mul(exp(x), v.lit(1e70, "f64")), -200)[0]).toBeLessThan(1);
    expect(at((x) => v.mul(exp(x), v.lit(1e-70, "f64")), 200)[0]).toBeGreaterThan(1);
  });
  it("±∞ gives ±1 exactly, not a polynomial's idea of it", () => {
    expect(at((x) => v.sub(erf(x), v.lit(1, "f64")), inf)).toEqual([0]);
    expect(at((x) => v.sub(tanh(x), v.lit(1, "f64")), inf)).toEqual([0]);
  });
});

it("an elementary function stays small: nodes of the DAG, each computed once", () => {
  const count = (value: Value): number => {
    const seen = new Set<Value>();
    const visit = (node: Value): void => {
      if (seen.has(node)) return;
      seen.add(node);
      for (const operand of Object.values(node)) if (typeof operand === "object" && "fmt" in operand) visit(operand);
    };
    visit(value);
    return [...seen].filter(({ op }) => op !== "const").length;
  };
  const x: Value = { op: "reg", name: "x", fmt: "f64" };
  const sizes = Object.fromEntries(names.map((name) => [name, count(functions[name](x))]));
  expect(sizes).toMatchInlineSnapshot(`
    {
      "erf": 52,
      "exp": 24,
      "expm1": 27,
      "log": 36,
      "log1p": 39,
      "tanh": 27,
    }
  `);
});
