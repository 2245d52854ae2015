// A weight that the forward pass itself gives another value: the gradient is for that value, and the optimizer and the constraint go on
// from there, as where Keras assigns to a variable before it reads it.
import { expect, it } from "vitest";
import { applyOptimizer } from "../../compiler/front/steps.ts";
import { graph } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { begin } from "../../compiler/ops/index.ts";
import { expandComposites } from "../../compiler/rewrite/expand.ts";
import { differentiate } from "../../compiler/rewrite/gradient/differentiate.ts";

/** w is given w / 2 before y = w · x is held against t; loss (y − t)². */
function assigned() {
  const g = begin();
  const w = g.param({ name: "w", shape: [] });
  const half = g.div(w, g.fill(2, []));
  const [x, t] = ["x", "t"].map((name) => g.input({ name, shape: [] }));
  const loss = g.square(g.sub(g.mul(half, x), t));
  return expandComposites(graph("loss", [["loss", loss]], [["w", half], ["u", g.mul(w, w)]])); // biome-ignore format: one line
}
const run = (constraint?: string) => {
  const constraints = new Map(constraint === undefined ? [] : [["w", constraint] as const]);
  const step = applyOptimizer(differentiate(assigned(), "loss", ["w"]), { optimizer: "sgd", trainable: ["w"], constraints });
  const values = { w: [6], x: [2], t: [1], learningRate: [0.25] };
  return runGraph(step, { rows: 1, values, precision: "double" });
};

it("moves the new value by its own gradient", () => {
  const { updates, results } = run();
  // y = 3 · 2 = 6: the slope for what was assigned is 2 · (6 − 1) · 2 = 20, where that for the old value would be 10.
  expect(results.loss.data[0]).toBe(25);
  expect(updates.w.data[0]).toBe(3 - 0.25 * 20);
  expect(updates.u.data[0]).toBe(36);
});

it("constrains what the optimizer made of it", () => {
  expect(run("non_neg").updates.w.data[0]).toBe(0);
});
