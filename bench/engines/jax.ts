// jax-js on its wasm backend (one thread in Node): the whole net, or the whole training step, as one jitted function over
// arrays made beforehand.
import type { DenseNet } from "../nets.ts";
import { netOf, type Weights } from "../workloads.ts";
import { asDense, denseOnly, type Engine, peer, readFile } from "./define.ts";

/** Every operation consumes its operands; `ref` keeps one for later. */
interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray): JaxArray;
  sub(other: JaxArray): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  dataSync(): Float32Array;
}
interface Jax {
  init(device: "wasm"): Promise<readonly string[]>;
  defaultDevice(device: "wasm"): unknown;
  jit<F>(f: F): F;
  valueAndGrad(
    f: (weights: JaxArray[], x: JaxArray, y: JaxArray) => JaxArray,
  ): (weights: JaxArray[], x: JaxArray, y: JaxArray) => [JaxArray, JaxArray[]];
  readonly numpy: {
    array(values: Float32Array, options: { shape: readonly number[] }): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    mean(x: JaxArray): JaxArray;
    square(x: JaxArray): JaxArray;
  };
  readonly nn: { relu(x: JaxArray): JaxArray; softmax(x: JaxArray): JaxArray };
}

async function start(): Promise<Jax> {
  const jax = await peer<Jax>("@jax-js/jax");
  if (!(await jax.init("wasm")).includes("wasm")) throw new Error("the wasm backend does not start");
  jax.defaultDevice("wasm");
  return jax;
}

function forward({ numpy, nn }: Jax, { sizes, end }: DenseNet, weights: readonly JaxArray[], x: JaxArray): JaxArray {
  const layers = sizes.length - 1;
  let h = x;
  for (let i = 0; i < layers; i++) {
    h = numpy.matmul(h, weights[2 * i]).add(weights[2 * i + 1]);
    if (i < layers - 1 || end === "relu") h = nn.relu(h);
  }
  return end === "softmax" ? nn.softmax(h) : h;
}

const shapeOf = ({ sizes }: DenseNet, i: number): number[] =>
  i % 2 === 0 ? [sizes[i / 2], sizes[i / 2 + 1]] : [sizes[(i + 1) / 2]];

const arraysOf = ({ numpy }: Jax, net: DenseNet, weights: Weights): JaxArray[] =>
  weights.map((values, i) => numpy.array(values, { shape: shapeOf(net, i) }));

export const jaxWasm: Engine = {
  name: "jax-js",
  says: "wasm backend, one jitted function, arrays made beforehand",
  packages: ["@jax-js/jax"],
  refuses: (work) =>
    denseOnly(netOf(work)) ??
    (work.kind === "train" && work.training.optimizer === "adam" ? "the package brings no optimizer" : undefined),
  async predictor({ net: asked, batch, weights, inputs }) {
    const net = asDense(asked);
    const jax = await start();
    const arrays = arraysOf(jax, net, weights);
    const xs = inputs.map((x) => jax.numpy.array(x, { shape: [batch, net.sizes[0]] }));
    const infer = jax.jit((values: JaxArray[], x: JaxArray) => forward(jax, net, values, x));
    const mask = xs.length - 1;
    const predict = (x: JaxArray): Float32Array =>
      infer(
        arrays.map((a) => a.ref),
        x.ref,
      ).dataSync();
    return {
      run(calls) {
        for (let i = 0; i < calls; i++) predict(xs[i & mask]);
      },
      output: () => predict(xs[0]),
    };
  },
  async trainer({ training, weights, x, y }) {
    const { batch, learningRate } = training;
    const net = asDense(training.net);
    const jax = await start();
    const xs = jax.numpy.array(x, { shape: [batch, net.sizes[0]] });
    const ys = jax.numpy.array(y, { shape: [batch, net.sizes.at(-1) as number] });
    const { numpy } = jax;
    const loss = (values: JaxArray[], input: JaxArray, target: JaxArray): JaxArray =>
      numpy.mean(numpy.square(forward(jax, net, values, input).sub(target)));
    const step = jax.jit((values: JaxArray[], input: JaxArray, target: JaxArray): [JaxArray, JaxArray[]] => {
      const [value, gradients] = jax.valueAndGrad(loss)(
        values.map((v) => v.ref),
        input,
        target,
      );
      return [value, values.map((v, i) => v.sub(gradients[i].mul(learningRate)))];
    });
    let now = arraysOf(jax, net, weights);
    return {
      run(steps) {
        for (let i = 0; i < steps; i++) {
          const [value, next] = step(now, xs.ref, ys.ref);
          value.dataSync();
          now = next;
        }
      },
      weights: () => now.map((array) => Float32Array.from(array.ref.dataSync())),
    };
  },
  cold: ({ net, weights }) => `${readFile}
import * as jax from "@jax-js/jax";
await jax.init("wasm");
jax.defaultDevice("wasm");
const bytes = readFileSync(${JSON.stringify(weights)});
let at = bytes.byteOffset;
const arrays = ${JSON.stringify(net.sizes.slice(1).flatMap((_, i) => [shapeOf(net, 2 * i), shapeOf(net, 2 * i + 1)]))}.map((shape) => {
  const values = new Float32Array(bytes.buffer, at, shape.reduce((a, b) => a * b));
  at += values.byteLength;
  return jax.numpy.array(values, { shape });
});
const input = jax.numpy.array(x, { shape: [1, ${net.sizes[0]}] });
const forward = ${forward.toString()};
const infer = jax.jit((weights, x) => forward(jax, ${JSON.stringify(net)}, weights, x));
const call = () => infer(arrays.map((a) => a.ref), input.ref).dataSync();`,
  ships: { entry: `import * as jax from "@jax-js/jax"; globalThis.jax = jax;` },
};
