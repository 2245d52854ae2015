// What a real Keras 3 computed: the fixtures are its cases, and they meet the options a user starts from here.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import type { Ported, Trainable } from "../executors.ts";
import { expectRefused, standard } from "../exemptions.ts";
import { metricCases } from "../fixtures/metrics.ts";
import { fed, fixtures, layerCases, lossCases, trainingCases } from "../fixtures/read.ts";
import { activationCases, nameless } from "../golden/grid.ts";
import { expectLoss } from "../golden/loss-values.ts";
import { expectMetric } from "../golden/metric-values.ts";
import { expectSteps } from "../golden/steps.ts";
import { expectPorts } from "../ports.ts";
import { options, part, start, startTraining } from "./cases.ts";

const source = part("keras-goldens");
const [layers, training, losses, metrics] = [layerCases(), trainingCases(), lossCases(), metricCases()];

/** The cases of a folder: files that belong together. */
const casesIn = (folder: string): readonly string[] => readdirSync(folder).filter((file) => file.endsWith(".json"));

it.each(["layers", "training"])("has every case of %s as it was written", (name) => {
  expect(casesIn(join(fixtures, name))).toEqual(casesIn(join(source, name)));
  for (const file of readdirSync(join(fixtures, name))) {
    const [ours, theirs] = [fixtures, source].map((folder) => readFileSync(join(folder, name, file)));
    expect(ours.equals(theirs), file).toBe(true);
  }
});

it("leaves no more than the table says", () => {
  const entries = [...readdirSync(part("")), ...readdirSync(source)];
  const folders = ["keras-goldens", "keras-js", "models", "onnx-node", "layers", "training"];
  const files = ["activations", "losses", "losses2", "metrics", "metrics2", "schedules", "schedules2"].map(
    (name) => `${name}.json`,
  );
  const read = ["README.md", ...folders, ...files];
  const unread = entries.filter((name) => !read.includes(name)).map((name) => [name, "not read"] as const);
  expectRefused(unread, ["keras-unread"]);
});

describe.each(options)("$name", ({ options: given }) => {
  it.each(layers.taken)("layers $case", ({ case: name, model, input, output, tolerance }) => {
    const y = start<Ported>(model, given).predict(fed(input));
    expectPorts(y, fed(output), tolerance, name);
  });

  it.each(training.taken)("training $case", (golden) => {
    const trainer = startTraining(golden.model, given);
    expectSteps(golden, trainer);
  });

  it.each(losses.taken)("losses $case", (item) => {
    expectLoss(item, (model) => {
      const module = start<Trainable>(model, { ...given, train: true });
      return (x, y, _rows, sampleWeight) => module.evaluate(x, y, sampleWeight === undefined ? {} : { sampleWeight }).loss;
    });
  });

  it.each(metrics.taken)("metrics $case", (item) => {
    expectMetric(item, {
      name: "module",
      start: (model, batch) => {
        const module = start<Trainable>(model, { ...given, train: true, batch });
        return (x, y, _rows, sampleWeight) => {
          module.trainStep(x, y, sampleWeight === undefined ? {} : { sampleWeight });
          return module.getMetrics();
        };
      },
    });
  });

  it.each(activationCases.filter((item) => item.case !== nameless))("activations $case", ({ case: name, model, x, y }) => {
    expectClose(start(model, given).predict(x), y, standard.activations, name);
  });
});
