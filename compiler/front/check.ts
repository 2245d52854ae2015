// From a Model nobody vouches for to layers that are known to fit. In: plain JSON. Out: each line's layer, parsed config,
// name and origin. Errors carry a path such as `layers[2].units`, what was needed, what was found, and a hint.
// Guarantee: no key is dropped; what comes out is a copy that nothing outside can change any more.
import * as z from "zod";
import { check, checkFloats, showValue, withoutFixed } from "../diagnostics/check.ts";
import { CompileError, joinPath } from "../diagnostics/error.ts";
import { isPlain, knownKeys, plainData, plainKeys } from "../diagnostics/plain.ts";
import { suggestionFor } from "../diagnostics/suggest.ts";
import { checkSize } from "../graph/limits.ts";
import { type Origin, showOrigin } from "../graph/origin.ts";
import type { AnyLayer } from "../layers/define.ts";
import { layers } from "../layers/index.ts";
import type { LayerSpec, Model } from "../model.ts";

/** A line of the model, checked on its own; whether it fits its input is known when it is lowered. */
export interface Entry {
  /** `layers[1]` */
  readonly path: string;
  readonly name: string;
  /** `layers[1] dense "hidden"` */
  readonly origin: Origin;
  readonly layer: AnyLayer;
  readonly config: object;
  readonly trainable: boolean;
}

export interface Checked {
  /** The model as it was checked: plain data, but for its weights. */
  readonly model: Model;
  readonly entries: readonly Entry[];
  /** Shape of one sample. */
  readonly inputShape: readonly number[];
}

const place = { code: "model/schema", path: "", subject: "the model" } as const;
const modelKeys = ["name", "seed", "layers", "weights", "weightsFile", "training"];
/** A list of 2³² holes would be filled otherwise. */
const mostLines = 2 ** 20;
const lineKeys = ["name", "layer", "config", "inputs"];
/** What a model has besides lines and weights. */
const headSchema = z.strictObject({ name: z.string(), seed: z.int(), weightsFile: z.string().optional() });
const trainingSchema = z.strictObject({ loss: z.unknown().optional(), optimizer: z.unknown().optional() });

/** Every line of the model on its own, their names, and the shape of a sample. Throws CompileError at the first fault. */
export function checkModel(given: Model): Checked {
  const model = modelOf(given);
  if (model.layers.length === 0) {
    const hint = "start with dense({ units: 1, inputShape: [2] })";
    throw new CompileError({ code: "model/empty", path: "layers", message: "the model has no layers", hint });
  }
  for (const [i, spec] of model.layers.entries()) checkKeys(spec, `layers[${i}]`);
  const names = namesOf(model.layers);
  const entries = model.layers.map((spec, i) => checkLine(spec, `layers[${i}]`, names[i]));
  checkChain(model.layers, names);
  return { model, entries, inputShape: inputShapeOf(model, entries) };
}

/** The outer form of a model, and its lines as plain data. */
function modelOf(given: unknown): Model {
  const hint = "make one with sequential([...])";
  if (!isPlain(given)) {
    const message = `a model is an object with a list of layers, found ${showValue(given)}`;
    throw new CompileError({ code: "model/schema", path: "layers", message, hint });
  }
  const keys = plainKeys(given, place);
  knownKeys(keys, modelKeys, place);
  const { layers: lines, weights, training, ...head } = keys;
  if (!Array.isArray(lines)) {
    const message = `a model is an object with a list of layers, found ${showValue(lines)}`;
    throw new CompileError({ code: "model/schema", path: "layers", message, hint });
  }
  if (weights !== undefined && !isPlain(weights)) {
    const message = `weights needs an object of Float32Arrays by name, found ${showValue(weights)}`;
    throw new CompileError({ code: "model/schema", path: "weights", message, hint: "withWeights(model, list) takes a list" });
  }
  if (lines.length > mostLines) {
    const message = `a model has at most ${mostLines} layers, found ${lines.length}`;
    throw new CompileError({ code: "model/schema", path: "layers", message });
  }
  return {
    ...check(headSchema, head, place),
    layers: Array.from({ length: lines.length }, (_, i) => plainLine(lines[i], `layers[${i}]`)) as Model["layers"],
    ...(weights === undefined ? {} : { weights: weightsIn(weights) }),
    ...(training === undefined ? {} : { training: trainingOf(training) }),
  };
}

