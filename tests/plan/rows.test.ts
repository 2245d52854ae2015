// What walks rows together: Graph text in, the groups of the Plan out; and the law of row regions: they have the bits of their parts
// run one after the other.
import { describe, expect, it, test } from "vitest";
import { snapshots } from "../../compiler/compile.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import { assemble } from "../../compiler/lower/assemble.ts";
import { plan } from "../../compiler/plan/planner.ts";
import { verifyPlan } from "../../compiler/plan/verify.ts";
import { plainProgram } from "../../compiler/program/nest/plain.ts";
import type { FloatFmt } from "../../compiler/program/program.ts";
import * as l from "../../src/index.ts";
import { flush, planOf, regionsOf, type ToldRow } from "./texts.ts";

const grown = (shape: string, rank: number): string =>
  `%0 = input {name: "x", shape: ${shape}} %1 = reduceSum(%0) {axes: [${rank}]} %2 = broadcast(%1) {shape: ${shape}, axes: [${[0, 1].slice(0, rank)}]} %3 = div(%0, %2)`;

/** Two convolutions of one point with a map between. */
const picture = `%0 = input {name: "x", shape: [n, 28, 28, 8]} %1 = param {name: "w", shape: [8, 16]} %2 = dot(%0, %1) {batch: [[], []], contract: [[3], [0]]}
 %3 = exp(%2) %4 = mul(%3, %3) %5 = reduceSum(%4) {axes: [3]} %6 = param {name: "u", shape: [28, 4]} %7 = dot(%5, %6) {batch: [[], []], contract: [[2], [0]]}`;

/** Groups with what they hold, buffers left out. */
const groupsOf = (graph: string, options: object): string =>
  regionsOf(planOf(graph, options))
    .split("\n")
    .map((line) => line.replace(/\((?:(?!\) ->).)*\)( -> .*)?$/, ""))
    .join("\n");

test.each<ToldRow>([
  [
    "a sum and what divides by it: blocks of 2,048 numbers",
    `${grown("[n, 128, 64]", 2)} results y = %3`,
    `rows of [1, 128], 32 at once
     each step: reduceSum
     each step: div`,
    {},
  ],
  [
    "rows that fill no block evenly: the largest part that does",
    `${grown("[n, 90, 64]", 2)} results y = %3`,
    `rows of [1, 90], 30 at once
     each step: reduceSum
     each step: div`,
    {},
  ],
  [
    "rows without an even part, too short to go one by one: apart",
    `${grown("[n, 127, 64]", 2)} results y = %3`,
    `reduceSum
     div`,
    {},
  ],
  [
    "what fits in a cache as a whole: apart",
    `${grown("[n, 16, 64]", 2)} results y = %3`,
    `reduceSum
     div`,
    {},
  ],
  [
    "a known number of rows is an axis like any other",
    `${grown("[n, 128]", 1)} results y = %3`,
    `rows of [32], 16 at once
     each step: reduceSum
     each step: div`,
    { rows: 32 },
  ],
  [
    "an unknown number of rows: one by one where a row is long",
    `${grown("[n, 512]", 1)} results y = %3`,
    `rows of [n], 1 at once
     each step: reduceSum
     each step: div`,
    { rows: { max: 32 } },
  ],
  [
    "an unknown number of short rows: apart",
    `${grown("[n, 128]", 1)} results y = %3`,
    `reduceSum
     div`,
    { rows: { max: 32 } },
  ],
  [
    "a sum over the batch knows every row: apart",
    `%0 = input {name: "x", shape: [n, 512]} %1 = reduceSum(%0) {axes: [0]} %2 = broadcast(%1) {shape: [n, 512], axes: [1]} %3 = div(%0, %2) results y = %3`,
    `reduceSum
     div`,
    { rows: 32 },
  ],
  [
    "read in another order of rows: apart",
    `%0 = input {name: "x", shape: [n, 64, 64]} %1 = reduceSum(%0) {axes: [2]} %2 = reverse(%1) {axes: [1]} %3 = broadcast(%2) {shape: [n, 64, 64], axes: [0, 1]} %4 = div(%0, %3) results y = %4`,
    `reduceSum
     div`,
    {},
  ],
  [
    "a product with weights for all rows is no member",
    `${grown("[n, 128, 64]", 2)} %4 = param {name: "w", shape: [64, 8]} %5 = dot(%3, %4) {batch: [[], []], contract: [[2], [0]]} results y = %5`,
    `rows of [1, 128], 32 at once
     each step: reduceSum
     each step: div
     dot`,
    {},
  ],
  [
    "a light map that all who ask for it can make again is stored by none",
    `%0 = input {name: "x", shape: [n, 128, 64]} %1 = reduceSum(%0) {axes: [2]} %2 = broadcast(%1) {shape: [n, 128, 64], axes: [0, 1]} %3 = sub(%0, %2)
     %4 = mul(%3, %3) %5 = reduceSum(%4) {axes: [2]} %6 = broadcast(%5) {shape: [n, 128, 64], axes: [0, 1]} %7 = mul(%3, %6) results y = %7`,
    `rows of [1, 128], 32 at once
     each step: reduceSum
     each step: sub ⊕ mul ⊕ reduceSum
     each step: sub ⊕ mul`,
    {},
  ],
  [
    "two convolutions, sample by sample; a dense layer shares its weights between samples",
    `${picture} %8 = reshape(%7) {shape: [n, 112]} %9 = param {name: "v", shape: [112, 4]} %10 = dot(%8, %9) {batch: [[], []], contract: [[1], [0]]} results y = %10`,
    `rows of [32], 1 at once
     each step: dot ⊕ exp
     each step: mul ⊕ reduceSum
     each step: dot
     matmul`,
    { rows: 32 },
  ],
  [
    "as many samples as there are",
    `${picture} results y = %7`,
    `rows of [n], 1 at once
     each step: dot ⊕ exp
     each step: mul ⊕ reduceSum
     each step: dot`,
    { rows: { max: 32 } },
  ],
  [
    "one sample is no walk",
    `${picture} results y = %7`,
    `dot ⊕ exp
     mul ⊕ reduceSum
     dot`,
    { rows: 1 },
  ],
])("%s", (_decision, graph, planned, options) => {
  expect(groupsOf(graph, options)).toBe(flush(planned));
});

