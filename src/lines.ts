// Lines that stand for other lines: a model within a model, a pipeline, and a line that is called again. In: a model, a list of layers, or a
// name. Out: a line as plain data, which `compile` checks, where its place is known; options are checked here, where a wrong one would be lost.
import { showValue } from "../compiler/diagnostics/check.ts";
import { CompileError } from "../compiler/diagnostics/error.ts";
import { isPlain, knownKeys, plainKeys } from "../compiler/diagnostics/plain.ts";
import { namesOf, nested } from "../compiler/front/lines.ts";
import { layers } from "../compiler/layers/index.ts";
import type { LayerSpec, Model } from "../compiler/model.ts";

/** A line of a model, or a model whose lines become part of it: only these and its weights count, not its seed or training. */
export type Line = LayerSpec | Model;

/** Whether a value is a line; what is in it is for `compile` to judge. */
export const isLine = (line: unknown): line is LayerSpec => isPlain(line) && typeof line.layer === "string";
/** Whether a value is a model, which no line is. */
export const isModel = (line: unknown): line is Model => isPlain(line) && Array.isArray(line.layers) && line.layer === undefined;

/** Keys that some layer takes anew at each call. */
const perCall: readonly string[] = [...new Set([...layers.values()].flatMap((layer) => Object.keys(layer.perCall ?? {})))];
interface Again {
  readonly inputs?: readonly string[];
  readonly name?: string;
  /** Keys that Keras gives at each call: `reverse`, `useCausalMask`. */
  readonly [key: string]: unknown;
}

/** Calls an earlier line again, with the same weights, on other inputs: `reuse("encoder", { inputs: ["b"], name: "right" })`. */
export function reuse(of: string, options: Again = {}): LayerSpec {
  const place = { code: "layer/config", path: "", subject: "reuse" } as const;
  const { inputs, name, ...said } = plainKeys(options, place) as Again;
  knownKeys(options, ["inputs", "name", ...perCall], place);
  return {
    ...(name === undefined ? {} : { name }),
    layer: "reuse",
    config: { of, ...said },
    ...(inputs === undefined ? {} : { inputs }),
  };
}

/**
 * A model as a line of another, on the inputs named: `call(encoder, { inputs: ["left"] })`. Its lines are called `encoder/dense`; with
 * `trainable: false` its weights stay as they are in training. Throws CompileError weights/unread where it names a weights file.
 */
export function call(
  inner: Model,
  options: { readonly inputs?: readonly string[]; readonly name?: string; readonly trainable?: boolean } = {},
): LayerSpec {
  const place = { code: "layer/config", path: "", subject: "call" } as const;
  const { trainable, ...line } = plainKeys(options, place);
  knownKeys(options, ["inputs", "name", "trainable"], place);
  const { name, layers, inputs, outputs, weights, weightsFile } = inner;
  if (weightsFile !== undefined && weights === undefined) {
    const message = `the model ${JSON.stringify(name)} names a weights file, which is read for a whole model only`;
    const hint = "give it its weights: { ...model, weights: openWeights(bytes) }";
    throw new CompileError({ code: "weights/unread", path: "layers", message, hint });
  }
  const config = {
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
    ...(trainable === undefined ? {} : { trainable }),
    ...(weights === undefined ? {} : { weights }),
    layers,
  };
  return { ...(name === "model" ? {} : { name }), ...line, layer: "model", config };
}

/**
 * Layers one after the other as one line, Keras' Pipeline: `pipeline([rescaling({ scale: 2 }), centerCrop({ height: 8, width: 8 })])`. Its
 * lines are called `pipeline/rescaling`; with `trainable: false` their weights stay as they are in training. Throws CompileError
 * model/schema where the layers are no list.
 */
export function pipeline(
  list: readonly Line[],
  options: { readonly inputs?: readonly string[]; readonly name?: string; readonly trainable?: boolean } = {},
): LayerSpec {
  if (!Array.isArray(list)) {
    const message = `pipeline takes a list of layers, and options, found ${showValue(list)}`;
    throw new CompileError({ code: "model/schema", path: "layers", message, hint: "write pipeline([rescaling({ scale: 2 })])" });
  }
  const place = { code: "layer/config", path: "", subject: "pipeline" } as const;
  const { trainable, ...line } = plainKeys(options, place);
  knownKeys(options, ["inputs", "name", "trainable"], place);
  const lines = Array.from(list, (given): LayerSpec => (isModel(given) ? call(given) : (given as LayerSpec)));
  const owned = lines.map(withoutWeights);
  const layers = owned.map(({ spec }) => spec);
  // Models among the lines bring their weights along, which are then named from here.
  const names = owned.some(({ weights }) => weights !== undefined) ? namesOf(layers, "layers") : [];
  const weights = owned.flatMap((one, i) =>
    Object.entries(one.weights ?? {}).map(([name, values]) => [`${names[i]}/${name}`, values] as const),
  );
  const config = {
    ...(trainable === undefined ? {} : { trainable }),
    ...(weights.length === 0 ? {} : { weights: Object.fromEntries(weights) }),
    layers,
  };
  return { ...line, layer: "pipeline", config };
}

/** A line that holds a model, and the weights that came with it, which no line keeps. */
export function withoutWeights(spec: LayerSpec): { readonly spec: LayerSpec; readonly weights?: NonNullable<Model["weights"]> } {
  if (!isLine(spec) || !Object.hasOwn(nested, spec.layer) || !isPlain(spec.config)) return { spec };
  const { weights, ...config } = spec.config;
  return weights === undefined ? { spec } : { spec: { ...spec, config }, weights: weights as NonNullable<Model["weights"]> };
}
