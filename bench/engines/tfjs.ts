// TensorFlow.js on its wasm and cpu backends: fused matmul + bias + activation over tensors made beforehand, results read with
// dataSync; training by variableGrads and the optimizer, everything inside one tidy (the faster of the two ways seen). Other than dense
// nets it loads as a layers-model, from the files that layerc writes.
import { saveTfjs } from "../../src/index.ts";
import { type DenseNet, isDense, type Net } from "../nets.ts";
import { factsOf, isOneHot, modelOf, netOf, type Training, type Weights } from "../workloads.ts";
import { type Engine, peer, readFile } from "./define.ts";

interface Tensor {
  dataSync(): Float32Array;
  sub(other: Tensor): Tensor;
  square(): Tensor;
  mean(): Tensor;
}
interface LayersModel {
  predictOnBatch(x: Tensor): Tensor;
  apply(x: Tensor, options: { training: boolean }): Tensor;
  readonly trainableWeights: readonly { read(): Tensor }[];
}
interface Optimizer {
  applyGradients(gradients: Record<string, Tensor>): void;
}
interface Tf {
  enableProdMode(): void;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  variable(value: Tensor): Tensor;
  softmax(x: Tensor): Tensor;
  tidy<T>(work: () => T): T;
  variableGrads(loss: () => Tensor, variables: Tensor[]): { value: Tensor; grads: Record<string, Tensor> };
  loadLayersModel(files: unknown): Promise<LayersModel>;
  readonly io: { fromMemory(files: object): unknown };
  readonly metrics: { categoricalCrossentropy(target: Tensor, output: Tensor): Tensor };
  readonly fused: { matMul(args: { a: Tensor; b: Tensor; bias: Tensor; activation: "linear" | "relu" }): Tensor };
  readonly train: {
    adam(rate: number, beta1: number, beta2: number, epsilon: number): Optimizer;
    sgd(rate: number): Optimizer;
  };
}
type Backend = "wasm" | "cpu";

