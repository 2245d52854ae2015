// Long straight lines in pieces: a kernel as text in, pieces as text out. Where a line is cut, what passes through the scratch and
// what does not. The laws: put together, the pieces say the line again; run one after the other they compute its bits.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { type Pieces, scratch, split } from "../../compiler/emit/js/split.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import type { Kernel, Program, Stmt, Value } from "../../compiler/program/program.ts";
import { parseProgram } from "../../compiler/program/text/parse.ts";
import { printKernel } from "../../compiler/program/text/print.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { mapOperands, mapStmt, operandsOf, rootsOf } from "../../compiler/program/walk.ts";

/** Eight inputs x, eight outputs y. */
function programOf(text: string): Program {
  const lines = text.split("\n").map((line) => `  ${line}`);
  const buffers = ["buffer x input @0 [8]", "buffer y output @8 [8]"];
  const program = parseProgram(["program p", ...buffers, "kernel k", ...lines, "end\n"].join("\n"));
  verifyProgram(program);
  return program;
}

const textOf = ({ kernels, crossing }: Pieces): string =>
  [...kernels.map((kernel) => printKernel(kernel)), `crossing ${crossing}`].join("\n");
const flush = (text: string): string => text.trim().replace(/\n +/g, "\n");

type Row = readonly [decision: string, line: string, budget: number, pieces: string];
const check = (_decision: string, line: string, budget: number, pieces: string): void => {
  expect(flush(textOf(split(programOf(line).kernels[0], budget)))).toBe(flush(pieces));
};

// A statement counts one, and one for each value in it: `let t:f32 = neg(x[0])` is 3.
test.each<Row>([
  [
    "what fits stays whole",
    "let t:f32 = neg(x[0])\nstore y[0] = t",
    5,
    `kernel k
     let t:f32 = neg(x[0])
     store y[0] = t
     crossing 0`,
  ],
  [
    "what does not is cut before the statement that is too much",
    "let t:f32 = neg(x[0])\nstore y[0] = t",
    4,
    `kernel k_1
     let t:f32 = neg(x[0])
     store scratch[0] = t
     kernel k_2
     store y[0] = scratch[0]
     crossing 1`,
  ],
  [
    "a statement longer than a piece is a piece",
    "store y[0] = x[0]\nstore y[1] = x[0] + x[1] + x[2]\nstore y[2] = x[2]",
    4,
    `kernel k_1
     store y[0] = x[0]
     kernel k_2
     store y[1] = x[0] + x[1] + x[2]
     kernel k_3
     store y[2] = x[2]
     crossing 0`,
  ],
  [
    "a loop is not cut",
    "for i < 8\n  store y[i] = x[i]\nstore y[0] = 1",
    1,
    `kernel k
     for i < 8
     store y[i] = x[i]
     store y[0] = 1
     crossing 0`,
  ],
  [
    "nor a line with registers",
    "set s = 0\nset s = s + 1\nstore y[0] = s",
    1,
    `kernel k
     set s = 0
     set s = s + 1
     store y[0] = s
     crossing 0`,
  ],
])("cuts: %s", check);

test.each<Row>([
  [
    "a let that its own piece reads stays a name",
    "let t:f32 = x[0]\nstore y[0] = t\nlet u:f32 = x[1]\nstore y[1] = u",
    4,
    `kernel k_1
     let t:f32 = x[0]
     store y[0] = t
     kernel k_2
     let u:f32 = x[1]
     store y[1] = u
     crossing 0`,
  ],
  [
    "one that a later piece reads is kept, and named where it was made",
    "let t:f32 = x[0]\nstore y[0] = t\nstore y[1] = t",
    4,
    `kernel k_1
     let t:f32 = x[0]
     store scratch[0] = t
     store y[0] = t
     kernel k_2
     store y[1] = scratch[0]
     crossing 1`,
  ],
  [
    "one that two later pieces read has one slot",
    "let t:f32 = x[0]\nstore y[0] = t\nstore y[1] = t + t\nstore y[2] = neg(t)",
    4,
    `kernel k_1
     let t:f32 = x[0]
     store scratch[0] = t
     store y[0] = t
     kernel k_2
     store y[1] = scratch[0] + scratch[0]
     kernel k_3
     store y[2] = neg(scratch[0])
     crossing 1`,
  ],
  [
    "two have two, in the order they are asked for",
    "let t:f32 = x[0]\nlet u:f32 = x[1]\nstore y[0] = u - t\nstore y[1] = t",
    4,
    `kernel k_1
     let t:f32 = x[0]
     store scratch[1] = t
     let u:f32 = x[1]
     store scratch[0] = u
     kernel k_2
     store y[0] = scratch[0] - scratch[1]
     kernel k_3
     store y[1] = scratch[1]
     crossing 2`,
  ],
  [
    "a double comes back as one",
    "let t = f64(x[0]) * 0.1\nstore y[0] = t",
    5,
    `kernel k_1
     let t = f64(x[0]) * 0.1
     store scratch[0] = t
     kernel k_2
     store y[0] = scratch[0]:f64
     crossing 1`,
  ],
  [
    "a mask comes back as one",
    "let m:mask = x[0] < x[1]\nstore y[0] = select(m, 1, 2)",
    5,
    `kernel k_1
     let m:mask = x[0] < x[1]
     store scratch[0] = m
     kernel k_2
     store y[0] = select(scratch[0]:mask, 1, 2)
     crossing 1`,
  ],
  [
    "one that only an address reads",
    "let t:f32 = neg(x[0])\nstore y[row(t, 8)*1] = 1",
    4,
    `kernel k_1
     let t:f32 = neg(x[0])
     store scratch[0] = t
     kernel k_2
     store y[row(scratch[0], 8)*1] = 1
     crossing 1`,
  ],
])("between pieces: %s", check);

