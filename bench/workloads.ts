// What `npm run bench` times: predictions and training steps of the nets of nets.ts. In: nothing. Out: works; for each a layerc model,
// seeded weights, inputs and targets, operation counts. Guarantee: the same numbers in every process of every run.

import { random, seedFor } from "../compiler/base/random.ts";
import { resolve } from "../compiler/front/steps.ts";
import { sizeOf } from "../compiler/graph/graph.ts";
import type { TrainingInput } from "../compiler/model.ts";
import { multiplyAdds as ofGraph } from "../compiler/pipeline/cost.ts";
import { expandComposites } from "../compiler/rewrite/expand.ts";
import * as api from "../src/index.ts";
import { type LossSpec, type Model, type OptimizerSpec, sequential } from "../src/index.ts";
import * as nets from "./nets.ts";
import { type DenseNet, denseNets, isDense, type Net } from "./nets.ts";
import { inputsFor, targetsFor, weightOf } from "./pairs/data.ts";

/** Every weight in Keras' order and shape: kernel and bias of each dense layer in turn, and so on. */
export type Weights = readonly Float32Array[];

export interface Training {
  readonly net: Net;
  readonly batch: number;
  readonly optimizer: "adam" | "sgd";
  readonly learningRate: number;
  readonly loss: LossSpec;
}

/** One thing to be timed. */
export type Work =
  | { readonly kind: "predict"; readonly net: Net; readonly batch: number }
  | { readonly kind: "train"; readonly training: Training };

export const netOf = (work: Work): Net => (work.kind === "predict" ? work.net : work.training.net);
export const rowsOf = (work: Work): number => (work.kind === "predict" ? work.batch : work.training.batch);

export const workName = (work: Work): string =>
  work.kind === "predict"
    ? `${work.net.name} x${work.batch}`
    : `${work.training.net.name} x${work.training.batch}, step of ${work.training.optimizer}`;

/** Those that are layers of many kinds, or one layer alone. */
const layered: readonly Net[] = [
  nets.lenet,
  nets.mnist,
  nets.dscnn,
  nets.mobilenet,
  nets.har,
  nets.lstm64,
  nets.gru64,
  nets.text,
  nets.encoder,
  nets.softmax,
  nets.layerNorm,
  nets.conv32,
  nets.depthwise,
];

/** Of every net, for the rows that are asked for, or for those that are usual. */
export const predictions = (rows?: readonly number[]): readonly Work[] =>
  [...denseNets, ...layered].flatMap((net) =>
    (rows ?? (isDense(net) ? [1, 32, 256] : [1, 32])).map((batch): Work => ({ kind: "predict", net, batch })),
  );

/** Mean squared error against random targets; the linear end keeps the loss the same everywhere. */
const dense = (name: string, batch: number, optimizer: Training["optimizer"], learningRate: number): Training => ({
  net: nets.withEnd(nets.netNamed(name) as DenseNet, "linear"),
  batch,
  optimizer,
  learningRate,
  loss: "mse",
});
const withItsLoss = (net: Net): Training => {
  if (net.loss === undefined) throw new Error(`${net.name} has no loss`);
  return { net, batch: 32, optimizer: "adam", learningRate: 0.001, loss: net.loss };
};

export const trainings: readonly Training[] = [
  dense("4-10-3", 16, "adam", 0.001),
  dense("4-10-3", 16, "sgd", 0.01),
  dense("11-512-512-512-1", 256, "adam", 0.001),
  ...[nets.lenet, nets.mnist, nets.lstm64, nets.normalised].map(withItsLoss),
];

export const steps: readonly Work[] = trainings.map((training): Work => ({ kind: "train", training }));

/** All that is trained or predicted, once. */
export const measuredNets: readonly Net[] = [...denseNets, ...layered, nets.normalised];

export const workNamed = (name: string): Work => {
  const step = steps.find((work) => workName(work) === name);
  if (step !== undefined) return step;
  const [, net, rows] = /^(.*) x(\d+)$/.exec(name) ?? [];
  if (net === undefined) throw new Error(`no work is named ${name}`);
  return { kind: "predict", net: nets.netNamed(net), batch: Number(rows) };
};

