// THE table of nets that the benches compute: a name, layers, and what they are fed and trained with. In: the layer factories of a
// checkout. Out: that checkout's own layers. Guarantee: names are unique; nothing here depends on which checkout compiles it.
import type { LayerSpec, LossSpec } from "../src/index.ts";

/** The public API of a checkout: each compiles what its own factories made. */
export type Api = typeof import("../src/index.ts");

/** What is computed. */
export interface Net {
  readonly name: string;
  readonly layers: (l: Api) => LayerSpec[];
  /** Inputs are whole numbers below it; else uniform in ±1. */
  readonly tokens?: number;
  /** What it is trained with. Cross-entropy gets one-hot targets, the others get uniform ones. */
  readonly loss?: LossSpec;
}

/** Fully connected layers and nothing else: what peers without layers of their own can be given by hand. */
export interface DenseNet extends Net {
  readonly sizes: readonly number[];
  /** Activation of the last layer; the others are relu. */
  readonly end: "linear" | "softmax" | "relu";
}

/** Whether a net is fully connected layers alone. */
export const isDense = (net: Net): net is DenseNet => "sizes" in net;

/** What the layer of this number ends with. */
export const activationOf = ({ sizes, end }: Pick<DenseNet, "sizes" | "end">, layer: number): DenseNet["end"] =>
  layer === sizes.length - 2 ? end : "relu";

/** A net of these sizes; weights are `dense0/kernel`, `dense0/bias`, … */
export const denseNet = (name: string, end: DenseNet["end"], sizes: readonly number[], loss?: LossSpec): DenseNet => ({
  name,
  sizes,
  end,
  ...(loss === undefined ? {} : { loss }),
  layers: (l) =>
    sizes.slice(1).map((units, i) =>
      l.dense({
        name: `dense${i}`,
        units,
        activation: activationOf({ sizes, end }, i),
        ...(i === 0 ? { inputShape: [sizes[0]] } : {}),
      }),
    ),
});

/** The same sizes with another end. */
export const withEnd = ({ name, sizes, loss }: DenseNet, end: DenseNet["end"]): DenseNet => denseNet(name, end, sizes, loss);

export const denseNets: readonly DenseNet[] = [
  denseNet("2-4-3-1", "linear", [2, 4, 3, 1], "mse"),
  denseNet("4-10-3", "softmax", [4, 10, 3], "categorical_crossentropy"),
  denseNet("11-64-64-1", "linear", [11, 64, 64, 1]),
  denseNet("11-512-512-512-1", "linear", [11, 512, 512, 512, 1]),
  denseNet("784-128-64-10", "softmax", [784, 128, 64, 10]),
  denseNet("640-128x4-8-128x4-640", "linear", [640, 128, 128, 128, 128, 8, 128, 128, 128, 128, 640]),
];

export const conv8: Net = {
  name: "conv2d 28x28x8→16",
  layers: (l) => [l.conv2d({ filters: 16, kernelSize: 3, activation: "relu", inputShape: [28, 28, 8] })],
};

export const conv32: Net = {
  name: "conv2d 26x26x32→64",
  layers: (l) => [l.conv2d({ filters: 64, kernelSize: 3, activation: "relu", inputShape: [26, 26, 32] })],
};

export const depthwise: Net = {
  name: "depthwise 25x25x64",
  layers: (l) => [l.depthwiseConv2d({ kernelSize: 3, inputShape: [25, 25, 64] })],
};

export const grouped: Net = {
  name: "conv2d in 4 groups 25x25x64",
  layers: (l) => [l.conv2d({ filters: 64, kernelSize: 3, groups: 4, activation: "relu", inputShape: [25, 25, 64] })],
};

export const pairs: Net = {
  name: "conv2d in 32 groups 25x25x64",
  layers: (l) => [l.conv2d({ filters: 64, kernelSize: 3, groups: 32, activation: "relu", inputShape: [25, 25, 64] })],
};

