// The gradient of a scan against central differences: carries, slices and closed values, masks, both directions, both ways of
// keeping a result, weights inside dots and elsewhere, and a scan inside a scan.
import { describe, expect, test } from "vitest";
import { random } from "../../../compiler/base/random.ts";
import { type Graph, graph, type Node, nodesOf, type Shape } from "../../../compiler/graph/graph.ts";
import { runGraph } from "../../../compiler/interpret/graph.ts";
import { begin, type G } from "../../../compiler/ops/index.ts";
import { expandComposites } from "../../../compiler/rewrite/expand.ts";
import { differentiate } from "../../../compiler/rewrite/gradient/differentiate.ts";
import { expectClose } from "../../close.ts";
import { standard } from "../../exemptions.ts";
import { gradients, valuesFor } from "./gradient.ts";

const plain = { batch: [[], []], contract: [[1], [0]] } as const;
const total = (g: G, x: Node): Node => g.reduceSum(x, { axes: x.type.shape.map((_, axis) => axis) });

/** h' = mask ? tanh(x·W + h·U + b) : h; y = h'·scale. */
function rnnBody(units: number, features: number): Graph {
  const g = begin();
  const hole = (name: string, shape: Shape) => g.input({ name, shape });
  const [h, x, mask] = [hole("carry0", ["n", units]), hole("x0", ["n", features]), hole("x1", ["n"])];
  const [w, u, b] = [hole("closed0", [features, units]), hole("closed1", [units, units]), hole("closed2", [units])];
  const shape = ["n", units] as const;
  const next = g.tanh(g.add(g.add(g.dot(x, w, plain), g.dot(h, u, plain)), g.broadcast(b, { shape, axes: [1] })));
  const kept = g.select(g.broadcast(mask, { shape, axes: [0] }), next, h);
  return graph("rnn", [
    ["carry0", kept],
    ["y0", g.mul(kept, g.broadcast(b, { shape, axes: [1] }))],
  ]);
}

interface Case {
  readonly reverse: boolean;
  readonly length: number;
  readonly keep: readonly ["all" | "last", "all" | "last"];
  /** Which items the loss reads. */
  readonly reads: readonly number[];
}

function rnnLoss({ reverse, length, keep, reads }: Case): Graph {
  const g = begin();
  const [units, features] = [3, 2];
  const h = g.broadcast(g.param({ name: "h0", shape: [units] }), { shape: ["n", units], axes: [1] });
  const x = g.broadcast(g.param({ name: "x", shape: [length, features] }), { shape: ["n", length, features], axes: [1, 2] });
  const w = g.param({ name: "w", shape: [features, units] });
  const u = g.param({ name: "u", shape: [units, units] });
  const b = g.param({ name: "b", shape: [units] });
  const scaled = g.mul(x, g.input({ name: "noise", shape: ["n", length, features] }));
  const mask = g.less(g.input({ name: "mask", shape: ["n", length] }), g.fill(0.4, ["n", length]));
  const ran = g.scan(h, scaled, mask, w, u, b, { body: rnnBody(units, features), carries: 1, xs: 2, length, reverse, keep });
  const terms = reads.map((index) => {
    const item = g.pick(ran, { index });
    return total(g, g.mul(item, g.input({ name: `weight${index}`, shape: item.type.shape })));
  });
  return graph("loss", [["loss", terms.reduce((a, c) => g.add(a, c))]]);
}

const cases: Case[] = [];
for (const reverse of [false, true]) {
  for (const length of [1, 4]) {
    for (const first of ["all", "last"] as const) {
      for (const second of ["all", "last"] as const) {
        for (const reads of [[0], [1], [0, 1]]) cases.push({ reverse, length, keep: [first, second], reads });
      }
    }
  }
}

