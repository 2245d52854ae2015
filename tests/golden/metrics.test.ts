// The metrics of the fixtures against what Keras shows after each batch, weighted and not: the Graph interpreter, and emitted modules.
import { describe, it } from "vitest";
import { expectClose } from "../close.ts";
import { meters } from "../executors.ts";
import { expectRefused, standard } from "../exemptions.ts";
import { showChoice } from "../fixtures/choice.ts";
import { metricCases } from "../fixtures/metrics.ts";

const choice = metricCases();

it("takes every case", () => {
  console.log(showChoice("metrics", choice));
  expectRefused(choice.left, []);
});

describe.each(choice.taken.map((golden, turn) => ({ ...golden, turn })))("$case", ({ case: name, model, updates, turn }) => {
  it.each(meters.filter(({ name: executor }, i) => executor === "graph" || i === 1 + (turn % (meters.length - 1))))(
    "$name",
    ({ start }) => {
      const shown = start(model, Math.max(...updates.map(({ rows }) => rows)));
      for (const [i, { x, y, rows, sampleWeight, result }] of updates.entries()) {
        const { loss: _, ...logs } = shown(x, y, rows, sampleWeight);
        const found = [Object.values(logs)].flat(2);
        if (result !== undefined) expectClose(found, result, standard.metrics, `${name}, batch ${i}`);
      }
    },
  );
});
