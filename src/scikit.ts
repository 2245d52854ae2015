// Numbers that scikit-learn learned beside a network, as JSON that three lines of Python print: of a scaler, which becomes a line in front of the
// model, and class names, which become its `about`. In: the attributes of a scaler or an encoder, by scikit-learn's names. Out: a new Model.
// Guarantee: what would change the numbers and is not read is refused by name; no pickle is ever opened.
//
//   {"class": "StandardScaler", "mean_": […], "scale_": […], …}     (x − mean) / scale; RobustScaler has center_, MaxAbsScaler neither
//   {"class": "MinMaxScaler", "min_": […], "scale_": […], …}        x · scale + min
//   {"class": "LabelEncoder", "classes_": […]}, or a list           names of classes
import { freeName } from "../compiler/base/names.ts";
import { CompileError } from "../compiler/diagnostics/error.ts";
import { isPlain } from "../compiler/diagnostics/plain.ts";
import { showValue } from "../compiler/diagnostics/show.ts";
import { suggestionFor } from "../compiler/diagnostics/suggest.ts";
import { resolve } from "../compiler/front/steps.ts";
import { showShape } from "../compiler/graph/graph.ts";
import { layers as known } from "../compiler/layers/index.ts";
import { normalization, rescaling } from "../compiler/layers/list.ts";
import type { LayerSpec, Model } from "../compiler/model.ts";
import { scaledGraph } from "./scaled-graph.ts";

/** The attributes of a fitted scaler, by scikit-learn's names. */
export type ScalerLike = Readonly<Record<string, unknown>>;
/** Class names: a list, or what has scikit-learn's `classes_`. */
export type ClassesLike = readonly unknown[] | { readonly classes_: readonly unknown[] };

/** How a class of scikit-learn scales: what is subtracted or added, and whether it divides. */
interface Kind {
  readonly name: string;
  readonly shift?: "mean_" | "center_" | "min_";
  /** Options that switch a part off, whatever numbers stand there. */
  readonly options: Readonly<Partial<Record<"shift" | "scale", string>>>;
}
const kinds: readonly Kind[] = [
  { name: "StandardScaler", shift: "mean_", options: { shift: "with_mean", scale: "with_std" } },
  { name: "MinMaxScaler", shift: "min_", options: {} },
  { name: "RobustScaler", shift: "center_", options: { shift: "with_centering", scale: "with_scaling" } },
  { name: "MaxAbsScaler", options: {} },
];

/** The three lines that print a fitted scaler or encoder of scikit-learn as JSON. */
export const pythonLines = `import json, joblib, numpy
s = joblib.load("scaler.joblib")
json.dump({"class": type(s).__name__, **{k: numpy.asarray(v).tolist() for k, v in vars(s).items()}}, open("scaler.json", "w"))`;

const fail = (path: string, message: string, hint?: string): never => {
  throw new CompileError({ code: "format/scaler", path, message, ...(hint === undefined ? {} : { hint }) });
};

/**
 * The model with a fitted scaler in front of an input (of the only one, or by name). Throws CompileError format/scaler where the numbers
 * do not fit, format/unsupported for what layerc does not read.
 */
export function withScaler(model: Model, scaler: ScalerLike, input?: string): Model {
  const ports = resolve(model).predict.inputs;
  const { name, shape, type, range } = portOf("input", ports, input);
  if (type === "string" || range !== undefined)
    return fail(
      "scaler",
      `the input ${JSON.stringify(name)} takes ${type === "string" ? "texts" : "whole numbers"}, which no scaler scales`,
    );
  const { line, features } = lineOf(scaler, shape.at(-1) ?? 1, name);
  const scaled =
    model.graph === undefined ? inFront(model, line, name, shape) : { ...model, graph: scaledGraph(model.graph, name, line) };
  if (features === undefined || model.about?.features?.[name] !== undefined) return scaled;
  return { ...scaled, about: { ...model.about, features: { ...model.about?.features, [name]: features } } };
}

/** The model with names of classes for an output (of the only one, or by name). Throws CompileError format/scaler. */
export function withClasses(model: Model, classes: ClassesLike, output?: string): Model {
  const { name } = portOf("output", resolve(model).predict.outputs, output);
  const list: unknown = isPlain(classes) ? classes.classes_ : classes;
  if (!Array.isArray(list) || list.length === 0)
    return fail(
      "classes_",
      `class names are a list, or an object with classes_, found ${showValue(classes)}`,
      "LabelEncoder has classes_",
    );
  const names = list.map((item: unknown, i) => {
    if (typeof item === "string" || typeof item === "boolean") return `${item}`;
    return typeof item === "number" && Number.isFinite(item)
      ? `${item}`
      : fail(`classes_[${i}]`, `a class is a text or a number, found ${showValue(item)}`);
  });
  const named = { ...model, about: { ...model.about, classes: { ...model.about?.classes, [name]: names } } };
  // As many as the output has numbers: its own error says so.
  resolve(named);
  return named;
}

function portOf<P extends { readonly name: string }>(kind: string, ports: readonly P[], name: string | undefined): P {
  const names = ports.map((port) => port.name);
  if (name === undefined && ports.length === 1) return ports[0];
  const found = ports.find((port) => port.name === name);
  if (found !== undefined) return found;
  if (name !== undefined) return fail(kind, `there is no ${kind} ${JSON.stringify(name)}`, suggestionFor(name, names));
  return fail(kind, `the model has ${ports.length} ${kind}s (${names.join(", ")})`, `say which: ${names[0]}=file.json`);
}

