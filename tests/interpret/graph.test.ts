// The Graph interpreter: rounding, binding, loops, and what it says when something is missing.
import { describe, expect, test } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { graph } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { begin } from "../../compiler/ops/index.ts";

const g = begin();
const x = g.input({ name: "x", shape: ["n", 2] });
const w = g.param({ name: "w", shape: [2] });
const step = g.state({ name: "t", shape: [], initial: 0 });
const y = g.mul(x, g.broadcast(w, { shape: ["n", 2], axes: [1] }));
const machine = graph("machine", [["y", y]], [["t", g.add(step, g.rows())]]); // biome-ignore format: one line
const values = { x: [1, 2, 3, 4], w: [0.1, 3], t: [5] };

/** Code, path and message of the refusal. */
function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof CompileError) return `${error.code} ${error.path}: ${error.diagnostic.message}`;
    throw error;
  }
  return "accepted";
}

describe("a run", () => {
  test("gives results and updates, and every value on the way", () => {
    const run = runGraph(machine, { rows: 2, values, precision: "f32" });
    const tenth = Math.fround(0.1);
    expect(run.results).toEqual({ y: { shape: [2, 2], data: Float64Array.of(tenth, 6, Math.fround(3 * tenth), 12) } });
    expect(run.updates).toEqual({ t: { shape: [], data: Float64Array.of(7) } });
    expect(run.value(w).data).toEqual(Float64Array.of(tenth, 3));
    expect(run.value(y)).toBe(run.results.y);
  });

  test("rounds every node, or with doubles only what comes in", () => {
    const a = g.input({ name: "a", shape: [] });
    const third = g.div(g.fill(1, []), a);
    const back = graph("back", [["y", g.mul(third, a)], ["z", g.sub(third, g.fill(1 / 3, []))]]); // biome-ignore format: one line
    const at = (precision: "f32" | "double") => runGraph(back, { rows: 1, values: { a: [3 + 1e-9] }, precision });
    // A constant is a float32 tensor in either precision.
    expect(at("double").results.z.data[0]).toBe(1 / 3 - Math.fround(1 / 3));
    expect(at("f32").results.z.data[0]).toBe(0);
    expect(at("double").value(third).data[0]).toBe(1 / 3);
    expect(at("f32").value(third).data[0]).toBe(Math.fround(1 / 3));
  });

  test("computes composites by their own eval", () => {
    const one = graph("one", [["y", g.silu(x)]]);
    const { data } = runGraph(one, { rows: 1, values: { x: [1, -2] }, precision: "double" }).results.y;
    expect([...data]).toEqual([1 / (1 + Math.exp(-1)), -2 / (1 + Math.exp(2))]);
  });

  test("rounds inside loops as outside", () => {
    const b = begin();
    const carry = b.input({ name: "carry0", shape: [] });
    const body = graph("step", [["carry0", b.add(carry, b.fill(2 ** -24, []))]]);
    const attrs = { body, carries: 1, xs: 0, length: 4, reverse: false, keep: ["last"] } as const;
    const bundle = g.scan(g.fill(1, []), attrs);
    const loop = graph("loop", [["y", g.pick(bundle, { index: 0 })]]);
    expect(runGraph(loop, { rows: 1, values: {}, precision: "f32" }).results.y.data[0]).toBe(1);
    const exact = runGraph(loop, { rows: 1, values: {}, precision: "double" });
    expect(exact.results.y.data[0]).toBe(1 + 2 ** -22);
    expect(refusal(() => exact.value(bundle))).toMatch(/^internal\/bug : .*holds no tensor for this scan/);
  });

  test("no rows give no numbers", () => {
    expect(runGraph(machine, { rows: 0, values: { ...values, x: [] }, precision: "f32" }).results.y).toEqual({
      shape: [0, 2],
      data: new Float64Array(0),
    });
  });

  test("names are names, whatever they are", () => {
    const odd = graph("odd", [["__proto__", g.input({ name: "toString", shape: [] })]]);
    const { results } = runGraph(odd, { rows: 1, values: { toString: [4] } as never, precision: "f32" });
    expect(Object.entries(results)).toEqual([["__proto__", { shape: [], data: Float64Array.of(4) }]]);
    expect(refusal(() => runGraph(odd, { rows: 1, values: {}, precision: "f32" }))).toMatch(
      /^graph\/values toString: .*has no value/,
    );
  });
});

describe("a refusal states both facts", () => {
  test.each([
    [{ ...values, x: [1, 2, 3] }, 2, 'graph/values x: input "x" of shape [n, 2] needs 4 numbers at n = 2, found 3'],
    [{ x: values.x, t: [0] }, 2, 'graph/values w: param "w" of shape [2] has no value'],
    [values, 1.5, "graph/values : rows must be a whole number from 0 on, found 1.5"],
    [values, -1, "graph/values : rows must be a whole number from 0 on, found -1"],
  ])("%#", (given, rows, message) => {
    expect(refusal(() => runGraph(machine, { rows, values: given as never, precision: "f32" }))).toBe(message);
  });

  test("unknown ops and unsorted nodes are faults of the graph", () => {
    const run = (broken: typeof machine) => refusal(() => runGraph(broken, { rows: 2, values, precision: "f32" }));
    expect(run(graph("odd", [["y", { ...y, op: "toString" }]]))).toBe('op/unknown : there is no op "toString"');
    expect(run({ ...machine, nodes: [...machine.nodes].reverse() })).toMatch(/^internal\/bug : .*stands after its user/);
  });
});
