// Layers in variations that no fixture has, on the executors, against the same layers as plain loops over doubles.
import { describe, expect, it } from "vitest";
import { inferenceGraph } from "../../compiler/build.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { type Random, random } from "../../compiler/random.ts";
import { expectClose } from "../close.ts";
import { executors } from "../executors.ts";
import * as r from "./reference.ts";
import { at, make, map, type Tensor } from "./reference.ts";

type Weights = Readonly<Record<string, Tensor>>;
interface Case {
  readonly name: string;
  readonly layers: readonly LayerSpec[];
  readonly reference: (x: Tensor, w: Weights) => Tensor;
  /** One number of the input; within ±2 without it. */
  readonly input?: (noise: Random) => number;
}

const line = (layer: string, config: Record<string, unknown> = {}, name = layer): LayerSpec => ({ name, layer, config });
/** One layer on samples of a shape. */
const alone = (layer: string, inputShape: readonly number[], config: Record<string, unknown> = {}) => [
  line(layer, { ...config, inputShape }),
];
const kernels = (w: Weights, name = "lstm") => ["kernel", "recurrent_kernel", "bias"].map((part) => w[`${name}/${part}`]);
const relu = (x: number) => Math.max(x, 0);
const hardSigmoid = (x: number) => Math.min(Math.max(x / 6 + 0.5, 0), 1);
const ids = (limit: number) => (noise: Random) => noise.integer(0, limit - 1);
/** Many zeros, so that whole steps are 0. */
const gaps = (noise: Random) => (noise.uniform() < 0.7 ? 0 : 2 * noise.uniform() - 1);
const embedded = (x: Tensor, table: Tensor) => make([...x.shape, table.shape[1]], (n, t, f) => at(table, at(x, n, t), f));
const stepsKept = (x: Tensor, value: number): Tensor =>
  make(x.shape.slice(0, -1), (...c) =>
    Array.from({ length: x.shape.at(-1) ?? 0 }, (_, f) => at(x, ...c, f) !== value).some(Boolean) ? 1 : 0,
  );

const conv = (
  name: string,
  inputShape: readonly number[],
  config: Record<string, unknown>,
  window: r.Window,
  groups = 1,
): Case => ({
  name: `conv2d ${name}`,
  layers: alone("conv2d", inputShape, { kernelSize: window.sizes, ...config }),
  reference: (x, w) => r.conv2d(x, w["conv2d/kernel"], w["conv2d/bias"], window, groups),
});
const pool = (name: string, inputShape: readonly number[], config: Record<string, unknown>, window: r.Window): Case => ({
  name: `maxPooling2d ${name}`,
  layers: alone("maxPooling2d", inputShape, config),
  reference: (x) => r.maxPool(x, window),
});
const sequence = (name: string, config: Record<string, unknown>, options: r.LstmOptions): Case => ({
  name: `lstm ${name}`,
  layers: alone("lstm", [5, 3], { units: 4, ...config }),
  reference: (x, w) => r.lstm(x, kernels(w), options),
});
const pointwise = (name: string, layer: string, config: Record<string, unknown>, f: (x: number) => number): Case => ({
  name,
  layers: alone(layer, [3, 5], config),
  reference: (x) => map(x, f),
  // Halves, so that thresholds and zeros are met exactly.
  input: (noise) => noise.integer(-6, 6) / 2,
});

