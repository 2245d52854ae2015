// Rows at once are rows one by one, to the bit: for every number of rows from none to several tiles with a rest, on all kernels
// of a module, in every format, with the weights and the WebAssembly inside or beside it.
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load } from "../../runtime/load.ts";
import { tameNumbers } from "../arbitrary/numbers.ts";
import { firstDifference } from "../close.ts";
import { backendsOf, withBackend } from "../engines.ts";

const model = (name: string, ...layers: readonly [layer: string, config: object][]): Model => ({
  name,
  seed: 5,
  layers: layers.map(([layer, config], i): LayerSpec => ({ name: `${layer}${i}`, layer, config: { ...config } })),
});
const models = [
  model(
    "mlp",
    ["dense", { units: 90, activation: "gelu", inputShape: [61] }],
    ["layerNormalization", {}],
    ["dense", { units: 33, activation: "tanh" }],
    ["dense", { units: 7, activation: "softmax" }],
  ),
  model(
    "cnn",
    ["conv2d", { filters: 10, kernelSize: [3, 3], activation: "relu", inputShape: [9, 8, 3] }],
    ["maxPooling2d", {}],
    ["flatten", {}],
    ["dense", { units: 3 }],
  ),
  model(
    "narrow",
    ["dense", { units: 5, activation: "gelu", inputShape: [3] }],
    ["dense", { units: 110 }],
    ["layerNormalization", {}],
    ["dense", { units: 13, activation: "tanh" }],
    ["softmax", {}],
    ["dense", { units: 1, activation: "mish" }],
  ),
  model("rnn", ["lstm", { units: 11, inputShape: [5, 19] }], ["dense", { units: 1, activation: "sigmoid" }]),
];
/** More than two tiles of JavaScript's and of WebAssembly's, and the rest of one. */
const most = 2 * 32 + 19;
/** Every number of rows up to a tile and a few, then those around two tiles and at the end. */
const counts = Array.from({ length: most + 1 }, (_, rows) => rows).filter(
  (rows) => rows <= 36 || Math.abs(rows - 64) <= 2 || rows >= most - 1,
);

const forms: readonly OptionsInput[] = [
  { target: "js", format: "iife" },
  { target: "simd", format: "esm" },
  { target: "simd", format: "cjs", wasm: "import" },
  { target: "simd", format: "iife", weights: "external", exact: true },
  { target: "simd", format: "esm", weights: "external", wasm: "import" },
];

describe.each(models)("$name", (net) => {
  it.each(forms)("%o", (options) => {
    const artifact = compile(net, options);
    for (const backend of backendsOf(artifact)) {
      const module = withBackend(artifact, backend, (form) => load(form));
      expect(module.backend ?? "js").toBe(backend);
      const [inputSize, outputSize] = [sizeOf(module.inputShape), sizeOf(module.outputShape)];
      const x = tameNumbers(3, most * inputSize);
      const single = new Float32Array(most * outputSize);
      for (let row = 0; row < most; row++)
        module.predict(
          x.subarray(row * inputSize, (row + 1) * inputSize),
          single.subarray(row * outputSize, (row + 1) * outputSize),
        );
      for (const rows of counts) {
        const y = module.predict(x.subarray(0, rows * inputSize));
        expect([backend, rows, firstDifference(y, single.subarray(0, rows * outputSize))]).toEqual([backend, rows, -1]);
      }
    }
  });
});

it.each(["js", "simd"] as const)("%s: rows may come in anything that has a length", (target) => {
  const wide = model("wide", ["dense", { units: 80, activation: "tanh", inputShape: [70] }]);
  const { predict } = load(compile(wide, { target }));
  for (const rows of [1, 3, 40]) {
    const x = tameNumbers(4, rows * 70);
    const wanted = predict(x);
    const shifted = new Float32Array(x.length + 3);
    shifted.set(x, 3);
    const inputs = [
      [...x],
      Float64Array.from(x),
      shifted.subarray(3),
      runInNewContext(`Float32Array.of(${[...x].map((value) => (Object.is(value, -0) ? "-0" : value))})`),
      { ...x, length: x.length },
    ];
    for (const input of inputs) expect(firstDifference(predict(input as Float32Array), wanted)).toBe(-1);
    const out = new Float32Array(rows * 80 + 5);
    predict(x, out.subarray(5));
    expect(firstDifference(out.subarray(5), wanted)).toBe(-1);
    expect(firstDifference(out.subarray(0, 5), new Float32Array(5))).toBe(-1);
  }
});
