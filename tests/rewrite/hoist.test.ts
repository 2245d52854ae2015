// Hoisting keeps meaning: main after prepare is the graph, to the bit; and batch normalisation leaves nothing behind but a dot
// and a sum, after dense and after a convolution.
import { describe, expect, test } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { type Graph, graph, type Node, nodesOf } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { begin, type G } from "../../compiler/ops/index.ts";
import { rewrite } from "../../compiler/rewrite/engine.ts";
import { type Hoisted, hoist } from "../../compiler/rewrite/hoist.ts";
import { inferenceRules } from "../../compiler/rewrite/rules/index.ts";
import { expectClose, firstDifference } from "../close.ts";
import { standard } from "../exemptions.ts";
import { valuesFor } from "./gradient/gradient.ts";

const plain = { batch: [[], []], contract: [[1], [0]] } as const;

/** Both halves, one after the other, as a call of the compiled module runs them. */
function runHalves({ prepare, main }: Hoisted, rows: number, values: Record<string, ArrayLike<number>>): Float64Array {
  const prepared = prepare === undefined ? {} : runGraph(prepare, { rows: 1, values, precision: "f32" }).results;
  const all = { ...values, ...Object.fromEntries(Object.entries(prepared).map(([name, { data }]) => [name, data])) };
  return runGraph(main, { rows, values: all, precision: "f32" }).results.y.data;
}

/** gamma · (x − mean) / √(variance + ε) + beta along the last axis. */
function normalize(g: G, x: Node): Node {
  const last = x.type.shape.length - 1;
  const weight = (name: string): Node => g.param({ name, shape: [x.type.shape[last]] });
  const each = (vector: Node): Node => g.broadcast(vector, { shape: x.type.shape, axes: [last] });
  const variance = g.mul(weight("deviation"), weight("deviation"));
  const root = g.sqrt(g.add(variance, g.like(variance, 1e-3)));
  const scaled = g.mul(g.div(g.sub(x, each(weight("mean"))), each(root)), each(weight("gamma")));
  return g.add(scaled, each(weight("beta")));
}

const afterDense = (g: G): Node => {
  const y = g.dot(g.input({ name: "x", shape: ["n", 3] }), g.param({ name: "kernel", shape: [3, 4] }), plain);
  return normalize(g, g.add(y, g.broadcast(g.param({ name: "bias", shape: [4] }), { shape: ["n", 4], axes: [1] })));
};
const afterConv = (g: G): Node => {
  const x = g.pad(g.input({ name: "x", shape: ["n", 3, 4, 2] }), { low: [0, 1, 0, 0], high: [0, 1, 0, 0], value: 0 });
  const patches = g.window(x, { axes: [1, 2], sizes: [3, 2], strides: [1, 1], dilations: [1, 1] });
  const kernel = g.param({ name: "kernel", shape: [3, 2, 2, 5] });
  return normalize(g, g.dot(patches, kernel, { batch: [[], []], contract: [[4, 5, 3], [0, 1, 2]] })); // biome-ignore format: axes
};

/** Patches of [n, 3, 4, 6] and a kernel, each channel or each of two groups of them by itself. */
const patchesOf = (g: G, shape: readonly number[]): Node =>
  g.window(g.input({ name: "x", shape: ["n", ...shape] }), { axes: [1, 2], sizes: [2, 2], strides: [1, 1], dilations: [1, 1] });
const joined = (g: G, x: Node): Node => g.reshape(x, { shape: [...x.type.shape.slice(0, 3), 6] });
const afterDepthwise = (g: G): Node => {
  const kernel = g.param({ name: "kernel", shape: [2, 2, 3, 2] });
  return normalize(g, joined(g, g.dot(patchesOf(g, [3, 4, 3]), kernel, { batch: [[3], [2]], contract: [[4, 5], [0, 1]], at: 3 }))); // biome-ignore format: axes
};
const afterGroups = (g: G): Node => {
  const kernel = g.param({ name: "kernel", shape: [2, 2, 2, 2, 3] });
  return normalize(g, joined(g, g.dot(patchesOf(g, [3, 4, 2, 2]), kernel, { batch: [[3], [3]], contract: [[5, 6, 4], [0, 1, 2]], at: 3 }))); // biome-ignore format: axes
};

