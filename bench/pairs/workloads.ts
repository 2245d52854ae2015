// THE table of what `npm run bench:pair` compares, a line each. In: the layer factories of one checkout. Out: that checkout's own
// layers, and how they are called. Guarantee: names are unique; nothing here depends on which checkout compiles it.
import type { LayerSpec, LossSpec, OptionsInput } from "../../src/index.ts";
import { activationOf, nets as denseNets, netNamed } from "../workloads.ts";

/** The public API of a checkout: each compiles what its own factories made. */
export type Api = typeof import("../../src/index.ts");

export interface PairNet {
  readonly name: string;
  readonly layers: (l: Api) => LayerSpec[];
  /** Inputs are whole numbers below it; else uniform in ±1. */
  readonly tokens?: number;
  /** What it is trained with. Cross-entropy gets one-hot targets, the others get uniform ones. */
  readonly loss?: LossSpec;
}

/** One thing to be timed. */
export interface Pairing {
  readonly name: string;
  readonly net: PairNet;
  readonly rows: number;
  readonly options: OptionsInput;
  readonly kind: "predict" | "train";
}

export const optimizer = "adam";

const denseNet = (name: string, loss?: LossSpec): PairNet => {
  const net = netNamed(name);
  const layers = (l: Api): LayerSpec[] =>
    net.sizes
      .slice(1)
      .map((units, i) =>
        l.dense({ units, activation: activationOf(net, i), ...(i === 0 ? { inputShape: [net.sizes[0]] } : {}) }),
      );
  return { name, layers, loss };
};

const conv8: PairNet = {
  name: "conv2d 28x28x8→16",
  layers: (l) => [l.conv2d({ filters: 16, kernelSize: 3, activation: "relu", inputShape: [28, 28, 8] })],
};

const conv32: PairNet = {
  name: "conv2d 26x26x32→64",
  layers: (l) => [l.conv2d({ filters: 64, kernelSize: 3, activation: "relu", inputShape: [26, 26, 32] })],
};

const depthwise: PairNet = {
  name: "depthwise 25x25x64",
  layers: (l) => [l.conv2d({ filters: 64, kernelSize: 3, groups: 64, inputShape: [25, 25, 64] })],
};

const grouped: PairNet = {
  name: "conv2d in 4 groups 25x25x64",
  layers: (l) => [l.conv2d({ filters: 64, kernelSize: 3, groups: 4, activation: "relu", inputShape: [25, 25, 64] })],
};

const pairs: PairNet = {
  name: "conv2d in 32 groups 25x25x64",
  layers: (l) => [l.conv2d({ filters: 64, kernelSize: 3, groups: 32, activation: "relu", inputShape: [25, 25, 64] })],
};

/** Words from sound, of depthwise and 1 x 1 convolutions: https://arxiv.org/abs/1711.07128 */
const dscnn: PairNet = {
  name: "ds-cnn",
  layers: (l) => [
    l.conv2d({ filters: 64, kernelSize: [10, 4], strides: 2, padding: "same", activation: "relu", inputShape: [49, 10, 1] }),
    ...[1, 2, 3, 4].flatMap(() => [
      l.conv2d({ filters: 64, kernelSize: 3, groups: 64, padding: "same", activation: "relu" }),
      l.conv2d({ filters: 64, kernelSize: 1, activation: "relu" }),
    ]),
    l.maxPooling2d({ poolSize: [25, 5] }),
    l.flatten({}),
    l.dense({ units: 12, activation: "softmax" }),
  ],
};

export const lenet: PairNet = {
  name: "lenet-5",
  loss: "categorical_crossentropy",
  layers: (l) => [
    l.conv2d({ filters: 6, kernelSize: 5, activation: "relu", inputShape: [28, 28, 1] }),
    l.maxPooling2d({ poolSize: 2 }),
    l.conv2d({ filters: 16, kernelSize: 5, activation: "relu" }),
    l.maxPooling2d({ poolSize: 2 }),
    l.flatten({}),
    l.dense({ units: 120, activation: "relu" }),
    l.dense({ units: 84, activation: "relu" }),
    l.dense({ units: 10, activation: "softmax" }),
  ],
};

const mnist: PairNet = {
  name: "mnist-cnn",
  loss: "categorical_crossentropy",
  layers: (l) => [
    l.conv2d({ filters: 32, kernelSize: 3, activation: "relu", inputShape: [28, 28, 1] }),
    l.conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
    l.maxPooling2d({ poolSize: 2 }),
    l.flatten({}),
    l.dense({ units: 128, activation: "relu" }),
    l.dense({ units: 10, activation: "softmax" }),
  ],
};

const lstm64: PairNet = {
  name: "lstm-64 100x16",
  loss: "mse",
  layers: (l) => [l.lstm({ units: 64, inputShape: [100, 16] })],
};

const text: PairNet = {
  name: "text 80 lstm-64x2",
  tokens: 1000,
  layers: (l) => [
    l.embedding({ inputDim: 1000, outputDim: 32, inputShape: [80] }),
    l.lstm({ units: 64, returnSequences: true }),
    l.lstm({ units: 64 }),
    l.dense({ units: 1, activation: "sigmoid" }),
  ],
};

const normalised: PairNet = {
  name: "784-128-bn-relu-10",
  loss: "categorical_crossentropy",
  layers: (l) => [
    // No bias, as usual in front of a normalisation: its gradient would be noise alone, which Adam makes steps of.
    l.dense({ units: 128, useBias: false, inputShape: [784] }),
    l.batchNormalization({}),
    l.reLU({}),
    l.dense({ units: 10, activation: "softmax" }),
  ],
};

