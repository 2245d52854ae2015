// The training cases of the fixtures: the loss and every weight after every step, against what Keras computed.
import { describe, expect, it } from "vitest";
import { trainers } from "../executors.ts";
import { modelOf, trainingCases } from "../fixtures/read.ts";
import { expectSteps } from "./steps.ts";

const cases = trainingCases();

it("has every case of the losses and optimizers there are", () => {
  expect(cases.length).toBe(38);
});

describe.each(cases)("$case", (golden) => {
  const model = modelOf(golden.case, golden.layers, golden.initial, golden.training);

  it.each(trainers)("$name", ({ name, start }) => {
    expectSteps(golden, start(model, golden.steps[0].x.shape[0]), name === "simd, relaxed");
  });
});
