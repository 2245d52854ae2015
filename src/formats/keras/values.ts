// Keras' configs in our terms. In: JSON of a file nobody vouches for. Out: keys in camelCase; an object that stands for another thing
// (a layer, an initializer, a tuple) as what layerc calls it. What a config may hold then is for the layer's own schema to judge.
//
//   {module: "keras.layers", class_name: "LSTM", config: {…}}             →  {layer: "lstm", config: {…}}
//   {module: "keras.initializers", class_name: "GlorotUniform", …}        →  {name: "glorot_uniform", …}
//   {class_name: "__tuple__" | "__numpy__" | "__tensor__", …}             →  the list
//   {module: "builtins", class_name: "function", config: "relu"}          →  "relu"
import { camelCase } from "../../../compiler/diagnostics/check.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { snakeCase } from "../../../compiler/front/lines.ts";
import type { AnyLayer } from "../../../compiler/layers/define.ts";
import { layers } from "../../../compiler/layers/index.ts";
import type { LayerSpec } from "../../../compiler/model.ts";
import { initializerSchema } from "../../../compiler/training/initializers/index.ts";
import { shorten } from "../header.ts";

/** A config as JSON has it. */
export type Keys = Readonly<Record<string, unknown>>;
/** An object of Keras' that stands for an instance of a class. */
export interface Serialized {
  readonly class_name: string;
  readonly module: string;
  readonly config: Keys;
  readonly registered_name?: unknown;
  /** The config as the file has it, where `config` says the same as today's Keras would. */
  readonly stated?: Keys;
}

const deepest = 64;
const byClass: ReadonlyMap<string, AnyLayer> = new Map([...layers.values()].map((layer) => [layer.keras, layer]));

/** Keys of every layer that say nothing about what it computes, or stand elsewhere in a line. */
const nowhere: ReadonlySet<string> = new Set(["name", "trainable", "dtype", "batch_shape"]);

/** A value of a file as an error shows it: JSON, cut short. */
export const quote = (value: unknown): string => shorten(JSON.stringify(value) ?? String(value));

/** Refuses what a file holds and layerc does not have. */
export function unsupported(path: string, message: string, hint?: string): never {
  throw new CompileError({ code: "format/unsupported", path, message, ...(hint === undefined ? {} : { hint }) });
}

/** The object as an instance of a class. Throws CompileError format/spec where it is none. */
export function serialized(value: unknown, path: string): Serialized {
  if (isPlain(value) && typeof value.class_name === "string" && isPlain(value.config)) {
    const { class_name, module, config, registered_name, stated } = value;
    const more = isPlain(stated) ? { stated } : {};
    return { class_name, module: typeof module === "string" ? module : "", config, registered_name, ...more };
  }
  const message = `this must be {class_name, config}, found ${quote(value)}`;
  throw new CompileError({ code: "format/spec", path, message });
}

/** Whether a class is one of Keras' own, not code of the user's, which may be called alike: `my>Attention`. */
const isKeras = ({ module, registered_name: name }: Pick<Serialized, "module" | "registered_name">): boolean =>
  (module === "" || module === "keras" || module.startsWith("keras.")) && !(typeof name === "string" && name.includes(">"));

/** Our layer for a class of Keras', if there is one. */
export const knownLayer = (item: Serialized): AnyLayer | undefined => (isKeras(item) ? byClass.get(item.class_name) : undefined);

/** How somebody says what a class of their own means. */
export const definitionHint = (className: string): string => {
  const [name, file] = [
    className.slice(className.lastIndexOf(">") + 1),
    snakeCase(className.slice(className.lastIndexOf(">") + 1)).replaceAll("_", "-"),
  ];
  return `say it in layers that layerc has: --layer ${name}=./${file}.ts, or open(bytes, name, { layers: { ${name} } }); docs/formats/custom-layers.md shows how`;
};

/** Our layer for a class of Keras'. Throws CompileError format/unsupported with its name. */
export function layerOf(item: Serialized, path: string): AnyLayer {
  const { class_name } = item;
  const layer = knownLayer(item);
  if (layer !== undefined) return layer;
  if (class_name === "Lambda")
    return unsupported(path, "the layer Lambda holds Python code, which layerc does not run", definitionHint(class_name));
  const isCustom = !isKeras(item) || class_name.includes(">");
  const kind = path.endsWith(".activation") ? "an activation" : "a layer";
  const what = isCustom ? `${quote(class_name)} is ${kind} of the file's author` : `layerc does not have the layer ${class_name}`;
  return unsupported(path, what, definitionHint(class_name));
}

/** How a layer within another's config is read where its config alone does not say it: a model, or one that has saved more. */
export type Inner = (item: Serialized, path: string) => LayerSpec | undefined;

