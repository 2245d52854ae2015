// Loops over blocks: an extent, how many coordinates a block may hold and what becomes vectors in; the loops as text out, where
// each step stores how many coordinates it takes. The law: every coordinate once, in order, whatever the three are.
import { describe, expect, it, test } from "vitest";
import { createMachine } from "../../compiler/interpret/program.ts";
import type { Extent, Index, Program, Stmt, Value } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { blocks, type Lanes, type Step } from "../../compiler/schedule/blocks.ts";
import { counter } from "../../compiler/schedule/namer.ts";
import { bodyText } from "./texts.ts";

const n: Extent = { scalar: "n", per: 1 };
const at = ({ coord }: Step, lane = 0): Index => ({ base: coord.base + lane, terms: coord.terms });
const store = (buffer: string, index: Index, value: Value): Stmt => ({ do: "store", buffer, index, value });

const textOf = (extent: Extent, count: number, lanes: Lanes): string =>
  bodyText(
    blocks(extent, count, lanes, counter(), (steps) => steps.map((step) => store("y", at(step), v.lit(step.wide, "f64")))),
  );

type Row = readonly [decision: string, extent: Extent, count: number, lanes: Lanes, loops: readonly string[]];
const check = (_decision: string, extent: Extent, count: number, lanes: Lanes, loops: readonly string[]): void => {
  expect(textOf(extent, count, lanes).split("\n")).toEqual(loops);
};

test.each<Row>([
  ["one by one: a loop", 3, 1, "none", ["for i0 < 3", "  store y[i0] = 1"]],
  ["as many as there are: no loop", 3, 3, "none", ["store y[0] = 1", "store y[1] = 1", "store y[2] = 1"]],
  ["fewer than a block holds: no loop", 3, 8, "none", ["store y[0] = 1", "store y[1] = 1", "store y[2] = 1"]],
  [
    "blocks without a rest",
    6,
    3,
    "none",
    ["for i0 < 2", "  store y[3*i0] = 1", "  store y[3*i0 + 1] = 1", "  store y[3*i0 + 2] = 1"],
  ],
  [
    "blocks as equal as can be, not full ones and a rest",
    7,
    3,
    "none",
    ["store y[0] = 1", "store y[1] = 1", "store y[2] = 1", "for i0 < 2", "  store y[2*i0 + 3] = 1", "  store y[2*i0 + 4] = 1"],
  ],
  [
    "10 by at most 4: one of 4, two of 3",
    10,
    4,
    "none",
    [
      "store y[0] = 1",
      "store y[1] = 1",
      "store y[2] = 1",
      "store y[3] = 1",
      "for i0 < 2",
      "  store y[3*i0 + 4] = 1",
      "  store y[3*i0 + 5] = 1",
      "  store y[3*i0 + 6] = 1",
    ],
  ],
  [
    "32 by at most 6: two of 6, four of 5",
    32,
    6,
    "none",
    [
      "for i0 < 2",
      "  store y[6*i0] = 1",
      "  store y[6*i0 + 1] = 1",
      "  store y[6*i0 + 2] = 1",
      "  store y[6*i0 + 3] = 1",
      "  store y[6*i0 + 4] = 1",
      "  store y[6*i0 + 5] = 1",
      "for i1 < 4",
      "  store y[5*i1 + 12] = 1",
      "  store y[5*i1 + 13] = 1",
      "  store y[5*i1 + 14] = 1",
      "  store y[5*i1 + 15] = 1",
      "  store y[5*i1 + 16] = 1",
    ],
  ],
])("points that share loads: %s", check);

test.each<Row>([
  ["whole fours: a vector a turn", 8, 4, "whole", ["for i0 < 2", "  store y[4*i0] = 4"]],
  [
    "two fours a block, and what is left",
    21,
    8,
    "whole",
    ["for i0 < 2", "  store y[8*i0] = 4", "  store y[8*i0 + 4] = 4", "store y[16] = 4", "store y[20] = 1"],
  ],
  ["three left over, one by one", 7, 4, "whole", ["store y[0] = 4", "store y[4] = 1", "store y[5] = 1", "store y[6] = 1"]],
  ["three left over, as one vector", 7, 4, "padded", ["store y[0] = 4", "store y[4] = 3"]],
  ["two left over, as one vector", 6, 4, "padded", ["store y[0] = 4", "store y[4] = 2"]],
  ["one left over stays one", 5, 4, "padded", ["store y[0] = 4", "store y[4] = 1"]],
  ["fewer than four are left over too", 3, 4, "padded", ["store y[0] = 3"]],
  ["fewer than four, one by one", 3, 4, "whole", ["store y[0] = 1", "store y[1] = 1", "store y[2] = 1"]],
])("lanes: %s", check);

