// Straight lines: kernels as text in, one kernel without loops as text out. What becomes a literal, a name, a rounding; what of a
// fold is dropped; what is refused. Every line computes the bits of the kernels it comes from.
import { expect, it, test } from "vitest";
import { turns, unroll } from "../../compiler/schedule/straight.ts";
import { bodyText, flush, outputsOf, programOf, weights, withKernels } from "./texts.ts";

type Row = readonly [decision: string, kernels: string | readonly string[], line: string];

/** The straight line of some kernels, or "refused". */
function lineOf(kernels: string | readonly string[], budget = 100): string {
  const program = programOf(...(typeof kernels === "string" ? [kernels] : kernels));
  const buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
  const made = unroll(program.kernels, { buffers, contents: weights, budget });
  if (made === undefined) return "refused";
  expect(outputsOf(withKernels(program, [made]))).toEqual(outputsOf(program));
  return bodyText(made.body);
}
const check = (_decision: string, kernels: string | readonly string[], line: string): void => {
  expect(lineOf(kernels)).toBe(flush(line));
};

test.each<Row>([
  [
    "loops are written out",
    "for i < 2\n  for j < 2\n    store y[3*i + j + 1] = x[i + 2*j]",
    `let x_0:f32 = x[0]
     store y[1] = x_0
     let x_1:f32 = x[2]
     store y[2] = x_1
     let x_2:f32 = x[1]
     store y[4] = x_2
     let x_3:f32 = x[3]
     store y[5] = x_3`,
  ],
  ["a loop of no turns is gone", "for i < 0\n  store y[i] = x[i]\nstore y[0] = 1", "store y[0] = 1"],
  [
    "weights are literals, −0 too",
    "for i < 4\n  store y[i] = f64(x[i]) * f64(w[i])",
    `let x_0:f32 = x[0]
     store y[0] = f64(x_0) * 0.5
     let x_1:f32 = x[1]
     store y[1] = f64(x_1) * -1
     let x_2:f32 = x[2]
     store y[2] = f64(x_2) * 3
     let x_3:f32 = x[3]
     store y[3] = f64(x_3) * -0`,
  ],
  [
    "an input is read once, under a name",
    "for i < 2\n  store y[i] = x[3] + x[i]",
    `let x_0:f32 = x[3]
     let x_1:f32 = x[0]
     store y[0] = x_0 + x_1
     let x_2:f32 = x[1]
     store y[1] = x_0 + x_2`,
  ],
  [
    "a rounded double is a float where it is read as one",
    "store a[0] = f64(x[0]) * 0.1\nstore y[0] = a[0] + x[0]",
    `let x_0:f32 = x[0]
     let a_0 = f64(f32(f64(x_0) * 0.1))
     store y[0] = f32(a_0) + x_0`,
  ],
  [
    "the number of a turn is a literal",
    "for i < 2\n  store y[i] = f64(i) + f64(x[0])",
    `let x_0:f32 = x[0]
     store y[0] = 0 + f64(x_0)
     store y[1] = 1 + f64(x_0)`,
  ],
  [
    "a let of a loop gets a name a turn",
    "for i < 2\n  let t = f64(x[i]) + 1\n  store y[i] = t * t",
    `let x_0:f32 = x[0]
     let v0 = f64(x_0) + 1
     store y[0] = v0 * v0
     let x_1:f32 = x[1]
     let v1 = f64(x_1) + 1
     store y[1] = v1 * v1`,
  ],
  [
    "a let that is a name already gets none",
    "let t:f32 = x[0]\nstore y[0] = t * t",
    `let x_0:f32 = x[0]
     store y[0] = x_0 * x_0`,
  ],
  [
    "what a store shares gets a name",
    "store y[0] = sqrt(x[0] + x[1]) * sqrt(x[0] + x[1])",
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     let v0:f32 = sqrt(x_0 + x_1)
     store y[0] = v0 * v0`,
  ],
  [
    "a register is what was set last",
    "set s = f64(x[0])\nset s = s * s\nset s = s + 1\nstore y[0] = s",
    `let x_0:f32 = x[0]
     store y[0] = f64(x_0) * f64(x_0) + 1`,
  ],
])("%s", check);

test.each<Row>([
  [
    "a product is rounded as the buffer rounds it",
    "store a[0] = f64(x[0]) * 0.1\nstore y[0] = f64(a[0]) + f64(a[0])",
    `let x_0:f32 = x[0]
     let a_0 = f64(f32(f64(x_0) * 0.1))
     store y[0] = a_0 + a_0`,
  ],
  [
    "a product of f32 is rounded already",
    "store a[0] = x[0] * 0.1:f32\nstore y[0] = a[0] + a[0]",
    `let x_0:f32 = x[0]
     let a_0:f32 = x_0 * 0.1:f32
     store y[0] = a_0 + a_0`,
  ],
  [
    "the greater of two f32 numbers is one",
    "store a[0] = max(f64(x[0]), neg(f64(w[0])))\nstore y[0] = f64(a[0]) * 0.1",
    `let x_0:f32 = x[0]
     let a_0 = max(f64(x_0), neg(0.5))
     store y[0] = a_0 * 0.1`,
  ],
  [
    "the greater of one and a number that is none is rounded",
    "store a[0] = max(f64(x[0]), 0.1)\nstore y[0] = f64(a[0]) * 0.1",
    `let x_0:f32 = x[0]
     let a_0 = f64(f32(max(f64(x_0), 0.1)))
     store y[0] = a_0 * 0.1`,
  ],
  [
    "a choice of two f32 numbers is one",
    "store a[0] = select(f64(x[0]) < 1, abs(f64(x[0])), 0.5)\nstore y[0] = f64(a[0]) * 0.1",
    `let x_0:f32 = x[0]
     let a_0 = select(f64(x_0) < 1, abs(f64(x_0)), 0.5)
     store y[0] = a_0 * 0.1`,
  ],
  [
    "what was rounded once is not again",
    "store a[0] = f64(x[0]) * 0.1\nstore b[0] = neg(f64(a[0]))\nstore y[0] = f64(b[0])",
    `let x_0:f32 = x[0]
     let a_0 = f64(f32(f64(x_0) * 0.1))
     let b_0 = neg(a_0)
     store y[0] = b_0`,
  ],
  [
    "from kernel to kernel by name",
    ["store a[0] = f64(x[0]) * 0.1", "store y[0] = f64(a[0]) * 2"],
    `let x_0:f32 = x[0]
     let a_0 = f64(f32(f64(x_0) * 0.1))
     store y[0] = a_0 * 2`,
  ],
  [
    "the last of two stores counts",
    "store a[0] = x[0]\nstore a[0] = x[1]\nstore y[0] = a[0]",
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     store y[0] = x_1`,
  ],
  [
    "a result that is read again is read from its place",
    "store y[0] = f64(x[0]) * 0.1\nstore y[1] = f64(y[0]) + f64(y[0])",
    `let x_0:f32 = x[0]
     store y[0] = f64(x_0) * 0.1
     let y_0:f32 = y[0]
     store y[1] = f64(y_0) + f64(y_0)`,
  ],
  [
    "and again when it was stored again",
    "store y[0] = x[0]\nstore y[1] = y[0]\nstore y[0] = x[1]\nstore y[2] = y[0]",
    `let x_0:f32 = x[0]
     store y[0] = x_0
     let y_0:f32 = y[0]
     store y[1] = y_0
     let x_1:f32 = x[1]
     store y[0] = x_1
     let y_1:f32 = y[0]
     store y[2] = y_1`,
  ],
])("through memory: %s", check);

