// The laws of an op, over the whole list: examples, shapes, gradients, loops and refusals, each statement of an op against
// another one. A new op is tested the moment it is listed; the last test counts that none was passed over.
// What single ops promise beyond that (ties, refusals, strides) stands in op-promises.test.ts.

import { describe, expect, test } from "vitest";
import { type Random, random, seedFor } from "../../compiler/base/random.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { type Attrs, bindShape, graph, type Node, sizeOf, type Type } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import type { AnyOp, Primitive, Sample, Tensor } from "../../compiler/ops/define.ts";
import { begin, ops } from "../../compiler/ops/index.ts";
import { bounds } from "../../compiler/program/nest/math/bounds.ts";
import { pullback } from "../../compiler/rewrite/gradient/differentiate.ts";
import { hardNumbers } from "../arbitrary/numbers.ts";
import { firstDifference } from "../close.ts";
import { runLowering } from "../support/lowering.ts";

/** Bound by the caller; they have no value of their own. */
const bound = ["input", "param", "state"];
/** The forward value moves with x, and the gradient is cut on purpose. */
const cut = ["stopGradient"];

/** Polynomials in the Program (at most 2^−33 off, and infinite or 0 soon after float32 is); every other op has the bits of its `eval`. */
const elementary = Object.keys(bounds);

const all = Object.entries(ops);
const primitives = all.filter((entry): entry is [string, Primitive] => entry[1].kind === "primitive");
/** Law → the ops it was tried on. */
const tried = new Map<string, Set<string>>();
const mark = (law: string, op: string) => tried.set(law, (tried.get(law) ?? new Set()).add(op));

const run = () => {
  throw new Error("only a scan runs a body");
};

/** Distinct numbers, exact in f32, each at least 1/32 away from every integer and from every other: no ties, no kinks. */
function numbers(r: Random, count: number, positive: boolean): number[] {
  const low = positive ? 0 : -count;
  const pool = Array.from({ length: count - low }, (_, i) => (low + i + 0.5) / 16);
  return Array.from({ length: count }, () => pool.splice(r.integer(0, pool.length - 1), 1)[0]);
}

const shapesOf = ({ inputs }: Sample<unknown>, rows: number): number[][] =>
  inputs.flatMap((type) => type.items ?? [type]).map(({ shape }) => bindShape(shape, rows));

function tensors(r: Random, sample: Sample<unknown>, rows: number, positive = false): Tensor[] {
  const { integers } = sample;
  const shapes = shapesOf(sample, rows);
  const values = numbers(
    r,
    shapes.reduce((sum, shape) => sum + sizeOf(shape), 0),
    positive,
  );
  return shapes.map((shape, i) => {
    const below = integers?.[i];
    const next = () => (below === undefined ? (values.pop() as number) : r.integer(0, below - 1));
    return { shape, data: Float64Array.from({ length: sizeOf(shape) }, next) };
  });
}

/** One node of the op over inputs x0.., and a function that evaluates nodes made from it in doubles. */
function site(name: string, types: readonly Type[], attrs: Attrs) {
  const g = begin();
  const inputs = types.map(({ shape }, i) => g.input({ name: `x${i}`, shape }));
  const output = g.node(name, inputs, attrs);
  const items = output.type.items?.map((_, index) => g.pick(output, { index })) ?? [output];
  const cts = items.map((item, i) => g.input({ name: `ct${i}`, shape: item.type.shape }));
  const evaluate = (nodes: readonly Node[], xs: readonly Tensor[], ys: readonly Tensor[], rows: number) => {
    const values = Object.fromEntries([
      ...xs.map(({ data }, i) => [`x${i}`, data]),
      ...ys.map(({ data }, i) => [`ct${i}`, data]),
    ]);
    const { results } = runGraph(
      graph(
        "law",
        nodes.map((node, i) => [`y${i}`, node]),
      ),
      { rows, values, precision: "double" },
    );
    return nodes.map((_, i) => results[`y${i}`]);
  };
  return { g, inputs, output, items, cts, evaluate };
}

const code = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof CompileError) return error.code;
    throw error;
  }
  return "accepted";
};

