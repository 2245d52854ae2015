// Layers in variations that no fixture has: one layer or a few, and the same as plain loops over doubles.
import { features } from "./feature-variations.ts";
import * as r from "./reference.ts";
import { at, make, map } from "./reference.ts";
import { alone, ids, kernels, line, relu, type Variation } from "./variation.ts";

const hardSigmoid = (x: number) => Math.min(Math.max(x / 6 + 0.5, 0), 1);
const conv = (
  name: string,
  inputShape: readonly number[],
  config: Record<string, unknown>,
  window: r.Window,
  groups = 1,
): Variation => ({
  name: `conv2d ${name}`,
  layers: alone("conv2d", inputShape, { kernelSize: window.sizes, ...config }),
  reference: (x, w) => r.conv2d(x, w["conv2d/kernel"], w["conv2d/bias"], window, groups),
});
const depthwise = (
  name: string,
  inputShape: readonly number[],
  config: Record<string, unknown>,
  window: r.Window,
): Variation => ({
  name: `depthwiseConv2d ${name}`,
  layers: alone("depthwiseConv2d", inputShape, { kernelSize: window.sizes, ...config }),
  reference: (x, w) => r.depthwise(x, w["depthwiseConv2d/kernel"], w["depthwiseConv2d/bias"], window),
});
const separable = (
  name: string,
  inputShape: readonly number[],
  config: Record<string, unknown>,
  window: r.Window,
): Variation => ({
  name: `separableConv2d ${name}`,
  layers: alone("separableConv2d", inputShape, { kernelSize: window.sizes, ...config }),
  reference: (x, w) => {
    const [deep, point, bias] = ["depthwise_kernel", "pointwise_kernel", "bias"].map((part) => w[`separableConv2d/${part}`]);
    return r.separable(x, deep, point, bias, window);
  },
});
const pool = (name: string, inputShape: readonly number[], config: Record<string, unknown>, window: r.Window): Variation => ({
  name: `maxPooling2d ${name}`,
  layers: alone("maxPooling2d", inputShape, config),
  reference: (x) => r.maxPool(x, window),
});
const sequence = (name: string, config: Record<string, unknown>, options: r.LstmOptions): Variation => ({
  name: `lstm ${name}`,
  layers: alone("lstm", [5, 3], { units: 4, ...config }),
  reference: (x, w) => r.lstm(x, kernels(w), options),
});
const pointwise = (name: string, layer: string, config: Record<string, unknown>, f: (x: number) => number): Variation => ({
  name,
  layers: alone(layer, [3, 5], config),
  reference: (x) => map(x, f),
  // Halves, so that thresholds and zeros are met exactly.
  input: (noise) => noise.integer(-6, 6) / 2,
});

