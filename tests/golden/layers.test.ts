// Every layer case of the fixtures, on every executor, against what Keras computed.
import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import { executors } from "../executors.ts";
import { floats, layerCases, modelOf } from "../fixtures/read.ts";

const cases = layerCases();

it("has every case of the layers there are", () => {
  expect(cases.length).toBe(86);
});

describe.each(cases)("$case", (golden) => {
  const model = modelOf(golden.case, golden.layers, golden.weights);
  const rows = golden.input.shape[0];

  it.each(executors)("$name", ({ predict }) => {
    const y = predict(model, floats(golden.input), rows);
    expectClose(y, floats(golden.output), { abs: 1e-5, rel: 1e-4 }, golden.case);
  });
});
