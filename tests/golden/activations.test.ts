// Every activation over the grid, on every executor, against what Keras computed.
import { describe, it } from "vitest";
import { graph } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { begin } from "../../compiler/ops/index.ts";
import { expectClose } from "../close.ts";
import { executors } from "../executors.ts";
import { expectRefused, standard } from "../exemptions.ts";
import { activationCases, left, nameless } from "./grid.ts";

it("replaces few of Keras' numbers", () => {
  expectRefused(left, ["grid-sparsemax", "grid-squareplus", "grid-gelu-tanh"]);
});

it.each(activationCases.filter((item) => item.case === nameless))("$case", ({ case: name, x: values, y }) => {
  const g = begin();
  const x = g.input({ name: "x", shape: ["n", values.length] });
  const run = runGraph(graph("gelu", [["y", g.geluTanh(x)]]), { rows: 1, values: { x: values }, precision: "f32" });
  expectClose(run.results.y.data, y, standard.activations, name);
});

describe.each(activationCases.filter((item) => item.case !== nameless))("$case", ({ case: name, model, x, y }) => {
  it.each(executors)("$name", ({ predict }) => {
    expectClose(predict(model, x, 1), y, standard.activations, name);
  });
});
