// The losses of the fixtures, with and without sample weights, through the emitted `evaluate` and the Graph interpreter.
import { describe, it } from "vitest";
import { expectClose } from "../close.ts";
import { evaluators } from "../executors.ts";
import { expectRefused, standard } from "../exemptions.ts";
import { floats, lossCases } from "../fixtures/read.ts";

const choice = lossCases();

it("takes every case but those of the table", () => {
  expectRefused(choice.left, ["keras-losses-class"]);
});

describe.each(choice.taken)("$case", ({ case: name, loss, y_true, y_pred, sample_weight, value, weighted }) => {
  const model = {
    name,
    seed: 1,
    layers: [{ name: "same", layer: "identity", config: { inputShape: y_pred.shape.slice(1) } }],
    training: { loss, optimizer: "sgd" },
  };
  const [x, y, weights] = [y_pred, y_true, sample_weight].map(floats);

  it.each(evaluators)("$name", ({ evaluate }) => {
    expectClose([evaluate(model, x, y, x.length / 4)], [value], standard.losses, name);
    expectClose([evaluate(model, x, y, x.length / 4, weights)], [weighted], standard.losses, `${name}, weighted`);
  });
});
