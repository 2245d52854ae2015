// The metrics of the fixtures against what Keras shows after each batch, weighted and not: the Graph interpreter, and emitted modules.
import { describe, it } from "vitest";
import { meters } from "../executors.ts";
import { expectRefused } from "../exemptions.ts";
import { showChoice } from "../fixtures/choice.ts";
import { metricCases } from "../fixtures/metrics.ts";
import { expectMetric } from "./metric-values.ts";

const choice = metricCases();

it("takes every case", () => {
  console.log(showChoice("metrics", choice));
  expectRefused(choice.left, []);
});

/** A module takes time to make: every third case has one, of another kind in turn; conformance runs all on all. */
const chosen = (turn: number) =>
  meters.filter(({ name }, i) => name === "graph" || (turn % 3 === 0 && i === 1 + ((turn / 3) % (meters.length - 1))));

describe.each(choice.taken.map((golden, turn) => ({ ...golden, turn })))("$case", ({ turn, ...golden }) => {
  it.each(chosen(turn))("$name", (meter) => {
    expectMetric(golden, meter);
  });
});