/** Read once; what is no Float32Array is found where the weights' shapes are known. */
const weightsIn = (weights: unknown): NonNullable<Model["weights"]> =>
  plainKeys(weights, { code: "model/schema", path: "weights", subject: "weights" }) as NonNullable<Model["weights"]>;

/** A line and what it holds as plain data; what is no line at all is for `layerOf` to say. */
function plainLine(line: unknown, path: string): unknown {
  if (typeof line !== "object" || line === null || Array.isArray(line)) return line;
  const keys = plainKeys(line, { code: "model/schema", path, subject: "a line" });
  return {
    ...keys,
    ...("config" in keys ? { config: plainData(keys.config, { code: "layer/config", path, subject: "config" }) } : {}),
    ...("inputs" in keys ? { inputs: plainData(keys.inputs, { code: "model/schema", path, subject: "inputs" }) } : {}),
  };
}

/** Loss and optimizer, each of which is judged by the table it comes from. */
function trainingOf(given: unknown): NonNullable<Model["training"]> {
  const parsed = check(trainingSchema, given, { code: "training/spec", path: "training", subject: "training" });
  return parsed as NonNullable<Model["training"]>;
}

/** A line has these keys and no others; what is no line at all is for `layerOf` to say. */
function checkKeys(spec: unknown, path: string): void {
  if (isPlain(spec)) knownKeys(spec, lineKeys, { code: "model/schema", path, subject: "a line" });
}

/** One line on its own. */
export function checkLine(spec: LayerSpec, path: string, name: string): Entry {
  checkKeys(spec, path);
  const layer = layerOf(spec, path);
  const subject = layer.name;
  const place = { code: "layer/config", path, subject } as const;
  const config: unknown = spec.config === undefined ? {} : spec.config;
  if (!isPlain(config)) {
    throw new CompileError({
      code: "layer/config",
      path,
      message: `${subject} needs a config of keys and values, found ${showValue(config)}`,
      hint: `write ${subject}({ key: value })`,
    });
  }
  const { trainable = true, inputShape: _checkedLater, ...own } = config;
  if (typeof trainable !== "boolean") {
    throw new CompileError({
      code: "layer/config",
      path: joinPath(path, "trainable"),
      message: `trainable needs true or false, found ${showValue(trainable)}`,
    });
  }
  const fixed = layer.fixed ?? {};
  const also = ["name", "trainable", ...(layer.declares === undefined ? ["inputShape"] : []), ...Object.keys(fixed)];
  const parsed = check(layer.config, withoutFixed(own, fixed, { ...place, code: "layer/unsupported" }), place, also);
  checkFloats(parsed, place);
  return { path, name, origin: { path, layer: layer.name, name }, layer, config: parsed, trainable };
}

function layerOf(spec: LayerSpec, path: string): AnyLayer {
  const given: unknown = spec?.layer;
  const layer = typeof given === "string" ? layers.get(given) : undefined;
  if (layer !== undefined) return layer;
  if (typeof given !== "string") {
    const hint =
      typeof spec === "function" ? "call the layer: dense({ units: 4 })" : 'a line is {layer: "dense", config: {units: 4}}';
    const message = `a line needs the name of its layer, found ${showValue(spec)}`;
    throw new CompileError({ code: "model/schema", path, message, hint });
  }
  // Keras' own class name is the likeliest other spelling.
  const keras = [...layers.values()].find((known) => known.keras === given);
  const hint = keras === undefined ? suggestionFor(given, [...layers.keys()]) : `did you mean ${JSON.stringify(keras.name)}?`;
  throw new CompileError({
    code: "layer/unknown",
    path: joinPath(path, "layer"),
    message: `there is no layer ${showValue(given)}`,
    hint,
  });
}

