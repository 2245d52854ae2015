// The laws of a composite, over the whole list: its expansion, rounded to f32 at every step, against its own reference; and the
// gradient that flows through the expansion against differences of the reference, at smooth points, at 0 and far out.
import { describe, expect, test } from "vitest";
import { type Random, random, seedFor } from "../../compiler/base/random.ts";
import { type Attrs, bindShape, graph, type Node, sizeOf, type Type } from "../../compiler/graph/graph.ts";
import { type Precision, runGraph } from "../../compiler/interpret/graph.ts";
import type { Composite } from "../../compiler/ops/define.ts";
import { begin, ops } from "../../compiler/ops/index.ts";
import { bounds } from "../../compiler/program/nest/math/bounds.ts";
import { expandComposites } from "../../compiler/rewrite/expand.ts";
import { pullback } from "../../compiler/rewrite/gradient/differentiate.ts";
import { hardNumbers, tameNumbers } from "../arbitrary/numbers.ts";
import { skipOf } from "../exemptions.ts";

const composites = Object.entries(ops).filter((entry): entry is [string, Composite] => entry[1].kind === "composite");

/** How far an expansion may be off: so many units of 2^−24 of the result, or of `of` where that is larger. */
interface Bound {
  readonly ulps: number;
  /** Something the result cancels from; x is the element's own input, or the largest of all. */
  readonly of?: (x: number) => number;
  /** Sums of these overflow. */
  readonly below?: number;
}
const size = Math.abs;
const strict: Bound = { ulps: 6 };
const looser: Readonly<Record<string, Bound>> = {
  // 1 + erf and x − tanh x cancel; the sigmoid of geluTanh has a rounded argument.
  gelu: { ulps: 6, of: size },
  geluTanh: { ulps: 6, of: size },
  tanhShrink: { ulps: 3, of: size },
  // e^(x − max) has a rounded argument, 1 − … a rounded 1.
  softmax: { ulps: 6, of: () => 1 },
  logSoftmax: { ulps: 6, of: () => 1 },
  sparsemax: { ulps: 12, of: () => 1 },
  // At most 4·4·4 terms.
  mean: { ulps: 64, of: size, below: 1e15 },
  variance: { ulps: 192, of: (x) => x * x, below: 1e15 },
};
/** Underflow on the way (f32 has nothing below 2^−149) may be multiplied by a modest x. */
const UNDERFLOW = 2 ** -140;
/** Integers out, whatever comes in. */
const hidesNaN = ["argmax", "oneHot"];

/** The op on one input of `type`, as itself and expanded, with the gradient of Σ⟨y, ct⟩. */
function site(name: string, type: Type, attrs: Attrs) {
  const g = begin();
  const x = g.input({ name: "x", shape: type.shape });
  const whole = graph("whole", [["y", g.node(name, [x], attrs)]]);
  const expanded = expandComposites(whole);
  const value = (of: typeof whole, data: ArrayLike<number>, rows: number, precision: Precision) =>
    runGraph(of, { rows, values: { x: data }, precision }).results.y.data;
  return {
    expanded,
    expand: (data: ArrayLike<number>, rows: number) => value(expanded, data, rows, "f32"),
    reference: (data: ArrayLike<number>, rows: number) => value(whole, data, rows, "double"),
    gradient(data: ArrayLike<number>, ct: ArrayLike<number> | undefined, rows: number, precision: Precision): Float64Array {
      const [, y] = expanded.results[0];
      const input = expanded.nodes.find((node) => node.op === "input") as Node;
      const h = begin();
      const seed = h.input({ name: "ct", shape: y.type.shape });
      const [flow] = pullback(h, [[y, seed]], [input]);
      if (flow === null) return new Float64Array(data.length);
      const ones = new Float64Array(sizeOf(bindShape(y.type.shape, rows))).fill(1);
      const backward = expandComposites(graph("backward", [["dx", flow]]));
      return runGraph(backward, { rows, values: { x: data, ct: ct ?? ones }, precision }).results.dx.data;
    },
  };
}

