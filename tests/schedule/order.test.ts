// The order of a sum does not depend on the number of rows: Graph text in, how its nests are summed out, for one row, a tile, any number.
import { expect, test } from "vitest";
import { assemble } from "../../compiler/lower/assemble.ts";
import { isLoop, leavesOf } from "../../compiler/program/nest/nest.ts";
import { choose } from "../../compiler/schedule/choose.ts";
import { targets } from "../../compiler/targets.ts";
import { planOf } from "../plan/texts.ts";

const counts = [1, 4, 32, { max: 32 }];

/** For each number of rows: how the first nest that sums does it, in how many parts and by what, and whether its rows are walked outside. */
function ordersOf(graph: string): readonly string[] {
  return counts.map((rows) => {
    const made = planOf(graph, { rows });
    const { program } = assemble([{ entry: "predict", plan: made }], { name: "g", fmt: "f32", prepared: new Set() });
    const trees = program.kernels.flatMap(({ parts }) => parts);
    const summed = [...leavesOf(trees)].find(({ reduce }) => reduce.length > 0);
    if (summed === undefined) throw new Error("nothing is summed");
    const { nest, strategy } = choose(summed, targets.simd);
    return `${nest.fold?.partial ?? 1} by ${strategy}${trees.some(isLoop) ? ", loops around" : ""}`;
  });
}

const [rows, other] = [
  '%0 = input {name: "x", shape: [n]} %1 = broadcast(%0) {shape: [n, 512], axes: [0]} %2 = exp(%1)',
  "%3 = reduceSum(%1) {axes: [1]} %4 = broadcast(%3) {shape: [n, 512], axes: [0]} %5 = div(%2, %4) results y = %5",
];

test.each([
  [
    "rows apart",
    '%0 = input {name: "x", shape: [n, 40]} %1 = reduceSum(%0) {axes: [1]} results y = %1',
    same("8 by partial-sums"),
  ],
  [
    "one number a row: side by side they would be a column",
    '%0 = input {name: "x", shape: [n]} %1 = broadcast(%0) {shape: [n, 16], axes: [0]} %2 = reduceSum(%1) {axes: [1]} results y = %2',
    same("8 by partial-sums"),
  ],
  [
    "two numbers a row, where rows and columns walk on as one",
    '%0 = input {name: "x", shape: [n, 2]} %1 = broadcast(%0) {shape: [n, 2, 16], axes: [0, 1]} %2 = reduceSum(%1) {axes: [2]} results y = %2',
    same("8 by partial-sums"),
  ],
  [
    "a column of its own sums in order, whatever the rows are",
    '%0 = input {name: "x", shape: [n, 16, 8]} %1 = reduceSum(%0) {axes: [1]} results y = %1',
    same("1 by columns"),
  ],
  [
    "rows that are walked together in blocks",
    `${rows} ${other}`,
    ["8 by partial-sums", "8 by partial-sums", "8 by partial-sums, loops around", "8 by partial-sums, loops around"],
  ],
  [
    "a column that is walked in blocks too short for one: in order all the same",
    '%0 = input {name: "x", shape: [n, 6]} %1 = broadcast(%0) {shape: [n, 6, 900], axes: [0, 1]} %2 = exp(%1) %3 = reduceSum(%1) {axes: [2]} %4 = broadcast(%3) {shape: [n, 6, 900], axes: [0, 1]} %5 = div(%2, %4) results y = %5',
    [
      "1 by one-by-one, loops around",
      "1 by one-by-one, loops around",
      "1 by one-by-one, loops around",
      "1 by one-by-one, loops around",
    ],
  ],
  [
    "a product whose rows would make its column longer: lanes contract, so its rows are walked outside",
    '%0 = input {name: "x", shape: [n, 6]} %1 = broadcast(%0) {shape: [n, 6, 3], axes: [0, 1]} %2 = param {name: "w", shape: [3]} %3 = dot(%1, %2) {batch: [[], []], contract: [[2], [0]]} results y = %3',
    ["1 by columns", "1 by columns, loops around", "1 by columns, loops around", "1 by columns"],
  ],
] as const)("%s", (_what, graph, orders) => {
  expect(ordersOf(graph)).toEqual(orders);
});

function same(order: string): readonly string[] {
  return counts.map(() => order);
}
