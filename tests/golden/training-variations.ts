// Training in variations that no fixture has: the layers as plain loops over doubles, a loss, an optimizer.

import type { Random } from "../../compiler/base/random.ts";
import type { LayerSpec } from "../../compiler/model.ts";
import * as r from "./reference.ts";
import { at, make, map, type Tensor } from "./reference.ts";
import { adam, type Loss, losses, type Optimizer, real, sgd } from "./reference-training.ts";
import { kernels, line, type Weights } from "./variation.ts";

export interface Passed {
  readonly y: Tensor;
  /** What regularizers add to the loss. */
  readonly penalty?: number;
  readonly mask?: Tensor;
  /** New moving statistics. */
  readonly moved?: Weights;
}
export interface TrainingVariation {
  readonly name: string;
  readonly layers: readonly LayerSpec[];
  readonly forward: (x: Tensor, w: Weights, training: boolean) => Passed;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly input?: (noise: Random) => number;
  readonly weighted?: true;
  /** Where a weight is moved to after each update. */
  readonly constrain?: Readonly<Record<string, (w: Tensor) => Tensor>>;
}

/** Batch normalisation with the statistics of the batch, of its steps where `mask` is not 0. */
function normalized(
  x: Tensor,
  w: Weights,
  { axis, momentum, training, mask }: { axis: number; momentum: number; training: boolean; mask?: Tensor },
): Passed {
  const [gamma, beta, mean, variance] = ["gamma", "beta", "moving_mean", "moving_variance"].map(
    (part) => w[`batchNormalization/${part}`],
  );
  if (!training) return { y: r.batchNorm(x, axis, { gamma, beta, mean, variance }) };
  const keep = mask === undefined ? undefined : (c: readonly number[]) => at(mask, ...c.slice(0, -1));
  const now = r.means(x, [axis], keep);
  const spread = r.means(
    make(x.shape, (...c) => (at(x, ...c) - now.data[c[axis]]) ** 2),
    [axis],
    keep,
  );
  const moved = (old: Tensor, fresh: Tensor) => make(old.shape, (i) => old.data[i] * momentum + fresh.data[i] * (1 - momentum));
  return {
    y: r.batchNorm(x, axis, { gamma, beta, mean: now, variance: spread }),
    moved: { "batchNormalization/moving_mean": moved(mean, now), "batchNormalization/moving_variance": moved(variance, spread) },
  };
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const dense = (x: Tensor, w: Weights, name = "dense") => r.dense(x, w[`${name}/kernel`], w[`${name}/bias`]);
const lstm = (x: Tensor, w: Weights, options: r.LstmOptions) => r.lstm(x, kernels(w), options);
const softmax = (x: Tensor) => r.softmax(x, [x.shape.length - 1]);
/** One dense layer before the loss. */
const linear = (
  inputShape: readonly number[],
  activation: "linear" | "softmax" | "sigmoid" | "exponential",
  last?: LayerSpec,
) => ({
  layers: [
    line("dense", { units: 3, activation: last === undefined ? activation : "linear", inputShape }),
    ...(last === undefined ? [] : [last]),
  ],
  forward: (x: Tensor, w: Weights): Passed => {
    const z = dense(x, w);
    const act = { linear: z, softmax: softmax(z), sigmoid: map(z, r.sigmoid), exponential: map(z, Math.exp) };
    return { y: act[activation] };
  },
});
const batchNormed = (frozen: boolean, axis: number): Pick<TrainingVariation, "layers" | "forward"> => ({
  layers: [
    line("dense", { units: 4, activation: "tanh", inputShape: [3, 2] }, "first"),
    line("batchNormalization", { axis, momentum: 0.7, trainable: !frozen, center: axis === -1 }),
    line("dense", { units: 2, trainable: !frozen }),
  ],
  forward: (x, w, training) => {
    const inner = map(dense(x, w, "first"), Math.tanh);
    const { y, moved } = normalized(inner, w, { axis: axis < 0 ? axis + 3 : axis, momentum: 0.7, training: training && !frozen });
    return { y: dense(y, w), ...(moved === undefined ? {} : { moved }) };
  },
});
export const cases: readonly TrainingVariation[] = [
  {
    name: "mse, batch normalisation, nesterov",
    ...batchNormed(false, -1),
    loss: losses.mse,
    optimizer: sgd({ momentum: 0.9, nesterov: true }),
  },
  {
    name: "huber, batch normalisation over axis 1 without center, momentum, weighted",
    ...batchNormed(false, 1),
    loss: losses.huber,
    optimizer: sgd({ momentum: 0.6 }),
    weighted: true,
  },
  { name: "mae, frozen layers", ...batchNormed(true, -1), loss: losses.mae, optimizer: sgd() },
  { name: "bce of a sigmoid", ...linear([4], "sigmoid"), loss: losses.bce, optimizer: adam(), weighted: true },
  {
    name: "bce of a sigmoid layer, smoothed, amsgrad",
    ...linear([4], "sigmoid", line("activation", { activation: "sigmoid" })),
    loss: losses.bceSmooth,
    optimizer: adam({ amsgrad: true, beta2: 0.5 }),
  },
  { name: "bce of logits", ...linear([4], "linear"), loss: losses.bceLogits, optimizer: adam({ beta1: 0.5, epsilon: 0.01 }) },
  {
    name: "cce of a softmax, smoothed, in steps",
    ...linear([2, 4], "softmax"),
    loss: losses.cceSmooth,
    optimizer: sgd(),
    weighted: true,
  },
  {
    name: "cce of a softmax layer, smoothed",
    ...linear([4], "softmax", line("softmax")),
    loss: losses.cceSmooth,
    optimizer: sgd(),
  },
  { name: "cce of what is no softmax", ...linear([4], "exponential"), loss: losses.cceSmooth, optimizer: sgd() },
  { name: "cce of logits", ...linear([4], "linear"), loss: losses.cceLogits, optimizer: sgd(), weighted: true },
  {
    name: "sparse cce of a softmax, in steps",
    ...linear([2, 4], "softmax"),
    loss: losses.sparse,
    optimizer: adam(),
    weighted: true,
  },
  { name: "sparse cce of what is no softmax", ...linear([4], "sigmoid"), loss: losses.sparse, optimizer: sgd() },
  {
    name: "sparse cce of logits, a class ignored, in steps",
    ...linear([2, 4], "linear"),
    loss: losses.sparseIgnoring,
    optimizer: sgd(),
    weighted: true,
  },
  { name: "huber in steps", ...linear([2, 2, 3], "linear"), loss: losses.huber, optimizer: sgd(), weighted: true },
  {
    name: "a mask reaches the loss through lstm, layerNormalization and dense",
    layers: [
      line("embedding", { inputDim: 4, outputDim: 2, maskZero: true, inputShape: [4] }),
      line("lstm", { units: 3, returnSequences: true, goBackwards: true }),
      line("layerNormalization"),
      line("dense", { units: 3 }),
    ],
    forward: (x, w) => {
      const table = w["embedding/embeddings"];
      const mask = map(x, (id) => (id === 0 ? 0 : 1));
      const h = lstm(
        make([...x.shape, 2], (n, t, f) => at(table, at(x, n, t), f)),
        w,
        { mask, backwards: true, all: true },
      );
      return { y: dense(r.layerNorm(h, [2], w["layerNormalization/gamma"], w["layerNormalization/beta"]), w), mask };
    },
    input: (noise) => noise.integer(0, 3),
    loss: losses.sparseIgnoring,
    optimizer: sgd(),
    weighted: true,
  },
  {
    name: "batch normalisation leaves masked steps out",
    layers: [line("masking", { inputShape: [4, 2] }), line("batchNormalization", { momentum: 0.5 }), line("lstm", { units: 2 })],
    forward: (x, w, training) => {
      const mask = make(x.shape.slice(0, -1), (n, t) => (at(x, n, t, 0) !== 0 || at(x, n, t, 1) !== 0 ? 1 : 0));
      const { y, moved } = normalized(x, w, { axis: 2, momentum: 0.5, training, mask });
      return { y: lstm(y, w, { mask }), ...(moved === undefined ? {} : { moved }) };
    },
    input: (noise) => (noise.uniform() < 0.6 ? 0 : real(noise)),
    loss: losses.mse,
    optimizer: adam(),
  },
  {
    name: "conv2d in groups, pool, prelu",
    layers: [
      line("conv2d", { filters: 4, kernelSize: [3, 2], groups: 2, strides: 2, padding: "same", inputShape: [5, 6, 2] }),
      line("maxPooling2d", { poolSize: 2, strides: 1, padding: "same" }),
      line("prelu", { sharedAxes: [1, 2], alphaInitializer: "ones" }),
      line("flatten"),
      line("dense", { units: 2 }),
    ],
    forward: (x, w) => {
      const image = r.conv2d(x, w["conv2d/kernel"], w["conv2d/bias"], { sizes: [3, 2], strides: [2, 2], same: true }, 2);
      const pooled = r.maxPool(image, { sizes: [2, 2], same: true });
      const sloped = make(pooled.shape, (...c) => at(pooled, ...c) * (at(pooled, ...c) > 0 ? 1 : w["prelu/alpha"].data[c[3]]));
      return { y: dense(r.reshape(sloped, 36), w) };
    },
    loss: losses.mse,
    // At a rate of 0.1 the loss grows to 5e9, where the last bit of the first step is most of the last one.
    optimizer: sgd({ momentum: 0.9 }, 0.01),
  },
  {
    name: "conv2d in groups of several filters, dilated, tanh",
    layers: [
      line("conv2d", { filters: 6, kernelSize: 2, groups: 2, dilationRate: 2, activation: "tanh", inputShape: [4, 5, 4] }),
      line("flatten"),
      line("dense", { units: 2 }),
    ],
    forward: (x, w) => {
      const window: r.Window = { sizes: [2, 2], dilations: [2, 2] };
      const image = r.conv2d(x, w["conv2d/kernel"], w["conv2d/bias"], window, 2);
      return { y: dense(r.reshape(map(image, Math.tanh), 36), w) };
    },
    loss: losses.mse,
    optimizer: adam(),
  },
  {
    name: "depthwiseConv2d of several kernels a channel, batchNormalization",
    layers: [
      line("depthwiseConv2d", {
        kernelSize: [3, 2],
        depthMultiplier: 2,
        padding: "same",
        strides: [1, 2],
        inputShape: [4, 5, 3],
      }),
      line("batchNormalization"),
      line("flatten"),
      line("dense", { units: 2 }),
    ],
    forward: (x, w, training) => {
      const window: r.Window = { sizes: [3, 2], strides: [1, 2], same: true };
      const image = r.depthwise(x, w["depthwiseConv2d/kernel"], w["depthwiseConv2d/bias"], window);
      const { y, ...moved } = normalized(image, w, { axis: 3, momentum: 0.99, training });
      return { y: dense(r.reshape(y, 72), w), ...moved };
    },
    loss: losses.mse,
    optimizer: sgd({ momentum: 0.9 }, 0.01),
  },
  {
    name: "separableConv2d, strides and dilation, sigmoid",
    layers: [
      line("separableConv2d", { filters: 5, kernelSize: 2, depthMultiplier: 2, dilationRate: [1, 2], strides: [2, 1], activation: "sigmoid", inputShape: [5, 4, 2] }),
      line("flatten"),
      line("dense", { units: 2 }),
    ], // biome-ignore format: one line a layer
    forward: (x, w) => {
      const [deep, point, bias] = ["depthwise_kernel", "pointwise_kernel", "bias"].map((part) => w[`separableConv2d/${part}`]);
      const image = r.separable(x, deep, point, bias, { sizes: [2, 2], strides: [2, 1], dilations: [1, 2] });
      return { y: dense(r.reshape(map(image, sigmoid), 20), w) };
    },
    loss: losses.mse,
    optimizer: sgd({ momentum: 0.9 }, 0.05),
  },
];
