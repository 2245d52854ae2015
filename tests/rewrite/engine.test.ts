// The engine: events tell what fired and where, scan bodies are rewritten, bad rules are named, and patterns bind as they say.
import { describe, expect, test } from "vitest";
import { type Graph, graph, nodesOf } from "../../compiler/graph/graph.ts";
import { begin } from "../../compiler/ops/index.ts";
import { rewrite } from "../../compiler/rewrite/engine.ts";
import { any, op, rule, splat } from "../../compiler/rewrite/pattern.ts";
import { trainingRules } from "../../compiler/rewrite/rules/index.ts";

const rules = trainingRules({ exact: false });

describe("rewrite", () => {
  test("events name the rule, both nodes and the layer; the new node has the layer too", () => {
    const g = begin();
    const origin = { path: "layers[0]", layer: "dense", name: "dense" };
    g.builder.origin = origin;
    const x = g.input({ name: "x", shape: ["n"] });
    const y = g.neg(g.neg(g.mul(x, g.fill(1, ["n"]))));
    const { graph: after, events } = rewrite(graph("g", [["y", y]], [], g.builder.origins), rules);
    expect(events.map(({ id, rule, before, after, origin }) => [id, rule, before.op, after.op, origin])).toEqual([
      [0, "times-one-is-itself", "mul", "input", origin],
      [1, "neg-of-neg-is-itself", "neg", "input", origin],
    ]);
    expect(after.nodes.map(({ op }) => op)).toEqual(["input"]);
    expect([...after.origins.values()]).toEqual([origin]);
  });

  test("updates are rewritten, and a graph in normal form is returned as it is", () => {
    const g = begin();
    const w = g.param({ name: "w", shape: [2] });
    const source = graph("g", [["y", w]], [["w", g.sub(w, g.fill(0, [2]))]]);
    const once = rewrite(source, rules).graph;
    expect(once.updates[0][1].op).toBe("param");
    expect(rewrite(once, rules).graph).toBe(once);
  });

  test("scan bodies are rewritten with the same rules", () => {
    const inner = begin();
    const carry = inner.input({ name: "carry0", shape: [2] });
    const body = graph("body", [["carry0", inner.add(inner.mul(carry, inner.fill(1, [2])), inner.fill(3, [2]))]]);
    const g = begin();
    const ran = g.scan(g.param({ name: "w", shape: [2] }), {
      body,
      carries: 1,
      xs: 0,
      length: 3,
      reverse: false,
      keep: ["last"],
    });
    const { graph: after, events } = rewrite(graph("g", [["y", g.pick(ran, { index: 0 })]]), rules);
    expect(events.map(({ rule }) => rule)).toEqual(["times-one-is-itself"]);
    const [scan] = nodesOf(after, "scan");
    expect((scan.attrs.body as Graph).nodes.map(({ op }) => op)).toEqual(["input", "constant", "add"]);
    expect(rewrite(after, rules).graph).toBe(after);
  });

  test.each([
    [
      "back-and-forth",
      [
        rule(
          "forth",
          "bits",
          op("add", any("a"), any("b")),
          (g, { a, b }) => g.sub(a, b),
          (g) => g.fill(0, []),
        ),
        rule(
          "back",
          "bits",
          op("sub", any("a"), any("b")),
          (g, { a, b }) => g.add(a, b),
          (g) => g.fill(0, []),
        ),
      ],
    ],
    [
      "growing",
      [
        rule(
          "growing",
          "bits",
          op("add", any("a"), any("b")),
          (g, { a, b }) => g.add(g.add(a, b), g.add(b, a)),
          (g) => g.fill(0, []),
        ),
      ],
    ],
  ])("rules that do not end are an internal error that names one: %s", (_name, endless) => {
    const g = begin();
    const [a, b] = ["a", "b"].map((name) => g.input({ name, shape: [] }));
    const run = () => rewrite(graph("g", [["y", g.add(a, b)]]), endless);
    expect(run).toThrow(
      expect.objectContaining({ code: "internal/bug", message: expect.stringMatching(/the rule (forth|back|growing) /) }),
    );
  });

  test("the same name twice asks for the same node twice; splat tells zeros apart", () => {
    const g = begin();
    const [a, b] = ["a", "b"].map((name) => g.input({ name, shape: [] }));
    const twice = rule(
      "twice",
      "bits",
      op("add", any("x"), any("x")),
      (g, { x }) => g.mul(x, g.like(x, 2)),
      () => a,
    );
    expect(rewrite(graph("g", [["y", g.add(a, b)]]), [twice]).events).toEqual([]);
    expect(rewrite(graph("g", [["y", g.add(a, a)]]), [twice]).events.length).toBe(1);
    const zero = rule(
      "zero",
      "bits",
      op("add", any("x"), splat(-0)),
      (_, { x }) => x,
      () => a,
    );
    expect(rewrite(graph("g", [["y", g.add(a, g.fill(0, []))]]), [zero]).events).toEqual([]);
    expect(rewrite(graph("g", [["y", g.add(a, g.fill(-0, []))]]), [zero]).events.length).toBe(1);
  });

  test("a chain as deep as a very deep model does not overflow the stack", () => {
    const g = begin();
    let y = g.input({ name: "x", shape: ["n", 2] });
    for (let i = 0; i < 6000; i++) y = g.add(g.mul(g.tanh(y), g.fill(1, ["n", 2])), g.fill(i, ["n", 2]));
    const { graph: after, events } = rewrite(graph("g", [["y", y]]), rules);
    expect(events.filter(({ rule }) => rule === "times-one-is-itself").length).toBe(6000);
    expect(after.nodes.filter(({ op }) => op === "tanh").length).toBe(6000);
  });
});
