// A fake module that records what it is given, and rows to give it.
import { type Callback, type FitOptions, fit, type PortRows, type Trainable } from "../../runtime/index.ts";

/** What a function of the module was called with, copied. */
export interface Call {
  readonly x: number[];
  readonly y: number[];
  readonly options: { sampleWeight?: ArrayLike<number>; learningRate?: number };
}

/** Losses come from lists; the one weight counts steps. */
export function fake(stepLoss: (call: number, rows: number) => number, valLosses: readonly number[] = []) {
  const steps: Call[] = [];
  const evaluations: Call[] = [];
  let weight = 0;
  const flat = (rows: PortRows) => Array.from(rows as ArrayLike<number>);
  const call = (x: PortRows, y: PortRows, { sampleWeight, ...options }: Parameters<Trainable["trainStep"]>[2] = {}): Call => ({
    x: flat(x),
    y: flat(y),
    options: { ...options, ...(sampleWeight === undefined ? {} : { sampleWeight: flat(sampleWeight) }) },
  });
  const module: Trainable = {
    inputShape: [2],
    trainStep: (x, y, options) => {
      steps.push(call(x, y, options));
      weight++;
      return stepLoss(steps.length - 1, flat(y).length);
    },
    evaluate: (x, y, options) => {
      evaluations.push(call(x, y, options));
      return { loss: valLosses[evaluations.length - 1] };
    },
    getWeights: () => [Float32Array.of(weight)],
    setWeights: (list) => {
      weight = list[0][0];
    },
  };
  return { module, steps, evaluations, weight: () => weight };
}

/** Row i is [2i, 2i + 1] → i. */
export const data = (rows: number) => ({
  x: Float32Array.from({ length: 2 * rows }, (_, i) => i),
  y: Float32Array.from({ length: rows }, (_, i) => i),
});

/** A run of as many epochs as there are losses, which validation gives. */
export function run(
  losses: readonly number[],
  callbacks: readonly Callback[],
  options: FitOptions = {},
  more: Partial<Trainable> = {},
) {
  const made = fake(() => 1, losses);
  const fitted = fit({ ...made.module, getLearningRate: () => 0.1, ...more }, data(1), {
    epochs: losses.length,
    validationData: data(1),
    callbacks,
    ...options,
  });
  return { ...made, fitted };
}
