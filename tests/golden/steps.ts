// Training against Keras: a case and something that trains go in; the loss and every weight are compared after every step.
import { expect } from "vitest";
import { expectClose } from "../close.ts";
import type { Trainer } from "../executors.ts";
import { floats, type TrainingCase } from "../fixtures/read.ts";

const tolerance = { abs: 2e-5, rel: 1e-3 };
/**
 * Batch normalisation takes the bias before it away again: its gradient is 0 but for rounding, about 1e-9, and Adam divides it by
 * itself plus epsilon (1e-7). What Keras has there is noise, and so is ours: with a learning rate of 0.01 each moves at most about
 * 1e-4 a step, and there are four.
 */
const noise = { abs: 2 * 4 * 1e-4, rel: 0 };
const isNoise = (golden: TrainingCase, weight: string): boolean => {
  const layer = golden.layers.findIndex(({ name }) => weight === `${name}/bias`);
  const { optimizer } = golden.training;
  const adam = (typeof optimizer === "string" ? optimizer : optimizer.name) === "adam";
  return adam && golden.layers[layer + 1]?.layer === "batchNormalization";
};

/** Throws at the first step after which a number is not Keras'. */
export function expectSteps(golden: TrainingCase, trainer: ReturnType<Trainer["start"]>): void {
  for (const [i, { x, y, loss, after }] of golden.steps.entries()) {
    const found = trainer.step(floats(x), floats(y), x.shape[0]);
    expectClose([found], [loss], tolerance, `loss of step ${i}`);
    const weights = trainer.weights();
    expect(Object.keys(weights).sort()).toEqual(Object.keys(after).sort());
    for (const [name, values] of Object.entries(after))
      expectClose(weights[name], floats(values), isNoise(golden, name) ? noise : tolerance, `${name} after step ${i}`);
  }
}