const cases: readonly Case[] = [
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
    name: "masks reach the second lstm through lstm, dense, dropout, layerNormalization, softmax",
    layers: [
      ...alone("masking", [6, 2]),
      line("lstm", { units: 3, returnSequences: true }, "first"),
      line("dense", { units: 4 }),
      line("dropout", { rate: 0.5 }),
      line("layerNormalization"),
      line("softmax"),
      line("lstm", { units: 3 }, "second"),
    ],
    input: gaps,
    reference: (x, w) => {
      const mask = stepsKept(x, 0);
      const first = r.lstm(x, kernels(w, "first"), { mask, all: true });
      const widened = r.dense(first, w["dense/kernel"], w["dense/bias"]);
      const normed = r.layerNorm(widened, [2], w["layerNormalization/gamma"], w["layerNormalization/beta"]);
      return r.lstm(r.softmax(normed, [2]), kernels(w, "second"), { mask });
    },
  },
  {
    name: "masks of an embedding through batchNormalization, prelu, activation and backwards",
    layers: [
      ...alone("embedding", [7], { inputDim: 4, outputDim: 3, maskZero: true }),
      line("batchNormalization"),
      line("prelu", { sharedAxes: [1] }),
      line("activation", { activation: "tanh" }),
      line("lstm", { units: 2, goBackwards: true, returnSequences: true }),
    ],
    input: ids(4),
    reference: (x, w) => {
      const bn = (part: string) => w[`batchNormalization/${part}`];
      const statistics = { gamma: bn("gamma"), beta: bn("beta"), mean: bn("moving_mean"), variance: bn("moving_variance") };
      const normed = r.batchNorm(embedded(x, w["embedding/embeddings"]), 2, statistics);
      const sloped = make(
        normed.shape,
        (n, t, f) => relu(at(normed, n, t, f)) - at(w["prelu/alpha"], 0, f) * relu(-at(normed, n, t, f)),
      );
      return r.lstm(map(sloped, Math.tanh), kernels(w), { mask: map(x, (id) => (id === 0 ? 0 : 1)), backwards: true, all: true });
    },
  },
  {
    name: "a mask ends at flatten",
    layers: [
      ...alone("embedding", [4], { inputDim: 3, outputDim: 2, maskZero: true }),
      line("flatten"),
      line("dense", { units: 3 }),
    ],
    input: ids(3),
    reference: (x, w) => r.dense(r.reshape(embedded(x, w["embedding/embeddings"]), 8), w["dense/kernel"], w["dense/bias"]),
  },
  {
    name: "a mask ends at reshape",
    layers: [...alone("masking", [4, 2]), line("reshape", { targetShape: [-1, 1] }), line("lstm", { units: 2 })],
    input: gaps,
    reference: (x, w) => r.lstm(r.reshape(x, 8, 1), kernels(w)),
  },
  {
    name: "a mask ends at an lstm's last output",
    layers: [
      ...alone("masking", [4, 2]),
      line("lstm", { units: 2 }, "a"),
      line("repeatVector", { n: 3 }),
      line("lstm", { units: 2 }, "b"),
    ],
    input: gaps,
    reference: (x, w) => r.lstm(r.repeat(r.lstm(x, kernels(w, "a"), { mask: stepsKept(x, 0) }), 3), kernels(w, "b")),
  },
  {
    name: "masking by a number that float32 rounds",
    layers: [...alone("masking", [4, 2], { maskValue: 0.1 }), line("lstm", { units: 2 })],
    input: (noise) => Math.fround(noise.uniform() < 0.7 ? 0.1 : noise.uniform()),
    reference: (x, w) => {
      const mask = stepsKept(x, Math.fround(0.1));
      return r.lstm(
        make(x.shape, (n, t, f) => at(x, n, t, f) * at(mask, n, t)),
        kernels(w),
        { mask },
      );
    },
  },
  {
    name: "embedding of more axes",
    layers: alone("embedding", [2, 3], { inputDim: 5, outputDim: 4 }),
    input: ids(5),
    reference: (x, w) => make([...x.shape, 4], (n, i, j, f) => at(w["embedding/embeddings"], at(x, n, i, j), f)),
  },
  ...[1, 2, -2].map(
    (axis): Case => ({
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
  ...[[-1], [1], [1, 2], [2, -1], [3, 1], [1, 2, 3]].map(
    (axis): Case => ({
      name: `layerNormalization over ${axis}`,
      layers: alone("layerNormalization", [3, 4, 5], { axis, ...(axis.length === 2 ? { center: false } : {}) }),
      reference: (x, w) => {
        const axes = axis.map((a) => (a < 0 ? a + 4 : a)).toSorted((a, b) => a - b);
        return r.layerNorm(x, axes, w["layerNormalization/gamma"], w["layerNormalization/beta"]);
      },
    }),
  ),
  ...[-1, 1, [2], [1, 3], [3, 2], [-1, 1, 2]].map(
    (axis): Case => ({
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
    (dims): Case => ({
      name: `permute ${dims}, reshape, dense`,
      layers: [...alone("permute", [2, 3, 4], { dims }), line("reshape", { targetShape: [-1, 6] }), line("dense", { units: 2 })],
      reference: (x, w) => r.dense(r.reshape(r.permute(x, dims), 4, 6), w["dense/kernel"], w["dense/bias"]),
    }),
  ),
  ...[[], [1], [2], [1, 3], [1, 2, 3]].map(
    (sharedAxes): Case => ({
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
    ([[-1], [1], [1, 2], [2, 1], null] as const).map((axis): Case => {
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
  pointwise("rescaling", "rescaling", { scale: 1 / 127.5, offset: -1 }, (x) => x / 127.5 - 1),
  pointwise("dropout predicts", "dropout", { rate: 1 }, (x) => x),
  {
    name: "rescaling per channel",
    layers: alone("rescaling", [2, 3], { scale: [0.5, 2, -1], offset: [1, 0, 0.25] }),
    reference: (x) => make(x.shape, (n, i, c) => at(x, n, i, c) * [0.5, 2, -1][c] + [1, 0, 0.25][c]),
  },
];

const rows = 3;
/** The meaning, and the kernels that differ most. */
const chosen = executors.filter(({ name }) => ["graph", "js", "js --exact", "simd, plain", "simd, relaxed"].includes(name));

it("runs on the executors it names", () => {
  expect(chosen.length).toBeGreaterThanOrEqual(4);
});

describe.each(cases)("$name", ({ name, layers, reference, input = (noise) => 4 * noise.uniform() - 2 }) => {
  it("equals the loops", () => {
    const noise = random(cases.findIndex((item) => item.name === name));
    const bare: Model = { name, seed: 1, layers };
    const { weights: infos, input: port } = inferenceGraph(bare);
    const draw = (size: number, value: () => number) => Float32Array.from({ length: size }, value);
    const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
    const values = infos.map((info): [string, Float32Array] => {
      const low = info.name.endsWith("/moving_variance") ? 0.1 : -1;
      return [info.name, draw(sizeOf(info.shape), () => low + noise.uniform() * (1 - low))];
    });
    const x = draw(rows * sizeOf(port.shape), () => input(noise));
    const w = Object.fromEntries(infos.map((info, i) => [info.name, r.tensor(info.shape, values[i][1])]));
    const y = reference(r.tensor([rows, ...port.shape], x), w).data;
    const model = { ...bare, weights: Object.fromEntries(values) };
    for (const { name: executor, predict } of chosen)
      expectClose(predict(model, x, rows), y, { abs: 1e-5, rel: 1e-4 }, `${name} on ${executor}`);
  });
});