test.each<Row>([
  ["one by one", n, 1, "none", ["for i0 < n", "  store y[i0] = 1"]],
  [
    "whole blocks, then one by one what they leave",
    n,
    3,
    "none",
    [
      "for i0 < floor(n/3)",
      "  store y[3*i0] = 1",
      "  store y[3*i0 + 1] = 1",
      "  store y[3*i0 + 2] = 1",
      "for i1 < n from floor(n/3)*3",
      "  store y[i1] = 1",
    ],
  ],
  [
    "whole blocks, pairs of what they leave, then the last one",
    n,
    4,
    "none",
    [
      "for i0 < floor(n/4)",
      "  store y[4*i0] = 1",
      "  store y[4*i0 + 1] = 1",
      "  store y[4*i0 + 2] = 1",
      "  store y[4*i0 + 3] = 1",
      "for i1 < floor(n/2) from floor(n/4)*2",
      "  store y[2*i1] = 1",
      "  store y[2*i1 + 1] = 1",
      "for i2 < n from floor(n/2)*2",
      "  store y[i2] = 1",
    ],
  ],
  [
    "vectors, then one by one what they leave",
    n,
    4,
    "whole",
    ["for i0 < floor(n/4)", "  store y[4*i0] = 4", "for i1 < n from floor(n/4)*4", "  store y[i1] = 1"],
  ],
  [
    "no padding, since nobody knows how many are left",
    n,
    4,
    "padded",
    ["for i0 < floor(n/4)", "  store y[4*i0] = 4", "for i1 < n from floor(n/4)*4", "  store y[i1] = 1"],
  ],
])("rows known at run time: %s", check);

/** In which turn each coordinate comes, and how many come. */
function orderOf(extent: Extent, count: number, lanes: Lanes, rows: number): { order: number[]; turns: number } {
  const turn = v.load("turns", { base: 0, terms: [] });
  const body = blocks(extent, count, lanes, counter(), (steps) =>
    steps.flatMap((step) =>
      Array.from({ length: step.wide }, (_, lane) => [
        store("order", at(step, lane), turn),
        store("turns", { base: 0, terms: [] }, v.add(turn, v.lit(1, "f32"))),
      ]).flat(),
    ),
  );
  const program: Program = {
    name: "p",
    scalars: [{ name: "n", min: 0, max: 40 }],
    buffers: [
      { name: "turns", role: "state", at: 0, length: 1 },
      { name: "order", role: "state", at: 1, length: 40, initial: -1 },
    ],
    kernels: [{ name: "k", origin: "", body }],
    entries: [],
  };
  verifyProgram(program);
  const machine = createMachine(program);
  machine.run("k", { n: rows });
  const [turns, order] = ["turns", "order"].map((name) => [...(machine.buffers.get(name) ?? [])]);
  return { order: order.slice(0, rows), turns: turns[0] };
}

describe("every coordinate once, in order", () => {
  const counts = [1, 2, 3, 4, 5, 6, 7, 8];
  const kinds = ["none", "whole", "padded"] as const;
  it.each(counts.flatMap((count) => kinds.map((lanes) => [count, lanes] as const)))(
    "in blocks of %i, lanes %s",
    (count, lanes) => {
      for (let rows = 0; rows <= 40; rows++) {
        const all = { order: Array.from({ length: rows }, (_, i) => i), turns: rows };
        expect(orderOf(rows, count, lanes, rows), `${rows} coordinates`).toEqual(all);
        expect(orderOf(n, count, lanes, rows), `n = ${rows}`).toEqual(all);
      }
    },
  );
});
