// The models whose reports the tests look at: a kind of net each. In: nothing. Out: models with options.
import type { OptionsInput } from "../../compiler/options.ts";
import * as l from "../../src/index.ts";

const training = { loss: "categoricalCrossentropy", optimizer: "adam", metrics: ["accuracy"] } as const;

/** A name that would be markup, the end of a script, or another row, if somebody took it for text of a page. */
export const hostile = "</script><script>alert(1)</script><!--\"'`$[x]\\u2028\u2028*/%";

/** What a report is made of, and what it is to show. */
export interface Case {
  readonly model: l.Model;
  readonly options: OptionsInput;
}

const seed = l.sequential(
  [
    l.dense({ units: 4, activation: "relu", inputShape: [2], name: "hidden1" }),
    l.dense({ units: 3, activation: "relu", name: "hidden2" }),
    l.dense({ units: 1, name: "output" }),
  ],
  { name: "seed-2-4-3-1", training: { loss: "meanSquaredError", optimizer: "sgd" } },
);

const branching = l.model({
  inputs: { picture: [8, 8, 3] },
  layers: [
    l.conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu", name: "left", inputs: ["picture"] }),
    l.conv2d({ filters: 4, kernelSize: 1, name: "right", inputs: ["picture"] }),
    l.concatenate({ name: "both", inputs: ["left", "right"] }),
    l.flatten({ name: "flat" }),
    l.dense({ units: 2, name: "out" }),
  ],
});

/** By the kind of net. */
export const cases: Readonly<Record<string, Case>> = {
  seed: { model: seed, options: {} },
  looped: { model: seed, options: { unroll: 0, target: "js" } },
  "training step": { model: seed, options: { train: true, target: "simd" } },
  convolutional: {
    model: l.sequential(
      [
        l.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [8, 8, 1], name: "edges" }),
        l.batchNormalization({ name: "normal" }),
        l.maxPooling2d({ poolSize: 2, name: "halved" }),
        l.flatten({ name: "flat" }),
        l.dense({ units: 3, activation: "softmax", name: "classes" }),
      ],
      { training },
    ),
    options: { train: true },
  },
  recurrent: {
    model: l.sequential([
      l.embedding({ inputDim: 20, outputDim: 6, inputShape: [5], name: "words" }),
      l.lstm({ units: 4, returnSequences: true, name: "memory" }),
      l.gru({ units: 3, name: "last" }),
      l.dense({ units: 2, activation: "softmax", name: "classes" }),
    ]),
    options: {},
  },
  streamed: {
    model: l.sequential([l.lstm({ units: 4, returnSequences: true, inputShape: [6, 3], name: "memory" }), l.dense({ units: 2, name: "out" })]),
    options: { stream: true },
  },
  branching: {
    model: branching,
    options: { target: "simd" },
  },
  shared: {
    model: l.sequential(
      Array.from({ length: 6 }, (_, i) => l.dense({ units: 16, activation: "tanh", ...(i === 0 ? { inputShape: [16] } : {}) })),
    ),
    options: { target: "simd", exact: true },
  },
  hostile: {
    model: l.sequential([l.dense({ units: 16, inputShape: [16], name: hostile }), l.dense({ units: 16, name: "</style>" })], { name: hostile }),
    options: { target: "simd" },
  },
}; // biome-ignore format: one table
