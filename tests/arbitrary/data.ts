// Data for random models. In: a Sample and how many rows. Out: seeded inputs and targets.
import { resolve } from "../../compiler/front/steps.ts";
import { lossesOf } from "../../compiler/front/train.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import { trainingOf } from "../executors.ts";
import type { Sample } from "./models.ts";
import { hardNumbers, tameNumbers, wholeNumbers } from "./numbers.ts";

/** Rows for a random model; hard: half of the numbers are where formats, branches and polynomials end. */
export const inputsOf = ({ integers, inputShape, seed: own }: Sample, rows: number, hard: boolean): Float32Array => {
  const length = rows * sizeOf(inputShape);
  // A module takes no other ids than whole ones in range.
  if (integers !== undefined) return wholeNumbers(hard ? own ^ 1 : own, length, integers);
  return hard ? hardNumbers(own ^ 1, length) : tameNumbers(own, length);
};

/** Targets that its loss allows. */
export function targetsOf({ model, outputShape, seed: own }: Sample, rows: number): Float32Array {
  const training = trainingOf(model);
  const { name } = lossesOf(training, ["y"])[0].item;
  const length = rows * sizeOf(resolve(model).trainStep(training).targets[0].shape);
  if (name.startsWith("sparse")) return wholeNumbers(own ^ 2, length, outputShape.at(-1) ?? 1);
  const y = tameNumbers(own ^ 2, length);
  return name.endsWith("crossentropy") ? y.map((value) => Math.abs(value) % 1) : y;
}
