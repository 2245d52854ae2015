// Slopes where an activation has a corner, as Keras on TensorFlow has them: a zero is no rare number (masked steps, zero rows,
// fresh biases).
import { describe, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { load } from "../../runtime/load.ts";
import { expectClose } from "../close.ts";
import type { Trainable } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { line } from "./variation.ts";

const named = (activation: string) => line("activation", { activation });
const corners: readonly (readonly [what: string, layer: LayerSpec, x: number, slope: number])[] = [
  ["relu", named("relu"), 0, 0],
  ["relu6 below", named("relu6"), 0, 0],
  ["relu6 above", named("relu6"), 6, 0],
  ["leaky_relu", named("leaky_relu"), 0, 0.2],
  ["hard_sigmoid below", named("hard_sigmoid"), -3, 0],
  ["hard_sigmoid above", named("hard_sigmoid"), 3, 0],
  ["hard_sigmoid_keras2 below", named("hard_sigmoid_keras2"), -2.5, 0],
  ["hard_sigmoid_keras2 above", named("hard_sigmoid_keras2"), 2.5, 0],
  ["elu", named("elu"), 0, 1],
  ["reLU with a threshold", line("reLU", { threshold: 0.5 }), 0.5, 0],
  ["reLU with a slope", line("reLU", { negativeSlope: 0.25 }), 0, 0.25],
  ["prelu", line("prelu", { alphaInitializer: "ones" }), 0, 0],
];

describe.each(corners)("%s", (what, layer, x, slope) => {
  it.each(["js", "simd"] as const)("%s", (target) => {
    // y = layer(w · x) with w = 1: SGD at rate ½ moves w by −(y − t) · slope · x, and bias likewise.
    const layers = [line("dense", { units: 1, kernelInitializer: "ones", inputShape: [1] }), layer];
    const model: Model = {
      name: what,
      seed: 1,
      layers,
      training: { loss: "mse", optimizer: { name: "sgd", learningRate: 0.5 } },
    };
    const module = load<Trainable>(compile(model, { target, train: true }));
    const [y] = module.predict([x]);
    module.trainStep([x], [y + 1]);
    const [kernel, bias] = module.getWeights();
    expectClose([kernel[0], bias[0]], [1 + slope * x, slope], standard.float32, what);
  });
});
