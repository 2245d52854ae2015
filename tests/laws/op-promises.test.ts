// What single ops promise beyond the laws of all: where the gradient of a tie goes, which inputs are refused and with what
// words, how good erf and random are, and that a reshape is a view exactly when strides can say it.

import { describe, expect, test } from "vitest";
import { type Random, random } from "../../compiler/base/random.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { type Attrs, graph, type Node, type Shape, sizeOf } from "../../compiler/graph/graph.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import type { Tensor } from "../../compiler/ops/define.ts";
import { begin, type G, ops } from "../../compiler/ops/index.ts";
import type { View } from "../../compiler/program/nest/view.ts";
import { pullback } from "../../compiler/rewrite/gradient/differentiate.ts";

/** The gradients of one node with a cotangent of ones, as numbers. */
function gradients(name: string, attrs: Attrs, inputs: readonly { shape: number[]; values: number[] }[]): (number[] | null)[] {
  const g: G = begin();
  const nodes = inputs.map(({ shape }, i) => g.input({ name: `x${i}`, shape }));
  const output = g.node(name, nodes, attrs);
  const op = ops[name];
  if (op.kind !== "primitive" || typeof op.vjp !== "function") throw new Error(`${name} has no vjp`);
  const ct = g.like(output, 1);
  const flows = op.vjp(g, { inputs: nodes, output, ct, cts: [ct], attrs, wanted: nodes.map(() => true), pull: pullback });
  const present = flows.filter((flow): flow is Node => flow !== null);
  const values = Object.fromEntries(inputs.map((input, i) => [`x${i}`, input.values]));
  const { value } = runGraph(graph("ties", present.map((node, i) => [`d${i}`, node])), { rows: 1, values, precision: "f32" }); // biome-ignore format: one line
  return flows.map((flow) => (flow === null ? null : [...value(flow).data]));
}

describe("ties", () => {
  const pairs = [
    { shape: [5], values: [1, 2, 2, 0, Number.NaN] },
    { shape: [5], values: [2, 1, 2, -0, 1] },
  ];

  test.each(["max", "most"])("%s gives it to the second operand", (name) => {
    expect(gradients(name, {}, pairs)).toEqual([[0, 1, 0, 0, 0], [1, 0, 1, 1, 1]]); // biome-ignore format: one line
  });

  test.each(["min", "least"])("%s gives it to the second operand", (name) => {
    expect(gradients(name, {}, pairs)).toEqual([[1, 0, 0, 0, 0], [0, 1, 1, 1, 1]]); // biome-ignore format: one line
  });

  test.each(["reduceMax", "reduceMost"])(
    "%s gives it to the first in row-major order of the reduced axes, whatever order they are named in",
    (name) => {
      const x = { shape: [2, 2, 2], values: [3, 5, 5, 1, 5, 2, 3, 5] };
      expect(gradients(name, { axes: [0, 1, 2] }, [x])).toEqual([[0, 1, 0, 0, 0, 0, 0, 0]]);
      expect(gradients(name, { axes: [2, 0] }, [x])).toEqual([[0, 1, 1, 0, 0, 0, 0, 0]]);
      expect(gradients(name, { axes: [0] }, [x])).toEqual([[0, 1, 1, 0, 1, 0, 0, 1]]);
      expect(gradients(name, { axes: [] }, [x])).toEqual([[1, 1, 1, 1, 1, 1, 1, 1]]);
    },
  );

  test.each(["reduceMax", "reduceMost"])("%s of −∞ everywhere, or of NaN, gives it to the first", (name) => {
    const low = Number.NEGATIVE_INFINITY;
    expect(gradients(name, { axes: [1] }, [{ shape: [2, 2], values: [low, low, 1, Number.NaN] }])).toEqual([[1, 0, 1, 0]]);
  });

  test("floor, less and equal have no gradient; an index has none", () => {
    expect(gradients("floor", {}, [pairs[0]])).toEqual([null]);
    expect(gradients("less", {}, pairs)).toEqual([null, null]);
    expect(gradients("equal", {}, pairs)).toEqual([null, null]);
    expect(gradients("gather", {}, [{ shape: [2], values: [1, 2] }, { shape: [3], values: [1, 1, 9] }])).toEqual([[0, 3], null]); // biome-ignore format: one line
  });
});