/** What an object stands for, by the module of its class. */
const kinds: readonly {
  readonly modules: readonly string[];
  readonly ours: (item: Serialized, path: string, depth: number, inner?: Inner) => unknown;
}[] = [
  { modules: ["keras.layers", "keras.src.layers", "keras.models", "keras.src.models"], ours: layerSpec },
  {
    modules: ["keras.initializers", "keras.src.initializers"],
    ours: (item, path, depth) => initializer(named(item, path, depth)),
  },
  { modules: ["keras.regularizers", "keras.constraints", "keras.src.regularizers", "keras.src.constraints"], ours: named },
  { modules: ["keras.random", "keras.src.random"], ours: () => undefined },
];

/** An initializer by name, where layerc has it. */
const known = (name: unknown): unknown => (initializerSchema.safeParse(name).success ? name : undefined);

/** Objects that are lists in Python. */
const listClasses: ReadonlySet<unknown> = new Set(["__tuple__", "__numpy__", "__tensor__"]);

/** A value in our terms; undefined where it says nothing here. */
export function ours(value: unknown, path: string, depth = 0, inner?: Inner): unknown {
  if (depth > deepest) unsupported(path, `values are nested deeper than ${deepest}`);
  if (Array.isArray(value)) return value.map((item, i) => ours(item, `${path}[${i}]`, depth + 1, inner));
  if (!isPlain(value)) return value;
  if (listClasses.has(value.class_name)) {
    const { config, items } = value as { config?: unknown; items?: unknown };
    return ours(isPlain(config) ? config.value : (items ?? config), path, depth + 1);
  }
  if (value.class_name === "function") return path.endsWith("_initializer") ? known(value.config) : value.config;
  if (typeof value.class_name !== "string" || value.config === undefined)
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [camelCase(key), ours(item, `${path}.${key}`, depth + 1)]),
    );
  const item = serialized(value, path);
  const kind = kinds.find(({ modules }) =>
    modules.some((module) => moduleOf(item) === module || moduleOf(item).startsWith(`${module}.`)),
  );
  // A layer of the author's own names no module.
  // Whoever made the first numbers, those of now are in the file.
  if (kind === undefined && path.endsWith("_initializer")) return undefined;
  if (kind === undefined && layerKeys.test(path)) return layerSpec(item, path, depth + 1, inner);
  if (kind === undefined)
    return unsupported(path, `layerc does not know what a ${quote(item.class_name)} of ${quote(item.module)} is`);
  return kind.ours(item, path, depth + 1, inner);
}

/** Keys under which wrappers hold layers. */
const layerKeys = /\.(layer|forward_layer|backward_layer|cells?(\[\d+\])?)$/;

/** Keras says of its models that they are of `keras` itself. */
const moduleOf = ({ module }: Serialized): string => (module === "keras" ? "keras.models" : module);

/** A layer within another's config. */
function layerSpec(item: Serialized, path: string, depth: number, inner?: Inner): LayerSpec {
  const made = inner?.(item, path);
  if (made !== undefined) return made;
  const layer = layerOf(item, path);
  return { layer: layer.name, config: configOf(layer, item.config, path, depth, inner) };
}

/** `{name: "l1l2", l1: 0.01}`; null stays, since it may be a value: a norm over all axes. */
function named({ class_name, config }: Serialized, path: string, depth: number): { readonly name: string } {
  const keys = Object.entries(config).flatMap(([key, item]) => {
    const value = ours(item, `${path}.${key}`, depth + 1);
    return value === undefined ? [] : [[camelCase(key), value] as const];
  });
  return { ...Object.fromEntries(keys), name: snakeCase(class_name) };
}

/** An initializer that layerc has; another one's numbers are in the file. */
function initializer({
  inputAxes: _in,
  outputAxes: _out,
  ...spec
}: {
  readonly name: string;
  readonly [key: string]: unknown;
}): unknown {
  return initializerSchema.safeParse(spec).success ? spec : undefined;
}

/** A layer's config in our terms: without what says nothing, and without null where that is not a value of the key's. */
export function configOf(layer: AnyLayer, config: Keys, path: string, depth = 0, inner?: Inner): Record<string, unknown> {
  checkPolicy(config.dtype, path);
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(config)) {
    if (nowhere.has(key)) continue;
    const value = ours(item, `${path}.${key}`, depth, inner);
    const name = camelCase(key);
    if (value === undefined || (value === null && !takesNull(layer, name))) continue;
    Object.defineProperty(result, name, { value, enumerable: true });
  }
  if (config.trainable === false) result.trainable = false;
  return result;
}

/** Whether null is a value of a key: `activation: null` of an LSTM is not its default. */
function takesNull({ config }: AnyLayer, key: string): boolean {
  const shape: Readonly<Record<string, { safeParse: (value: unknown) => { readonly success: boolean } }>> =
    (config as { shape?: never }).shape ?? {};
  return Object.hasOwn(shape, key) && shape[key].safeParse(null).success;
}

/** Numbers are float32 here, whatever Keras computed in; weights that were made whole numbers of are not read. */
function checkPolicy(dtype: unknown, path: string): void {
  if (!isPlain(dtype) || typeof dtype.class_name !== "string" || !dtype.class_name.startsWith("Quantized")) return;
  unsupported(`${path}.dtype`, "the layer's weights are quantized", "save the model before quantizing it");
}
