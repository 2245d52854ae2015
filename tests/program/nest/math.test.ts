// Elementary functions as the interpreter computes them, in both flavours, on random bit patterns of all f32, dense around the places
// where a formula changes, and at hard points. The bounds are those of bounds.ts; what judges is in support/elementary.ts.
import { describe, expect, it } from "vitest";
import { random } from "../../../compiler/base/random.ts";
import { createMachine } from "../../../compiler/interpret/program.ts";
import { bounds } from "../../../compiler/program/nest/math/bounds.ts";
import { erf } from "../../../compiler/program/nest/math/erf.ts";
import { exp } from "../../../compiler/program/nest/math/exp.ts";
import { log } from "../../../compiler/program/nest/math/log.ts";
import { pow } from "../../../compiler/program/nest/math/power.ts";
import { round } from "../../../compiler/program/nest/math/round.ts";
import { tanh } from "../../../compiler/program/nest/math/sigmoid.ts";
import type { FloatFmt, Program, Stmt, Value } from "../../../compiler/program/program.ts";
import * as v from "../../../compiler/program/value.ts";
import { verifyProgram } from "../../../compiler/program/verify.ts";
import { elementary, fromBits, judge, type Name, names, ulpOf, type Worst } from "../../support/elementary.ts";

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

/** 200,000 numbers, most of them any bit pattern, 200 neighbours on both sides of each edge, powers of two, the least and greatest numbers. */
function inputs(name: Name): Float32Array {
  const noise = random(names.indexOf(name));
  const list = Array.from({ length: 120_000 }, () => fromBits(noise.integer(0, 0xffff) * 0x10000 + noise.integer(0, 0xffff)));
  // Bit patterns thin out where functions live: the rest lies in −20..20.
  for (let i = 0; i < 80_000; i++) list.push((noise.uniform() - 0.5) * 40);
  for (const edge of elementary[name].edges) {
    for (let i = -200; i <= 200; i++) list.push(edge + i * (edge === 0 ? 2 ** -20 : ulpOf(edge)));
  }
  for (let e = -149; e < 128; e++) list.push(2 ** e, -(2 ** e));
  return Float32Array.from([...list, fromBits(0x7f7fffff), -fromBits(0x7f7fffff)]);
}

describe.each(names)("%s", (name) => {
  const { f, reference } = elementary[name];
  const xs = inputs(name);
  const wanted = Float64Array.from(xs, reference);
  const check = (found: Float32Array, bound: number): void => {
    const worst: Worst = { error: 0, x: 0 };
    for (const [i, y] of found.entries()) judge(worst, xs[i], y, wanted[i], 2);
    expect(worst.error, `${name}(${worst.x})`).toBeLessThanOrEqual(bound);
  };

  it("f32 flavour: within its bound", () => check(evaluate("f32", f, xs).high, bounds[name].f32));

  it("f64 flavour: within 1 ulp once rounded, within its bound before", () => {
    const { high, low } = evaluate("f64", f, xs);
    check(high, 1);
    const worst: Worst = { error: 0, x: 0 };
    for (let i = 0; i < xs.length; i++) {
      if (!Number.isFinite(high[i]) || Math.abs(wanted[i]) < 2 ** -90) continue;
      const error = Math.abs(high[i] + low[i] - wanted[i]) / Math.abs(wanted[i]);
      if (error > worst.error) Object.assign(worst, { error, x: xs[i] });
    }
    expect(worst.error, `${name}(${worst.x})`).toBeLessThanOrEqual(bounds[name].f64);
  });
});

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const exact: readonly (readonly [Name | "round", x: number, y: number])[] = [
  ...names.map((name) => [name, nan, nan] as const),
  ...([["exp", -inf, 0], ["exp", -0, 1], ["exp", 0, 1], ["exp", inf, inf], ["exp", 88.73, inf], ["exp", -104, 0], ["exp", -1e30, 0], ["exp", 1e30, inf]] as const),
  ...([["expm1", -inf, -1], ["expm1", -0, -0], ["expm1", 0, 0], ["expm1", inf, inf], ["expm1", -30, -1], ["expm1", 89.5, inf], ["expm1", -1e-40, -1e-40]] as const),
  ...([["log", -inf, nan], ["log", -1, nan], ["log", -1e-45, nan], ["log", -0, -inf], ["log", 0, -inf], ["log", 1, 0], ["log", inf, inf]] as const),
  ...([["log1p", -inf, nan], ["log1p", -1.5, nan], ["log1p", -1, -inf], ["log1p", -0, -0], ["log1p", 0, 0], ["log1p", inf, inf], ["log1p", -1e-40, -1e-40]] as const),
  ...([["tanh", -inf, -1], ["tanh", -0, -0], ["tanh", 0, 0], ["tanh", inf, 1], ["tanh", -25, -1], ["tanh", 1e-40, 1e-40]] as const),
  ...([["sigmoid", -inf, 0], ["sigmoid", -0, 0.5], ["sigmoid", 0, 0.5], ["sigmoid", inf, 1], ["sigmoid", -1e30, 0], ["sigmoid", -110, 0], ["sigmoid", 1e-40, 0.5]] as const),
  ...([["softplus", -inf, 0], ["softplus", inf, inf], ["softplus", 1e30, 1e30], ["softplus", -200, 0]] as const),
  ...([["sin", -inf, nan], ["sin", inf, nan], ["sin", -0, -0], ["sin", 0, 0], ["sin", -1e-40, -1e-40], ["sin", 1e5, nan], ["sin", -3e38, nan]] as const),
  ...([["cos", -inf, nan], ["cos", inf, nan], ["cos", -0, 1], ["cos", 0, 1], ["cos", 1e-40, 1], ["cos", -1e5, nan]] as const),
  ...([["round", -inf, -inf], ["round", inf, inf], ["round", nan, nan], ["round", -0, -0], ["round", 0, 0], ["round", -0.5, -0], ["round", 0.5, 0], ["round", 1.5, 2]] as const),
  ...([["round", -1e-40, -0], ["round", 2.5, 2], ["round", -3.5, -4], ["round", 0.49999997, 0], ["round", 8388607.5, 8388608], ["round", 16777217, 16777216]] as const),
  ...([["erf", -inf, -1], ["erf", -0, -0], ["erf", 0, 0], ["erf", inf, 1], ["erf", -7, -1], ["erf", 4.5, 1]] as const),
]; // biome-ignore format: one table

