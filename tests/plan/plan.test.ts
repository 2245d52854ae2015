// Planning: what fuses, what is written in place, what must not be.
import { describe, expect, test } from "vitest";
import { type Graph, graph, type Node } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import { assemble } from "../../compiler/lower/assemble.ts";
import { begin, type G } from "../../compiler/ops/index.ts";
import { plan } from "../../compiler/plan/planner.ts";
import { label, printPlan } from "../../compiler/plan/print.ts";
import { verifyPlan } from "../../compiler/plan/verify.ts";
import { plainProgram } from "../../compiler/program/nest/plain.ts";

const dense = (g: G, x: Node, units: number, name: string): Node => {
  const inputs = x.type.shape[1] as number;
  const kernel = g.param({ name: `${name}/kernel`, shape: [inputs, units] });
  const bias = g.broadcastTo(g.param({ name: `${name}/bias`, shape: [units] }), ["n", units]);
  return g.add(g.dot(x, kernel, { batch: [[], []], contract: [[1], [0]] }), bias);
};

function labels(source: Graph): string[] {
  const made = plan(source, { rows: 1 });
  verifyPlan(made);
  return made.regions.map(label);
}

describe("fusion", () => {
  test("a dense net is one region a layer", () => {
    const g = begin();
    let x = g.input({ name: "x", shape: ["n", 2] });
    for (const [i, units] of [4, 3].entries()) {
      x = dense(g, x, units, `d${i}`);
      x = g.max(x, g.like(x, 0));
    }
    const source = graph("predict", [["y", dense(g, x, 1, "out")]]);
    expect(labels(source)).toEqual(["matmul ⊕ add ⊕ max", "matmul ⊕ add ⊕ max", "matmul ⊕ add"]);
  });

  test("a diamond of pointwise ops stays with its anchor", () => {
    const g = begin();
    const z = dense(g, g.input({ name: "x", shape: ["n", 2] }), 3, "d");
    const silu = g.div(z, g.add(g.like(z, 1), g.exp(g.neg(z))));
    expect(labels(graph("predict", [["y", silu]]))).toEqual(["matmul ⊕ add ⊕ neg ⊕ exp ⊕ add ⊕ div"]);
  });

  test("two anchors never share a region, and a value used elsewhere is stored", () => {
    const g = begin();
    const x = g.input({ name: "x", shape: ["n", 2] });
    const [a, b] = [dense(g, x, 3, "a"), dense(g, x, 3, "b")];
    expect(labels(graph("predict", [["y", g.add(a, b)]]))).toHaveLength(2);
    const both = graph("predict", [
      ["y", g.add(a, b)],
      ["z", a],
    ]);
    expect(labels(both)).toEqual(["matmul ⊕ add", "matmul ⊕ add ⊕ add"]);
  });
});

describe("updates", () => {
  /** Runs one step of a graph without inputs, from params a = 1.. and b = 10.. */
  function step(source: Graph): { got: Record<string, number[]>; want: Record<string, number[]>; text: string } {
    const values = { a: [1, 2, 3], b: [10, 20, 30] };
    const made = plan(source, { rows: 1 });
    verifyPlan(made);
    const { program: nests } = assemble([{ entry: "step", plan: made }], { name: "step", fmt: "f64", prepared: new Set() });
    const program = plainProgram(nests);
    const machine = createMachine(program, { constants: new Map(Object.entries(values)) });
    machine.run("step", {});
    const want = runGraph(source, { rows: 1, values, precision: "f32" }).updates;
    return {
      got: Object.fromEntries(Object.keys(want).map((name) => [name, [...(machine.buffers.get(name) ?? [])]])),
      want: Object.fromEntries(Object.entries(want).map(([name, { data }]) => [name, [...data]])),
      text: printPlan(made),
    };
  }

  const params = (g: G) => [g.param({ name: "a", shape: [3] }), g.param({ name: "b", shape: [3] })] as const;

  test("a pointwise update is written in place", () => {
    const g = begin();
    const [a, b] = params(g);
    const { got, want, text } = step(graph("step", [], [["a", g.sub(a, g.mul(b, g.like(b, 0.5)))]]));
    expect(got).toEqual(want);
    expect(text).not.toMatch(/copy/);
  });

  test("updates read old values: a swap, and an update that a later one reads", () => {
    const g = begin();
    const [a, b] = params(g);
    const swap = step(
      graph(
        "step",
        [],
        [
          ["a", b],
          ["b", a],
        ],
      ),
    );
    expect(swap.got).toEqual({ a: [10, 20, 30], b: [1, 2, 3] });
    const chain = step(
      graph(
        "step",
        [],
        [
          ["a", g.add(a, b)],
          ["b", g.mul(a, b)],
        ],
      ),
    );
    expect(chain.got).toEqual(chain.want);
  });

  test("an update that reads its param at other points goes through a copy", () => {
    const g = begin();
    const [a] = params(g);
    const { got, want, text } = step(graph("step", [], [["a", g.add(a, g.reverse(a, { axes: [0] }))]]));
    expect(got).toEqual(want);
    expect(text).toMatch(/copy/);
  });

  test("one value for two params", () => {
    const g = begin();
    const [a, b] = params(g);
    const sum = g.add(a, b);
    const { got, want } = step(
      graph(
        "step",
        [],
        [
          ["a", sum],
          ["b", sum],
        ],
      ),
    );
    expect(got).toEqual(want);
  });
});

describe("memory", () => {
  test("a chain of maps of equal size takes over one place", () => {
    const g = begin();
    let x = g.input({ name: "x", shape: ["n", 5] });
    // Sums keep the maps from fusing.
    for (let i = 0; i < 4; i++) {
      const y = g.exp(x);
      x = g.div(y, g.broadcast(g.reduceSum(y, { axes: [1] }), { shape: ["n", 5], axes: [0] }));
    }
    const made = plan(graph("predict", [["y", x]]), { rows: 1 });
    verifyPlan(made);
    expect(made.buffers.some(({ inPlaceOf }) => inPlaceOf !== undefined)).toBe(true);
    expect(made.arena).toBeLessThan(4 * 5);
  });
});