describe("batch axes of a dot", () => {
  test("stand behind `at` free axes; 0 is left out of the text, and an equal dot", () => {
    const g = begin();
    const [x, w] = [g.input({ name: "x", shape: ["n", 5, 2, 3] }), g.input({ name: "w", shape: [2, 3, 4] })];
    const pairs = { batch: [[2], [0]], contract: [[3], [1]] } as const;
    const shapes = [1, 2, 3].map((at) => g.dot(x, w, { ...pairs, at }).type.shape);
    expect(shapes).toEqual([["n", 2, 5, 4], ["n", 5, 2, 4], ["n", 5, 4, 2]]); // biome-ignore format: one line
    const plain = { batch: [[0], [0]], contract: [[1], [1]] } as const;
    const known = g.dot(w, w, plain);
    expect(g.dot(w, w, { ...plain, at: 0 })).toBe(known);
    expect(printGraph(graph("g", [["y", known]]))).not.toContain("at:");
  });

  test("have gradients that are dots and transposes, with n contracted under them too", () => {
    const g = begin();
    const x = g.input({ name: "x", shape: ["n", 2, 3] });
    const y = g.input({ name: "y", shape: ["n", 2, 4] });
    const attrs = { batch: [[1], [1]], contract: [[0], [0]] } as const;
    const output = g.dot(x, y, attrs);
    const ct = g.input({ name: "ct", shape: output.type.shape });
    const made = graph("g", pullback(g, [[output, ct]], [x, y]).map((node, i) => [`d${i}`, node as Node])); // biome-ignore format: one line
    const used = new Set(made.nodes.map(({ op }) => op));
    expect([...used].filter((op) => !["input", "dot", "transpose"].includes(op))).toEqual([]);
    expect(made.results.map(([, node]) => node.type.shape)).toEqual([["n", 2, 3], ["n", 2, 4]]); // biome-ignore format: one line
  });
});

