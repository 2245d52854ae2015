// The model language: `sequential([dense({ units: 4, inputShape: [2] }), …])`. In: layers and options. Out: a Model, which is plain
// data. Lines are for `compile` to check, which knows the place of each; the options are checked here, where a wrong one would be lost.
import * as z from "zod";
import { check, showValue } from "../compiler/diagnostics/check.ts";
import { CompileError } from "../compiler/diagnostics/error.ts";
import { isPlain, knownKeys, plainKeys } from "../compiler/diagnostics/plain.ts";
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

const place = { code: "model/schema", path: "", subject: "sequential" } as const;
/** Loss and optimizer are judged when the model is compiled. */
const schema = z.strictObject({
  name: z.string().default("model"),
  seed: z.int().default(0),
  training: z.strictObject({ loss: z.unknown().optional(), optimizer: z.unknown().optional() }).optional(),
});

/**
 * A model: the layers one after the other. The first one states the shape of a sample (`inputShape`, or an `input` layer). Throws
 * CompileError model/schema where the layers are no list, or an option is unknown or of the wrong type.
 */
export function sequential(layers: readonly LayerSpec[], options: SequentialOptions = {}): Model {
  if (!Array.isArray(layers)) {
    const message = `sequential takes a list of layers, found ${showValue(layers)}`;
    const hint = "write sequential([dense({ units: 1, inputShape: [2] })])";
    throw new CompileError({ code: "model/schema", path: "layers", message, hint });
  }
  const keys = plainKeys(options, place);
  knownKeys(keys, [...Object.keys(schema.shape), "weights"], place);
  const { weights, ...given } = keys;
  const { name, seed } = check(schema, given, place);
  const { training } = options;
  return { name, seed, layers, ...weightsIn(weights), ...(training === undefined ? {} : { training }) };
}

/** The file of the weights, or the weights themselves. */
function weightsIn(weights: unknown): Pick<Model, "weights" | "weightsFile"> {
  if (weights === undefined) return {};
  if (typeof weights === "string") return { weightsFile: weights };
  if (isPlain(weights)) return { weights: weights as NonNullable<Model["weights"]> };
  const message = `weights needs the name of a file, or Float32Arrays by name, found ${showValue(weights)}`;
  throw new CompileError({ code: "model/schema", path: "weights", message, hint: "withWeights(model, list) takes a list" });
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
