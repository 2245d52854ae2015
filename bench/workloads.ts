// What is computed: fully connected nets with seeded weights, their inputs, and training steps. In: sizes. Out: a layerc
// model, plain arrays for the peers, operation counts. Guarantee: the same numbers in every process of every run.
import { random, seedFor } from "../compiler/base/random.ts";
import { dense, type Model, type OptimizerSpec, sequential } from "../src/index.ts";

export interface Net {
  /** Sizes joined by dashes. */
  readonly name: string;
  readonly sizes: readonly number[];
  /** Activation of the last layer; the others are relu. */
  readonly end: "linear" | "softmax" | "relu";
}

/** kernel [inputs, units] and bias [units] of every layer in turn. */
export type Weights = readonly Float32Array[];

const net = (name: string, end: Net["end"], sizes: readonly number[]): Net => ({ name, sizes, end });

export const nets: readonly Net[] = [
  net("2-4-3-1", "linear", [2, 4, 3, 1]),
  net("4-10-3", "softmax", [4, 10, 3]),
  net("11-64-64-1", "linear", [11, 64, 64, 1]),
  net("11-512-512-512-1", "linear", [11, 512, 512, 512, 1]),
  net("784-128-64-10", "softmax", [784, 128, 64, 10]),
  net("640-128x4-8-128x4-640", "linear", [640, 128, 128, 128, 128, 8, 128, 128, 128, 128, 640]),
];

export const netNamed = (name: string): Net => {
  const found = nets.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no net is named ${name}; there are ${nets.map((one) => one.name).join(", ")}`);
  return found;
};

export const batches = [1, 32, 256] as const;

export interface Training {
  readonly net: Net;
  readonly batch: number;
  readonly optimizer: "adam" | "sgd";
  readonly learningRate: number;
}

/** One thing to be timed. */
export type Work =
  | { readonly kind: "predict"; readonly net: Net; readonly batch: number }
  | { readonly kind: "train"; readonly training: Training };

export const netOf = (work: Work): Net => (work.kind === "predict" ? work.net : work.training.net);

/** Mean squared error against random targets; the linear end keeps the loss the same everywhere. */
const training = (name: string, batch: number, optimizer: Training["optimizer"], learningRate: number): Training => ({
  net: { ...netNamed(name), end: "linear" },
  batch,
  optimizer,
  learningRate,
});

export const trainings: readonly Training[] = [
  training("4-10-3", 16, "adam", 0.001),
  training("4-10-3", 16, "sgd", 0.01),
  training("11-512-512-512-1", 256, "adam", 0.001),
];

/** What the time from process start, the first calls and the memory are measured on. */
export const coldNets: readonly Net[] = [netNamed("784-128-64-10"), netNamed("2-4-3-1")];
/** Nets whose million calls take seconds, not hours. */
export const heapNets: readonly Net[] = [netNamed("2-4-3-1"), netNamed("4-10-3"), netNamed("11-64-64-1")];

export const activationOf = ({ sizes, end }: Net, layer: number): Net["end"] => (layer === sizes.length - 2 ? end : "relu");

/** Multiply-adds of one row. */
export const multiplyAdds = ({ sizes }: Net): number => sizes.slice(1).reduce((sum, units, i) => sum + sizes[i] * units, 0);

/** Uniform kernels that keep the variance (He), biases in [0, 0.5): no net is dead, not even behind a relu end. */
export function weightsOf({ name, sizes }: Net): Weights {
  const noise = random(seedFor(1, name));
  return sizes.slice(1).flatMap((units, i) => {
    const limit = Math.sqrt(6 / sizes[i]);
    const kernel = Float32Array.from({ length: sizes[i] * units }, () => limit * (2 * noise.uniform() - 1));
    return [kernel, Float32Array.from({ length: units }, () => 0.5 * noise.uniform())];
  });
}

/** `count` different batches of rows, uniform in [-1, 1). */
export function inputsOf({ name, sizes }: Net, batch: number, count: number): Float32Array[] {
  const noise = random(seedFor(2, name));
  return Array.from({ length: count }, () => Float32Array.from({ length: batch * sizes[0] }, () => 2 * noise.uniform() - 1));
}

/** A power of two: enough different inputs that no branch predictor learns them, few enough to stay small. */
export const inputCount = (net: Net, batch: number): number => {
  let count = 8;
  while (count > 1 && count * batch * net.sizes[0] > 1 << 16) count /= 2;
  return count;
};

export function targetsOf({ net, batch }: Training): Float32Array {
  const noise = random(seedFor(3, net.name));
  return Float32Array.from({ length: batch * (net.sizes.at(-1) as number) }, () => noise.uniform());
}

/** The same net as a layerc model. */
export function modelOf(net: Net, optimizer?: OptimizerSpec): Model {
  const weights = weightsOf(net);
  const layers = net.sizes.slice(1).map((units, i) =>
    dense({
      name: `dense${i}`,
      units,
      activation: activationOf(net, i),
      ...(i === 0 ? { inputShape: [net.sizes[0]] } : {}),
    }),
  );
  const named = weights.map((values, i) => [`dense${i >> 1}/${i % 2 === 0 ? "kernel" : "bias"}`, values] as const);
  return sequential(layers, {
    name: net.name,
    weights: Object.fromEntries(named),
    ...(optimizer === undefined ? {} : { training: { loss: "mse", optimizer } }),
  });
}