/** `packages`: the first one has the functions; the others register a backend or gradients. */
async function start(backend: Backend, packages: readonly string[]): Promise<Tf> {
  const [tf] = await Promise.all(packages.map((name) => peer<Tf>(name)));
  tf.enableProdMode();
  if (backend === "wasm") (await peer<{ setThreadsCount(n: number): void }>("@tensorflow/tfjs-backend-wasm")).setThreadsCount(1);
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} does not start`);
  await tf.ready();
  return tf;
}

function forward(tf: Tf, { sizes, end }: DenseNet, weights: readonly Tensor[], x: Tensor): Tensor {
  const layers = sizes.length - 1;
  let h = x;
  for (let i = 0; i < layers; i++) {
    const activation = i < layers - 1 || end === "relu" ? "relu" : "linear";
    h = tf.fused.matMul({ a: h, b: weights[2 * i], bias: weights[2 * i + 1], activation });
  }
  return end === "softmax" ? tf.softmax(h) : h;
}

const shapeOf = ({ sizes }: DenseNet, i: number): number[] =>
  i % 2 === 0 ? [sizes[i / 2], sizes[i / 2 + 1]] : [sizes[(i + 1) / 2]];

/** The layers-model that layerc writes of a net. */
async function layersModel(tf: Tf, net: Net): Promise<LayersModel> {
  const { "model.json": text, ...shards } = saveTfjs(modelOf(net));
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(text)) as {
    readonly modelTopology: object;
    readonly weightsManifest: readonly { readonly weights: readonly object[] }[];
  };
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const weightData = Uint8Array.from(Object.values(shards)[0] ?? []).buffer;
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

/** What a net computes of rows, with weights of its own that can be trained. */
interface Built {
  readonly predict: (x: Tensor) => Tensor;
  readonly train: (x: Tensor) => Tensor;
  readonly variables: Tensor[];
}

async function built(tf: Tf, net: Net, weights: Weights): Promise<Built> {
  if (isDense(net)) {
    const variables = weights.map((values, i) => tf.variable(tf.tensor(values, shapeOf(net, i))));
    const compute = (x: Tensor): Tensor => forward(tf, net, variables, x);
    return { predict: compute, train: compute, variables };
  }
  const model = await layersModel(tf, net);
  return {
    predict: (x) => model.predictOnBatch(x),
    train: (x) => model.apply(x, { training: true }),
    variables: model.trainableWeights.map((weight) => weight.read()),
  };
}

const optimizerOf = (tf: Tf, { optimizer, learningRate }: Training): Optimizer =>
  optimizer === "adam" ? tf.train.adam(learningRate, 0.9, 0.999, 1e-7) : tf.train.sgd(learningRate);

function engine(backend: Backend, says: string, rest: Partial<Engine>): Engine {
  const registers = `@tensorflow/tfjs-backend-${backend}`;
  return {
    name: `tfjs-${backend}`,
    says,
    rules: { correctedEpsilon: true },
    packages: [registers, "@tensorflow/tfjs-core", "@tensorflow/tfjs"],
    async predictor({ net, batch, weights, inputs }) {
      // Only the union package has layers.
      const tf = await start(backend, [isDense(net) ? "@tensorflow/tfjs-core" : "@tensorflow/tfjs", registers]);
      const own = await built(tf, net, weights);
      const xs = inputs.map((x) => tf.tensor(x, [batch, ...factsOf(net).inputShape]));
      const mask = xs.length - 1;
      const predict = (x: Tensor): Float32Array => tf.tidy(() => own.predict(x).dataSync());
      return {
        run(calls) {
          for (let i = 0; i < calls; i++) predict(xs[i & mask]);
        },
        output: () => predict(xs[0]),
      };
    },
    async trainer({ training, weights, x, y }) {
      // Only the union package registers gradients in Node.
      const tf = await start(backend, ["@tensorflow/tfjs", registers]);
      const { net, batch } = training;
      const { inputShape, outputShape } = factsOf(net);
      const { train, variables } = await built(tf, net, weights);
      const optimizer = optimizerOf(tf, training);
      const [xs, ys] = [tf.tensor(x, [batch, ...inputShape]), tf.tensor(y, [batch, ...outputShape])];
      const loss = isOneHot(training.loss)
        ? (): Tensor => tf.metrics.categoricalCrossentropy(ys, train(xs)).mean()
        : (): Tensor => train(xs).sub(ys).square().mean();
      const step = (): number =>
        tf.tidy(() => {
          const { value, grads } = tf.variableGrads(loss, variables);
          optimizer.applyGradients(grads);
          return value.dataSync()[0];
        });
      return {
        run(steps) {
          for (let i = 0; i < steps; i++) step();
        },
        weights: (): Weights => variables.map((variable) => Float32Array.from(variable.dataSync())),
      };
    },
    cold: ({ net, weights }) => `${readFile}
import * as tf from "@tensorflow/tfjs-core";
import * as backend from ${JSON.stringify(registers)};
tf.enableProdMode();
${backend === "wasm" ? "backend.setThreadsCount(1);" : ""}
await tf.setBackend(${JSON.stringify(backend)});
await tf.ready();
const bytes = readFileSync(${JSON.stringify(weights)});
let at = bytes.byteOffset;
const tensors = ${JSON.stringify(net.sizes.slice(1).flatMap((_, i) => [shapeOf(net, 2 * i), shapeOf(net, 2 * i + 1)]))}.map((shape) => {
  const values = new Float32Array(bytes.buffer, at, shape.reduce((a, b) => a * b));
  at += values.byteLength;
  return tf.tensor(values, shape);
});
const input = tf.tensor(x, [1, ${net.sizes[0]}]);
const forward = ${forward.toString()};
const call = () => tf.tidy(() => forward(tf, ${JSON.stringify(net)}, tensors, input).dataSync());`,
    ...rest,
  };
}

const used = (backend: Backend): string => `import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-${backend}";
const { enableProdMode, setBackend, ready, tensor, tidy, softmax, fused } = tf;
globalThis.tf = { enableProdMode, setBackend, ready, tensor, tidy, softmax, fused };`;

export const tfjsWasm = engine("wasm", "WebAssembly with SIMD, one thread, fused matMul, tensors made beforehand", {
  ships: { entry: used("wasm"), files: ["@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm"] },
});
export const tfjsCpu = engine("cpu", "plain JavaScript, fused matMul, tensors made beforehand", {
  refuses: (work) => (isDense(netOf(work)) ? undefined : "dense nets only"),
  ships: { entry: used("cpu") },
});