function expectWithin(found: Float64Array, reference: Float64Array, x: ArrayLike<number>, name: string, attrs: Attrs): void {
  const { ulps, of = () => 0 } = looser[name] ?? strict;
  const own = x.length === found.length && !["mean", "variance"].includes(name);
  const largest = Array.from(x).reduce((a, b) => Math.max(a, Number.isFinite(b) ? Math.abs(b) : 0), 0);
  for (const [i, exact] of reference.entries()) {
    const expected = Math.fround(exact);
    if (found[i] === expected || (Number.isNaN(found[i]) && Number.isNaN(expected))) continue;
    const scale = Math.max(Math.abs(exact), of(own ? x[i] : largest));
    // An exact value just below the largest float may round over it.
    const limit = Number.isFinite(expected) ? found[i] : Math.sign(found[i]) * Math.max(Math.abs(found[i]), 3.4028236e38);
    if (!(Math.abs(limit - exact) <= ulps * 2 ** -24 * scale + UNDERFLOW)) {
      expect.fail(`${name} ${JSON.stringify(attrs)} of [${x}]: [${i}] is ${found[i]}, expected ${expected}`);
    }
  }
}

/** The ends of everything, and a fine walk through where the functions bend. */
const grid: readonly number[] = [
  ...hardNumbers(1, 400),
  ...[1e30, 2 ** 127, 3.4028234663852886e38, 1e20, 1e9, 1e8, 5000, 200, 104, 100, 88, 50, 20, 17, 9, 6, 4, 2, 1.0000001, 1e-3, 1e-30, 1e-38, 1e-45].flatMap((x) => [x, -x]),
  ...Array.from({ length: 401 }, (_, i) => (i - 200) / 25 + 1 / 300),
  Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0, -0,
].map(Math.fround); // biome-ignore format: one table

const tried = new Set<string>();

describe.each(composites)("composite %s", (name, op) => {
  test("its expansion has primitives only and computes its value in f32", () => {
    const r = random(seedFor(1, name));
    for (let i = 0; i < 60; i++) {
      const { inputs, attrs } = op.sample(r);
      const rows = r.integer(1, 4);
      const { expanded, expand, reference } = site(name, inputs[0], attrs);
      expect(expanded.nodes.every((node) => ops[node.op].kind === "primitive")).toBe(true);
      const count = sizeOf(bindShape(inputs[0].shape, rows));
      const below = looser[name]?.below ?? Number.POSITIVE_INFINITY;
      const draw = i % 3 === 0 ? tameNumbers : hardNumbers;
      const x = draw(r.integer(0, 1e6), count).map((v) => (Math.abs(v) >= below ? v / 1e30 : v));
      expectWithin(expand(x, rows), reference(x, rows), x, name, attrs);
    }
    tried.add(name);
  });

  if (op.sample(random(1)).inputs.length === 1 && isElementwise(op)) {
    test("its expansion computes its value on the hard grid, and NaN stays NaN", () => {
      const r = random(seedFor(2, name));
      for (let i = 0; i < 5; i++) {
        const { attrs } = op.sample(r);
        const { expand, reference } = site(name, { shape: [grid.length] }, attrs);
        const [found, exact] = [expand(grid, 1), reference(grid, 1)];
        expectWithin(found, exact, grid, name, attrs);
        for (const [k, x] of grid.entries()) if (Number.isNaN(x)) expect([found[k], exact[k]]).toEqual([Number.NaN, Number.NaN]);
      }
    });
  } else {
    test("one NaN reaches what it must", () => {
      const { expand, reference } = site(name, { shape: [2, 2] }, axisAttrs(op));
      const x = [1, Number.NaN, 3, 4];
      const has = (values: Float64Array) => values.some(Number.isNaN);
      expect([has(expand(x, 1)), has(reference(x, 1))]).toEqual(Array(2).fill(!hidesNaN.includes(name)));
    });
  }

  test("its gradient is that of its value", () => {
    const r = random(seedFor(3, name));
    for (let i = 0; i < 16; i++) {
      const { inputs, attrs } = op.sample(r);
      const rows = r.integer(1, 3);
      const { reference, gradient } = site(name, inputs[0], attrs);
      const x = distinct(r, sizeOf(bindShape(inputs[0].shape, rows)));
      const ct = Array.from(reference(x, rows), () => r.integer(-8, 8) / 4);
      const scalar = (at: readonly number[]) => reference(at, rows).reduce((sum, y, k) => sum + y * ct[k], 0);
      const found = gradient(x, ct, rows, "double");
      const h = 2 ** -13;
      for (let j = 0; j < Math.min(x.length, 12); j++) {
        const moved = (by: number) => scalar(x.with(j, x[j] + by));
        const slope = (moved(h) - moved(-h)) / (2 * h);
        const off = Math.abs(slope - found[j]);
        if (!(off <= 1e-5 * Math.max(1, Math.abs(slope)))) {
          expect.fail(`${name} ${JSON.stringify(attrs)} at [${x}]: d/dx${j} is ${found[j]}, by differences ${slope}`);
        }
      }
    }
  });
});