/** The line that does what the scaler does to `size` features. */
function lineOf(
  scaler: ScalerLike,
  size: number,
  input: string,
): { readonly line: LayerSpec; readonly features?: readonly string[] } {
  if (!isPlain(scaler)) return fail("", `a scaler is an object with scikit-learn's attributes, found ${showValue(scaler)}`);
  const { shift, options, name } = kindOf(scaler);
  if (scaler.clip === true)
    throw new CompileError({
      code: "format/unsupported",
      path: "clip",
      message: `${name} with clip=True is not read`,
      hint: "clip the features before they reach the model",
    });
  const part = (key: "shift" | "scale", attribute: string | undefined): readonly number[] | undefined => {
    const option = options[key];
    const isOff = attribute === undefined || (option !== undefined && scaler[option] === false);
    return isOff ? undefined : numbersOf(scaler, attribute, size, input);
  };
  const [moved, scale] = [part("shift", shift), part("scale", "scale_")];
  if (moved === undefined && scale === undefined)
    return fail("", `the ${name} has neither ${shift ?? "a shift"} nor scale_: it was not fitted`, `print it by ${pythonLines}`);
  if (scale !== undefined) checkScale(scale, shift !== "min_");
  const all = (value: number): readonly number[] => new Array<number>(size).fill(value);
  const [means, scales] = [moved ?? all(0), scale ?? all(1)];
  const line =
    shift === "min_"
      ? rescaling({ scale: [...scales], offset: [...means] })
      : normalization({ mean: [...means], variance: scales.map((one) => one * one) });
  const features = featuresOf(scaler, size);
  return { line, ...(features === undefined ? {} : { features }) };
}

function kindOf(scaler: ScalerLike): Kind {
  const stated = scaler.class;
  const found =
    typeof stated === "string"
      ? kinds.find(({ name }) => name === stated)
      : (kinds.find(({ shift }) => shift !== undefined && shift in scaler) ?? ("scale_" in scaler ? kinds.at(-1) : undefined));
  if (found !== undefined) return found;
  const what =
    typeof stated === "string"
      ? JSON.stringify(stated)
      : `an object with ${Object.keys(scaler).slice(0, 5).join(", ") || "nothing"}`;
  throw new CompileError({
    code: "format/unsupported",
    path: "class",
    message: `layerc does not read ${what} as a scaler: it knows ${kinds.map(({ name }) => name).join(", ")}`,
  });
}

/** As many finite numbers as there are features; undefined where scikit-learn left them out (None). */
function numbersOf(scaler: ScalerLike, key: string, size: number, input: string): readonly number[] | undefined {
  const list = scaler[key];
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) return fail(key, `${key} is a list of numbers, found ${showValue(list)}`);
  if (list.length !== size)
    return fail(
      key,
      `${key} has ${list.length} numbers, and the input ${JSON.stringify(input)} has ${size} features along its last axis`,
    );
  const bad = list.findIndex((value: unknown) => typeof value !== "number" || !Number.isFinite(Math.fround(value)));
  return bad < 0
    ? (list as readonly number[])
    : fail(`${key}[${bad}]`, `${key} holds finite numbers, found ${showValue(list[bad])}`);
}

/** Smaller deviations a normalization takes for this one, as Keras does. */
const least = 1e-7;

/** Throws for a scale that is none, or that float32 has no number for: a normalization holds squares. */
function checkScale(scale: readonly number[], divides: boolean): void {
  const fits = (value: number): boolean =>
    value > 0 && (divides ? value >= least && Number.isFinite(Math.fround(value * value)) : Math.fround(value) > 0);
  const bad = scale.findIndex((value) => !fits(value));
  if (bad < 0) return;
  const what = scale[bad] > 0 ? "beyond what float32 can scale by" : "and nothing is scaled by that: a scale is above 0";
  fail(`scale_[${bad}]`, `scale_ holds ${scale[bad]}, ${what}`, "give that feature in another unit, or leave it out");
}

function featuresOf({ feature_names_in_: names }: ScalerLike, size: number): readonly string[] | undefined {
  if (!Array.isArray(names)) return undefined;
  const isNamed = names.length === size && names.every((name) => typeof name === "string");
  return isNamed
    ? (names as readonly string[])
    : fail("feature_names_in_", `there are ${size} features, found ${showShape([names.length])} names`);
}

/** The lines of a model with one more in front of an input. */
function inFront(model: Model, line: LayerSpec, input: string, shape: readonly number[]): Model {
  const taken = new Set([...model.layers.flatMap(({ name }) => name ?? []), ...(model.inputs ?? []).map(({ name }) => name)]);
  const name = freeName("scaler", (one) => taken.has(one));
  const scaler = { ...line, name };
  if (model.inputs !== undefined) return renamed(model, { ...scaler, inputs: [input] }, input);
  const [first, ...rest] = model.layers;
  if (known.get(first.layer)?.declares !== undefined) return { ...model, layers: [first, scaler, ...rest] };
  const { inputShape: _, ...config } = first.config;
  const begins: LayerSpec = { layer: "input", config: { shape: [...shape] } };
  return { ...model, layers: [begins, scaler, { ...first, config }, ...rest] };
}

/** Whoever took the input takes what the scaler makes of it. */
function renamed(model: Model, scaler: LayerSpec, input: string): Model {
  const name = scaler.name ?? "";
  const other = (from: string): string => (from === input || from === `${input}:0` ? name : from);
  const lines = model.layers.map((line) => (line.inputs === undefined ? line : { ...line, inputs: line.inputs.map(other) }));
  const outputs = model.outputs?.map((output) => {
    if (typeof output !== "string") return { ...output, from: other(output.from) };
    return other(output) === output ? output : { name: output, from: name };
  });
  return { ...model, layers: [scaler, ...lines], ...(outputs === undefined ? {} : { outputs }) };
}
