// What scan and pick accept, and what they say otherwise. The lowering law and the gradient tests cover what they compute.
import { describe, expect, test } from "vitest";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { type Graph, graph, type Node, type Shape } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { begin, type G } from "../../compiler/ops/index.ts";

/** carry + x, and the same as a y. */
function sums(shape: Shape, next: (g: G, sum: Node) => Node = (_, sum) => sum): Graph {
  const g = begin();
  const sum = g.add(g.input({ name: "carry0", shape }), g.input({ name: "x0", shape }));
  return graph("sums", [
    ["carry0", next(g, sum)],
    ["y0", sum],
  ]);
}

function scanned(carry: Shape, x: Shape, body: Graph, more: { length?: number; xs?: number } = {}): Node {
  const g = begin();
  const [h, steps] = [g.input({ name: "h", shape: carry }), g.input({ name: "x", shape: x })];
  return g.scan(h, steps, { body, carries: 1, xs: 1, length: 3, reverse: false, keep: ["last", "all"], ...more });
}
const failure = (run: () => unknown): { code: string; message: string } | undefined => {
  try {
    run();
  } catch (error) {
    if (error instanceof CompileError) return { code: error.code, message: error.diagnostic.message };
    throw error;
  }
  return undefined;
};

describe("scan", () => {
  test("time is axis 1 of what is batched and axis 0 of anything else", () => {
    expect(scanned(["n", 2], ["n", 3, 2], sums(["n", 2])).type.items).toEqual([{ shape: ["n", 2] }, { shape: ["n", 3, 2] }]);
    expect(scanned([2], [3, 2], sums([2])).type.items).toEqual([{ shape: [2] }, { shape: [3, 2] }]);
  });

  test("batched slices, by hand", () => {
    const g = begin();
    const ran = g.scan(g.input({ name: "h", shape: ["n"] }), g.input({ name: "x", shape: ["n", 3] }), {
      body: sums(["n"]),
      carries: 1,
      xs: 1,
      length: 3,
      reverse: true,
      keep: ["all", "last"],
    });
    const source = graph("ran", [
      ["all", g.pick(ran, { index: 0 })],
      ["last", g.pick(ran, { index: 1 })],
    ]);
    const { results } = runGraph(source, { rows: 2, values: { h: [10, 20], x: [1, 2, 3, 4, 5, 6] }, precision: "f32" });
    expect([...results.all.data]).toEqual([16, 15, 13, 35, 31, 26]);
    expect([...results.last.data]).toEqual([16, 35]);
  });

  test.each([
    ["another number of steps", () => scanned([2], [4, 2], sums([2])), "scan needs a time axis of 3 on x0, found [4, 2]"],
    ["another slice", () => scanned([2], [3, 2], sums([5])), "scan needs carry0 of [5], as its body reads it, found [2]"],
    [
      "a carry that changes shape",
      () =>
        scanned(
          [2],
          [3, 2],
          sums([2], (g, sum) => g.reshape(sum, { shape: [1, 2] })),
        ),
      "scan needs carry0 to keep its shape [2], found [1, 2]",
    ],
  ])("refuses %s", (_what, run, message) => {
    expect(failure(run)).toEqual({ code: "shape/mismatch", message });
  });

  test("a weight must come in as a closed value, and nothing may come from nowhere", () => {
    const g = begin();
    const weight = graph("body", [["carry0", g.param({ name: "w", shape: [2] })]]);
    const stranger = graph("body", [["carry0", g.input({ name: "closed4", shape: [2] })]]);
    for (const [body, word] of [
      [weight, "param w"],
      [stranger, "closed4"],
    ] as const) {
      const failed = failure(() =>
        g.scan(g.fill(0, [2]), { body, carries: 1, xs: 0, length: 1, reverse: false, keep: ["last"] }),
      );
      expect(failed?.code).toBe("internal/bug");
      expect(failed?.message).toContain(word);
    }
  });

  test("pick takes an item that exists, of a bundle", () => {
    const g = begin();
    const ran = scanned([2], [3, 2], sums([2]));
    expect(g.pick(ran, { index: 1 }).type).toEqual({ shape: [3, 2] });
    expect(failure(() => g.pick(ran, { index: 2 }))?.message).toBe("pick takes item 2 of 2 items");
    expect(failure(() => g.pick(g.fill(0, []), { index: 0 }))?.message).toBe("pick takes item 0 of no items");
  });
});
