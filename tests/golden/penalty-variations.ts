// Nets with regularizers and constraints, as loops over doubles: what weights and values add to the loss, and where a weight is moved
// to after an update.

import * as r from "./reference.ts";
import { at, make, map, type Tensor } from "./reference.ts";
import { adam, losses, sgd, total } from "./reference-training.ts";
import type { TrainingVariation } from "./training-variations.ts";
import { kernels, line, type Weights } from "./variation.ts";

const l1 = (factor: number, { data }: Tensor) => factor * total(Array.from(data, Math.abs));
const l2 = (factor: number, { data }: Tensor) => factor * total(Array.from(data, (x) => x * x));
/** Of what a layer gives: divided by the rows. */
const each = (loss: number, { shape: [rows] }: Tensor) => loss / rows;

/** The mean of |cos| over pairs of lines of a matrix: of its rows, or columns. */
function pairs(factor: number, m: Tensor, mode: "rows" | "columns"): number {
  const [rows, columns] = m.shape;
  const lines = mode === "rows" ? rows : columns;
  const line = (i: number) =>
    Array.from({ length: mode === "rows" ? columns : rows }, (_, k) => (mode === "rows" ? at(m, i, k) : at(m, k, i)));
  const product = (a: readonly number[], b: readonly number[]) => total(a.map((value, k) => value * b[k]));
  const cosines: number[] = [];
  for (let i = 0; i < lines; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [line(i), line(j)];
      cosines.push(Math.abs(product(a, b)) / Math.sqrt(product(a, a) * product(b, b)));
    }
  return (factor * total(cosines)) / cosines.length;
}

/** Every number times what its norm over `axes` is to be, over what it is. */
function normed(w: Tensor, axes: readonly number[], wanted: (norm: number) => number): Tensor {
  const key = (c: readonly number[]) => c.filter((_, axis) => !axes.includes(axis)).join();
  const squares = new Map<string, number>();
  make(w.shape, (...c) => {
    squares.set(key(c), (squares.get(key(c)) ?? 0) + at(w, ...c) ** 2);
    return 0;
  });
  return make(w.shape, (...c) => {
    const norm = Math.sqrt(squares.get(key(c)) ?? 0);
    return (at(w, ...c) * wanted(norm)) / (1e-7 + norm);
  });
}
const positive = (w: Tensor) => map(w, (x) => Math.max(x, 0));
const dense = (x: Tensor, w: Weights, name: string) => r.dense(x, w[`${name}/kernel`], w[`${name}/bias`]);

/** Two dense layers, the first of which has the keys. */
const twice = (keys: object, penalty: (w: Weights, h: Tensor) => number): Pick<TrainingVariation, "layers" | "forward"> => ({
  layers: [line("dense", { units: 3, activation: "tanh", inputShape: [4], ...keys }, "first"), line("dense", { units: 2 })],
  forward: (x, w) => {
    const h = map(dense(x, w, "first"), Math.tanh);
    return { y: dense(h, w, "dense"), penalty: penalty(w, h) };
  },
});
const none = () => 0;