/** Two terms folded from a number. */
const fold = (from: string, term: string): string => `set s = ${from}\nfor i < 2\n  set s = ${term}\nstore y[0] = s`;
test.each<Row>([
  [
    "a sum from −0: without it",
    fold("-0", "s + f64(x[i])"),
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     store y[0] = f64(x_0) + f64(x_1)`,
  ],
  [
    "a sum from 0: as it is, −0 + 0 is 0",
    fold("0", "s + f64(x[i])"),
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     store y[0] = 0 + f64(x_0) + f64(x_1)`,
  ],
  [
    "a sum with −0 on the other side: as it is, no fold writes that",
    fold("-0", "f64(x[i]) + s"),
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     store y[0] = f64(x_1) + (f64(x_0) + -0)`,
  ],
  [
    "a maximum from −∞: without it",
    fold("-inf", "max(s, f64(x[i]))"),
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     store y[0] = max(f64(x_0), f64(x_1))`,
  ],
  [
    "most from −∞: without it",
    fold("-inf", "most(s, f64(x[i]))"),
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     store y[0] = most(f64(x_0), f64(x_1))`,
  ],
  [
    "least from −∞: as it is",
    fold("-inf", "least(s, f64(x[i]))"),
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     store y[0] = least(least(-inf, f64(x_0)), f64(x_1))`,
  ],
  [
    "a maximum from 0: as it is",
    fold("0", "max(s, f64(x[i]))"),
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     store y[0] = max(max(0, f64(x_0)), f64(x_1))`,
  ],
  [
    "a minimum from ∞: without it",
    fold("inf", "min(s, f64(x[i]))"),
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     store y[0] = min(f64(x_0), f64(x_1))`,
  ],
  [
    "a minimum from −∞: as it is",
    fold("-inf", "min(s, f64(x[i]))"),
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     store y[0] = min(min(-inf, f64(x_0)), f64(x_1))`,
  ],
  [
    "products from −0: the first is a product",
    fold("-0", "madd(f64(x[i]), f64(w[i]), s)"),
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     store y[0] = madd(f64(x_1), -1, f64(x_0) * 0.5)`,
  ],
  [
    "products from 0: the first is added to it",
    fold("0", "madd(f64(x[i]), f64(w[i]), s)"),
    `let x_0:f32 = x[0]
     let x_1:f32 = x[1]
     store y[0] = madd(f64(x_1), -1, madd(f64(x_0), 0.5, 0))`,
  ],
])("%s", check);