const mismatch = "shape/mismatch";
const rank = "shape/rank";
const window = { axes: [1], sizes: [3], strides: [1], dilations: [1] };
const refused: readonly (readonly [op: string, inputs: readonly Shape[], attrs: Attrs, code: string])[] = [
  ["broadcast", [[2]], { shape: [3, 3], axes: [0] }, mismatch],
  ["broadcast", [[2, 3]], { shape: [3, 2], axes: [1, 0] }, mismatch],
  ["broadcast", [["n"]], { shape: [2, "n"], axes: [1] }, "op/attrs"],
  ["concat", [[2, 3], [3, 3]], { axis: 1 }, mismatch],
  ["concat", [[2, 3], [2]], { axis: 0 }, mismatch],
  ["concat", [["n", 3], ["n", 3]], { axis: 0 }, mismatch],
  ["concat", [[2]], { axis: 1 }, rank],
  ["constant", [], { shape: [2, 3], values: [1, 2] }, mismatch],
  ["constant", [], { shape: ["n"], values: [1, 2] }, mismatch],
  ["dot", [[2, 3], [4, 2]], { batch: [[], []], contract: [[1], [0]] }, mismatch],
  ["dot", [[2, 3], [3, 2]], { batch: [[0], [1]], contract: [[0], [0]] }, rank],
  ["dot", [[2, 3], [3, 2]], { batch: [[], []], contract: [[2], [0]] }, rank],
  ["dot", [[2, 3], [3, 2]], { batch: [[], []], contract: [[0, 1], [0]] }, "op/attrs"],
  ["dot", [[2, 3], ["n", 3]], { batch: [[], []], contract: [[1], [1]] }, mismatch],
  ["dot", [["n", 3], ["n", 3]], { batch: [[], []], contract: [[1], [1]] }, mismatch],
  ["dot", [["n", 3], [3, 2]], { batch: [[], []], contract: [[0], [0]] }, mismatch],
  ["dot", [[2, 3], [2, 4]], { batch: [[0], [0]], contract: [[], []], at: 3 }, rank],
  ["dot", [[2, 3], [2, 4]], { batch: [[0], [0]], contract: [[], []], at: -1 }, "op/attrs"],
  ["dot", [["n", 3], ["n", 4]], { batch: [[0], [0]], contract: [[], []], at: 1 }, mismatch],
  ["dot", [["n", 2, 3], [2, 3]], { batch: [[1], [0]], contract: [[2], [1]] }, mismatch],
  ["gather", [[], [2]], {}, rank],
  ["gather", [["n", 2], [2]], {}, mismatch],
  ["gather", [[0, 2], [2]], {}, mismatch],
  ["iota", [], { shape: [2], axis: 1 }, rank],
  ["input", [], { name: "x", shape: [2, "n"] }, "op/attrs"],
  ["mix", [["n", 3]], { axis: 1, matrix: [[1, 0]] }, mismatch],
  ["overlapAdd", [["n", 3, 3]], { ...window, shape: ["n", 4] }, mismatch],
  ["pad", [[2]], { low: [1, 1], high: [0], value: 0 }, rank],
  ["pad", [["n"]], { low: [1], high: [0], value: 0 }, mismatch],
  ["param", [], { name: "w", shape: ["n", 2] }, "op/attrs"],
  ["random", [[2]], { shape: [3], seed: 1 }, rank],
  ["reduceMax", [[2]], { axes: [1] }, rank],
  ["reduceMost", [[2]], { axes: [1] }, rank],
  ["reduceSum", [[2, 2]], { axes: [0, 0] }, rank],
  ["reshape", [[2, 3]], { shape: [5] }, mismatch],
  ["reshape", [["n", 3]], { shape: [3] }, mismatch],
  ["reshape", [[4, 3]], { shape: ["n", 3] }, mismatch],
  ["reverse", [["n", 3]], { axes: [0] }, mismatch],
  ["reverse", [[3]], { axes: [1] }, rank],
  ["scatterAdd", [[2], [3, 4]], { rows: 2 }, mismatch],
  ["scatterAdd", [[], ["n"]], { rows: 2 }, mismatch],
  ["slice", [[4]], { starts: [2], sizes: [3] }, mismatch],
  ["slice", [["n", 2]], { starts: [0, 0], sizes: [1, 2] }, mismatch],
  ["slice", [["n", 2]], { starts: [1, 0], sizes: ["n", 2] }, mismatch],
  ["slice", [[4]], { starts: [0, 0], sizes: [4, 1] }, rank],
  ["state", [], { name: "s", shape: [2, "n"], initial: 0 }, "op/attrs"],
  ["transpose", [[2, 3]], { perm: [0, 0] }, rank],
  ["transpose", [["n", 3]], { perm: [1, 0] }, mismatch],
  ["window", [["n", 2]], window, mismatch],
  ["window", [["n", 4]], { ...window, axes: [0] }, mismatch],
  ["window", [["n", 4]], { ...window, axes: [2] }, rank],
  ["window", [["n", 4]], { ...window, sizes: [3, 3] }, rank],
  ["window", [["n", 4]], { ...window, strides: [0] }, "op/attrs"],
]; // biome-ignore format: one table

describe("refusals", () => {
  test.each(refused)("%s of %j with %j is %s", (name, shapes, attrs, code) => {
    const g = begin();
    const nodes = shapes.map((shape, i) => g.input({ name: `x${i}`, shape }));
    const error = caught(() => g.node(name, nodes, attrs));
    expect(error.code).toBe(code);
    if (code !== "op/attrs") expect(error.message).toMatch(/ needs? .+ found /);
    expect(error.message.startsWith(name)).toBe(true);
  });

  test("elementwise ops need equal shapes", () => {
    const many = Object.values(ops).filter(
      (op) => op.kind === "primitive" && op.lower.kind === "pointwise" && typeof op.arity === "number" && op.arity > 1,
    );
    expect(many.length).toBeGreaterThanOrEqual(9);
    for (const { name, arity } of many) {
      const g = begin();
      const nodes = Array.from({ length: arity as number }, (_, i) => g.input({ name: `x${i}`, shape: i === 1 ? [3] : [2] }));
      const error = caught(() => g.node(name, nodes));
      expect(error.code).toBe(mismatch);
      expect(error.message).toContain("[2]");
      expect(error.message).toContain("[3]");
    }
  });

  test("every op that can refuse a shape is asked", () => {
    const free = ["rows", "stopGradient", "pick", "scan"]; // the last two are tested with autodiff
    const elementwise = Object.values(ops).filter(
      (op) => op.kind === "primitive" && op.lower.kind === "pointwise" && op.arity !== 0 && op.name !== "random",
    );
    const needed = Object.values(ops).filter(
      (op) => op.kind === "primitive" && !free.includes(op.name) && !elementwise.includes(op),
    );
    expect([...new Set(refused.map(([name]) => name))].sort()).toEqual(needed.map((op) => op.name).sort());
  });
});

