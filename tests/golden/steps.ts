// Training against Keras: a case and something that trains go in; the loss and every weight are compared after every step.
import { expect } from "vitest";
import { expectClose } from "../close.ts";
import type { Trainer } from "../executors.ts";
import { standard, toleranceOf } from "../exemptions.ts";
import { fed, rowsOf, type TrainingCase } from "../fixtures/read.ts";

/** A known miss: noise that Adam divides by itself. */
const miss = toleranceOf("training-before-batch-norm");
const isMiss = (golden: TrainingCase, weight: string): boolean => {
  const { layers, training } = golden.model;
  const layer = layers.findIndex(({ name }) => weight === `${name}/bias`);
  const optimizer = training?.optimizer;
  const adam = (typeof optimizer === "object" ? optimizer.name : optimizer) === "adam";
  return adam && layer >= 0 && layers[layer + 1]?.layer === "batchNormalization";
};

/** Throws at the first step after which a number is not Keras'. */
export function expectSteps(golden: TrainingCase, trainer: ReturnType<Trainer["start"]>): void {
  for (const [i, { x, y, sampleWeight, loss, after }] of golden.steps.entries()) {
    const found = trainer.step(fed(x), fed(y), rowsOf(x), sampleWeight);
    expectClose([found], [loss], standard.kerasSteps, `loss of step ${i}`);
    const weights = trainer.weights();
    expect(Object.keys(weights).sort()).toEqual(Object.keys(after).sort());
    for (const [weight, values] of Object.entries(after))
      expectClose(weights[weight], values, isMiss(golden, weight) ? miss : standard.kerasSteps, `${weight} after step ${i}`);
  }
  const [weights, state] = [trainer.weights(), trainer.state()];
  for (const [weight, values] of Object.entries(golden.averages ?? {}))
    expectClose(state[`optimizer/average/${weight}`] ?? weights[weight], values, standard.kerasSteps, `average of ${weight}`);
}
