// Every layer case of the fixtures, on every executor, against what Keras computed.
import { describe, it } from "vitest";
import { resolve } from "../../compiler/front/steps.ts";
import { executors, inTurn } from "../executors.ts";
import { expectRefused, skipOf } from "../exemptions.ts";
import { showChoice } from "../fixtures/choice.ts";
import { fed, layerCases, rowsOf } from "../fixtures/read.ts";
import { byPort, expectPorts } from "../ports.ts";

const choice = layerCases();
/** Both meanings, JavaScript and lanes do run. */
const costly = ["js --exact", "simd, JavaScript", "simd --exact"];
const chosen = executors.filter(({ name }) => !skipOf("loops-on-fewer-executors", costly.includes(name)));

it("takes every case but those of the table", () => {
  console.log(showChoice("layers", choice));
  expectRefused(choice.left, ["keras-layers-batch"]);
});

describe.each(choice.taken.map((golden, turn) => ({ ...golden, turn })))("$case", ({ case: name, turn, ...golden }) => {
  const { model, input, output, tolerance } = golden;
  const rows = rowsOf(input);
  const wanted = byPort(fed(output), resolve(model).predict.outputs);

  it.each(inTurn(chosen, turn, ["graph"]))("$name", ({ results }) => {
    expectPorts(results(model, fed(input), rows), wanted, tolerance, name);
  });
});
