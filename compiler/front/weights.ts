// The numbers a model starts with. In: a model and its weights in Keras' order. Out: a Float32Array per weight: the model's own,
// checked, or the seeded initial ones; and warnings about numbers that will spread.

import { showValue } from "../diagnostics/check.ts";
import { CompileError, type Diagnostic } from "../diagnostics/error.ts";
import { suggestionFor } from "../diagnostics/suggest.ts";
import { showShape, sizeOf } from "../graph/graph.ts";
import type { Model } from "../model.ts";
import { initialize } from "../training/initializers/index.ts";
import type { Weight } from "./params.ts";

export interface Weights {
  /** By full name, in Keras' order. */
  readonly values: Readonly<Record<string, Float32Array>>;
  readonly warnings: readonly Diagnostic[];
}

/** The seeded initial value of every weight: a function of the model's seed and the weight's name. */
export function seededWeights(seed: number, weights: readonly Weight[]): Readonly<Record<string, Float32Array>> {
  return record(weights, ({ spec, shape, name, path }) => {
    try {
      const values = initialize(spec.initializer, shape, seed, name, spec.fans);
      if (spec.except === undefined) return values;
      const { from, to, initializer } = spec.except;
      values.set(initialize(initializer, [to - from], seed, `${name}[${from}]`), from);
      return values;
    } catch (error) {
      throw error instanceof CompileError ? error.with({ under: path, note: `for the weight ${JSON.stringify(name)}` }) : error;
    }
  });
}

/**
 * The model's weights, or the initial ones where it has none. Throws CompileError weights/unread, weights/unknown, weights/missing
 * or weights/length; NaN and infinities are warnings that name the layer.
 */
export function weightsOf(model: Model, weights: readonly Weight[]): Weights {
  const { weights: given, weightsFile } = model;
  if (given === undefined && weightsFile !== undefined) throw unread(weightsFile);
  if (given === undefined && model.graph !== undefined && weights.length > 0) {
    const message = `a Graph does not say what its weights begin with, and the model has none for ${JSON.stringify(weights[0].name)}`;
    throw new CompileError({
      code: "weights/missing",
      path: "weights",
      message,
      hint: "give weights by name: { graph, weights: { … } }",
    });
  }
  if (given === undefined) return { values: seededWeights(model.seed, weights), warnings: [] };
  const known = new Set(weights.map(({ name }) => name));
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) {
    const message = `the model has no weight ${JSON.stringify(unknown)}`;
    throw new CompileError({ code: "weights/unknown", path: "weights", message, hint: suggestionFor(unknown, [...known]) });
  }
  const warnings: Diagnostic[] = [];
  const values = record(weights, ({ name, shape, path }) => {
    const place = `weights[${JSON.stringify(name)}]`;
    const value: unknown = Object.hasOwn(given, name) ? given[name] : undefined;
    const needed = `${JSON.stringify(name)} needs ${sizeOf(shape)} numbers (${showShape(shape)})`;
    if (value === undefined) {
      throw new CompileError({
        code: "weights/missing",
        path: place,
        message: `${needed}, but is not among the given weights`,
        hint: "give every weight, or none",
      });
    }
    if (!(value instanceof Float32Array)) {
      throw new CompileError({
        code: "weights/length",
        path: place,
        message: `${needed} in a Float32Array, found ${showValue(value)}`,
      });
    }
    if (value.length !== sizeOf(shape)) {
      const hint = "the layers or the input shape differ from those the weights were made for";
      throw new CompileError({ code: "weights/length", path: place, message: `${needed}, found ${value.length}`, hint });
    }
    const bad = value.findIndex((number) => !Number.isFinite(number));
    if (bad >= 0) {
      const count = value.reduce((sum, number) => sum + (Number.isFinite(number) ? 0 : 1), 0);
      const message = `${JSON.stringify(name)} holds ${count} ${count === 1 ? "number that is" : "numbers that are"} not finite; the first, ${value[bad]}, is at ${bad}`;
      warnings.push({
        code: "weights/not-finite",
        path,
        message,
        hint: "every prediction that meets it becomes NaN or infinite",
      });
    }
    return value;
  });
  return { values, warnings };
}

/** Nothing here touches a file: whoever loads the model reads its weights. */
const unread = (file: string): CompileError =>
  new CompileError({
    code: "weights/unread",
    path: "weights",
    message: `the model names the weights file ${JSON.stringify(file)}, which has not been read`,
    hint: "compile the model file with the command line or a plugin, or give the weights themselves: { ...model, weights }",
  });

// defineProperty: a layer may be called __proto__.
function record(weights: readonly Weight[], value: (weight: Weight) => Float32Array): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {};
  for (const weight of weights) Object.defineProperty(values, weight.name, { value: value(weight), enumerable: true });
  return values;
}