const functions = { ...Object.fromEntries(names.map((name) => [name, elementary[name].f])), round } as Record<
  Name | "round",
  (x: Value) => Value
>;

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

describe("pow in doubles", () => {
  const xs = [2, 0.7, 1e-40, 3e38, 1 + 2 ** -23, 1 - 2 ** -24, 88.5, 0.01];
  const ys = [0.5, -3, 17.25, 120, -88, 1e6, 0.001, -0.75];
  it("is within 1 ulp once rounded, within its bound before", () => {
    for (const power of ys) {
      const { high, low } = evaluate("f64", (x) => pow(x, v.lit(power, "f64")), Float32Array.from(xs));
      for (const [i, y] of high.entries()) {
        const wanted = Math.fround(xs[i]) ** power;
        const worst: Worst = { error: 0, x: 0 };
        judge(worst, i, y, wanted, 2);
        expect(worst.error, `${xs[i]} ^ ${power}`).toBeLessThanOrEqual(1);
        if (!Number.isFinite(y) || wanted < 2 ** -90) continue;
        expect(Math.abs((y + low[i]) / wanted - 1), `${xs[i]} ^ ${power}`).toBeLessThanOrEqual(bounds.pow.f64);
      }
    }
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
  const sizes = Object.fromEntries(
    (["f32", "f64"] as const).map((fmt) => {
      const [a, b] = ["x", "y"].map((name): Value => ({ op: "reg", name, fmt }));
      const all = { ...functions, pow: (value: Value) => pow(value, b) };
      return [fmt, Object.fromEntries(Object.entries(all).map(([name, f]) => [name, count(f(a))]))];
    }),
  );
  expect(sizes).toMatchInlineSnapshot(`
    {
      "f32": {
        "cos": 51,
        "erf": 42,
        "exp": 19,
        "expm1": 23,
        "log": 39,
        "log1p": 47,
        "pow": 138,
        "round": 11,
        "sigmoid": 22,
        "sin": 52,
        "softplus": 31,
        "tanh": 24,
      },
      "f64": {
        "cos": 35,
        "erf": 52,
        "exp": 24,
        "expm1": 26,
        "log": 36,
        "log1p": 39,
        "pow": 88,
        "round": 11,
        "sigmoid": 27,
        "sin": 34,
        "softplus": 41,
        "tanh": 27,
      },
    }
  `);
});