describe("the gradient of a scan", () => {
  test.each(cases.map((one) => [JSON.stringify(one), one] as const))("%s", (what, one) => {
    const source = rnnLoss(one);
    const rows = 2;
    // Step 1 is masked in some rows, step 0 in none.
    const values = {
      ...valuesFor(source, random(what.length), rows),
      mask: Float32Array.from({ length: rows * one.length }, (_, i) => (i % 4 === 1 ? 1 : 0)),
    };
    if (one.length === 1) values.mask.fill(0);
    const { actual, expected } = gradients(source, ["h0", "x", "w", "u", "b"], { rows, values });
    for (const name of Object.keys(expected)) expectClose(actual[name], expected[name], standard.gradients, `${what} ${name}`);
    // The first weight of the loop moves the loss, so that the comparison is not of zeros.
    expect(Math.max(...expected.b.map(Math.abs))).toBeGreaterThan(1e-3);
  });

  test("the loop runs once forwards, whatever the layer kept", () => {
    for (const reverse of [false, true]) {
      const step = differentiate(rnnLoss({ reverse, length: 4, keep: ["last", "last"], reads: [0, 1] }), "loss", ["w", "u"]);
      const names = nodesOf(step, "scan").map((node) => (node.attrs.body as Graph).name);
      expect(names.sort()).toEqual(["gradient", "rnn"]);
    }
  });

  test("what is dear of a step is kept, and no product is formed twice", () => {
    const step = differentiate(rnnLoss({ reverse: false, length: 4, keep: ["last", "last"], reads: [0] }), "loss", ["w", "u"]);
    const bodies = nodesOf(step, "scan").map((node) => node.attrs.body as Graph);
    const countsOf = (body: Graph) => ["dot", "tanh"].map((op) => nodesOf(body, op).length);
    const [forward, backward] = ["rnn", "gradient"].map((name) => bodies.find((body) => body.name === name) as Graph);
    expect(countsOf(forward)).toEqual([2, 1]);
    // The cotangent times u; tanh's slope reads what the forward loop kept.
    expect(countsOf(backward)).toEqual([1, 0]);
  });

  test("weights of dots are contracted once after the loop", () => {
    const step = differentiate(rnnLoss({ reverse: false, length: 4, keep: ["last", "last"], reads: [0] }), "loss", ["w", "u"]);
    const [backward] = nodesOf(step, "scan").filter((node) => (node.attrs.body as Graph).name === "gradient");
    // The one carry is the cotangent of h: neither weight is summed inside.
    expect(backward.attrs.carries).toBe(1);
    expect(nodesOf(step, "dot").map((node) => node.type.shape)).toEqual(
      expect.arrayContaining([
        [2, 3],
        [3, 3],
      ]),
    );
  });

  test("a cotangent that nobody wants is not computed", () => {
    const step = differentiate(rnnLoss({ reverse: false, length: 4, keep: ["last", "last"], reads: [0] }), "loss", ["b"]);
    const [backward] = nodesOf(step, "scan").filter((node) => (node.attrs.body as Graph).name === "gradient");
    // The cotangent of h and the sum of b; nothing is stacked for x, w or u.
    expect(backward.type.items?.map(({ shape }) => shape)).toEqual([["n", 3], [3]]);
  });

  test("without a batch axis, and a scan inside a scan", () => {
    const inner = begin();
    const [a, xi, ci] = ["carry0", "x0", "closed0"].map((name) => inner.input({ name, shape: [2] }));
    const innerBody = graph("inner", [["carry0", inner.tanh(inner.add(inner.mul(a, ci), xi))]]);
    const outer = begin();
    const [h, c] = [outer.input({ name: "carry0", shape: [2] }), outer.input({ name: "closed0", shape: [2] })];
    const xs = outer.input({ name: "x0", shape: [3, 2] });
    const attrs = { carries: 1, xs: 1, reverse: true, keep: ["last"] } as const;
    const run = outer.scan(h, xs, outer.mul(c, h), { ...attrs, body: innerBody, length: 3 });
    const outerBody = graph("outer", [["carry0", outer.pick(run, { index: 0 })]]);
    const g = begin();
    const ran = g.scan(
      g.param({ name: "h0", shape: [2] }),
      g.param({ name: "x", shape: [4, 3, 2] }),
      g.param({ name: "c", shape: [2] }),
      {
        ...attrs,
        body: outerBody,
        length: 4,
      },
    );
    const source = graph("loss", [["loss", total(g, g.pick(ran, { index: 0 }))]]);
    const { actual, expected } = gradients(source, ["h0", "x", "c"], { rows: 1, values: valuesFor(source, random(9), 1) });
    for (const name of Object.keys(expected)) expectClose(actual[name], expected[name], standard.gradients, name);
  });

  test("a scan differentiates twice", () => {
    const source = rnnLoss({ reverse: false, length: 3, keep: ["last", "all"], reads: [0, 1] });
    const once = differentiate(expandComposites(source), "loss", ["u"]);
    const g = begin();
    const squared = once.results.find(([name]) => name === "gradient:u")?.[1] as Node;
    const second = graph("loss", [["loss", total(g, g.mul(squared, squared))]]);
    const { actual, expected } = gradients(second, ["u", "b"], { rows: 2, values: valuesFor(second, random(3), 2) });
    for (const name of Object.keys(expected)) expectClose(actual[name], expected[name], standard.gradients, name);
  });

  test("forwards and backwards agree with a loop written by hand", () => {
    const body = begin();
    const sum = body.add(body.input({ name: "carry0", shape: [] }), body.input({ name: "x0", shape: [] }));
    for (const [reverse, all, last] of [
      [false, [1, 3, 6], 6],
      [true, [6, 5, 3], 6],
    ] as const) {
      const g = begin();
      const ran = g.scan(g.fill(0, []), g.constant({ shape: [3], values: [1, 2, 3] }), {
        body: graph("sum", [
          ["carry0", sum],
          ["y0", sum],
        ]),
        carries: 1,
        xs: 1,
        length: 3,
        reverse,
        keep: ["last", "all"],
      });
      const source = graph("sums", [
        ["last", g.pick(ran, { index: 0 })],
        ["all", g.pick(ran, { index: 1 })],
      ]);
      const { results } = runGraph(source, { rows: 1, values: {}, precision: "f32" });
      expect([...results.all.data]).toEqual(all);
      expect([...results.last.data]).toEqual([last]);
    }
  });
});
