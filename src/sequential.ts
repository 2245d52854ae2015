// The model language: `sequential([dense({ units: 4, inputShape: [2] }), …])` for chains, `model({ inputs, outputs, layers })` for
// graphs. In: layers and options. Out: a Model, which is plain data. Lines are for `compile` to check, which knows the place of each;
// the options are checked here, where a wrong one would be lost. A Model in a list of layers becomes a line that holds its lines.
import * as z from "zod";
import { check, showValue } from "../compiler/diagnostics/check.ts";
import { CompileError } from "../compiler/diagnostics/error.ts";
import { isPlain, knownKeys, plainKeys, type Subject } from "../compiler/diagnostics/plain.ts";
import { suggestionFor } from "../compiler/diagnostics/suggest.ts";
import { resolve } from "../compiler/front/steps.ts";
import { showShape, sizeOf } from "../compiler/graph/graph.ts";
import type { InputSpec, LayerSpec, Model, OutputSpec, Training, TrainingInput } from "../compiler/model.ts";
import { readRows } from "../runtime/rows.ts";
import type { RowsLike } from "../runtime/trainable.ts";
import { call, isLine, isModel, type Line, withoutWeights } from "./lines.ts";

// Every layer is its own factory, so the list of layers is the list of factories.
export * from "../compiler/layers/list.ts";
export { adapt, adaptNormalization, type Samples } from "./adapt.ts";
export { call, type Line, pipeline, reuse } from "./lines.ts";

/** What a model has besides its layers. */
export interface SequentialOptions {
  /** Default "model". */
  readonly name?: string;
  /** The initial weights and all noise are a function of it. A whole number; default 0. */
  readonly seed?: number;
  /** A weights file, relative to the model file; or the weights by `layer name/weight name`. Without: the seeded initial weights. */
  readonly weights?: string | Readonly<Record<string, Float32Array>>;
  /** What `compile(model, { train: true })` trains with. */
  readonly training?: TrainingInput | undefined;
  /** Names of features and classes: by port, or of the only one. */
  readonly about?: Named;
}

type Names = readonly string[] | Readonly<Record<string, readonly string[]>>;
/** As `Model.about`; where there is one port its names alone will do. */
export interface Named {
  readonly features?: Names;
  readonly classes?: Names;
}

/** The shape of a sample, or all that is to be said of an input. A model within another may leave sizes open: null. */
export type InputLike = readonly (number | null)[] | Omit<InputSpec, "name">;

/** A model whose inputs and outputs have names. */
export interface ModelOptions extends SequentialOptions {
  /** By name the shape of a sample; a list where their order matters and names are numbers. */
  readonly inputs: Readonly<Record<string, InputLike>> | readonly InputSpec[];
  /** Names of lines, `"lstm:1"` for a second result; by name where the outputs are to be called otherwise. Default: the last line. */
  readonly outputs?: string | readonly (string | OutputSpec)[] | Readonly<Record<string, string>>;
  /** The lines, each below all it takes. */
  readonly layers: readonly Line[];
}

/** Loss and optimizer are judged when the model is compiled. */
const schema = z.strictObject({ name: z.string().default("model"), seed: z.int().default(0) });
const common = [...Object.keys(schema.shape), "weights", "training", "about"];

/**
 * A model: the layers one after the other. The first one states the shape of a sample (`inputShape`, or an `input` layer). Throws
 * CompileError model/schema where the layers are no list, or an option is unknown or of the wrong type.
 */
export function sequential(layers: readonly Line[], options: SequentialOptions = {}, ...more: readonly never[]): Model {
  if (!Array.isArray(layers) || more.length > 0) {
    const found = Array.isArray(layers) ? `${more.length + 2} arguments` : showValue(layers);
    const message = `sequential takes a list of layers, and options, found ${found}`;
    const hint = isLine(layers)
      ? "put the layers into a list: sequential([dense({ units: 1, inputShape: [2] }), …], { training: … })"
      : "write sequential([dense({ units: 1, inputShape: [2] })])";
    throw new CompileError({ code: "model/schema", path: "layers", message, hint });
  }
  return modelOf("sequential", layers, options, common, {});
}

/**
 * A model as a graph: named inputs and outputs, and lines that may say whose results they take (`inputs: ["a", "b"]`; else the line
 * before). A line stands below all it takes. Throws CompileError as `sequential` does.
 */
export function model(options: ModelOptions): Model {
  const place = { code: "model/schema", path: "", subject: "model" } as const;
  if (!isPlain(options) || isLine(options)) {
    const message = `model takes inputs and layers by name, found ${showValue(options)}`;
    const hint =
      'write model({ inputs: { a: [2] }, layers: [dense({ units: 1, inputs: ["a"] })] }), or sequential([...]) for a chain';
    throw new CompileError({ code: "model/schema", path: "", message, hint });
  }
  const { inputs, outputs, layers } = plainKeys(options, place);
  if (!Array.isArray(layers)) {
    const message = `model takes a list of layers, found ${showValue(layers)}`;
    const hint = 'write model({ inputs: { a: [2], b: [2] }, layers: [add({ inputs: ["a", "b"] })] })';
    throw new CompileError({ code: "model/schema", path: "layers", message, hint });
  }
  if (inputs === undefined) {
    const hint = "write inputs: { a: [2] }, or sequential([...]) for a chain";
    throw new CompileError({ code: "model/schema", path: "inputs", message: "model takes inputs by name, found none", hint });
  }
  const ports = {
    inputs: byName(inputs, "inputs", (name, like) =>
      Array.isArray(like) ? { name, shape: like } : { ...(like as object), name },
    ),
    ...(outputs === undefined
      ? {}
      : { outputs: typeof outputs === "string" ? [outputs] : byName(outputs, "outputs", (name, from) => ({ name, from })) }),
  };
  return modelOf(
    "model",
    layers,
    options,
    [...common, "inputs", "outputs", "layers"],
    ports as Pick<Model, "inputs" | "outputs">,
  );
}

