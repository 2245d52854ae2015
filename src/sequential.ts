// The model language: `sequential([dense({ units: 4, inputShape: [2] }), …])`. In: layers and options. Out: a Model, which is plain
// data. Nothing is checked here: `compile` checks the whole, and knows the place of every line.

import { showValue } from "../compiler/diagnostics/check.ts";
import { CompileError } from "../compiler/diagnostics/error.ts";
import { resolve } from "../compiler/front/steps.ts";
import { showShape, sizeOf } from "../compiler/graph/graph.ts";
import type { LayerSpec, Model } from "../compiler/model.ts";
import type { LossSpec, OptimizerSpec } from "../compiler/training/define.ts";
import { readRows } from "../runtime/rows.ts";
import type { RowsLike } from "../runtime/trainable.ts";

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
 * The model with weights as `getWeights` gives them: one array per weight, in Keras' order; a list of numbers, or one nested to the
 * weight's shape, becomes a Float32Array. Throws CompileError weights/length where their number, or that of one's values, differs,
 * and where a value is no number.
 */
export function withWeights(model: Model, weights: readonly RowsLike[]): Model {
  const known = resolve(model).weights;
  const names = known.map((weight) => weight.name);
  const given: readonly RowsLike[] | undefined = Array.isArray(weights) ? weights : undefined;
  if (names.length !== given?.length) {
    const found = given === undefined ? showValue(weights) : `${given.length} arrays`;
    const message = `the model has ${names.length} weights (${names.join(", ") || "none"}), found ${found}`;
    throw new CompileError({ code: "weights/length", path: "weights", message });
  }
  const { weightsFile: _replaced, ...rest } = model;
  return { ...rest, weights: Object.fromEntries(known.map((weight, i) => [weight.name, valuesOf(weight, given[i])])) };
}

function valuesOf({ name, shape }: { readonly name: string; readonly shape: readonly number[] }, given: unknown): Float32Array {
  const error = (_: unknown, message: string) =>
    new CompileError({ code: "weights/length", path: `weights[${JSON.stringify(name)}]`, message });
  const what = `${JSON.stringify(name)} ${showShape(shape)}`;
  const { values, rows } = readRows(what, given, { shape: shape.slice(1), into: Float32Array, error });
  const [wanted, found] = [sizeOf(shape), values.length];
  if (wanted !== found) throw error("size", `${what}: wanted ${wanted} numbers, got ${found}, in ${rows} rows`);
  return values;
}