describe.each(all)("op %s", (name, op: AnyOp) => {
  const seeded = (law: string) => random(seedFor(1, `${name} ${law}`));

  test("its examples are exact", () => {
    for (const { inputs, attrs, output } of op.examples) {
      const types = inputs.map(({ shape }) => ({ shape }));
      const checked: Attrs = op.attrs.parse(attrs);
      expect(bindShape(op.type(types, checked).shape, 1)).toEqual(output.shape);
      const given = inputs.map(({ shape, values }) => ({ shape, data: Float64Array.from(values) }));
      const result = op.eval(given, checked, { shape: output.shape, rows: 1, run }) as Tensor;
      expect(result.shape).toEqual(output.shape);
      expect(firstDifference(result.data, output.values), `${name} ${JSON.stringify(attrs)} gives [${result.data}]`).toBe(-1);
      if (op.kind === "primitive" && op.lower.kind !== "source") {
        const found = runLowering(op, types, checked, given, output.shape, 1) as Float64Array;
        expect(firstDifference(found, output.values), `${name} lowered gives [${found}]`).toBe(-1);
      }
    }
    if (op.examples.length > 0) mark("examples", name);
    expect(op.says.length).toBeGreaterThan(10);
    expect(op.name).toBe(name);
  });

  test("its type is the shape of its value", () => {
    const r = seeded("type");
    for (let i = 0; i < 50; i++) {
      const sample = op.sample(r);
      const rows = r.integer(1, 4);
      const type = op.type(sample.inputs, op.attrs.parse(sample.attrs));
      const types = type.items ?? [type];
      mark("type", name);
      if (bound.includes(name)) {
        expect(code(() => op.eval([], sample.attrs, { shape: [], rows, run }))).toBe("internal/bug");
        continue;
      }
      const given = tensors(r, sample, rows, true);
      if (type.items !== undefined) {
        // runGraph compares the shapes; a bundle's items are read by pick.
        const { items, evaluate } = site(name, sample.inputs, sample.attrs);
        const shapes = evaluate(items, given, [], rows).map((item) => item.shape);
        expect(shapes).toEqual(types.map(({ shape }) => bindShape(shape, rows)));
        continue;
      }
      const value = op.eval(given, sample.attrs, { shape: bindShape(type.shape, rows), rows, run }) as Tensor;
      expect(value.shape).toEqual(bindShape(type.shape, rows));
      expect(value.data.length).toBe(sizeOf(value.shape));
      expect(value.data.some(Number.isNaN), `${name} reads past its inputs, or is not defined on positive numbers`).toBe(false);
    }
  });

  test("it refuses attributes that its schema does not have", () => {
    const r = seeded("attrs");
    const { inputs, attrs } = op.sample(r);
    if (inputs.some((type) => type.items !== undefined)) return; // a bundle is no input
    const given = { ...(attrs as Attrs) };
    const { g, inputs: nodes } = site(name, inputs, given);
    expect(code(() => g.node(name, nodes, given))).toBe("accepted");
    expect(code(() => g.node(name, nodes, { ...given, surplus: 1 }))).toBe("op/attrs");
    for (const key of Object.keys(given))
      expect(
        code(() => g.node(name, nodes, { ...given, [key]: { wrong: true } })),
        key,
      ).toBe("op/attrs");
    const most = typeof op.arity === "number" ? op.arity : op.arity[1];
    const least = typeof op.arity === "number" ? op.arity : op.arity[0];
    const x = g.input({ name: "extra", shape: [] });
    if (Number.isFinite(most))
      expect(
        code(() =>
          g.node(
            name,
            Array.from({ length: most + 1 }, () => x),
            given,
          ),
        ),
      ).toBe("internal/bug");
    if (least > 0) expect(code(() => g.node(name, nodes.slice(0, least - 1), given))).toBe("internal/bug");
    mark("attrs", name);
  });
});