/** Words from sound, of depthwise and 1 x 1 convolutions: https://arxiv.org/abs/1711.07128 */
export const dscnn: Net = {
  name: "ds-cnn",
  layers: (l) => [
    l.conv2d({ filters: 64, kernelSize: [10, 4], strides: 2, padding: "same", activation: "relu", inputShape: [49, 10, 1] }),
    ...[1, 2, 3, 4].flatMap(() => [
      l.depthwiseConv2d({ kernelSize: 3, padding: "same", activation: "relu" }),
      l.conv2d({ filters: 64, kernelSize: 1, activation: "relu" }),
    ]),
    l.maxPooling2d({ poolSize: [25, 5] }),
    l.flatten({}),
    l.dense({ units: 12, activation: "softmax" }),
  ],
};

export const lenet: Net = {
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

export const mnist: Net = {
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

/** Six motions from sensors, 128 moments of them: two 1-D convolutions, as such nets usually begin. */
export const har: Net = {
  name: "cnn-1d 128x6",
  layers: (l) => [
    l.conv1d({ filters: 64, kernelSize: 3, activation: "relu", inputShape: [128, 6] }),
    l.conv1d({ filters: 64, kernelSize: 3, activation: "relu" }),
    l.maxPooling1d({ poolSize: 2 }),
    l.flatten({}),
    l.dense({ units: 100, activation: "relu" }),
    l.dense({ units: 6, activation: "softmax" }),
  ],
};

export const lstm64: Net = {
  name: "lstm-64 100x16",
  loss: "mse",
  layers: (l) => [l.lstm({ units: 64, inputShape: [100, 16] })],
};

export const text: Net = {
  name: "text 80 lstm-64x2",
  tokens: 1000,
  layers: (l) => [
    l.embedding({ inputDim: 1000, outputDim: 32, inputShape: [80] }),
    l.lstm({ units: 64, returnSequences: true }),
    l.lstm({ units: 64 }),
    l.dense({ units: 1, activation: "sigmoid" }),
  ],
};

export const normalised: Net = {
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

export const gru64: Net = {
  name: "gru-64 100x16",
  loss: "mse",
  layers: (l) => [l.gru({ units: 64, inputShape: [100, 16] })],
};

/** Steps of a strided convolution, forward and backward. */
export const strided: Net = {
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
export const mobilenet: Net = {
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

/** A hundred equal layers: what a compiler may do once. */
export const hundred: Net = {
  name: "100 x dense 4",
  loss: "mse",
  layers: (l) =>
    Array.from({ length: 100 }, (_, i) => l.dense({ units: 4, activation: "tanh", ...(i === 0 ? { inputShape: [4] } : {}) })),
};

/** Words of a line, each an id, and what they are about. */
export const encoder: Net = {
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

export const softmax: Net = { name: "softmax 128x128", layers: (l) => [l.softmax({ inputShape: [128, 128] })] };
export const layerNorm: Net = { name: "layer norm 128x64", layers: (l) => [l.layerNormalization({ inputShape: [128, 64] })] };
export const elementary = (["sigmoid", "tanh", "exponential", "softplus", "mish", "gelu"] as const).map(
  (activation): Net => ({
    name: `${activation} 4096`,
    layers: (l) => [l.activation({ activation, inputShape: [4096] })],
  }),
);
export const pool: Net = { name: "max pool 24x24x64", layers: (l) => [l.maxPooling2d({ inputShape: [24, 24, 64] })] };

const nets: readonly Net[] = [
  ...denseNets,
  ...[conv8, conv32, depthwise, grouped, pairs, dscnn, pool, lenet, mnist, mobilenet, har, strided],
  ...[encoder, lstm64, gru64, text, softmax, layerNorm, normalised, hundred],
  ...elementary,
];

export const netNamed = (name: string): Net => {
  const found = nets.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no net is named ${name}; there are ${nets.map((one) => one.name).join(", ")}`);
  return found;
};
