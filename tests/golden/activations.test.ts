// Every activation over a grid of hard numbers (huge, tiny, −0), on every executor, against what Keras computed.
import { describe, it } from "vitest";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { graph } from "../../compiler/ir/graph.ts";
import { build } from "../../compiler/ops/index.ts";
import { expectClose } from "../close.ts";
import { executors } from "../executors.ts";
import { activations, floats } from "../fixtures/read.ts";

const golden = activations();
const grid = floats(golden.x);

/** What Keras gave; where its own float32 arithmetic overflows or cancels, the right numbers. */
function expected(name: string): Float32Array {
  const y = floats(golden.y[name]);
  // The largest entry, 1e30, exceeds every other by more than 1.
  if (name === "sparsemax") return grid.map((x) => (x === Math.max(...grid) ? 1 : 0));
  // (x + √(x² + 4)) / 2 loses all digits to cancellation on the left and its x² to overflow at both ends; there it is 2 / (√(x² + 4) − x)
  // or max(x, 0), to float32.
  if (name === "squareplus") return y.map((value, i) => (grid[i] > -50 && grid[i] < 1e30 ? value : squareplus(grid[i])));
  return y;
}

const squareplus = (x: number): number => (x < 0 ? 2 / (Math.hypot(x, 2) - x) : (x + Math.hypot(x, 2)) / 2);

const tolerance = { abs: 1e-6, rel: 1e-5 };

// No string of Keras' names it; the op is judged by itself.
it("gelu_tanh", () => {
  const g = build();
  const x = g.input({ name: "x", shape: ["n", grid.length] });
  const run = runGraph(graph("gelu", [["y", g.geluTanh(x)]]), { rows: 1, values: { x: grid }, precision: "f32" });
  expectClose(run.results.y.data, expected("gelu_tanh"), tolerance, "gelu_tanh");
});

describe.each(Object.keys(golden.y).filter((name) => name !== "gelu_tanh"))("%s", (name) => {
  // Gated linear units halve the axis, which has an odd length: the last number is left out.
  const x = name === "glu" ? grid.subarray(0, grid.length - 1) : grid;
  const model = {
    name,
    seed: 1,
    layers: [{ name: "act", layer: "activation", config: { activation: name, inputShape: [x.length] } }],
  };

  it.each(executors)("$name", ({ predict }) => {
    expectClose(predict(model, x, 1), expected(name), tolerance, name);
  });
});
