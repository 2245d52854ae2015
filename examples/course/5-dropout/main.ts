// Lesson 5, dropout and batch normalisation: handwritten digits, of which few are there to learn from.
import { activation, batchNormalization, dense, dropout, fit, type LayerSpec, sequential } from "layerc";
import { bestOf, chart, curvesOf } from "layerc/data";
import { digits } from "../../mnist/data.ts";
import type { Sizes } from "../lesson.ts";

/** So many digits to learn from and 1,000 to validate; a pixel is a number from 0 to 1. */
export function pictures(rows: number) {
  const all = digits();
  const part = (from: number, to: number) => {
    const some = all.slice(from, to);
    return { x: some.map(({ pixels }) => pixels), y: some.map(({ label }) => label) };
  };
  return { train: part(0, rows), held: part(9_000, 10_000) };
}

export const net = (layers: readonly LayerSpec[], learningRate = 0.02) =>
  sequential([...layers, dense({ units: 10, activation: "softmax" })], {
    seed: 6,
    training: {
      loss: "sparse_categorical_crossentropy",
      optimizer: { name: "sgd", learningRate, momentum: 0.9 },
      metrics: ["accuracy"],
    },
  });
const nets = {
  plain: net([dense({ units: 128, activation: "relu", inputShape: [784] }), dense({ units: 128, activation: "relu" })]),
  // Three tenths of the units, others in every step, are left out while it learns; none when it predicts.
  dropout: net([
    dense({ units: 128, activation: "relu", inputShape: [784] }),
    dropout({ rate: 0.3 }),
    dense({ units: 128, activation: "relu" }),
    dropout({ rate: 0.3 }),
  ]),
  // What goes into an activation has mean 0 and variance 1 over the rows of a step; when it predicts, those of all steps stand in.
  "batch norm": net([
    dense({ units: 128, inputShape: [784] }),
    batchNormalization({ momentum: 0.9 }),
    activation({ activation: "relu" }),
    dense({ units: 128 }),
    batchNormalization({ momentum: 0.9 }),
    activation({ activation: "relu" }),
  ]),
};

export async function main({ epochs = 30, rows = 400 }: Sizes = {}) {
  const { train, held } = pictures(rows);
  const found = Object.entries(nets).map(([name, model]) => {
    const { history } = fit(model, train, { epochs, validationData: held, exact: true, verbose: 0 });
    const best = bestOf(history.val_loss);
    console.log(
      `${name.padEnd(10)}  loss ${history.loss[epochs - 1].toFixed(4)}; to validate ${history.val_loss[epochs - 1].toFixed(3)}, accuracy ${history.val_accuracy[epochs - 1].toFixed(3)}; after 3 epochs ${history.val_loss[2].toFixed(3)}`,
    );
    return { name, history, best };
  });
  const runs = Object.fromEntries(found.map(({ name, history }) => [name, history]));
  const panels = [curvesOf(runs, "val_loss", { title: "loss" }), curvesOf(runs, "val_accuracy", { title: "accuracy" })];
  return { plots: { curves: chart(panels, { title: "digits that were not learned from" }) }, found };
}
