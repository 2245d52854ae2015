// A copy of a model that is plain data. In: a Model nobody vouches for: getters, proxies, cycles, holes and all. Out: objects and lists
// of numbers, strings, booleans, null and undefined, frozen; or an error that names the place. Guarantee: whatever comes later reads
// the copy, so nothing of the user's runs after the door, and what was checked stays as it was.
import { showValue } from "../diagnostics/check.ts";
import type { Code } from "../diagnostics/codes.ts";
import { CompileError, joinPath } from "../diagnostics/error.ts";
import type { LayerSpec, Model } from "../model.ts";

/** Deeper than any config, and far from the end of a call stack. */
const deepest = 64;
const made = new WeakSet<Model>();

/** The model as plain data; its weights are not copied. Throws CompileError at the first thing that is none. */
export function plainModel(given: Model): Model {
  if (typeof given !== "object" || given === null) throw noModel(given);
  if (made.has(given)) return given;
  const read = (key: keyof Model): unknown => attempt(() => given[key], "model/schema", key);
  const layers = read("layers");
  if (!attempt(() => Array.isArray(layers), "model/schema", "layers")) throw noModel(given);
  const name = read("name");
  if (name !== undefined && typeof name !== "string") {
    const message = `name needs a string, found ${showValue(name)}`;
    throw new CompileError({ code: "model/schema", path: "name", message, hint: "leave it out, and the model is called model" });
  }
  const weights = read("weights");
  const training = read("training");
  const weightsFile = read("weightsFile");
  const model = Object.freeze({
    name: name ?? "model",
    seed: read("seed"),
    layers: Object.freeze(elementsOf(layers as readonly unknown[], "model/schema", "layers").map(plainLine)),
    ...(weights === undefined ? {} : { weights: plainWeights(weights) }),
    ...(weightsFile === undefined ? {} : { weightsFile: plainData(weightsFile, "model/schema", "weightsFile") }),
    ...(training === undefined ? {} : { training: plainData(training, "training/spec", "training") }),
  }) as Model;
  made.add(model);
  return model;
}

function noModel(given: unknown): CompileError {
  const message = `a model is an object with a list of layers, found ${showValue(given)}`;
  return new CompileError({ code: "model/schema", path: "layers", message, hint: "make one with sequential([...])" });
}

/** A line that is no object is left as it is: whoever looks its layer up says what a line is. */
function plainLine(spec: unknown, i: number): LayerSpec {
  const path = `layers[${i}]`;
  if (typeof spec !== "object" || spec === null) return spec as LayerSpec;
  return plainData(spec, "layer/config", path, path) as LayerSpec;
}

/** The record of weights read once. What is no Float32Array is found where the weights' shapes are known. */
function plainWeights(weights: unknown): Readonly<Record<string, unknown>> {
  const code = "weights/length";
  if (typeof weights !== "object" || weights === null || attempt(() => Array.isArray(weights), code, "weights")) {
    const message = `weights need a Float32Array for each name, found ${showValue(weights)}`;
    throw new CompileError({
      code,
      path: "weights",
      message,
      hint: "give { [name]: Float32Array }, or withWeights(model, arrays)",
    });
  }
  return record(entriesOf(weights, code, "weights"));
}

/** A deep copy. `root`: where `config` keys vanish from paths, as a layer's keys are named. */
export function plainData(given: unknown, code: Code, path: string, root?: string): unknown {
  const around = new Set<object>();
  const visit = (value: unknown, at: string): unknown => {
    if (typeof value !== "object" || value === null) return plainLeaf(value, code, at);
    if (around.has(value)) throw notPlain(code, at, "this contains itself");
    if (around.size >= deepest) throw notPlain(code, at, `this is nested more than ${deepest} levels deep`);
    around.add(value);
    const copy = attempt(() => Array.isArray(value), code, at)
      ? elementsOf(value as readonly unknown[], code, at).map((item, i) => visit(item, `${at}[${i}]`))
      : record(
          entriesOf(plainObject(value, code, at), code, at).map(([key, item]) => [
            key,
            visit(item, at === root && key === "config" ? at : joinPath(at, key)),
          ]),
        );
    around.delete(value);
    return Object.freeze(copy);
  };
  return visit(given, path);
}

function plainLeaf(value: unknown, code: Code, path: string): unknown {
  if (typeof value === "function") throw notPlain(code, path, "this is a function");
  if (typeof value === "symbol") throw notPlain(code, path, "this is a symbol");
  if (typeof value === "bigint") throw notPlain(code, path, `this is the BigInt ${value}`);
  return value;
}

/** An object of `{}` or of no prototype, of whatever realm: its prototype has none itself. */
function plainObject(value: object, code: Code, path: string): object {
  const name = attempt(
    () => {
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined;
      return String((prototype as { constructor?: { name?: unknown } }).constructor?.name ?? "a class");
    },
    code,
    path,
  );
  if (name !== undefined) throw notPlain(code, path, `this is an object of ${name.slice(0, 60)}`);
  return value;
}

const entriesOf = (value: object, code: Code, path: string): [string, unknown][] =>
  attempt(() => Object.keys(value), code, path).map((key) => [
    key,
    attempt(() => (value as Record<string, unknown>)[key], code, joinPath(path, key)),
  ]);
/** Holes are undefined; only a list's own length counts. */
const elementsOf = (list: readonly unknown[], code: Code, path: string): unknown[] => attempt(() => Array.from(list), code, path);

/** A key may be called `__proto__`. */
function record(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [key, value] of entries) Object.defineProperty(made, key, { value, enumerable: true });
  return made;
}

/** What the user's own getters and proxies throw, with its place. */
function attempt<T>(read: () => T, code: Code, path: string): T {
  try {
    return read();
  } catch (error) {
    throw notPlain(code, path, `reading this threw ${showThrown(error)}`);
  }
}

function showThrown(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message).slice(0, 200) : showValue(error);
  } catch {
    return "an error that cannot be shown";
  }
}

const notPlain = (code: Code, path: string, why: string): CompileError =>
  new CompileError({
    code,
    path,
    message: `a model is plain data (numbers, strings, lists and objects of them), but ${why}`,
    hint: "write the value itself",
  });
