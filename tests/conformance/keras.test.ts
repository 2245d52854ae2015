// What a real Keras 3 computed: the fixtures are its cases, and they meet the options a user starts from here.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile, fit } from "../../src/index.ts";
import { expectClose } from "../close.ts";
import type { Ported, Trainable } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { fitCases } from "../fixtures/fits.ts";
import { metricCases } from "../fixtures/metrics.ts";
import { fed, fixtures, layerCases, lossCases, trainingCases } from "../fixtures/read.ts";
import { activationCases, nameless } from "../golden/grid.ts";
import { expectLoss } from "../golden/loss-values.ts";
import { expectMetric } from "../golden/metric-values.ts";
import { expectRun } from "../golden/runs.ts";
import { expectSteps } from "../golden/steps.ts";
import { expectPorts } from "../ports.ts";
import { options, part, start, startTraining } from "./cases.ts";

const source = part("keras-goldens");
const [layers, training, losses, metrics] = [layerCases(), trainingCases(), lossCases(), metricCases()];
const fits = fitCases();

/** The cases of a folder: files that belong together. */
const casesIn = (folder: string): readonly string[] => readdirSync(folder).filter((file) => file.endsWith(".json"));

it.each(["layers", "training"])("has every case of %s as it was written", (name) => {
  // Cases of our own, of the same Keras, stand beside them.
  expect(casesIn(join(fixtures, name))).toEqual(expect.arrayContaining([...casesIn(join(source, name))]));
  const theirs = new Set(readdirSync(join(source, name)));
  for (const file of readdirSync(join(fixtures, name)).filter((one) => theirs.has(one))) {
    const [ours, theirs] = [fixtures, source].map((folder) => readFileSync(join(folder, name, file)));
    expect(ours.equals(theirs), file).toBe(true);
  }
});

it("leaves nothing unread", () => {
  const entries = [...readdirSync(part("")), ...readdirSync(source)];
  const folders = ["keras-goldens", "keras-js", "models", "onnx-node", "layers", "training"];
  const files = ["activations", "losses", "losses2", "metrics", "metrics2", "schedules", "schedules2", "fits"].map(
    (name) => `${name}.json`,
  );
  const read = ["README.md", ...folders, ...files];
  expect(entries.filter((name) => !read.includes(name) && !/^fits-resume-.*\.keras$/.test(name))).toEqual([]);
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

  it.each(fits.taken)("fits $case", (golden) => {
    expectRun(golden, (model, data, options) =>
      fit(compile(model, { ...given, train: true, batch: options.batchSize ?? 32, selfTest: false }), data, options),
    );
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