export const cases: readonly Variation[] = [
  {
    name: "dense on rank 4",
    layers: alone("dense", [2, 3, 5], { units: 7, activation: "relu" }),
    reference: (x, w) => map(r.dense(x, w["dense/kernel"], w["dense/bias"]), relu),
  },
  conv(
    "same, stride 2, odd",
    [7, 5, 3],
    { filters: 4, strides: 2, padding: "same" },
    { sizes: [3, 3], strides: [2, 2], same: true },
  ),
  conv("same, even kernel", [6, 7, 2], { filters: 5, padding: "same" }, { sizes: [4, 2], same: true }),
  conv(
    "same, stride above kernel",
    [8, 9, 2],
    { filters: 3, strides: [3, 4], padding: "same" },
    { sizes: [2, 1], strides: [3, 4], same: true },
  ),
  conv("valid, uneven strides", [9, 8, 3], { filters: 9, strides: [2, 3] }, { sizes: [3, 2], strides: [2, 3] }),
  conv(
    "dilated, same, uneven",
    [9, 7, 2],
    { filters: 4, dilationRate: [3, 2], padding: "same" },
    { sizes: [2, 3], dilations: [3, 2], same: true },
  ),
  conv("groups, dilated", [6, 6, 6], { filters: 9, groups: 3, dilationRate: 2 }, { sizes: [2, 2], dilations: [2, 2] }, 3),
  conv(
    "groups of one channel, stride",
    [5, 7, 4],
    { filters: 8, groups: 4, strides: 2, padding: "same", useBias: false },
    { sizes: [3, 3], strides: [2, 2], same: true },
    4,
  ),
  conv("1 x 1", [3, 3, 5], { filters: 2 }, { sizes: [1, 1] }),
  conv("whole image", [4, 3, 2], { filters: 17 }, { sizes: [4, 3] }),
  pool(
    "overlapping, same",
    [7, 6, 3],
    { poolSize: [3, 2], strides: [2, 1], padding: "same" },
    { sizes: [3, 2], strides: [2, 1], same: true },
  ),
  pool("default, odd", [5, 7, 9], {}, { sizes: [2, 2], strides: [2, 2] }),
  pool(
    "strides of poolSize, same",
    [5, 4, 2],
    { poolSize: [3, 3], padding: "same" },
    { sizes: [3, 3], strides: [3, 3], same: true },
  ),
  sequence("backwards, all", { goBackwards: true, returnSequences: true }, { backwards: true, all: true }),
  sequence("backwards, last, no bias", { goBackwards: true, useBias: false }, { backwards: true }),
  sequence(
    "relu, hard sigmoid",
    { activation: "relu", recurrentActivation: "hard_sigmoid" },
    { activation: relu, gate: hardSigmoid },
  ),
  sequence("linear", { activation: null, recurrentActivation: "linear" }, { activation: (x) => x, gate: (x) => x }),
  {
    name: "lstm of one step and one unit",
    layers: alone("lstm", [1, 1], { units: 1 }),
    reference: (x, w) => r.lstm(x, kernels(w)),
  },
  {
    name: "embedding of more axes",
    layers: alone("embedding", [2, 3], { inputDim: 5, outputDim: 4 }),
    input: ids(5),
    reference: (x, w) => make([...x.shape, 4], (n, i, j, f) => at(w["embedding/embeddings"], at(x, n, i, j), f)),
  },
  ...[1, 2, -2].map(
    (axis): Variation => ({
      name: `batchNormalization over axis ${axis}`,
      layers: alone("batchNormalization", [3, 4, 5], { axis, epsilon: 0.01 }),
      reference: (x, w) => {
        const [gamma, beta, mean, variance] = ["gamma", "beta", "moving_mean", "moving_variance"].map(
          (p) => w[`batchNormalization/${p}`],
        );
        return r.batchNorm(x, axis < 0 ? axis + 4 : axis, { gamma, beta, mean, variance }, 0.01);
      },
    }),
  ),
  {
    name: "conv2d, batchNormalization without scale, reLU, pool, dense",
    layers: [
      ...alone("conv2d", [6, 5, 2], { filters: 5, kernelSize: 3, padding: "same", useBias: false }),
      line("batchNormalization", { scale: false }),
      line("reLU", { maxValue: 1 }),
      line("maxPooling2d"),
      line("flatten"),
      line("dense", { units: 3 }),
    ],
    reference: (x, w) => {
      const image = r.conv2d(x, w["conv2d/kernel"], undefined, { sizes: [3, 3], same: true });
      const [beta, mean, variance] = ["beta", "moving_mean", "moving_variance"].map((p) => w[`batchNormalization/${p}`]);
      const clipped = map(r.batchNorm(image, 3, { beta, mean, variance }), (v) => Math.min(relu(v), 1));
      const pooled = r.maxPool(clipped, { sizes: [2, 2], strides: [2, 2] });
      return r.dense(r.reshape(pooled, 30), w["dense/kernel"], w["dense/bias"]);
    },
  },
  ...[[-1], [1], [1, 2], [2, -1], [-1, 1], [1, -2], [-1, 2, 1], [3, 1], [1, 2, 3]].map(
    (axis): Variation => ({
      name: `layerNormalization over ${axis}`,
      layers: alone("layerNormalization", [3, 4, 5], { axis, ...(axis.length === 2 ? { center: false } : {}) }),
      reference: (x, w) => {
        const axes = axis.map((a) => (a < 0 ? a + 4 : a)).toSorted((a, b) => a - b);
        // The numbers lie in ascending order of the axes, whatever order the shape names.
        const shape = axes.map((a) => x.shape[a]);
        const [gamma, beta] = ["gamma", "beta"].map((part) => w[`layerNormalization/${part}`]);
        return r.layerNorm(x, axes, { ...gamma, shape }, beta && { ...beta, shape });
      },
    }),
  ),
  ...[-1, 1, [2], [1, 3], [3, 2], [-1, 1, 2]].map(
    (axis): Variation => ({
      name: `softmax over ${axis}`,
      layers: alone("softmax", [3, 4, 5], { axis }),
      reference: (x) =>
        r.softmax(
          x,
          [axis]
            .flat()
            .map((a) => (a < 0 ? a + 4 : a))
            .toSorted((a, b) => a - b),
        ),
    }),
  ),
  ...[
    [2, 3, 1],
    [3, 1, 2],
    [1, 3, 2],
  ].map(
    (dims): Variation => ({
      name: `permute ${dims}, reshape, dense`,
      layers: [...alone("permute", [2, 3, 4], { dims }), line("reshape", { targetShape: [-1, 6] }), line("dense", { units: 2 })],
      reference: (x, w) => r.dense(r.reshape(r.permute(x, dims), 4, 6), w["dense/kernel"], w["dense/bias"]),
    }),
  ),
  ...[[], [1], [2], [1, 3], [1, 2, 3]].map(
    (sharedAxes): Variation => ({
      name: `prelu shared along [${sharedAxes}]`,
      layers: alone("prelu", [2, 3, 4], { sharedAxes }),
      reference: (x, w) =>
        make(x.shape, (n, ...c) => {
          const alpha = at(w["prelu/alpha"], ...c.map((coord, i) => (sharedAxes.includes(i + 1) ? 0 : coord)));
          return at(x, n, ...c) > 0 ? at(x, n, ...c) : alpha * at(x, n, ...c);
        }),
    }),
  ),
  ...[false, true].flatMap((invert) =>
    ([[-1], [1], [1, 2], [2, 1], null] as const).map((axis): Variation => {
      const axes = (axis ?? []).map((a) => (a < 0 ? a + 3 : a)).toSorted((a, b) => a - b);
      const count = axes.reduce((product, a) => product * [1, 2, 3][a], 1);
      const mean = Array.from({ length: count }, (_, i) => i / 2 - 1);
      // The second number is so small that 1e-7 takes the place of its root.
      const variance = mean.map((_, i) => (i === 1 ? 0 : (i + 1) / 4));
      return {
        name: `normalization over ${axis}${invert ? ", inverted" : ""}`,
        layers: alone("normalization", [2, 3], { axis, mean, variance, invert }),
        reference: (x) =>
          make(x.shape, (...c) => {
            const i = axes.reduce((index, a) => index * x.shape[a] + c[a], 0);
            const deviation = Math.max(Math.sqrt(variance[i]), 1e-7);
            return invert ? mean[i] + at(x, ...c) * deviation : (at(x, ...c) - mean[i]) / deviation;
          }),
      };
    }),
  ),
  pointwise("reLU", "reLU", {}, relu),
  pointwise("reLU, all keys", "reLU", { maxValue: 2, negativeSlope: 0.25, threshold: 0.5 }, (x) =>
    x > 0.5 ? Math.min(x, 2) : 0.25 * (x - 0.5),
  ),
  pointwise("reLU, threshold above maxValue", "reLU", { maxValue: 1, threshold: 1.5 }, (x) => (x > 1.5 ? 1 : 0)),
  pointwise("reLU, slope", "reLU", { negativeSlope: 0.5 }, (x) => (x > 0 ? x : x / 2)),
  pointwise("leakyReLU", "leakyReLU", {}, (x) => (x > 0 ? x : 0.3 * x)),
  pointwise("leaky_relu", "activation", { activation: "leaky_relu" }, (x) => (x > 0 ? x : 0.2 * x)),
  pointwise("elu, alpha", "elu", { alpha: 1.7 }, (x) => (x > 0 ? x : 1.7 * (Math.exp(x) - 1))),
  ...features,
  pointwise("rescaling", "rescaling", { scale: 1 / 127.5, offset: -1 }, (x) => x / 127.5 - 1),
  pointwise("dropout predicts", "dropout", { rate: 1 }, (x) => x),
  {
    name: "rescaling per channel",
    layers: alone("rescaling", [2, 3], { scale: [0.5, 2, -1], offset: [1, 0, 0.25] }),
    reference: (x) => make(x.shape, (n, i, c) => at(x, n, i, c) * [0.5, 2, -1][c] + [1, 0, 0.25][c]),
  },
  conv("groups of eight filters", [9, 7, 12], { filters: 24, groups: 3 }, { sizes: [3, 2] }, 3),
  conv("groups, one filter each of several channels", [4, 6, 8], { filters: 4, groups: 4 }, { sizes: [2, 3] }, 4),
  conv("1 x 1 in groups", [3, 3, 6], { filters: 6, groups: 2 }, { sizes: [1, 1] }, 2),
  {
    name: "conv2d in groups, softmax",
    layers: alone("conv2d", [4, 3, 4], { filters: 6, kernelSize: 2, groups: 2, activation: "softmax" }),
    reference: (x, w) => r.softmax(r.conv2d(x, w["conv2d/kernel"], w["conv2d/bias"], { sizes: [2, 2] }, 2), [3]),
  },
  depthwise("of one kernel", [7, 9, 5], {}, { sizes: [3, 3] }),
  depthwise("of many channels, rows of 25", [5, 27, 12], {}, { sizes: [3, 3] }),
  depthwise("of many taps", [9, 14, 8], {}, { sizes: [5, 5] }),
  depthwise(
    "same, stride 2, no bias",
    [8, 7, 8],
    { strides: 2, padding: "same", useBias: false },
    { sizes: [3, 3], strides: [2, 2], same: true },
  ),
  depthwise("of three kernels each", [6, 5, 4], { depthMultiplier: 3 }, { sizes: [2, 3] }),
  depthwise("of four kernels each", [6, 9, 2], { depthMultiplier: 4 }, { sizes: [3, 2] }),
  depthwise("of one channel", [6, 5, 1], { depthMultiplier: 8 }, { sizes: [3, 3] }),
  depthwise(
    "strides of two sizes and a dilation",
    [9, 11, 4],
    { strides: [1, 2], dilationRate: [3, 2] },
    { sizes: [3, 2], strides: [1, 2], dilations: [3, 2] },
  ),
  depthwise("1 x 1", [5, 6, 9], {}, { sizes: [1, 1] }),
  depthwise("whole image", [4, 3, 6], {}, { sizes: [4, 3] }),
  separable("of three kernels each", [6, 5, 2], { filters: 7, depthMultiplier: 3 }, { sizes: [2, 3] }),
  separable(
    "same, stride 2, no bias",
    [7, 8, 8],
    { filters: 5, strides: 2, padding: "same", useBias: false },
    { sizes: [3, 3], strides: [2, 2], same: true },
  ),
  separable(
    "dilated, strides of two sizes",
    [9, 8, 3],
    { filters: 8, dilationRate: [2, 3], strides: [2, 1], padding: "same" },
    { sizes: [2, 2], dilations: [2, 3], strides: [2, 1], same: true },
  ),
];