describe.each(primitives)("primitive %s", (name, op) => {
  test("its gradient is that of its value", () => {
    if (typeof op.vjp !== "function") {
      expect(op.vjp.notDifferentiable.length).toBeGreaterThan(10);
      mark("gradient", name);
      return;
    }
    const r = random(seedFor(2, name));
    for (let i = 0; i < 24; i++) {
      const sample = op.sample(r);
      if (bound.includes(name) || sample.inputs.some((type) => type.items !== undefined)) {
        mark("gradient", name); // nothing above it, or (pick) only a bundle, which the reverse walk takes apart
        continue;
      }
      const rows = r.integer(1, 3);
      const { g, inputs, output, items, cts, evaluate } = site(name, sample.inputs, sample.attrs);
      const flows = op.vjp(g, {
        inputs,
        output,
        ct: cts[0],
        cts,
        attrs: sample.attrs,
        wanted: inputs.map(() => true),
        pull: pullback,
      });
      expect(flows.length).toBe(inputs.length);
      let xs = tensors(r, sample, rows);
      if (evaluate(items, xs, [], rows).some(({ data }) => data.some(Number.isNaN))) xs = tensors(r, sample, rows, true);
      const ys = items.map((item) => {
        const shape = bindShape(item.type.shape, rows);
        return { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => r.integer(-8, 8) / 4) };
      });
      // Σ⟨value, ct⟩; −∞ (an empty maximum, a padding) is constant and stays out.
      const scalar = (at: readonly Tensor[]) => {
        const values = evaluate(items, at, [], rows);
        return values.reduce(
          (sum, { data }, k) => sum + data.reduce((s, v, j) => s + (Number.isFinite(v) ? v * ys[k].data[j] : 0), 0),
          0,
        );
      };
      for (const [k, flow] of flows.entries()) {
        mark("gradient", name);
        if (sample.integers?.[k] !== undefined) {
          expect(flow, `${name} differentiates an index`).toBeNull();
          continue;
        }
        if (flow !== null) expect(flow.type.shape).toEqual(inputs[k].type.shape);
        const gradient = flow === null ? new Float64Array(xs[k].data.length) : evaluate([flow], xs, ys, rows)[0].data;
        const h = 2 ** -13;
        for (let tries = Math.min(16, gradient.length); tries > 0; tries--) {
          const j = gradient.length <= 16 ? tries - 1 : r.integer(0, gradient.length - 1);
          const moved = (by: number) =>
            scalar(xs.with(k, { shape: xs[k].shape, data: xs[k].data.map((x, m) => (m === j ? x + by : x)) }));
          const [up, down] = [moved(h), moved(-h)];
          const slope = (up - down) / (2 * h);
          const noise = 1e-8 + (Math.abs(up) + Math.abs(down)) * 1e-11;
          const within = Math.abs(slope - gradient[j]) <= 1e-4 * Math.max(Math.abs(slope), Math.abs(gradient[j])) + noise;
          if (cut.includes(name)) expect(flow).toBeNull();
          else if (!within)
            expect.fail(
              `${name} ${JSON.stringify(sample.attrs)}, rows ${rows}, d x${k}[${j}]: ${gradient[j]}, by differences ${slope}`,
            );
        }
      }
      if (inputs.length === 0) mark("gradient", name);
    }
  });

  test("its loops compute its value", () => {
    if (op.lower.kind === "source" || op.lower.kind === "scan") return;
    const r = random(seedFor(3, name));
    const tolerance = elementary.includes(name) ? 2 ** -32 : 0;
    for (let i = 0; i < 60; i++) {
      const sample = op.sample(r);
      const rows = r.integer(1, 4);
      // Every third time with NaN, ±∞, −0 and subnormals, also as indices; a step of `random` is a counter.
      const hard = i % 3 === 0 && name !== "random";
      const given = hard
        ? shapesOf(sample, rows).map((shape) => ({
            shape,
            data: Float64Array.from(hardNumbers(r.integer(0, 1e6), sizeOf(shape))),
          }))
        : tensors(r, sample, rows);
      const { shape } = op.type(sample.inputs, sample.attrs);
      const expected = (op.eval(given, sample.attrs, { shape: bindShape(shape, rows), rows, run }) as Tensor).data;
      const found = runLowering(op, sample.inputs, sample.attrs, given, shape, rows) as Float64Array;
      expect(found, `${name} has no view of a row-major tensor`).toBeDefined();
      const isBeyond = (e: number, y: number) =>
        tolerance > 0 && Object.is(Math.fround(e), Math.fround(y)) && !(Math.abs(Math.log2(Math.abs(e))) < 128);
      const bad = expected.findIndex(
        (e, j) => !Object.is(e, found[j]) && !isBeyond(e, found[j]) && !(Math.abs(e - found[j]) <= tolerance * Math.abs(e)),
      );
      if (bad >= 0) {
        const from = given.map(({ data }) => `[${data}]`).join();
        expect.fail(`${name}(${from}) ${JSON.stringify(sample.attrs)}: [${bad}] is ${found[bad]}, its value ${expected[bad]}`);
      }
    }
    mark("loops", name);
  });
});

test("no op was passed over", () => {
  const names = (keep: (op: AnyOp) => boolean) => all.filter(([, op]) => keep(op)).map(([name]) => name);
  const exercised = (law: string) => [...(tried.get(law) ?? [])].sort();
  const loops = (op: AnyOp) => op.kind === "primitive" && op.lower.kind !== "source" && op.lower.kind !== "scan";
  expect(exercised("type")).toEqual(names(() => true).sort());
  expect(exercised("attrs")).toEqual(names((op) => op.name !== "pick").sort());
  expect(exercised("examples")).toEqual(names((op) => ![...bound, "scan", "pick"].includes(op.name)).sort());
  expect(exercised("gradient")).toEqual(names((op) => op.kind === "primitive").sort());
  expect(exercised("loops")).toEqual(names(loops).sort());
});