/** The user's names, and Keras' rule for the others: dense, dense_1, …; never one the user has taken. */
function namesOf(specs: readonly LayerSpec[]): readonly string[] {
  const taken = new Set<string>();
  for (const [i, spec] of specs.entries()) {
    const name: unknown = spec?.name;
    if (name === undefined) continue;
    const path = `layers[${i}].name`;
    if (typeof name !== "string" || name === "") {
      throw new CompileError({
        code: "layer/name",
        path,
        message: `a layer's name is a string with at least one character, found ${showValue(name)}`,
      });
    }
    if (taken.has(name)) {
      const hint = "give each layer another name, or none";
      throw new CompileError({ code: "layer/name", path, message: `two layers are called ${JSON.stringify(name)}`, hint });
    }
    taken.add(name);
  }
  const used = new Map<string, number>();
  return specs.map((spec, i) => {
    if (spec?.name !== undefined) return spec.name;
    const base = snakeCase(layerOf(spec, `layers[${i}]`).keras);
    for (let k = used.get(base) ?? 0; ; k++) {
      const name = k === 0 ? base : `${base}_${k}`;
      used.set(base, k + 1);
      if (!taken.has(name)) {
        taken.add(name);
        return name;
      }
    }
  });
}

/** Keras' rule: MaxPooling2D is max_pooling2d, ReLU is re_lu. */
export const snakeCase = (name: string): string =>
  name
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

function checkChain(specs: readonly LayerSpec[], names: readonly string[]): void {
  for (const [i, { inputs, layer }] of specs.entries()) {
    if (layer === "input" && i > 0) {
      const hint = "move it to the top of the list, or leave it out";
      throw new CompileError({
        code: "layer/config",
        path: `layers[${i}]`,
        message: "input states the shape of a sample and can only come first",
        hint,
      });
    }
    const before = i === 0 ? [] : [names[i - 1]];
    if (inputs === undefined) continue;
    if (Array.isArray(inputs) && inputs.length === before.length && inputs[0] === before[0]) continue;
    const message = `layerc compiles chains: the input of ${showValue(names[i])} must be the line before, found ${showValue(inputs)}`;
    throw new CompileError({ code: "layer/unsupported", path: `layers[${i}].inputs`, message, hint: "leave inputs out" });
  }
}

function inputShapeOf(model: Model, [first]: readonly Entry[]): readonly number[] {
  const shapes = model.layers.map(({ config }) => (config as { inputShape?: unknown } | undefined)?.inputShape);
  const late = shapes.findIndex((shape, i) => i > 0 && shape !== undefined);
  if (late > 0) {
    const hint = "leave it out: later shapes follow from the layers before";
    throw new CompileError({
      code: "layer/config",
      path: `layers[${late}].inputShape`,
      message: "inputShape belongs to the first layer",
      hint,
    });
  }
  const declared = first.layer.declares?.(first.config);
  if (declared !== undefined && shapes[0] !== undefined) {
    const message = `${first.layer.name} states the shape of a sample as shape, and inputShape beside it`;
    throw new CompileError({ code: "layer/config", path: "layers[0].inputShape", message, hint: "leave inputShape out" });
  }
  const key = declared === undefined ? "inputShape" : "shape";
  const path = `layers[0].${key}`;
  const shape: unknown = declared ?? shapes[0];
  const hint = `write ${first.layer.name}({ …, ${key}: [2] }): the shape of one sample, without the batch`;
  if (shape === undefined) {
    const message = `the shape of a sample must be known, but ${showOrigin(first.origin)} has no ${key}`;
    throw new CompileError({ code: "shape/unknown-size", path: "layers[0]", message, hint });
  }
  if (Array.isArray(shape) && shape.includes(null)) {
    const message = `every size of a sample must be known, but ${showOrigin(first.origin)} leaves one open: ${showValue(shape)}`;
    throw new CompileError({ code: "shape/unknown-size", path, message, hint });
  }
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new CompileError({
      code: "layer/config",
      path,
      message: `a shape is a list of sizes from 1 on, found ${showValue(shape)}`,
      hint,
    });
  }
  checkSize("a sample", shape as number[], path);
  return shape as number[];
}