/** A list as it is; of an object, an item for each key. Keys that are numbers would come first, wherever they were written. */
function byName(given: unknown, path: string, item: (name: string, value: unknown) => unknown): unknown {
  if (!isPlain(given)) return given;
  const keys = plainKeys(given, { code: "model/port", path, subject: path });
  const number = Object.keys(keys).find((name) => /^\d+$/.test(name));
  if (number === undefined) return Object.entries(keys).map(([name, value]) => item(name, value));
  const message = `${path} has a key ${number}, and an object moves such keys to its front`;
  throw new CompileError({ code: "model/port", path, message, hint: `give a list: ${path}: [{ name: "${number}", … }]` });
}

type Ports = Pick<Model, "inputs" | "outputs">;

function modelOf(subject: string, lines: readonly Line[], options: object, known: readonly string[], ports: Ports): Model {
  const place = { code: "model/schema", path: "", subject } as const;
  const keys = plainKeys(options, place);
  knownKeys(keys, known, place);
  const { weights, training, about, inputs: _, outputs: __, layers: ___, ...head } = keys;
  const { name, seed } = check(schema, head, place);
  const inner = new Map<number, NonNullable<Model["weights"]>>();
  const layers = Array.from({ length: lines.length }, (_, i): LayerSpec => {
    const given = lines[i];
    const { spec, weights: own } = withoutWeights(isModel(given) ? call(given) : (given as LayerSpec));
    if (own !== undefined) inner.set(i, own);
    return spec;
  });
  const made: Model = {
    name,
    seed,
    layers,
    ...ports,
    ...weightsIn(weights),
    ...(training === undefined ? {} : { training: trainingIn(training, place) }),
    ...(about === undefined ? {} : { about: about as NonNullable<Model["about"]> }),
  };
  return withInner(made, inner);
}

/** Its keys; losses and optimizers are judged by the tables they come from. */
const trainingSchema = z.strictObject({
  loss: z.unknown().optional(),
  lossWeights: z.unknown().optional(),
  optimizer: z.unknown().optional(),
  frozen: z.unknown().optional(),
  learningRates: z.unknown().optional(),
  metrics: z.unknown().optional(),
  weightedMetrics: z.unknown().optional(),
});
const trainingIn = (training: unknown, place: Subject): Training =>
  check(trainingSchema, training, { ...place, path: "training" }) as Training;

/** The model with the weights that models within it bring along, by the index of their line; all others are the initial ones. */
function withInner(made: Model, inner: ReadonlyMap<number, NonNullable<Model["weights"]>>): Model {
  if (made.weights !== undefined || made.weightsFile !== undefined || inner.size === 0) return made;
  const resolved = resolve(made);
  const weights: Record<string, Float32Array> = { ...resolved.initialWeights() };
  for (const { path, name } of resolved.weights) {
    const own = inner.get(Number(/^layers\[(\d+)\]\./.exec(path)?.[1] ?? Number.NaN));
    // Below the line's own name.
    const short = name.slice(name.indexOf("/") + 1);
    if (own !== undefined && Object.hasOwn(own, short)) weights[name] = own[short];
  }
  return { ...made, weights };
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
 * The weights of a model by `layer name/weight name`, in Keras' order: its own, or the seeded initial ones. It needs no training. Throws
 * CompileError where the model or its weights do not fit.
 */
export const getWeights = (model: Model): Readonly<Record<string, Float32Array>> => {
  const resolved = resolve(model);
  const { values } = resolved.modelWeights();
  return Object.fromEntries(resolved.weights.map(({ name }) => [name, values[name].slice()]));
};

/**
 * The model with weights as a module's `getWeights` gives them: one array per weight, in Keras' order; or by name, where those that are
 * not named stay as they are. A list of numbers, or one nested to the weight's shape, becomes a Float32Array. Throws CompileError
 * weights/length where their number, or that of one's values, differs, or a value is no number, and weights/unknown where a name is none.
 */
export function withWeights(model: Model, weights: readonly RowsLike[] | Readonly<Record<string, RowsLike>>): Model {
  const resolved = resolve(model);
  const known = resolved.weights;
  const names = known.map((weight) => weight.name);
  const { weightsFile: _replaced, ...rest } = model;
  if (isPlain(weights) && Object.keys(weights).length > 0) {
    const strange = Object.keys(weights).find((name) => !names.includes(name));
    if (strange !== undefined) {
      const message = `the model has no weight ${JSON.stringify(strange)}`;
      throw new CompileError({ code: "weights/unknown", path: "weights", message, hint: suggestionFor(strange, names) });
    }
    const { values } = resolved.modelWeights();
    const own = known.map((weight) => {
      const given = Object.hasOwn(weights, weight.name) ? valuesOf(weight, weights[weight.name]) : values[weight.name];
      return [weight.name, given] as const;
    });
    return { ...rest, weights: Object.fromEntries(own) };
  }
  const given: readonly RowsLike[] | undefined = Array.isArray(weights) ? weights : undefined;
  if (names.length !== given?.length) {
    const found = given === undefined ? showValue(weights) : `${given.length} arrays`;
    const message = `the model has ${names.length} weights (${names.join(", ") || "none"}), found ${found}`;
    throw new CompileError({ code: "weights/length", path: "weights", message });
  }
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
