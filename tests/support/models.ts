// Small models that together have every kind of nest: products with rows and without, windows, scans, rows of softmax, gathers,
// scatters, and training steps over batches. In: nothing. Out: models by name, with the entries that are worth a look.
import type { Goal } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import * as l from "../../src/sequential.ts";

export interface SmallModel {
  readonly name: string;
  readonly model: Model;
  readonly goals: readonly Goal[];
  readonly options?: OptionsInput;
}

const training = { loss: "mse", optimizer: "adam" } as const;
const { sequential } = l;

export const smallModels: readonly SmallModel[] = [
  {
    name: "dense",
    model: sequential([l.dense({ units: 6, activation: "tanh", inputShape: [5] }), l.dense({ units: 3 })], { training }),
    goals: ["predict", "trainStep", "evaluate"],
  },
  {
    name: "wide",
    model: sequential([l.dense({ units: 64, activation: "relu", inputShape: [70] }), l.dense({ units: 9 })], { training }),
    goals: ["predict", "trainStep"],
  },
  {
    name: "conv2d",
    model: sequential(
      [l.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [6, 6, 2] }), l.maxPooling2d(), l.flatten(), l.dense({ units: 2 })],
      { training },
    ),
    goals: ["predict", "trainStep"],
  },
  {
    name: "depthwise",
    model: sequential(
      [
        l.depthwiseConv2d({ kernelSize: 3, activation: "relu", inputShape: [7, 9, 8] }),
        l.separableConv2d({ filters: 4, kernelSize: [2, 5], depthMultiplier: 2 }),
        l.conv2d({ filters: 4, kernelSize: 2, groups: 2 }),
        l.flatten(), l.dense({ units: 2 }),
      ],
      { training },
    ),
    goals: ["predict", "trainStep"],
  },
  {
    name: "lstm",
    model: sequential([l.lstm({ units: 4, inputShape: [3, 2] }), l.dense({ units: 1 })], { training }),
    goals: ["predict", "trainStep"],
  },
  {
    name: "softmax",
    model: sequential([l.dense({ units: 20, inputShape: [4] }), l.layerNormalization(), l.softmax()], {
      training: { loss: "categorical_crossentropy", optimizer: "sgd" },
    }),
    goals: ["predict", "trainStep"],
  },
  {
    name: "embedding",
    model: sequential([l.embedding({ inputDim: 7, outputDim: 5, inputShape: [3] }), l.flatten(), l.dense({ units: 2 })], { training }),
    goals: ["predict", "trainStep"],
  },
  // Its weight gradient is longer than a cache: 4096 sums over a batch.
  {
    name: "large",
    model: sequential([l.dense({ units: 64, inputShape: [64] }), l.dense({ units: 4 })], { training }),
    goals: ["trainStep"],
    options: { batch: 70 },
  },
]; // biome-ignore format: one table