export const penaltyCases: readonly TrainingVariation[] = [
  {
    name: "l1 of a kernel, l2 of its bias",
    ...twice(
      { kernelRegularizer: { name: "l1", l1: 0.05 }, biasRegularizer: { name: "l2", l2: 0.3 } },
      (w) => l1(0.05, w["first/kernel"]) + l2(0.3, w["first/bias"]),
    ),
    loss: losses.mse,
    optimizer: adam(),
    weighted: true,
  },
  {
    name: "names alone: l1 and l2 are 0.01, l1_l2 is nothing",
    ...twice(
      { kernelRegularizer: "l2", biasRegularizer: "l1_l2", activityRegularizer: "l1" },
      (w, h) => l2(0.01, w["first/kernel"]) + each(l1(0.01, h), h),
    ),
    loss: losses.mae,
    optimizer: sgd(),
  },
  {
    name: "pairs of rows of a kernel, of columns of what the layer gives",
    ...twice(
      {
        kernelRegularizer: { name: "orthogonal_regularizer", factor: 0.4 },
        activityRegularizer: { name: "orthogonalRegularizer", factor: 3, mode: "columns" },
      },
      (w, h) => pairs(0.4, w["first/kernel"], "rows") + each(pairs(3, h, "columns"), h),
    ),
    loss: losses.mse,
    optimizer: sgd({ momentum: 0.5 }),
  },
  {
    name: "max_norm, non_neg",
    ...twice({ kernelConstraint: { name: "max_norm", maxValue: 0.7 }, biasConstraint: "non_neg" }, none),
    constrain: {
      "first/kernel": (w) => normed(w, [0], (norm) => Math.min(norm, 0.7)),
      "first/bias": positive,
    },
    loss: losses.mse,
    optimizer: sgd({ momentum: 0.9, nesterov: true }),
  },
  {
    name: "min_max_norm by half of the way, unit_norm of a bias",
    ...twice(
      {
        kernelConstraint: { name: "minMaxNorm", minValue: 0.6, maxValue: 0.8, rate: 0.5, axis: -1 },
        biasConstraint: "unit_norm",
      },
      none,
    ),
    constrain: {
      "first/kernel": (w) => normed(w, [1], (norm) => norm / 2 + Math.min(Math.max(norm, 0.6), 0.8) / 2),
      "first/bias": (w) => normed(w, [0], () => 1),
    },
    loss: losses.huber,
    optimizer: adam({ amsgrad: true }),
  },
  {
    name: "a frozen layer: neither regularizer nor constraint, but what it gives counts",
    ...twice(
      {
        trainable: false,
        kernelRegularizer: { name: "l2", l2: 0.5 },
        kernelConstraint: "unit_norm",
        activityRegularizer: { name: "l2", l2: 0.4 },
      },
      (_w, h) => each(l2(0.4, h), h),
    ),
    loss: losses.mse,
    optimizer: sgd(),
  },
  {
    name: "a layer called twice: its weights once, what it gives each time",
    layers: [
      line("dense", {
        units: 3,
        activation: "tanh",
        inputShape: [3],
        kernelRegularizer: { name: "l1l2", l1: 0.05, l2: 0.1 },
        activityRegularizer: { name: "l1", l1: 0.2 },
      }, "first"),
      line("reuse", { of: "first" }),
      line("dense", { units: 2 }),
    ], // biome-ignore format: one line a layer
    forward: (x, w) => {
      const h = map(dense(x, w, "first"), Math.tanh);
      const again = map(dense(h, w, "first"), Math.tanh);
      const own = l1(0.05, w["first/kernel"]) + l2(0.1, w["first/kernel"]);
      return { y: dense(again, w, "dense"), penalty: own + each(l1(0.2, h), h) + each(l1(0.2, again), again) };
    },
    loss: losses.mse,
    optimizer: sgd(),
  },
  {
    name: "a conv2d's filters of norm 1, what it gives, what flatten gives",
    layers: [
      line("conv2d", {
        filters: 3,
        kernelSize: 2,
        inputShape: [3, 4, 2],
        kernelConstraint: { name: "unit_norm", axis: [0, 1, 2] },
        activityRegularizer: { name: "l2", l2: 0.05 },
      }),
      line("flatten", { activityRegularizer: { name: "l1", l1: 0.1 } }),
      line("dense", { units: 2 }),
    ],
    forward: (x, w) => {
      const image = r.conv2d(x, w["conv2d/kernel"], w["conv2d/bias"], { sizes: [2, 2] });
      const flat = r.reshape(image, 18);
      return { y: dense(flat, w, "dense"), penalty: each(l2(0.05, image), image) + each(l1(0.1, flat), flat) };
    },
    constrain: { "conv2d/kernel": (w) => normed(w, [0, 1, 2], () => 1) },
    loss: losses.mse,
    optimizer: sgd({ momentum: 0.5 }, 0.05),
  },
  {
    name: "an lstm's three weights, masked steps of what it gives",
    layers: [
      line("embedding", { inputDim: 4, outputDim: 2, maskZero: true, inputShape: [4], embeddingsConstraint: { name: "max_norm", maxValue: 0.5, axis: 1 } }),
      line("lstm", {
        units: 2,
        returnSequences: true,
        kernelRegularizer: { name: "l2", l2: 0.1 },
        recurrentRegularizer: { name: "orthogonal_regularizer", factor: 0.2 },
        biasConstraint: { name: "max_norm", maxValue: 0.5, axis: null },
        activityRegularizer: { name: "l2", l2: 0.6 },
      }),
      line("flatten"),
      line("dense", { units: 2 }),
    ], // biome-ignore format: one line a layer
    forward: (x, w) => {
      const table = w["embedding/embeddings"];
      const mask = map(x, (id) => (id === 0 ? 0 : 1));
      const steps = make([...x.shape, 2], (n, t, f) => at(table, at(x, n, t), f));
      const h = r.lstm(steps, kernels(w), { mask, all: true });
      const own = l2(0.1, w["lstm/kernel"]) + pairs(0.2, w["lstm/recurrent_kernel"], "rows");
      return { y: dense(r.reshape(h, 8), w, "dense"), penalty: own + each(l2(0.6, h), h) };
    },
    constrain: {
      "embedding/embeddings": (w) => normed(w, [1], (norm) => Math.min(norm, 0.5)),
      "lstm/bias": (w) => normed(w, [0], (norm) => Math.min(norm, 0.5)),
    },
    input: (noise) => noise.integer(0, 3),
    loss: losses.mse,
    optimizer: sgd(),
  },
];
