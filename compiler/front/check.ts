// From a Model nobody vouches for to layers that are known to fit. In: plain JSON. Out: each line's layer, parsed config,
// name and origin. Errors carry a path such as `layers[2].units`, what was needed, what was found, and a hint.

import { check, showValue, withoutFixed } from "../diagnostics/check.ts";
import { CompileError, joinPath } from "../diagnostics/error.ts";
import { suggestionFor } from "../diagnostics/suggest.ts";
import { checkSize } from "../graph/limits.ts";
import { type Origin, showOrigin } from "../graph/origin.ts";
import type { AnyLayer } from "../layers/define.ts";
import { layers } from "../layers/index.ts";
import type { LayerSpec, Model } from "../model.ts";
import { plainModel } from "./plain.ts";

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
  /** The same as plain data. */
  readonly model: Model;
  readonly entries: readonly Entry[];
  /** Shape of one sample. */
  readonly inputShape: readonly number[];
}

/** Every line of the model on its own, their names, and the shape of a sample. Throws CompileError at the first fault. */
export function checkModel(given: Model): Checked {
  const model = plainModel(given);
  if (!Number.isSafeInteger(model.seed)) {
    throw new CompileError({
      code: "model/schema",
      path: "seed",
      message: `seed needs a whole number, found ${showValue(model.seed)}`,
    });
  }
  if (model.layers.length === 0) {
    const hint = "start with dense({ units: 1, inputShape: [2] })";
    throw new CompileError({ code: "model/empty", path: "layers", message: "the model has no layers", hint });
  }
  const names = namesOf(model.layers);
  const entries = model.layers.map((spec, i) => checkLine(spec, `layers[${i}]`, names[i]));
  checkChain(model.layers, names);
  return { model, entries, inputShape: inputShapeOf(model, entries) };
}

/** One line on its own. */
export function checkLine(spec: LayerSpec, path: string, name: string): Entry {
  const layer = layerOf(spec, path);
  const subject = layer.name;
  const place = { code: "layer/config", path, subject } as const;
  const config: unknown = spec.config ?? {};
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new CompileError({
      code: "layer/config",
      path,
      message: `${subject} needs a config of keys and values, found ${showValue(config)}`,
    });
  }
  const { trainable = true, inputShape: _checkedLater, ...own } = config as Record<string, unknown>;
  if (typeof trainable !== "boolean") {
    throw new CompileError({
      code: "layer/config",
      path: joinPath(path, "trainable"),
      message: `trainable needs true or false, found ${showValue(trainable)}`,
    });
  }
  const parsed = check(layer.config, withoutFixed(own, layer.fixed ?? {}, { ...place, code: "layer/unsupported" }), place);
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
    const given: unknown = inputs;
    if (given === undefined) continue;
    if (Array.isArray(given) && given.length === before.length && given[0] === before[0]) continue;
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
