// From a Model nobody vouches for to plain data whose lines are known to be calls of layers. In: plain JSON and Float32Arrays. Out: the
// model, copied, and its calls (`calls.ts`). Errors carry a path such as `layers[2].units`.
// Guarantee: no key is dropped; what comes out is a copy that nothing outside can change any more.
import * as z from "zod";
import { check, showValue } from "../diagnostics/check.ts";
import { CompileError } from "../diagnostics/error.ts";
import { isPlain, knownKeys, plainData, plainKeys } from "../diagnostics/plain.ts";
import type { About, Model } from "../model.ts";
import { type Calls, callsOf } from "./calls.ts";
import { isFrozen } from "./patterns.ts";

/** The model as it was checked: plain data, but for its weights; and its calls, of which a Graph has none. */
export interface Checked extends Calls {
  readonly model: Model;
}

const place = { code: "model/schema", path: "", subject: "the model" } as const;
const modelKeys = [
  "name",
  "seed",
  "layers",
  "graph",
  "inputs",
  "outputs",
  "weights",
  "weightsFile",
  "training",
  "state",
  "left",
  "about",
];
/** A list of 2³² holes would be filled otherwise. */
const mostLines = 2 ** 20;
/** What a model has besides lines and weights. */
const headSchema = z.strictObject({
  name: z.string(),
  seed: z.int(),
  graph: z.string().optional(),
  weightsFile: z.string().optional(),
  left: z.array(z.string()).optional(),
});
/** Each is judged by the table it comes from. */
const metrics = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).optional();
const trainingSchema = z.strictObject({
  loss: z.unknown().optional(),
  lossWeights: z.record(z.string(), z.number()).optional(),
  optimizer: z.unknown().optional(),
  frozen: z.array(z.string()).optional(),
  learningRates: z.record(z.string(), z.number().positive()).optional(),
  metrics,
  weightedMetrics: metrics,
});

/** Every line of the model on its own, their names, and the shape of a sample. Throws CompileError at the first fault. */
export function checkModel(given: Model): Checked {
  const model = modelOf(given);
  if (model.graph !== undefined) return { model, inputs: [], entries: [], outputs: [] };
  if (model.layers.length === 0) {
    const hint = "start with dense({ units: 1, inputShape: [2] })";
    throw new CompileError({ code: "model/empty", path: "layers", message: "the model has no layers", hint });
  }
  return { model, ...frozenIn(callsOf(model), model.training?.frozen) };
}

/** A layer that is frozen as a whole is as one with `trainable: false`. */
const frozenIn = (calls: Calls, frozen: readonly string[] = []): Calls => ({
  ...calls,
  entries: calls.entries.map((entry) => (isFrozen(entry.owner, frozen) ? { ...entry, trainable: false } : entry)),
  frozen,
});

/** The outer form of a model, and its lines as plain data. */
function modelOf(given: unknown): Model {
  const hint = "make one with sequential([...])";
  if (!isPlain(given)) {
    const message = `a model is an object with a list of layers, found ${showValue(given)}`;
    throw new CompileError({ code: "model/schema", path: "layers", message, hint });
  }
  const keys = plainKeys(given, place);
  knownKeys(keys, modelKeys, place);
  const { layers: lines, inputs, outputs, weights, training, state, about, ...head } = keys;
  const port = (value: unknown, path: string) => plainData(value, { code: "model/port", path, subject: path });
  if (!Array.isArray(lines)) {
    const message = `a model is an object with a list of layers, found ${showValue(lines)}`;
    throw new CompileError({ code: "model/schema", path: "layers", message, hint });
  }
  if (weights !== undefined && !isPlain(weights)) {
    const message = `weights needs an object of Float32Arrays by name, found ${showValue(weights)}`;
    throw new CompileError({ code: "model/schema", path: "weights", message, hint: "withWeights(model, list) takes a list" });
  }
  if (state !== undefined && !isPlain(state)) {
    const message = `state needs an object of Float32Arrays by name, found ${showValue(state)}`;
    throw new CompileError({ code: "model/schema", path: "state", message, hint: "getOptimizerState() of a module gives one" });
  }
  if (lines.length > mostLines) {
    const message = `a model has at most ${mostLines} layers, found ${lines.length}`;
    throw new CompileError({ code: "model/schema", path: "layers", message });
  }
  const own = check(headSchema, head, place);
  const beside = lines.length > 0 ? "layers" : inputs !== undefined ? "inputs" : outputs !== undefined ? "outputs" : undefined;
  if (own.graph !== undefined && beside !== undefined) {
    const message = `a model is the text of a Graph or a list of layers, found ${beside} beside graph`;
    throw new CompileError({
      code: "model/schema",
      path: beside,
      message,
      hint: "write layers: [], and leave inputs and outputs to the Graph",
    });
  }
  return {
    ...own,
    layers: Array.from({ length: lines.length }, (_, i) => plainLine(lines[i], `layers[${i}]`)) as Model["layers"],
    ...(inputs === undefined ? {} : { inputs: port(inputs, "inputs") as NonNullable<Model["inputs"]> }),
    ...(outputs === undefined ? {} : { outputs: port(outputs, "outputs") as NonNullable<Model["outputs"]> }),
    ...(about === undefined
      ? {}
      : { about: plainData(about, { code: "model/about", path: "about", subject: "about" }) as About }),
    ...(weights === undefined ? {} : { weights: numbersIn(weights, "weights") }),
    ...(state === undefined ? {} : { state: numbersIn(state, "state") }),
    ...(training === undefined ? {} : { training: trainingOf(training) }),
  };
}

/** Read once; what is no Float32Array is found where the shapes are known. */
const numbersIn = (numbers: unknown, path: "weights" | "state"): NonNullable<Model["weights"]> =>
  plainKeys(numbers, { code: "model/schema", path, subject: path }) as NonNullable<Model["weights"]>;

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
