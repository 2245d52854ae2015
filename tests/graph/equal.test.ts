// Equality of Graphs: the same terms under the same names, whoever built them; every difference that means something counts.
import { describe, expect, test } from "vitest";
import { equalGraphs } from "../../compiler/graph/equal.ts";
import { type Graph, graph, type Node } from "../../compiler/graph/graph.ts";
import { parseOrigin } from "../../compiler/graph/origin.ts";
import { begin, type G } from "../../compiler/ops/index.ts";
import { randomGraph } from "../arbitrary/graphs.ts";

const one = (make: (g: G) => Node, name = "y"): Graph => {
  const g = begin();
  g.builder.origin = parseOrigin("here");
  return graph("g", [[name, make(g)]], [], g.builder.origins);
};
const x = (g: G) => g.input({ name: "x", shape: ["n", 2] });
const constant = (value: number) => one((g) => g.fill(value, [2]));
const loop = (op: "tanh" | "exp") => {
  const b = begin();
  const body = graph("step", [["carry0", b.node(op, [b.input({ name: "carry0", shape: ["n", 2] })])]]);
  return one((g) => g.pick(g.scan(x(g), { body, carries: 1, xs: 0, length: 2, reverse: false, keep: ["last"] }), { index: 0 }));
};

describe("equal", () => {
  test("graphs of two builders, in whatever order they were made", () => {
    const first = one((g) => g.add(g.tanh(x(g)), g.exp(x(g))));
    const second = one((g) => {
      const e = g.exp(x(g));
      return g.add(g.tanh(x(g)), e);
    });
    expect(equalGraphs(first, second)).toBe(true);
    expect(equalGraphs(loop("tanh"), loop("tanh"))).toBe(true);
  });

  test("NaN and NaN", () => expect(equalGraphs(constant(Number.NaN), constant(Number.NaN))).toBe(true));

  test("a node that was made twice and one that is shared", () => {
    const [a, b] = [begin(), begin()];
    const twice = graph("g", [["y", a.tanh(x(a))], ["z", b.tanh(x(b))]]); // biome-ignore format: one line
    const shared = graph("g", [["y", a.tanh(x(a))], ["z", a.tanh(x(a))]]); // biome-ignore format: one line
    expect(equalGraphs(twice, shared)).toBe(true);
  });

  test("a random graph only with itself", () => {
    for (let seed = 0; seed < 60; seed++) {
      expect(equalGraphs(randomGraph(seed), randomGraph(seed))).toBe(true);
      expect(equalGraphs(randomGraph(seed), randomGraph(seed + 1))).toBe(false);
    }
  });
});

describe("different", () => {
  const base = one((g) => g.sub(x(g), g.tanh(x(g))));
  test.each<[string, Graph, Graph]>([
    ["order of operands", base, one((g) => g.sub(g.tanh(x(g)), x(g)))],
    ["op", base, one((g) => g.sub(x(g), g.exp(x(g))))],
    ["name of a result", base, one((g) => g.sub(x(g), g.tanh(x(g))), "z")],
    ["name of the graph", base, { ...base, name: "h" }],
    ["number of results", base, { ...base, results: [...base.results, ...base.results] }],
    ["a result is an update", base, { ...base, results: [], updates: base.results }],
    ["zeros of either sign", constant(0), constant(-0)],
    ["a number and its text", one((g) => g.input({ name: "1", shape: [] })), one((g) => ({ ...g.input({ name: "1", shape: [] }), attrs: { name: 1, shape: [] } }))],
    ["type", base, one((g) => ({ ...g.sub(x(g), g.tanh(x(g))), type: { shape: ["n", 3] } }))],
    ["body", loop("tanh"), loop("exp")],
  ])("%s", (_what, a, b) => {
    expect(equalGraphs(a, b)).toBe(false);
    expect(equalGraphs(a, b, { origins: false })).toBe(false);
  }); // biome-ignore format: one table

  test("origins, unless they are left out", () => {
    const elsewhere: Graph = { ...base, origins: new Map([...base.origins].map(([node]) => [node, parseOrigin("there")])) };
    expect(equalGraphs(base, elsewhere)).toBe(false);
    expect(equalGraphs(base, elsewhere, { origins: false })).toBe(true);
  });
});