describe("hoist", () => {
  test.each([
    ["dense", afterDense, ["input", "param", "dot", "param", "broadcast", "add"]],
    ["conv", afterConv, ["input", "pad", "window", "param", "dot", "param", "broadcast", "add"]],
    ["depthwise", afterDepthwise, ["input", "window", "param", "dot", "param", "broadcast", "add", "reshape"]],
    ["groups", afterGroups, ["input", "window", "param", "dot", "param", "broadcast", "add", "reshape"]],
  ] as const)("batch normalisation after %s goes into its weights", (_name, make, left) => {
    const g = begin();
    const source = graph("model", [["y", make(g)]]);
    const rewritten = rewrite(source, inferenceRules({ exact: false })).graph;
    const halves = hoist(rewritten);
    expect(halves.main.nodes.map(({ op }) => op)).toEqual(left);
    expect(nodesOf(halves.main, "param").map(({ attrs }) => attrs.name)).toEqual(["prepared0", "prepared1"]);
    const values = valuesFor(source, random(4), 3);
    const whole = runGraph(source, { rows: 3, values, precision: "double" }).results.y.data;
    const scale = whole.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expectClose(runHalves(halves, 3, values), whole, { abs: standard.float32.abs * scale, rel: 0 }, "halves");
    expect(
      firstDifference(runHalves(halves, 3, values), runGraph(rewritten, { rows: 3, values, precision: "f32" }).results.y.data),
    ).toBe(-1);
  });

  test("rescaling before a convolution goes into its weights, through padding and windows", () => {
    const g = begin();
    const shape = ["n", 4, 4, 2] as const;
    const scaled = g.div(g.input({ name: "x", shape }), g.fill(255, shape));
    const padded = g.pad(scaled, { low: [0, 1, 1, 0], high: [0, 1, 1, 0], value: 0 });
    const patches = g.window(padded, { axes: [1, 2], sizes: [3, 3], strides: [1, 1], dilations: [1, 1] });
    const kernel = g.param({ name: "kernel", shape: [3, 3, 2, 3] });
    const source = graph("model", [["y", g.dot(patches, kernel, { batch: [[], []], contract: [[4, 5, 3], [0, 1, 2]] })]]); // biome-ignore format: axes
    const halves = hoist(rewrite(source, inferenceRules({ exact: false })).graph);
    expect(halves.main.nodes.map(({ op }) => op)).toEqual(["input", "pad", "window", "param", "dot"]);
    const values = valuesFor(source, random(2), 2);
    const whole = runGraph(source, { rows: 2, values, precision: "double" }).results.y.data;
    expectClose(runHalves(halves, 2, values), whole, standard.float32, "halves");
  });

  test("exact keeps every bit of the graph as built", () => {
    const g = begin();
    const source = graph("model", [["y", afterDense(g)]]);
    const halves = hoist(rewrite(source, inferenceRules({ exact: true })).graph);
    const values = valuesFor(source, random(6), 5);
    expect(
      firstDifference(runHalves(halves, 5, values), runGraph(source, { rows: 5, values, precision: "f32" }).results.y.data),
    ).toBe(-1);
  });

  test("a dot that someone else reads too keeps its weights", () => {
    const g = begin();
    const y = g.dot(g.input({ name: "x", shape: ["n", 3] }), g.param({ name: "kernel", shape: [3, 4] }), plain);
    const both: Graph = graph("model", [
      ["y", g.mul(y, g.broadcast(g.param({ name: "s", shape: [4] }), { shape: ["n", 4], axes: [1] }))],
      ["raw", y],
    ]);
    expect(nodesOf(rewrite(both, inferenceRules({ exact: false })).graph, "dot").length).toBe(1);
  });

  test("a view of a weight, a constant and a weight itself stay; a view of hoisted work stays as a view", () => {
    const g = begin();
    const w = g.param({ name: "w", shape: [3, 2] });
    const x = g.input({ name: "x", shape: ["n", 3] });
    const turned = g.transpose(g.neg(w), { perm: [1, 0] });
    const stays = g.dot(x, w, plain);
    const moved = g.dot(x, turned, { batch: [[], []], contract: [[1], [1]] });
    const source = graph("model", [["y", g.add(g.mul(stays, g.fill(2, ["n", 2])), moved)]]);
    const { prepare, main } = hoist(source);
    expect(prepare?.nodes.map(({ op }) => op)).toEqual(["param", "neg"]);
    expect(main.nodes.map(({ op, attrs }) => (op === "param" ? attrs.name : op))).toEqual([
      "input",
      "w",
      "dot",
      "constant",
      "mul",
      "prepared0",
      "transpose",
      "dot",
      "add",
    ]);
    const values = valuesFor(source, random(8), 2);
    expect(
      firstDifference(
        runHalves({ prepare, main }, 2, values),
        runGraph(source, { rows: 2, values, precision: "f32" }).results.y.data,
      ),
    ).toBe(-1);
    const nothing = graph("model", [["y", stays]]);
    expect(hoist(nothing)).toEqual({ prepare: undefined, main: nothing });
  });

  test("what depends on state, noise, the number of rows or a batch stays", () => {
    const g = begin();
    const state = g.state({ name: "step", shape: [], initial: 0 });
    const noisy = g.add(g.random(state, { shape: [], seed: 1 }), g.mul(g.rows(), g.reduceSum(g.fill(1, ["n"]), { axes: [0] })));
    expect(hoist(graph("model", [["y", g.exp(noisy)]])).prepare).toBeUndefined();
  });
});
