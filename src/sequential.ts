// The model language: `sequential([dense({ units: 4, inputShape: [2] }), …])`. In: layers and options. Out: a Model, which is plain
// data. Nothing is checked here: `compile` checks the whole, and knows the place of every line.

import { CompileError } from "../compiler/diagnostics/error.ts";
import { resolve } from "../compiler/front/steps.ts";
import type { LayerSpec, Model } from "../compiler/model.ts";
import type { LossSpec, OptimizerSpec } from "../compiler/training/define.ts";

// Every layer is its own factory, so the list of layers is the list of factories.
export * from "../compiler/layers/list.ts";
export { adapt, adaptNormalization, type Samples } from "./adapt.ts";

/** What a model has besides its layers. */
export interface SequentialOptions {
  /** Default "model". */
  readonly name?: string;
  /** The initial weights and all noise are a function of it. A whole number; default 0. */
  readonly seed?: number;
  /** A weights file, relative to the model file; or the weights by `layer name/weight name`. Without: the seeded initial weights. */
  readonly weights?: string | Readonly<Record<string, Float32Array>>;
  /** What `compile(model, { train: true })` trains with. */
  readonly training?: { readonly loss: LossSpec; readonly optimizer: OptimizerSpec };
}

/** A model: the layers one after the other. The first one states the shape of a sample (`inputShape`, or an `input` layer). */
export function sequential(
  layers: readonly LayerSpec[],
  { name = "model", seed = 0, weights, training }: SequentialOptions = {},
): Model {
  return {
    name,
    seed,
    layers,
    ...(weights === undefined ? {} : typeof weights === "string" ? { weightsFile: weights } : { weights }),
    ...(training === undefined ? {} : { training }),
  };
}

/**
 * The model with weights as `getWeights` gives them: one array per weight, in Keras' order. Throws CompileError weights/length when
 * their number differs; their lengths are checked when the model is compiled.
 */
export function withWeights(model: Model, weights: readonly Float32Array[]): Model {
  const names = resolve(model).weights.map((weight) => weight.name);
  if (names.length !== weights.length) {
    const message = `the model has ${names.length} weights (${names.join(", ") || "none"}), found ${weights.length} arrays`;
    throw new CompileError({ code: "weights/length", path: "weights", message });
  }
  const { weightsFile: _replaced, ...rest } = model;
  return { ...rest, weights: Object.fromEntries(names.map((name, i) => [name, weights[i]])) };
}