/** What the time from process start, the first calls and the memory are measured on. */
export const coldNets: readonly DenseNet[] = ["784-128-64-10", "2-4-3-1"].map((name) => nets.netNamed(name) as DenseNet);
/** Nets whose million calls take seconds, not hours. */
export const heapNets: readonly DenseNet[] = denseNets.slice(0, 3);

/** A net's shapes and counts, found by its layers. */
interface Facts {
  /** Numbers of one row. */
  readonly input: number;
  readonly output: number;
  /** Shapes of a row. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[]; readonly trainable: boolean }[];
  /** Of one row, as the layers are written: by Winograd's tiles there are fewer. */
  readonly multiplyAdds: number;
}

const known = new Map<string, Facts>();

export function factsOf(net: Net): Facts {
  const key = isDense(net) ? `${net.name} ${net.end}` : net.name;
  const found = known.get(key);
  if (found !== undefined) return found;
  const { predict } = resolve(sequential(net.layers(api), { name: net.name }));
  const [inputShape, outputShape] = [predict.inputs[0].shape, predict.outputs[0].shape];
  const facts: Facts = {
    input: sizeOf(inputShape),
    output: sizeOf(outputShape),
    inputShape,
    outputShape,
    weights: predict.weights,
    multiplyAdds: ofGraph(expandComposites(predict.graph)),
  };
  known.set(key, facts);
  return facts;
}

/** Operations of one call: two a multiply-add, in training three times as many. */
export const flopsOf = (work: Work): number =>
  (work.kind === "predict" ? 2 : 6) * factsOf(netOf(work)).multiplyAdds * rowsOf(work);

/** Uniform kernels that keep the variance (He), biases in [0, 0.5): no net is dead, not even behind a relu end. */
function denseWeights({ name, sizes }: DenseNet): Weights {
  const noise = random(seedFor(1, name));
  return sizes.slice(1).flatMap((units, i) => {
    const limit = Math.sqrt(6 / sizes[i]);
    const kernel = Float32Array.from({ length: sizes[i] * units }, () => limit * (2 * noise.uniform() - 1));
    return [kernel, Float32Array.from({ length: units }, () => 0.5 * noise.uniform())];
  });
}

export const weightsOf = (net: Net): Weights =>
  isDense(net) ? denseWeights(net) : factsOf(net).weights.map(({ name, shape }) => weightOf(name, shape));

/** A power of two of different batches, so many that no branch predictor learns them, few enough to stay small. */
export function inputsOf(net: Net, batch: number): Float32Array[] {
  const size = batch * factsOf(net).input;
  if (!isDense(net)) return inputsFor(net.name, size, net.tokens);
  let count = 8;
  while (count > 1 && count * size > 1 << 16) count /= 2;
  const noise = random(seedFor(2, net.name));
  return Array.from({ length: count }, () => Float32Array.from({ length: size }, () => 2 * noise.uniform() - 1));
}

export const isOneHot = (loss: LossSpec): boolean => String(loss).includes("crossentropy");

export function targetsOf({ net, batch, loss }: Training): Float32Array {
  const { output } = factsOf(net);
  if (!isDense(net)) return targetsFor(net.name, batch, output, isOneHot(loss));
  const noise = random(seedFor(3, net.name));
  return Float32Array.from({ length: batch * output }, () => noise.uniform());
}

/** The same net as a layerc model. */
export function modelOf(net: Net, training?: Training): Model {
  const weights = weightsOf(net);
  const named = factsOf(net).weights.map(({ name }, i) => [name, weights[i]] as const);
  return sequential(net.layers(api), {
    name: net.name,
    ...(named.length === 0 ? {} : { weights: Object.fromEntries(named) }),
    ...(training === undefined ? {} : { training: { loss: training.loss, optimizer: optimizerOf(training) } as TrainingInput }),
  });
}

const optimizerOf = ({ optimizer, learningRate }: Training): OptimizerSpec => ({ name: optimizer, learningRate });