/** A line of lets and stores over what stands above, in f32, which the interpreter's scratch holds as it is. */
function lineFrom(seed: number): string {
  const r = random(seed);
  const names: string[] = [];
  const term = (): string => (names.length > 0 && r.integer(0, 3) > 0 ? r.pick(names) : `x[${r.integer(0, 7)}]`);
  const lines = Array.from({ length: r.integer(2, 30) }, (_, i) => {
    const sum = `${term()} ${r.pick(["+", "-", "*"])} max(${term()}, ${term()})`;
    if (r.integer(0, 3) === 0) return `store y[${r.integer(0, 7)}] = ${sum}`;
    const line = `let v${i}:f32 = ${sum}`;
    names.push(`v${i}`);
    return line;
  });
  return [...lines, `store y[0] = ${term()}`].join("\n");
}

/** Statements and values, as they are printed; of what is kept in the scratch, nothing. */
const sizeOf = ({ body }: Kernel): number => {
  const size = (value: Value): number => 1 + operandsOf(value).reduce((sum, operand) => sum + size(operand), 0);
  const kept = (statement: Stmt): boolean => statement.do === "store" && statement.buffer === scratch;
  return body.reduce(
    (sum, statement) => sum + (kept(statement) ? 0 : rootsOf(statement).reduce((s, root) => s + size(root), 1)),
    0,
  );
};

/** What the scratch does, undone: its stores left out, its loads the names that were stored there. */
function together({ kernels }: Pieces): Kernel {
  const names = new Map<number, string>();
  const named = (value: Value): Value => {
    if (value.op !== "load" || value.buffer !== scratch) return mapOperands(value, named);
    return { op: "use", name: names.get(value.index.base) ?? "never stored", fmt: value.fmt };
  };
  const body = kernels.flatMap((kernel) =>
    kernel.body.flatMap((statement): Stmt[] => {
      if (statement.do !== "store" || statement.buffer !== scratch) return [mapStmt(statement, named)];
      if (statement.value.op === "use") names.set(statement.index.base, statement.value.name);
      return [];
    }),
  );
  return { ...kernels[0], name: "k", body };
}

function outputs(program: Program, names: readonly string[]): number[] {
  const machine = createMachine(program);
  machine.buffers.get("x")?.set([0.1, -0.7, 1.3, -0, Number.NaN, 1e30, -3e38, 5]);
  machine.run(names);
  return [...(machine.buffers.get("y") ?? [])];
}

describe("pieces of any line, of any length,", () => {
  const seeds = fc.tuple(fc.integer({ min: 0, max: 2 ** 30 }), fc.integer({ min: 1, max: 60 }));
  it("say the line again, compute its bits, and are no longer than they may be", () => {
    let cuts = 0;
    const law = ([seed, budget]: [number, number]): void => {
      const program = programOf(lineFrom(seed));
      const [line] = program.kernels;
      const pieces = split(line, budget);
      expect(printKernel(together(pieces))).toBe(printKernel(line));
      if (pieces.kernels.length === 1) return;
      cuts++;
      // The longest statement of a line is 6; alone in a piece it may be more than the piece should hold.
      for (const piece of pieces.kernels) expect(sizeOf(piece)).toBeLessThanOrEqual(Math.max(budget, 6));
      const room = { name: scratch, role: "arena", at: 16, length: pieces.crossing } as const;
      const cut = { ...program, buffers: [...program.buffers, room], kernels: pieces.kernels };
      verifyProgram(cut);
      expect(
        outputs(
          cut,
          pieces.kernels.map(({ name }) => name),
        ),
      ).toEqual(outputs(program, ["k"]));
    };
    fc.assert(fc.property(seeds, law), { numRuns: 150, seed: 1 });
    expect(cuts).toBeGreaterThan(60);
  });
});
