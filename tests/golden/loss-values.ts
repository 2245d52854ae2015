// A loss against Keras: a case and what evaluates go in; its number, or each of its values where they are not reduced, is compared.
import { expectClose } from "../close.ts";
import type { Evaluator } from "../executors.ts";
import { standard } from "../exemptions.ts";
import type { LossCase } from "../fixtures/read.ts";

/** Throws where a number, weighted or not, is not Keras'. */
export function expectLoss(item: LossCase, start: Evaluator["start"]): void {
  const { case: name, model, weightedModel, x, y, rows, value, weighted, sampleWeight } = item;
  const plain = start(model);
  const weighing = model === weightedModel ? plain : start(weightedModel);
  if (value.length === 1 || sampleWeight === undefined) {
    expectClose([plain(x, y, rows)], value, standard.losses, name);
    expectClose([weighing(x, y, rows, sampleWeight)], weighted, standard.losses, `${name}, weighted`);
    return;
  }
  // The mean is shown: with a weight for one value alone it is that value's share.
  const eachOf = (weights: ArrayLike<number>): number[] =>
    Array.from(value, (_, i) => {
      const one = Float32Array.from(value, (_, k) => (k === i ? weights[i] : 0));
      return value.length * plain(x, y, rows, one);
    });
  expectClose(eachOf(new Float32Array(value.length).fill(1)), value, standard.losses, name);
  expectClose(eachOf(sampleWeight), weighted, standard.losses, `${name}, weighted`);
}