/** Odd multiples of 33/1024: never within 1/1024 of a kink (samples put them at multiples of 1/8), nor do differences sum to 1. */
function distinct(r: Random, count: number): number[] {
  const pool = Array.from({ length: 96 + 2 * count }, (_, i) => ((2 * (i - 48 - count) + 1) * 33) / 1024);
  return Array.from({ length: count }, () => pool.splice(r.integer(0, pool.length - 1), 1)[0]);
}

function isElementwise(op: Composite): boolean {
  const { attrs } = op.sample(random(1));
  return !("axis" in attrs || "axes" in attrs || "depth" in attrs);
}
function axisAttrs(op: Composite): Attrs {
  const { attrs } = op.sample(random(1));
  return "axes" in attrs ? { axes: [1] } : "axis" in attrs ? { axis: 1 } : attrs;
}

/** d y / d x at x = 0. */
const atZero: readonly (readonly [name: string, attrs: Attrs, slope: number])[] = [
  ["relu", {}, 0], ["relu6", {}, 0], ["leakyRelu", { slope: 0.25 }, 0.25], ["elu", { alpha: 2 }, 2], ["celu", { alpha: 2 }, 1],
  ["selu", {}, 1.0507009873554805 * 1.6732632423543772], ["gelu", {}, 0.5], ["geluTanh", {}, 0.5], ["silu", {}, 0.5], ["hardSilu", {}, 0.5],
  ["mish", {}, 0.6], ["sigmoid", {}, 0.25], ["hardSigmoid", {}, 1 / 6], ["hardSigmoidKeras2", {}, 0.2], ["softplus", {}, 0.5], ["softsign", {}, 1], ["logSigmoid", {}, 0.5],
  ["squareplus", {}, 0.5], ["sparsePlus", {}, 0.5], ["sparseSigmoid", {}, 0.5], ["tanhShrink", {}, 0], ["hardTanh", {}, 1],
  ["softShrink", { threshold: 0.5 }, 0], ["hardShrink", { threshold: 0.5 }, 0], ["threshold", { value: 0, default: 1 }, 0], ["exponential", {}, 1],
  ["abs", {}, 0], ["sign", {}, 0], ["square", {}, 0], ["clip", { low: 0, high: 1 }, 1],
]; // biome-ignore format: one table
/** d y / d x far below and far above 0. */
const farOut: readonly (readonly [name: string, attrs: Attrs, below: number, above: number])[] = [
  ["relu", {}, 0, 1], ["relu6", {}, 0, 0], ["leakyRelu", { slope: 0.25 }, 0.25, 1], ["elu", { alpha: 2 }, 0, 1], ["celu", { alpha: 2 }, 0, 1],
  ["selu", {}, 0, 1.0507009873554805], ["gelu", {}, 0, 1], ["geluTanh", {}, 0, 1], ["silu", {}, 0, 1], ["hardSilu", {}, 0, 1],
  ["mish", {}, 0, 1], ["sigmoid", {}, 0, 0], ["hardSigmoid", {}, 0, 0], ["hardSigmoidKeras2", {}, 0, 0], ["softplus", {}, 0, 1], ["softsign", {}, 0, 0], ["logSigmoid", {}, 1, 0],
  ["squareplus", {}, 0, 1], ["sparsePlus", {}, 0, 1], ["sparseSigmoid", {}, 0, 0], ["tanhShrink", {}, 1, 1], ["hardTanh", {}, 0, 0],
  ["softShrink", { threshold: 0.5 }, 1, 1], ["hardShrink", { threshold: 0.5 }, 1, 1], ["threshold", { value: 0, default: 1 }, 0, 1],
  ["abs", {}, -1, 1], ["sign", {}, 0, 0], ["clip", { low: 0, high: 1 }, 0, 0],
]; // biome-ignore format: one table