function caught(action: () => unknown): CompileError {
  try {
    action();
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("erf's reference is within 2 ulp of a double, on both of its branches", () => {
  // The C library's, as Python prints them; they agree with Abramowitz & Stegun, table 7.1.
  const table: readonly (readonly [x: number, y: number])[] = [
    [1e-10, 1.1283791670955126e-10], [0.5, 0.5204998778130465], [1, 0.8427007929497149], [2, 0.9953222650189527], [2.4375, 0.9994334567454198], [2.5, 0.999593047982555], [3, 0.9999779095030014], [4, 0.9999999845827421], [5, 0.9999999999984626], [7, 1.0],
  ]; // biome-ignore format: one table
  for (const [x, y] of table) {
    for (const sign of [1, -1]) {
      const { data } = ops.erf.eval(
        [{ shape: [], data: Float64Array.of(sign * x) }],
        {},
        { shape: [], rows: 1, run: () => [] },
      ) as Tensor;
      expect(Math.abs(data[0] - sign * y), `erf(${sign * x})`).toBeLessThanOrEqual(y * 2 ** -51);
    }
  }
});

test("random is uniform: mean, spread and neighbours", () => {
  const shape = [100, 200];
  const { data } = ops.random.eval(
    [{ shape: [], data: Float64Array.of(3) }],
    { shape, seed: 11 },
    { shape, rows: 1, run: () => [] },
  ) as Tensor;
  const mean = (f: (x: number, i: number) => number) => data.reduce((sum, x, i) => sum + f(x, i), 0) / data.length;
  expect(data.every((x) => x >= 0 && x < 1)).toBe(true);
  expect(new Set(data).size).toBeGreaterThan(19900);
  // Four standard deviations each.
  expect(Math.abs(mean((x) => x) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / data.length));
  expect(Math.abs(mean((x) => x * x) - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / data.length));
  expect(Math.abs(mean((x, i) => (x - 0.5) * (data[(i + 1) % data.length] - 0.5)))).toBeLessThan(
    (4 / 12) * Math.sqrt(1 / data.length),
  );
});

test("reshape is a view exactly when strides can say it", () => {
  const r = random(5);
  const { reshape } = ops;
  if (reshape.kind !== "primitive" || reshape.lower.kind !== "view") throw new Error("reshape is a view");
  const count = { view: 0, copy: 0 };
  for (let i = 0; i < 3000; i++) {
    const size = r.pick([1, 4, 6, 8, 12]);
    const [from, to] = [factors(r, size), factors(r, size)];
    const strides = from.map((_, axis) => (r.integer(0, 1) === 1 ? sizeOf(from.slice(axis + 1)) : r.integer(-4, 12)));
    const input: View = { kind: "view", buffer: "x", base: 7, shape: from, strides, loops: [["t", 3]] };
    const offset = (shape: readonly number[], steps: readonly number[], flat: number) => {
      let rest = flat;
      let sum = 0;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        sum += (rest % shape[axis]) * steps[axis];
        rest = Math.floor(rest / shape[axis]);
      }
      return sum;
    };
    const wanted = Array.from({ length: size }, (_, flat) => offset(from, strides, flat));
    const affine = to.map((extent, axis) => (extent === 1 ? 0 : wanted[sizeOf(to.slice(axis + 1))]));
    const possible = wanted.every((position, flat) => position === offset(to, affine, flat));
    const view = reshape.lower.view(input, { shape: to }, to);
    expect(view !== undefined, `[${from}] with strides [${strides}] to [${to}]`).toBe(possible);
    count[possible ? "view" : "copy"]++;
    if (view === undefined) continue;
    expect(view).toMatchObject({ base: 7, buffer: "x", shape: to, loops: [["t", 3]] });
    expect(wanted.map((_, flat) => offset(to, view.strides, flat))).toEqual(wanted);
  }
  expect(Math.min(count.view, count.copy)).toBeGreaterThan(500);
});

/** A random shape of `size` elements. */
function factors(r: Random, size: number): number[] {
  const shape: number[] = [];
  for (let rest = size; rest > 1 || r.integer(0, 3) === 0; ) {
    const next = r.pick([1, 2, 3, 4, 6, 8, 12].filter((factor) => rest % factor === 0));
    shape.push(next);
    rest /= next;
  }
  return shape;
}
