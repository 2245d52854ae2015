// Every layer case of the fixtures, on every executor, against what Keras computed.
import { describe, expect, it } from "vitest";
import { resolve } from "../../compiler/front/steps.ts";
import { executors } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { fed, layerCases, modelOf, rowsOf } from "../fixtures/read.ts";
import { byPort, expectPorts } from "../ports.ts";

const cases = layerCases();

it("has every case of the layers there are", () => {
  expect(cases.length).toBe(145);
});

describe.each(cases)("$case", (golden) => {
  const model = modelOf(golden, golden.weights);
  const rows = rowsOf(golden.input);
  const wanted = byPort(fed(golden.output), resolve(model).predict.outputs);

  it.each(executors)("$name", ({ results }) => {
    expectPorts(results(model, fed(golden.input), rows), wanted, standard.layers, golden.case);
  });
});
