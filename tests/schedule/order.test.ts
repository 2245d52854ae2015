// The order of a sum does not depend on the number of rows: Graph text in, how its nests are summed out, for one row, a tile, any number.
import { expect, test } from "vitest";
import { assemble } from "../../compiler/lower/assemble.ts";
import { isLoop, leavesOf } from "../../compiler/program/nest/nest.ts";
import { choose } from "../../compiler/schedule/choose.ts";
import { targets } from "../../compiler/targets.ts";
import { expectNumbers, planOf } from "../plan/texts.ts";

const counts = [1, 4, 32, { max: 32 }];

/** For each number of rows: partial sums of the first nest that sums, and whether its rows are walked outside. */
function ordersOf(graph: string): readonly string[] {
  return counts.map((rows) => {
    const made = planOf(graph, { rows });
    expectNumbers(made);
    const { program } = assemble([{ entry: "predict", plan: made }], { name: "g", fmt: "f32", prepared: new Set() });
    const trees = program.kernels.flatMap(({ parts }) => parts);
    const summed = [...leavesOf(trees)].find(({ reduce }) => reduce.length > 0);
    if (summed === undefined) throw new Error("nothing is summed");
    const { partial = 1 } = choose(summed, targets.simd).schedule;
    return `${partial}${trees.some(isLoop) ? ", rows outside" : ""}`;
  });
}

test.each([
  [
    "rows apart: as they are",
    '%0 = input {name: "x", shape: [n, 40]} %1 = reduceSum(%0) {axes: [1]} results y = %1',
    ["8", "8", "8", "8"],
  ],
  [
    "one number a row: side by side they would be a column, which sums in order",
    '%0 = input {name: "x", shape: [n]} %1 = broadcast(%0) {shape: [n, 16], axes: [0]} %2 = reduceSum(%1) {axes: [1]} results y = %2',
    ["8", "8, rows outside", "8, rows outside", "8"],
  ],
  [
    "two numbers a row: the same where rows and columns walk on as one",
    '%0 = input {name: "x", shape: [n, 2]} %1 = broadcast(%0) {shape: [n, 2, 16], axes: [0, 1]} %2 = reduceSum(%1) {axes: [2]} results y = %2',
    ["8", "8, rows outside", "8, rows outside", "8"],
  ],
  [
    "a column of its own sums in order, whatever the rows are",
    '%0 = input {name: "x", shape: [n, 16, 8]} %1 = reduceSum(%0) {axes: [1]} results y = %1',
    ["1", "1", "1", "1"],
  ],
] as const)("%s", (_what, graph, orders) => {
  expect(ordersOf(graph)).toEqual(orders);
});
