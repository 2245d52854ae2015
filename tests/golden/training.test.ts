// The training cases of the fixtures: the loss and every weight after every step, against what Keras computed.
import { describe, it } from "vitest";
import { trainers } from "../executors.ts";
import { expectRefused, skipOf } from "../exemptions.ts";
import { showChoice } from "../fixtures/choice.ts";
import { rowsOf, trainingCases } from "../fixtures/read.ts";
import { expectSteps } from "./steps.ts";

const choice = trainingCases();
/** JavaScript and lanes do run. */
const costly = ["program", "js --exact", "simd, JavaScript", "simd --exact"];
const chosen = trainers.filter(({ name }) => !skipOf("loops-on-fewer-executors", costly.includes(name)));

it("takes every case but those of the table", () => {
  console.log(showChoice("training", choice));
  expectRefused(choice.left, ["keras-training-loss"]);
});

/** Optimizers come with each of their options, and layers with each of theirs: families of cases that share nearly all. */
const isOfFamily = (name: string): boolean => /^(optimizer|layer)--/.test(name);
const run = choice.taken
  .map((golden, turn) => ({ ...golden, turn }))
  .filter(({ case: name, turn }) => !skipOf("traces-by-turns", turn % 2 === 1 && isOfFamily(name)));

describe.each(run)("$case", ({ turn, ...golden }) => {
  // One executor a case, by turns; the conformance run takes all of them.
  it.each([chosen[turn % chosen.length]])("$name", ({ start }) => {
    expectSteps(golden, start(golden.model, rowsOf(golden.steps[0].x)));
  });
});
