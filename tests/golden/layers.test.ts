// Every layer case of the fixtures, on every executor, against what Keras computed.
import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import { executors } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { floats, layerCases, modelOf } from "../fixtures/read.ts";

const cases = layerCases();

it("has every case of the layers there are", () => {
  expect(cases.length).toBe(94);
});

describe.each(cases)("$case", (golden) => {
  const model = modelOf(golden.case, golden.layers, golden.weights);
  const rows = golden.input.shape[0];

  it.each(executors)("$name", ({ predict }) => {
    const y = predict(model, floats(golden.input), rows);
    expectClose(y, floats(golden.output), standard.layers, golden.case);
  });
});
