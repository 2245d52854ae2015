// A mask on softmax has fewer axes than its input. What Keras 3.15.1 (JAX) gave for `Sequential([Input(shape), Masking(), Softmax(axis)])`
// and one row, `model.predict(x, verbose=0)`; and what it refuses.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import { load } from "../../runtime/load.ts";
import { expectClose } from "../close.ts";
import { executors, type Trainable } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { alone, line } from "./variation.ts";

const modelOf = (shape: readonly number[], axis: number | number[] = -1): Model => ({
  name: "m",
  seed: 1,
  layers: [...alone("masking", shape), line("softmax", { axis })],
});
const square = [1, 2, 3, 0, 0, 0, 3, 1, -2];
const golden: readonly (readonly [shape: number[], axis: number | number[], x: number[], y: number[]])[] = [
  [[3], -1, [1, 2, 3], [0.09003057, 0.24472848, 0.66524094]],
  [[3], -1, [0, 0, 0], [0, 0, 0]],
  [[3, 3], -1, square, [0.11920291, 0, 0.880797, 0.5, 0, 0.5, 0.9933072, 0, 0.006692851]],
  [[3, 3], 1, square, [0.11419519, 0, 0.94649917, 0.042010065, 0, 0.047123417, 0.8437947, 0, 0.006377461]],
  [[3, 3], [1, 2], square, [0.060373127, 0, 0.44610044, 0.022210032, 0, 0.022210032, 0.44610044, 0, 0.003005802]],
  [[1, 4], -1, [1, 2, 3, 4], [0.032058604, 0.08714432, 0.23688284, 0.6439143]],
  [[1, 4], -1, [0, 0, 0, 0], [0, 0, 0, 0]],
  [[2, 2, 2], -1, [1, 2, 0, 0, 3, -1, 0.5, 1], [1, 0, 0.5, 0.5, 1, 0, 0.37754068, 0.62245935]],
  [[1, 2, 2], -1, [1, 2, 0, 0], [1, 0, 1, 0]],
];

describe.each(executors)("$name", ({ predict }) => {
  it.each(golden)("%j over %j of %j", (shape, axis, x, y) => {
    expectClose(predict(modelOf(shape, axis), Float32Array.from(x), 1), y, standard.layers, "softmax");
  });
});

describe("a mask that does not fit the last axes", () => {
  it.each([[[3, 4]], [[2, 1, 3]], [[3, 3, 2]], [[3, 1]]])("of %j is refused, as by Keras", (shape) => {
    const call = () => compile(modelOf(shape));
    expect(call).toThrow(CompileError);
    expect(call).toThrow(/a mask of .* does not fit the last axes of/);
    try {
      call();
    } catch (error) {
      expect(error).toMatchObject({ code: "shape/mismatch", path: "layers[1]" });
    }
  });
});

it("takes what is masked out of the gradient", () => {
  const layers = [...alone("masking", [3, 3]), line("dense", { units: 3, kernelInitializer: "identity" }), line("softmax")];
  const model: Model = { name: "m", seed: 1, layers, training: { loss: "mse", optimizer: { name: "sgd", learningRate: 1 } } };
  const module = load<Trainable>(compile(model, { train: true, batch: 1 }));
  module.trainStep(square, [1, 0, 0, 1, 0, 0, 1, 0, 0]);
  const [, bias] = module.getWeights();
  // The second feature is masked everywhere; its bias has no way to the loss.
  expect(bias[1] + 0).toBe(0);
  expect(bias[0]).not.toBe(0);
});
