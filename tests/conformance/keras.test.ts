// What a real Keras 3 computed, straight from its files: layers, training steps, losses and activations. The cases made of what
// layerc has are those of the fixtures; here they meet the options a user starts from.
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import { relaxedRuns } from "../engines.ts";
import type { Ported, Trainable } from "../executors.ts";
import { expectRefused, standard } from "../exemptions.ts";
import { type Choice, kerasActivations, kerasLayers, kerasLosses, kerasTraining, showChoice } from "../fixtures/convert.ts";
import { activations, fed, floats, layerCases, lossCases, modelOf, trainingCases } from "../fixtures/read.ts";
import { activationCases, nameless } from "../golden/grid.ts";
import { expectSteps } from "../golden/steps.ts";
import { expectPorts } from "../ports.ts";
import { options, part, start, startTraining } from "./cases.ts";

const source = part("keras-goldens");
const layers = kerasLayers(source);
const training = kerasTraining(source);
const losses = kerasLosses(source);

/** Converted now is what the fixtures hold: none forgotten, none changed. */
function expectFixtures(
  what: string,
  choice: Choice<{ readonly case: string }>,
  fixtures: readonly { readonly case: string }[],
): void {
  console.log(showChoice(what, choice));
  const sorted = (items: readonly { readonly case: string }[]) => items.toSorted((a, b) => (a.case < b.case ? -1 : 1));
  expect(sorted(JSON.parse(JSON.stringify(choice.taken)))).toEqual(sorted(fixtures));
}

it("takes the cases of the fixtures", () => {
  expectFixtures("layers", layers, layerCases());
  expectFixtures("training", training, trainingCases());
  expectFixtures("losses", losses, lossCases());
  expect(kerasActivations(source)).toEqual(activations());
});

it("leaves no more than the table says", () => {
  const entries = [...readdirSync(part("")), ...readdirSync(source)];
  const read = ["README.md", "keras-goldens", "keras-js", "activations.json", "layers", "losses.json", "training"];
  const unread = entries.filter((name) => !read.includes(name)).map((name) => [name, "not read"] as const);
  expectRefused(unread, ["keras-unread"]);
  expectRefused(layers.left, ["keras-layers-class", "keras-layers-op", "keras-layers-stateful", "keras-layers-zero-output"]);
  expectRefused(training.left, [
    "keras-training-file",
    "keras-training-class",
    "keras-training-loss",
    "keras-training-optimizer",
    "keras-training-penalty",
    "keras-training-weights",
  ]);
  expectRefused(losses.left, ["keras-losses-class"]);
});

describe.each(options)("$name", ({ options: given }) => {
  it.each(layers.taken)("layers $case", (golden) => {
    const y = start<Ported>(modelOf(golden, golden.weights), given).predict(fed(golden.input));
    expectPorts(y, fed(golden.output), standard.layers, golden.case);
  });

  it.each(training.taken)("training $case", (golden) => {
    const trainer = startTraining(modelOf(golden, golden.initial, golden.training), given);
    expectSteps(golden, trainer, relaxedRuns && given.exact !== true && given.target !== "js");
  });

  it.each(losses.taken)("losses $case", ({ case: name, loss, y_true, y_pred, sample_weight, value, weighted }) => {
    const identity = { name: "same", layer: "identity", config: { inputShape: y_pred.shape.slice(1) } };
    const model = { name, seed: 1, layers: [identity], training: { loss, optimizer: "sgd" } };
    const module = start<Trainable>(model, { ...given, train: true });
    const [x, y, sampleWeight] = [y_pred, y_true, sample_weight].map(floats);
    const found = [module.evaluate(x, y).loss, module.evaluate(x, y, { sampleWeight }).loss];
    expectClose(found, [value, weighted], standard.losses, name);
  });

  it.each(activationCases.filter((item) => item.case !== nameless))("activations $case", ({ case: name, model, x, y }) => {
    expectClose(start(model, given).predict(x), y, standard.activations, name);
  });
});