const gru64: PairNet = {
  name: "gru-64 100x16",
  loss: "mse",
  layers: (l) => [l.gru({ units: 64, inputShape: [100, 16] })],
};

/** Steps of a strided convolution, forward and backward. */
const strided: PairNet = {
  name: "strided 32x32x16",
  loss: "mse",
  layers: (l) => [
    l.conv2d({ filters: 16, kernelSize: 3, padding: "same", activation: "relu", inputShape: [32, 32, 3] }),
    l.conv2d({ filters: 32, kernelSize: 3, strides: 2, padding: "same", activation: "relu" }),
    l.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: "same", activation: "relu" }),
    l.conv2d({ filters: 64, kernelSize: 1, activation: "relu" }),
    l.globalAveragePooling2d({}),
    l.dense({ units: 10 }),
  ],
};

/** MobileNet v1 at a quarter of its width: https://arxiv.org/abs/1704.04861 */
const mobilenet: PairNet = {
  name: "mobilenet 0.25 96x96",
  layers: (l) => {
    const relu6 = () => l.reLU({ maxValue: 6 });
    const bare = { padding: "same", useBias: false } as const;
    const widths = [16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256];
    return [
      l.conv2d({ filters: 8, kernelSize: 3, strides: 2, ...bare, inputShape: [96, 96, 3] }),
      l.batchNormalization({}),
      relu6(),
      ...widths.flatMap((filters, i) => [
        l.depthwiseConv2d({ kernelSize: 3, strides: [1, 3, 5, 11].includes(i) ? 2 : 1, ...bare }),
        l.batchNormalization({}),
        relu6(),
        l.conv2d({ filters, kernelSize: 1, ...bare }),
        l.batchNormalization({}),
        relu6(),
      ]),
      l.globalAveragePooling2d({}),
      l.dense({ units: 1000, activation: "softmax" }),
    ];
  },
};

/** Words of a line, each an id, and what they are about. */
const encoder: PairNet = {
  name: "transformer encoder 64x64",
  layers: (l) => {
    const block = (name: string, from: string): LayerSpec[] => [
      l.multiHeadAttention({ name: `${name}a`, numHeads: 4, keyDim: 16, inputs: [from, from] }),
      l.add({ name: `${name}b`, inputs: [from, `${name}a`] }),
      l.layerNormalization({ name: `${name}c` }),
      l.dense({ name: `${name}d`, units: 128, activation: "relu" }),
      l.dense({ name: `${name}e`, units: 64 }),
      l.add({ name: `${name}f`, inputs: [`${name}c`, `${name}e`] }),
      l.layerNormalization({ name }),
    ];
    return [
      l.dense({ name: "in", units: 64, inputShape: [64, 32] }),
      ...block("one", "in"),
      ...block("two", "one"),
      l.globalAveragePooling1d({}),
      l.dense({ units: 4, activation: "softmax" }),
    ];
  },
};

const softmax: PairNet = { name: "softmax 128x128", layers: (l) => [l.softmax({ inputShape: [128, 128] })] };
const layerNorm: PairNet = { name: "layer norm 128x64", layers: (l) => [l.layerNormalization({ inputShape: [128, 64] })] };
const elementary = (["sigmoid", "tanh", "exponential", "softplus", "mish", "gelu"] as const).map(
  (activation): PairNet => ({
    name: `${activation} 4096`,
    layers: (l) => [l.activation({ activation, inputShape: [4096] })],
  }),
);
const pool: PairNet = { name: "max pool 24x24x64", layers: (l) => [l.maxPooling2d({ inputShape: [24, 24, 64] })] };

const predict = (net: PairNet, rows: number, options: OptionsInput = {}): Pairing => {
  const knobs = Object.keys(options).length === 0 ? "" : ` ${JSON.stringify(options)}`;
  return { name: `${net.name} x${rows}${knobs}`, net, rows, options, kind: "predict" };
};
const train = (net: PairNet, rows: number): Pairing => ({
  name: `${net.name} x${rows}, step of ${optimizer}`,
  net,
  rows,
  options: { train: true, batch: rows },
  kind: "train",
});

export const pairings: readonly Pairing[] = [
  ...denseNets.flatMap(({ name }) => [1, 32].map((rows) => predict(denseNet(name), rows))),
  predict(conv8, 1),
  predict(conv32, 1),
  predict(depthwise, 1),
  predict(depthwise, 32),
  predict(grouped, 1),
  predict(pairs, 1),
  predict(dscnn, 1),
  predict(dscnn, 32),
  predict(pool, 1),
  predict(lenet, 1),
  predict(lenet, 32),
  predict(mnist, 1),
  predict(mnist, 32),
  predict(mobilenet, 1),
  predict(mobilenet, 32),
  predict(encoder, 1),
  predict(encoder, 32),
  predict(lstm64, 1),
  predict(text, 1),
  predict(softmax, 1),
  predict(layerNorm, 1),
  ...elementary.map((net) => predict(net, 1)),
  train(denseNet("2-4-3-1", "mse"), 32),
  train(denseNet("4-10-3", "categorical_crossentropy"), 32),
  train(normalised, 32),
  train(lenet, 32),
  train(mnist, 32),
  train(strided, 32),
  train(lstm64, 32),
  train(gru64, 32),
];

/** Whose compile time is compared: with default options, as a user compiles them. */
export const compilings: readonly Pairing[] = [denseNet("784-128-64-10"), lenet, dscnn].map((net) => ({
  ...predict(net, 1),
  name: `compile ${net.name}`,
}));

export const pairingNamed = (name: string): Pairing => {
  const found = [...pairings, ...compilings].find((one) => one.name === name);
  if (found === undefined) throw new Error(`no work is named ${name}`);
  return found;
};