test.each<Row>([
  ["an element that data choose", "store y[0] = x[row(x[0], 4)*1]", "refused"],
  ["a place that data choose", "store y[row(x[0], 4)*1] = x[1]", "refused"],
  ["as many turns as there are rows", "for i < n\n  store y[i] = x[i]", "refused"],
  ["the number of rows", "store y[0] = f64(n)", "refused"],
  ["a loop that starts where another ended", "for i < 4 from 1*2\n  store y[i] = x[i]", "refused"],
  ["vectors", "store y[0]:f32x4 = neg(x[0]:f32x4)", "refused"],
  ["vectors that are only moved", "store y[0]:f32x4 = x[0]:f32x4", "refused"],
  ["one kernel of two", ["store y[0] = x[0]", "for i < 2\n  store y[row(x[i], 4)*1] = 1"], "refused"],
])("refuses %s", check);

it("refuses what is longer than its budget, counted in turns", () => {
  const loop = "for i < 3\n  let t:f32 = x[i]\n  store y[i] = t";
  expect([lineOf(loop, 6), lineOf(loop, 5)]).toEqual([expect.stringContaining("store y[2]"), "refused"]);
  expect([lineOf([loop, loop], 12), lineOf([loop, loop], 11)]).toEqual([expect.stringContaining("store y[2]"), "refused"]);
});

test.each([
  ["a statement", "store y[0] = x[0]", 1],
  ["loops in loops", "for i < 2\n  for j < 3\n    store y[i + j] = x[i]\n  store y[i] = 0", 8],
  ["a loop over rows", "for i < n\n  store y[i] = x[i]", Number.POSITIVE_INFINITY],
  ["a loop over rows with no turn in it", "for i < n\n  for j < 0\n    store y[i] = x[i]", 0],
])("turns of %s", (_what, text, count) => {
  expect(turns(programOf(text).kernels[0].body)).toBe(count);
});
