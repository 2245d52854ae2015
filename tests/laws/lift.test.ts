// The law of `lift`, over the whole list of ops: what it makes of a node gives, at each step, what the node gives for that step alone.
// Each input has time or is the same at every step, as drawn; what has rows always has time. A new op is tried the moment it is listed.
import { describe, expect, test } from "vitest";
import { type Random, random, seedFor } from "../../compiler/base/random.ts";
import { bindShape, graph, type Node, type Shape, sizeOf } from "../../compiler/graph/graph.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import type { Sample } from "../../compiler/ops/define.ts";
import { begin, ops } from "../../compiler/ops/index.ts";
import { lift, timed } from "../../compiler/ops/lift/lift.ts";
import { stackedShape, timeAxis } from "../../compiler/ops/scan/attrs.ts";

const rows = 2;
const steps = 3;
/** Bound by the caller: a hole has no other value than its filling. */
const bound = ["input", "param", "state"];
/** Draws of their own at each step, on purpose. */
const drawn = ["random"];

interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Step t of a value with time on `axis`. */
function stepOf({ shape, data }: Value, axis: number, t: number): Float64Array {
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  return Float64Array.from(
    { length: outer * inner },
    (_, i) => data[(Math.floor(i / inner) * shape[axis] + t) * inner + (i % inner)],
  );
}

const numbers = (r: Random, length: number, below: number | undefined): Float64Array =>
  Float64Array.from({ length }, () => (below === undefined ? (r.integer(-40, 40) + 0.5) / 16 : r.integer(0, below - 1)));

function evaluate(results: readonly Node[], values: Readonly<Record<string, Float64Array>>): readonly Float64Array[] {
  const whole = graph("law", results.map((node, i) => [`y${i}`, node])); // biome-ignore format: one line
  verifyGraph(whole, ops);
  const found = runGraph(whole, { rows, values, precision: "double" }).results;
  return results.map((_, i) => found[`y${i}`].data);
}

/** The node over holes, lifted and step by step. */
function compare(name: string, sample: Sample<unknown>, r: Random): void {
  const g = begin();
  const shapes = sample.inputs.map(({ shape }) => shape);
  const has = shapes.map((shape) => shape[0] === "n" || r.integer(0, 2) > 0);
  const holes = shapes.map((shape, i) => g.input({ name: `x${i}`, shape }));
  const all = shapes.map((shape, i) => (has[i] ? g.input({ name: `all${i}`, shape: stackedShape(shape, steps) }) : holes[i]));
  const values = all.map((node, i): Value => {
    const shape = bindShape(node.type.shape, rows);
    return { shape, data: numbers(r, sizeOf(shape), sample.integers?.[i]) };
  });
  const output = g.node(name, holes, sample.attrs as never);
  const roots = output.type.items?.map((_, index) => g.pick(output, { index })) ?? [output];
  const fillings = new Map(holes.flatMap((hole, i) => (has[i] ? [[hole, all[i]] as const] : [])));
  const lifted = lift(g, roots, fillings, steps);
  const found = evaluate(
    lifted.map((value, i) => timed(g, value, roots[i].type.shape, steps)),
    Object.fromEntries(values.map(({ data }, i) => [has[i] ? `all${i}` : `x${i}`, data])),
  );
  for (let t = 0; t < steps; t++) {
    const given = values.map((value, i) => (has[i] ? stepOf(value, timeAxis(shapes[i]), t) : value.data));
    const wanted = evaluate(roots, Object.fromEntries(given.map((data, i) => [`x${i}`, data]))); // biome-ignore format: one line
    for (const [i, { type }] of roots.entries()) {
      const shape: Shape = stackedShape(type.shape, steps);
      const own = stepOf({ shape: bindShape(shape, rows), data: found[i] }, timeAxis(type.shape), t);
      expect([...own], `${name} at step ${t}, inputs with time: ${has}`).toEqual([...wanted[i]]);
    }
  }
}

describe("a lifted node gives at each step what the node gives", () => {
  for (const [name, op] of Object.entries(ops)) {
    if (bound.includes(name) || drawn.includes(name) || name === "pick") continue;
    test(name, () => {
      for (let k = 0; k < 24; k++) {
        const r = random(seedFor(7, `${name}${k}`));
        compare(name, op.sample(r) as Sample<unknown>, r);
      }
    });
  }
});

test("each step draws numbers of its own, whatever the number of rows", () => {
  const g = begin();
  const drawn = g.random(g.input({ name: "step", shape: [] }), { shape: ["n", 4], seed: 3 });
  const [{ node, has }] = lift(g, [drawn], new Map(), steps);
  expect(has).toBe(true);
  expect(node.type.shape).toEqual(["n", steps, 4]);
  const [found] = evaluate([node], { step: Float64Array.of(1) });
  expect(new Set(found).size).toBe(rows * steps * 4);
});
