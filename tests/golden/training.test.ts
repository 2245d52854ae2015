// The training cases of the fixtures: the loss and every weight after every step, against what Keras computed.
import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import { trainers } from "../executors.ts";
import { floats, modelOf, trainingCases } from "../fixtures/read.ts";

const cases = trainingCases();
const tolerance = { abs: 2e-5, rel: 1e-3 };

it("has every case of the losses and optimizers there are", () => {
  expect(cases.length).toBe(14);
});

describe.each(cases)("$case", (golden) => {
  const model = modelOf(golden.case, golden.layers, golden.initial, golden.training);

  it.each(trainers)("$name", ({ start }) => {
    const trainer = start(model, golden.steps[0].x.shape[0]);
    for (const [i, { x, y, loss, after }] of golden.steps.entries()) {
      const found = trainer.step(floats(x), floats(y), x.shape[0]);
      expectClose([found], [loss], tolerance, `loss of step ${i}`);
      const weights = trainer.weights();
      expect(Object.keys(weights).sort()).toEqual(Object.keys(after).sort());
      for (const [name, values] of Object.entries(after))
        expectClose(weights[name], floats(values), tolerance, `${name} after step ${i}`);
    }
  });
});
