// Naming what is used more than once: a run of statements as text in, the same with `let`s as text out. What is equal is one term;
// what needs no name has none; a `let` stands before its first use. The statements compute the same bits.
import { expect, test } from "vitest";
import type { Stmt } from "../../compiler/program/program.ts";
import { lets } from "../../compiler/schedule/lets.ts";
import { counter, type Namer } from "../../compiler/schedule/namer.ts";
import { bodyText, flush, outputsOf, programOf, withKernels } from "./texts.ts";

type Row = readonly [decision: string, run: string, named: string];

/** The run is the body of a loop where there is one, else what follows the `let`s and `set`s that open the text. */
function namedIn(body: readonly Stmt[], fresh: Namer): readonly Stmt[] {
  const loop = body.findIndex((statement) => statement.do === "for");
  const first = body.findIndex((statement) => statement.do === "store");
  if (loop < 0) return [...body.slice(0, first), ...lets(body.slice(first), fresh)];
  return body.map((statement) => (statement.do === "for" ? { ...statement, body: lets(statement.body, fresh) } : statement));
}
const check = (_decision: string, text: string, named: string): void => {
  const program = programOf(text);
  const [kernel] = program.kernels;
  const body = namedIn(kernel.body, counter());
  expect(outputsOf(withKernels(program, [{ ...kernel, body }]))).toEqual(outputsOf(program));
  expect(flush(bodyText(body))).toBe(flush(named));
};

test.each<Row>([
  [
    "in one statement",
    "store y[0] = (x[0] + x[1]) * (x[0] + x[1])",
    `let v0:f32 = x[0] + x[1]
     store y[0] = v0 * v0`,
  ],
  [
    "in two statements, before the first",
    "store y[0] = neg(x[0])\nstore y[1] = x[0] * x[1]\nstore y[2] = sqrt(x[0] * x[1])",
    `let v0:f32 = x[0]
     store y[0] = neg(v0)
     let v1:f32 = v0 * x[1]
     store y[1] = v1
     store y[2] = sqrt(v1)`,
  ],
  [
    "under what is used more than once, and elsewhere",
    "store y[0] = sqrt(x[0] * x[1]) + sqrt(x[0] * x[1])\nstore y[1] = x[0] * x[1]",
    `let v0:f32 = x[0] * x[1]
     let v1:f32 = sqrt(v0)
     store y[0] = v1 + v1
     store y[1] = v0`,
  ],
  [
    "an element",
    "store y[0] = x[0] + x[0]",
    `let v0:f32 = x[0]
     store y[0] = v0 + v0`,
  ],
  [
    "a comparison",
    "store y[0] = select(x[0] < x[1], 1:f32, 2:f32)\nstore y[1] = select(x[0] < x[1], 3:f32, 4:f32)",
    `let v0:mask = x[0] < x[1]
     store y[0] = select(v0, 1:f32, 2:f32)
     store y[1] = select(v0, 3:f32, 4:f32)`,
  ],
  [
    "the row of an address",
    "store y[0] = x[row(x[0] + x[1], 4)*2]\nstore y[1] = x[row(x[0] + x[1], 4)*2 + 1]",
    `let v0:f32 = x[0] + x[1]
     store y[0] = x[row(v0, 4)*2]
     store y[1] = x[1 + row(v0, 4)*2]`,
  ],
  [
    "the row of a place, and the value",
    "store y[row(neg(x[3]), 4)*2] = neg(x[3])",
    `let v0:f32 = neg(x[3])
     store y[row(v0, 4)*2] = v0`,
  ],
  [
    "a wider number for what is computed",
    "store y[0] = f64(x[0] + x[1]) * f64(x[0] + x[1])",
    `let v0 = f64(x[0] + x[1])
     store y[0] = v0 * v0`,
  ],
  [
    "what two sums of a turn read",
    `set s = 0
set t = 0
for i < 2
  set s = madd(f64(x[i]), f64(w[i]), s)
  set t = madd(f64(x[i]), f64(w[i + 2]), t)
store y[0] = s
store y[1] = t`,
    `set s = 0
     set t = 0
     for i < 2
     let v0 = f64(x[i])
     set s = madd(v0, f64(w[i]), s)
     set t = madd(v0, f64(w[i + 2]), t)
     store y[0] = s
     store y[1] = t`,
  ],
])("named: %s", check);

test.each<Row>([
  ["used once", "store y[0] = (x[0] + x[1]) * (x[2] + x[3])", "store y[0] = (x[0] + x[1]) * (x[2] + x[3])"],
  [
    "used once, under what is used twice",
    "store y[0] = sqrt(neg(x[0] * x[1])) + sqrt(neg(x[0] * x[1]))",
    `let v0:f32 = sqrt(neg(x[0] * x[1]))
     store y[0] = v0 + v0`,
  ],
  ["numbers", "store y[0] = 2:f32 * 2:f32 + 2:f32", "store y[0] = 2:f32 * 2:f32 + 2:f32"],
  [
    "names",
    "let t:f32 = x[0] * x[1]\nstore y[0] = t + t",
    `let t:f32 = x[0] * x[1]
     store y[0] = t + t`,
  ],
  [
    "a wider number for a name",
    "let t:f32 = x[0] * x[1]\nstore y[0] = f64(t) * f64(t)",
    `let t:f32 = x[0] * x[1]
     store y[0] = f64(t) * f64(t)`,
  ],
  [
    "registers",
    "set s = f64(x[0])\nstore y[0] = s * s",
    `set s = f64(x[0])
     store y[0] = s * s`,
  ],
])("without a name: %s", check);

test.each<Row>([
  [
    "the other order",
    "store y[0] = x[0] * x[1]\nstore y[1] = x[1] * x[0]",
    `let v0:f32 = x[0]
     let v1:f32 = x[1]
     store y[0] = v0 * v1
     store y[1] = v1 * v0`,
  ],
  [
    "another format",
    "store y[0] = x[0] * x[1]\nstore y[1] = f64(x[0]) * f64(x[1])",
    `let v0:f32 = x[0]
     let v1:f32 = x[1]
     store y[0] = v0 * v1
     store y[1] = f64(v0) * f64(v1)`,
  ],
  [
    "one number in two formats",
    "store y[0] = neg(2:f32)\nstore y[1] = neg(2)",
    `store y[0] = neg(2:f32)
     store y[1] = neg(2)`,
  ],
  [
    "0 and −0",
    "store y[0] = neg(0)\nstore y[1] = neg(-0)",
    `store y[0] = neg(0)
     store y[1] = neg(-0)`,
  ],
  [
    "another row limit",
    "store y[0] = x[row(1, 4)*2]\nstore y[1] = x[row(1, 3)*2]",
    `store y[0] = x[row(1, 4)*2]
     store y[1] = x[row(1, 3)*2]`,
  ],
  [
    "another element",
    "store y[0] = neg(x[0])\nstore y[1] = neg(x[1])",
    `store y[0] = neg(x[0])
     store y[1] = neg(x[1])`,
  ],
])("not equal: %s", check);
