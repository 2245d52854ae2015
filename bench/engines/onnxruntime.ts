// ONNX Runtime, as WebAssembly (onnxruntime-web) and native (onnxruntime-node): one API, one thread, tensors made beforehand.
import { existsSync } from "node:fs";
import { saveOnnx } from "../../src/index.ts";
import { isDense, type Net } from "../nets.ts";
import { onnxModel } from "../onnx.ts";
import { factsOf, modelOf, type Weights } from "../workloads.ts";
import { type ColdFiles, type Engine, peer, readFile } from "./define.ts";

interface Tensor {
  readonly data: Float32Array;
}
interface Session {
  run(feeds: { x: Tensor }, fetches?: { y: Tensor }): Promise<{ y: Tensor }>;
}
interface Ort {
  readonly env: { wasm: { numThreads: number } };
  readonly InferenceSession: { create(bytes: Uint8Array, options: object): Promise<Session> };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => Tensor;
}

const oneThread = { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: "sequential", graphOptimizationLevel: "all" };

/** Dense nets by hand, the others by layerc's own writer. */
const bytesOf = (net: Net, weights: Weights, batch: number): Uint8Array =>
  isDense(net) ? onnxModel(net, weights, batch) : saveOnnx(modelOf(net));

function engine(name: string, says: string, provider: "wasm" | "cpu", rest: Partial<Engine>): Engine {
  const options = { ...oneThread, executionProviders: [provider] };
  return {
    name,
    says,
    packages: [name],
    async predictor({ net, batch, weights, inputs }) {
      const ort = await peer<Ort>(name);
      const { inputShape, outputShape, output } = factsOf(net);
      if (provider === "wasm") ort.env.wasm.numThreads = 1;
      const session = await ort.InferenceSession.create(bytesOf(net, weights, batch), {
        ...options,
        freeDimensionOverrides: { batch },
      });
      const feeds = inputs.map((x) => ({ x: new ort.Tensor("float32", x, [batch, ...inputShape]) }));
      const fetches = { y: new ort.Tensor("float32", new Float32Array(batch * output), [batch, ...outputShape]) };
      const mask = inputs.length - 1;
      return {
        async run(calls) {
          for (let i = 0; i < calls; i++) await session.run(feeds[i & mask], fetches);
        },
        output: async () => (await session.run(feeds[0])).y.data,
      };
    },
    cold: ({ net, onnx }: ColdFiles) => `${readFile}
import * as ort from ${JSON.stringify(name)};
${provider === "wasm" ? "ort.env.wasm.numThreads = 1;" : ""}
const session = await ort.InferenceSession.create(readFileSync(${JSON.stringify(onnx)}), ${JSON.stringify(options)});
const feeds = { x: new ort.Tensor("float32", x, [1, ${net.sizes[0]}]) };
const call = async () => (await session.run(feeds)).y.data;`,
    ...rest,
  };
}

export const onnxruntimeWeb = engine("onnxruntime-web", "WebAssembly with SIMD, one thread, tensors made beforehand", "wasm", {
  ships: {
    entry: `import * as ort from "onnxruntime-web/wasm"; globalThis.ort = ort;`,
    files: ["onnxruntime-web/dist/ort-wasm-simd-threaded.wasm", "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs"],
  },
});

const native = `onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}`;

export const onnxruntimeNode = engine("onnxruntime-node", "native, one thread, tensors made beforehand", "cpu", {
  absent() {
    const binary = new URL(`../node_modules/${native}/onnxruntime_binding.node`, import.meta.url);
    return existsSync(binary) ? undefined : `the package brings no binary for ${process.platform}/${process.arch}`;
  },
  ships: { files: [`${native}/onnxruntime_binding.node`, `${native}/libonnxruntime.so.1`] },
});
