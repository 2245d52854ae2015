// Losses and optimizers from Keras' documentation: a loss as its value at every position, an optimizer as the step of one number.
import type { Random } from "../../compiler/base/random.ts";
import * as r from "./reference.ts";
import { at, make, map, type Tensor } from "./reference.ts";

/** A loss: its spec, its value at every position (the last axis of y is gone), and which of them count. */
export interface Loss {
  readonly spec: string | { readonly name: string; readonly [key: string]: unknown };
  readonly values: (y: Tensor, target: Tensor) => Tensor;
  readonly counts?: (target: Tensor) => Tensor;
  readonly target: (noise: Random) => number;
  readonly sparse?: true;
}
export interface Optimizer {
  readonly spec: { readonly name: string; readonly learningRate: number; readonly [key: string]: unknown };
  /** The change of one number of a weight; `slots` are its own. */
  readonly step: (gradient: number, slots: Record<string, number>, rate: number, t: number) => number;
}
const overLast = (y: Tensor, f: (row: readonly number[], coords: readonly number[]) => number): Tensor =>
  make(y.shape.slice(0, -1), (...c) =>
    f(
      Array.from({ length: y.shape.at(-1) ?? 0 }, (_, i) => at(y, ...c, i)),
      c,
    ),
  );
export const total = (list: readonly number[]) => r.sum(list.length, (i) => list[i]);
const clip = (p: number) => Math.min(Math.max(p, 1e-7), 1 - 1e-7);
/** The mean over the last axis of something of y and the target. */
const mean =
  (f: (y: number, t: number) => number): Loss["values"] =>
  (y, t) =>
    overLast(y, (row, c) => total(row.map((value, i) => f(value, at(t, ...c, i)))) / row.length);
export const real = (noise: Random) => 2 * noise.uniform() - 1;
const bit = (noise: Random) => noise.integer(0, 1);
const bce = (p: number, t: number) => -t * Math.log(clip(p)) - (1 - t) * Math.log(1 - clip(p));
const classOf = (row: readonly number[], t: number) => (Number.isInteger(t) && t >= 0 && t < row.length ? t : undefined);
const logits = (row: readonly number[]) => row.map((z) => z - Math.log(total(row.map(Math.exp))));
const ofClass =
  (log: (row: readonly number[]) => readonly number[]): Loss["values"] =>
  (y, t) =>
    overLast(y, (row, c) => {
      const label = classOf(row, at(t, ...c));
      return label === undefined ? 0 : -log(row)[label];
    });

export const losses = {
  mse: { spec: "mse", target: real, values: mean((y, t) => (y - t) ** 2) },
  mae: { spec: "mae", target: real, values: mean((y, t) => Math.abs(y - t)) },
  huber: {
    spec: { name: "huber", delta: 0.4 },
    target: real,
    values: mean((y, t) => (Math.abs(y - t) <= 0.4 ? (y - t) ** 2 / 2 : 0.4 * Math.abs(y - t) - 0.08)),
  },
  bce: { spec: "binary_crossentropy", target: bit, values: mean(bce) },
  bceSmooth: {
    spec: { name: "binary_crossentropy", labelSmoothing: 0.2 },
    target: bit,
    values: mean((y, t) => bce(y, t * 0.8 + 0.1)),
  },
  bceLogits: { spec: { name: "bce", fromLogits: true }, target: bit, values: mean((y, t) => bce(r.sigmoid(y), t)) },
  cceSmooth: {
    spec: { name: "categorical_crossentropy", labelSmoothing: 0.3 },
    target: (noise) => noise.uniform(),
    values: (y, t) =>
      overLast(
        y,
        (row, c) => -total(row.map((p, i) => (at(t, ...c, i) * 0.7 + 0.3 / row.length) * Math.log(clip(p / total(row))))),
      ),
  },
  cceLogits: {
    spec: { name: "categorical_crossentropy", fromLogits: true },
    target: (noise) => noise.uniform(),
    values: (y, t) => overLast(y, (row, c) => -total(logits(row).map((log, i) => at(t, ...c, i) * log))),
  },
  // −1 and 3 are no classes.
  sparse: {
    spec: "sparse_categorical_crossentropy",
    target: (noise) => noise.integer(0, 2),
    values: ofClass((row) => row.map((p) => Math.log(clip(p / total(row))))),
    sparse: true,
  },
  sparseIgnoring: {
    spec: { name: "sparse_categorical_crossentropy", fromLogits: true, ignoreClass: -1 },
    target: (noise) => noise.integer(-1, 2),
    values: ofClass(logits),
    counts: (t) => map(t, (label) => (label === -1 ? 0 : 1)),
    sparse: true,
  },
} satisfies Record<string, Loss>;

export function sgd(config: { momentum?: number; nesterov?: boolean } = {}, learningRate = 0.1): Optimizer {
  const { momentum = 0, nesterov = false } = config;
  return {
    spec: { name: "sgd", learningRate, ...config },
    step: (gradient, slots, rate) => {
      slots.m = momentum * (slots.m ?? 0) - rate * gradient;
      return nesterov ? momentum * slots.m - rate * gradient : slots.m;
    },
  };
}
export function adam(
  config: { amsgrad?: boolean; beta1?: number; beta2?: number; epsilon?: number } = {},
  learningRate = 0.02,
): Optimizer {
  const { amsgrad = false, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = config;
  return {
    spec: { name: "adam", learningRate, ...config },
    step: (gradient, slots, rate, t) => {
      slots.m = beta1 * (slots.m ?? 0) + (1 - beta1) * gradient;
      slots.v = beta2 * (slots.v ?? 0) + (1 - beta2) * gradient ** 2;
      slots.largest = Math.max(slots.largest ?? 0, slots.v);
      const corrected = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
      return (-corrected * slots.m) / (Math.sqrt(amsgrad ? slots.largest : slots.v) + epsilon);
    },
  };
}
