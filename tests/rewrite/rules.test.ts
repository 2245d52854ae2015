// Law: every rule fires on its sample and keeps its promise there, on random inputs with NaN, ±0 and ±∞ among them; rewriting
// is idempotent. A rule that never fired fails.
import { describe, expect, test } from "vitest";
import { type Random, random } from "../../compiler/base/random.ts";
import { bindShape, type Graph, graph, sizeOf } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { begin } from "../../compiler/ops/index.ts";
import { rewrite } from "../../compiler/rewrite/engine.ts";
import type { Promised } from "../../compiler/rewrite/pattern.ts";
import { allRules, inferenceRules, trainingRules } from "../../compiler/rewrite/rules/index.ts";
import { standard } from "../exemptions.ts";

const special = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-45, -1e-40, 3.4e38, -3.4e38, 1, -1];
const rounds = 30;

function draw(noise: Random, promise: Promised): number {
  // Where sums are reassociated, moderate numbers: overflow and cancellation are what `approx` does not promise.
  if (promise === "approx") return noise.pick([1, -1]) * (0.5 + noise.uniform());
  return noise.integer(0, 2) === 0 ? noise.pick(special) : Math.fround((noise.uniform() - 0.5) * 8);
}

function valuesOf(source: Graph, noise: Random, rows: number, promise: Promised): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {};
  for (const { op, attrs, type } of source.nodes) {
    if (op !== "input" && op !== "param") continue;
    values[attrs.name as string] = Float32Array.from({ length: sizeOf(bindShape(type.shape, rows)) }, () => draw(noise, promise));
  }
  return values;
}

function expectPromise(promise: Promised, before: Float64Array, after: Float64Array, what: string): void {
  expect(after.length, what).toBe(before.length);
  const scale = before.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (let i = 0; i < before.length; i++) {
    const holds =
      promise === "bits"
        ? Object.is(before[i], after[i])
        : promise === "value"
          ? Object.is(before[i], after[i]) || before[i] === after[i]
          : Math.abs(before[i] - after[i]) <= standard.approx.abs * scale;
    if (!holds) throw new Error(`${what}: [${i}] was ${before[i]}, became ${after[i]}, promised ${promise}`);
  }
}

describe("rewrite rules", () => {
  test.each(allRules.map((rule) => [rule.name, rule] as const))("%s", (name, rule) => {
    const noise = random(name.length * 1009 + name.charCodeAt(0));
    for (let round = 0; round < rounds; round++) {
      const g = begin();
      const source = graph("sample", [["y", rule.sample(g, noise)]]);
      const { graph: alone, events } = rewrite(source, [rule]);
      expect(events.map((event) => event.rule)).toContain(name);
      expect(rewrite(alone, [rule]).events).toEqual([]);
      const rows = noise.integer(1, 4);
      const values = valuesOf(source, noise, rows, rule.promise);
      const run = (g: Graph) => runGraph(g, { rows, values, precision: "f32" }).results.y.data;
      expectPromise(rule.promise, run(source), run(alone), name);
    }
  });

  test("names are unique", () => {
    const names = allRules.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test("every rule fires in company too, and the whole list is idempotent", () => {
    const fired = new Map<string, number>();
    const noise = random(5);
    const lists = [
      inferenceRules({ exact: false }),
      inferenceRules({ exact: false, target: "js" }),
      trainingRules({ exact: false }),
    ];
    for (const rule of allRules) {
      for (let round = 0; round < rounds; round++) {
        const g = begin();
        const source = graph("sample", [["y", rule.sample(g, noise)]]);
        for (const rules of lists) {
          const once = rewrite(source, rules);
          for (const event of once.events) fired.set(event.rule, (fired.get(event.rule) ?? 0) + 1);
          const twice = rewrite(once.graph, rules);
          expect(twice.events).toEqual([]);
          expect(twice.graph).toBe(once.graph);
        }
      }
    }
    const silent = allRules.map(({ name }) => name).filter((name) => !fired.has(name));
    expect(silent).toEqual([]);
  });

  test("exact leaves no rule that changes bits or reassociates", () => {
    expect(inferenceRules({ exact: true }).filter(({ promise }) => promise === "approx")).toEqual([]);
    expect(trainingRules({ exact: true }).filter(({ promise }) => promise === "approx")).toEqual([]);
  });

  test("maxima become most but in plain JavaScript; in exact modules there too, since those have the same bits everywhere", () => {
    const g = begin();
    const [x, y] = ["x", "y"].map((name) => g.input({ name, shape: ["n", 3] }));
    const source = graph("sample", [["z", g.reduceMax(g.min(g.max(x, g.like(x, 0)), y), { axes: [1] })]]);
    const opsOf = (options: Parameters<typeof inferenceRules>[0]) => {
      const after = [inferenceRules(options), trainingRules(options)].map((rules) => rewrite(source, rules).graph);
      const [ops, training] = after.map(({ nodes }) => nodes.map(({ op }) => op).filter((op) => /max|min|most|least/i.test(op)));
      expect(training).toEqual(ops);
      return ops;
    };
    const machines = ["most", "least", "reduceMost"];
    const ieee = ["max", "min", "reduceMax"];
    expect(opsOf({ exact: false })).toEqual(machines);
    expect(opsOf({ exact: false, target: "auto" })).toEqual(machines);
    expect(opsOf({ exact: false, target: "simd" })).toEqual(machines);
    expect(opsOf({ exact: false, target: "js" })).toEqual(ieee);
    for (const target of ["auto", "simd", "js"] as const) expect(opsOf({ exact: true, target })).toEqual(machines);
  });
});