test.each(atZero)("the slope of %s %j at 0 is %d", (name, attrs, slope) => {
  const found = site(name, { shape: [2] }, attrs).gradient([0, -0], undefined, 1, "f32");
  for (const value of found) expect(Math.abs(value - slope)).toBeLessThanOrEqual(2 ** -22);
});

test.each(farOut)("the slope of %s %j far out is %d and %d", (name, attrs, below, above) => {
  const far = [120, 1e4, 1e10, 1e20, 1e30, 1e38];
  const { gradient } = site(name, { shape: [far.length] }, attrs);
  // Rational functions come close slowly: softsign and squareplus have 1/x² left.
  for (const [k, value] of gradient(far.map((x) => -x), undefined, 1, "f32").entries()) {
    expect(Math.abs(value - below), `${name} at ${-far[k]}: ${value}`).toBeLessThanOrEqual(2 ** -22 + 2 / far[k] ** 2);
  }
  for (const [k, value] of gradient(far, undefined, 1, "f32").entries()) {
    expect(Math.abs(value - above), `${name} at ${far[k]}: ${value}`).toBeLessThanOrEqual(2 ** -22 + 2 / far[k] ** 2);
  }
}); // biome-ignore format: two loops

test("gradients of softmaxes stay finite far out", () => {
  for (const name of ["softmax", "logSoftmax", "sparsemax"]) {
    const { gradient } = site(name, { shape: [1, 4] }, { axis: 1 });
    for (const x of [[1e30, -1e30, 0, 1], [-1e30, -1e30, -1e30, -1e30], [200, -200, 88, 199], [0, 0, 0, 0]]) {
      const found = gradient(x, [1, -2, 3, 0.5], 1, "f32");
      expect(found.every(Number.isFinite), `${name} at [${x}]: [${found}]`).toBe(true);
      // A shift of x changes nothing (Keras' sparsemax excepted).
      if (!skipOf("sparsemax-shift", name === "sparsemax")) expect(Math.abs(found.reduce((a, b) => a + b))).toBeLessThan(1e-5);
    }
  }
}); // biome-ignore format: one table

const elementwise = composites.filter(([, op]) => isElementwise(op));

test.each(elementwise)("the slope of %s at 0 lies between those beside it", (name, op) => {
  const [{ attrs }] = op.examples;
  const { reference, gradient } = site(name, { shape: [1] }, attrs);
  const h = 2 ** -13;
  const [below, at, above] = [-h, 0, h].map((x) => reference([x], 1)[0]);
  const sides = [(at - below) / h, (above - at) / h];
  const [found] = gradient([0], undefined, 1, "double");
  // Beside a jump the sides say nothing.
  const isJump = sides.some((side) => Math.abs(side) > 100);
  expect(found, name).toBeGreaterThanOrEqual(isJump ? -100 : Math.min(...sides) - 1e-3);
  expect(found, name).toBeLessThanOrEqual(isJump ? 100 : Math.max(...sides) + 1e-3);
});

test("every activation and helper was tried", () => {
  expect([...tried].sort()).toEqual(composites.map(([name]) => name).sort());
  const listed = [...elementwise.map(([name]) => name), ...Object.keys(bounds)];
  expect(listed).toEqual(expect.arrayContaining(atZero.map(([name]) => name)));
});
