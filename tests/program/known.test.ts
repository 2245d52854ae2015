// Facts of values that hold whatever is loaded: what they say, and on random values that what they say is so.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import { isNumber, isZeroOnce } from "../../compiler/program/known.ts";
import type { FloatFmt, Value } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";
import { hardNumbers } from "../arbitrary/numbers.ts";

const x: Value = v.load("x", { base: 0, terms: [] });
const lit = (value: number): Value => v.lit(value, "f32");

describe("never NaN", () => {
  const cases: readonly (readonly [string, Value, boolean])[] = [
    ["a number", lit(1), true],
    ["∞", lit(Number.POSITIVE_INFINITY), true],
    ["NaN", lit(Number.NaN), false],
    ["what is loaded", x, false],
    ["an integer", v.convert(v.dim("i"), "f32"), true],
    ["in lanes", v.convert(v.splat(v.dim("i")), "f32x4"), true],
    ["a wider number", v.convert(lit(2), "f64"), true],
    ["a wider load", v.convert(x, "f64"), false],
    ["a power of two", v.pow2(v.dim("i"), "f32"), true],
    ["−1 and |−1|", v.abs(v.neg(lit(1))), true],
    ["a mask's number", v.fromMask(v.less(x, x), "f32"), true],
    ["a choice of a load", v.select(v.less(x, x), x, lit(1)), false],
    ["most of a load and a number: it keeps NaN", v.most(x, lit(0)), false],
    ["most of numbers", v.most(lit(1), lit(2)), true],
    ["numbers side by side", v.lanes([lit(1), lit(2), lit(3), lit(4)]), true],
    ["∞ − ∞", v.sub(lit(Number.POSITIVE_INFINITY), lit(Number.POSITIVE_INFINITY)), false],
    ["0 · ∞", v.mul(lit(0), lit(Number.POSITIVE_INFINITY)), false],
    ["√−1", v.sqrt(lit(-1)), false],
  ];
  it.each(cases)("%s", (_, value, wanted) => expect(isNumber(value)).toBe(wanted));
});

describe("−0 and 0 do not meet", () => {
  const sum = v.add(lit(0), v.mul(x, x));
  const cases: readonly (readonly [string, Value, Value, boolean])[] = [
    ["a number that is not 0, and anything", x, lit(6), true],
    ["the other way round", lit(-1), x, true],
    ["0 and what is loaded", x, lit(0), false],
    ["0 and a sum that starts from 0", sum, lit(0), true],
    ["0 and a multiply-add onto such a sum", v.madd(x, x, sum), lit(0), true],
    ["0 and a wider sum", v.convert(sum, "f64"), lit(0), true],
    [
      "0 and a sum that may vanish when it is rounded",
      v.convert(v.add(v.lit(0, "f64"), v.convert(x, "f64")), "f32"),
      lit(0),
      false,
    ],
    ["0 and a sum from −0", v.add(lit(-0), v.mul(x, x)), lit(0), false],
    ["−0 and such a sum", sum, lit(-0), false],
    ["0 and a product", v.mul(x, x), lit(0), false],
    ["0 and |x|", v.abs(x), lit(0), true],
    ["0 and −|x|", v.neg(v.abs(x)), lit(0), false],
    ["two sums", sum, v.add(v.abs(x), x), true],
  ];
  it.each(cases)("%s", (_, a, b, wanted) => expect(isZeroOnce(a, b)).toBe(wanted));
});

it("what is said holds of random values over hard numbers", () => {
  let [numbers, zeros] = [0, 0];
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom<FloatFmt>("f32", "f64"), (seed, fmt) => {
      const r = random(seed);
      const leaf = (): Value =>
        r.pick([
          () => v.convert(v.load("x", { base: r.integer(0, 7), terms: [] }), fmt),
          () => v.lit(r.pick([0, -0, 1, -2, 1e-40, Number.NEGATIVE_INFINITY]), fmt),
        ])();
      const made = (depth: number): Value => {
        if (depth === 0) return leaf();
        const [a, b] = [made(depth - 1), made(depth - 1)];
        const two = [v.add, v.sub, v.mul, v.min, v.max, v.most, v.least];
        return r.pick([
          () => r.pick(two)(a, b),
          () => r.pick([v.neg, v.abs, v.floor])(a),
          () => v.madd(a, b, leaf()),
          () => v.select(v.less(a, b), a, b),
          () => v.convert(v.convert(a, "f32"), fmt),
        ])();
      };
      const [a, b] = [made(r.integer(0, 3)), made(r.integer(0, 3))];
      const memory = hardNumbers(r.integer(0, 1e6), 8);
      const [of, most, max] = [a, v.most(a, b), v.max(a, b)].map((value) => numberOf(value, memory));
      if (isNumber(a)) {
        numbers++;
        expect(of).not.toBeNaN();
      }
      if (isZeroOnce(a, b)) {
        zeros++;
        expect(most).toBe(max);
      }
    }),
    { numRuns: 3000, seed: 7 },
  );
  expect(Math.min(numbers, zeros)).toBeGreaterThan(100);
});

/** A value as it is stored. */
function numberOf(value: Value, x: Float32Array): number {
  const buffers = [
    { name: "x", at: 0, length: 8, role: "input" as const },
    { name: "y", at: 8, length: 1, role: "output" as const },
  ];
  const body = [{ do: "store" as const, buffer: "y", index: { base: 0, terms: [] }, value }];
  const kernels = [{ name: "k", origin: "", body }];
  const entries = [{ name: "go", rows: 1, calls: [{ kernel: "k" }], inputs: [], outputs: [] }];
  const machine = createMachine({ name: "p", scalars: [], buffers, kernels, entries });
  machine.buffers.get("x")?.set(x);
  machine.run("go");
  return machine.buffers.get("y")?.[0] ?? 0;
}
