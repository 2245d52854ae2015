// The training cases of the fixtures: the loss and every weight after every step, against what Keras computed.
import { describe, expect, it } from "vitest";
import { trainers } from "../executors.ts";
import { modelOf, rowsOf, trainingCases } from "../fixtures/read.ts";
import { expectSteps } from "./steps.ts";

const cases = trainingCases();

it("has every case of the losses and optimizers there are", () => {
  expect(cases.length).toBe(60);
});

describe.each(cases)("$case", (golden) => {
  const model = modelOf(golden, golden.initial, golden.training);

  it.each(trainers)("$name", ({ name, start }) => {
    expectSteps(golden, start(model, rowsOf(golden.steps[0].x)), name === "simd, relaxed");
  });
});