test("what is asked for inside alone has the space of a block, the rest of all rows", () => {
  const made = planOf(
    `%0 = input {name: "x", shape: [n, 128, 64]} %1 = exp(%0) %2 = reduceSum(%1) {axes: [2]} %3 = broadcast(%2) {shape: [n, 128, 64], axes: [0, 1]} %4 = div(%1, %3) results y = %4 s = %2`,
  );
  const lengths = Object.fromEntries(made.buffers.map(({ name, length }) => [name, length]));
  expect(lengths).toEqual({ x: 8192, y: 8192, s: 128, exp: 2048 });
});

describe("the bits of the parts, one after the other", () => {
  const models = [
    ["softmax", [l.softmax({ inputShape: [64, 64] })], undefined],
    ["layer normalisation", [l.layerNormalization({ inputShape: [96, 48] })], "mse"],
    ["a normalised net", [l.dense({ units: 300, inputShape: [7] }), l.layerNormalization({}), l.softmax({})], "categoricalCrossentropy"],
    ["softmax over another axis", [l.softmax({ axis: 1, inputShape: [40, 16, 9] })], undefined],
    ["activations between", [l.activation({ activation: "logSoftmax", inputShape: [32, 80] }), l.layerNormalization({}), l.activation({ activation: "tanh" })], "mse"],
    ["pictures", [l.conv2d({ filters: 16, kernelSize: 3, activation: "relu", inputShape: [14, 14, 4] }), l.conv2d({ filters: 8, kernelSize: 3 }), l.maxPooling2d({}), l.flatten({}), l.dense({ units: 5 })], "mse"],
    ["a pool of the whole picture", [l.conv2d({ filters: 64, kernelSize: 1, activation: "relu", inputShape: [25, 5, 4] }), l.maxPooling2d({ poolSize: [25, 5] }), l.flatten({}), l.dense({ units: 5 })], "mse"],
  ] as const; // biome-ignore format: one table

  it.each(models)("%s", (_name, layers, loss) => {
    let groups = 0;
    const training = loss === undefined ? {} : { training: { loss, optimizer: "sgd" as const } };
    const model = l.sequential([...layers], { name: "net", ...training });
    for (const goal of loss === undefined ? (["predict"] as const) : (["predict", "trainStep"] as const))
      for (const rows of goal === "predict" ? [1, 4] : [{ max: 3 }])
        for (const fmt of ["f32", "f64"] as const) {
          const graph = graphFor(model, goal);
          const together = plan(graph, { rows });
          verifyPlan(together);
          groups += together.regions.filter(({ kind }) => kind === "rows").length;
          expect(run(graph, rows, fmt, false)).toEqual(run(graph, rows, fmt, true));
        }
    expect(groups).toBeGreaterThan(0);
  });
});

function graphFor(model: ReturnType<typeof l.sequential>, goal: "predict" | "trainStep"): Graph {
  const seen = snapshots(model, { train: goal === "trainStep", batch: 3 }, goal).findLast(({ stage }) => stage === "graph");
  if (seen === undefined || !("graph" in seen)) throw new Error("no graph");
  return seen.graph as Graph;
}

/** Every result and update, after one step on the same numbers. */
function run(graph: Graph, rows: number | { readonly max: number }, fmt: FloatFmt, apart: boolean): unknown {
  const made = plan(graph, { rows, apart });
  const { program: nests, tables } = assemble([{ entry: "step", plan: made }], { name: "g", fmt, prepared: new Set() });
  const numbers = (length: number): number[] => Array.from({ length }, (_, i) => Math.fround(Math.sin(1 + 7.3 * i) * 2));
  const sources = made.buffers.filter(({ role }) => role === "input" || role === "param" || role === "state");
  const constants = new Map<string, ArrayLike<number>>([
    ...tables,
    ...sources.map(({ name, length }) => [name, numbers(length)] as const),
  ]);
  const machine = createMachine(plainProgram(nests), { constants });
  machine.run("step", { n: typeof rows === "number" ? rows : rows.max });
  return [...graph.results, ...graph.updates].map(([name]) => [name, ...(machine.buffers.get(name) ?? [])]);
}
