// A custom layer of a file as lines, by the user's definition. In: the layer as the file has it, and definitions by class. Out: one line
// under the layer's name: what the definition gives, or a model of it. Whatever a definition does, the error names it and the layer.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import type { LayerSpec, Model } from "../../../compiler/model.ts";
import { call, sequential } from "../../sequential.ts";
import type { Custom, CustomLayer, Defined, LayerDefinition, LayerDefinitions } from "./define.ts";

/** A layer as the file has it. */
interface Item {
  readonly class_name: string;
  readonly registered_name?: unknown;
  readonly config: Readonly<Record<string, unknown>>;
  readonly stated?: Readonly<Record<string, unknown>>;
}

/** The definition for a layer's class: by its whole name, or without the package. */
export function definitionOf(
  { class_name: name, registered_name: registered }: Item,
  definitions: LayerDefinitions | undefined,
): LayerDefinition | undefined {
  if (definitions === undefined) return undefined;
  const names = [registered, name, name.slice(name.lastIndexOf(">") + 1)].filter((one) => typeof one === "string");
  const found = names.find((one) => Object.hasOwn(definitions, one));
  return found === undefined ? undefined : definitions[found];
}

/** What an error of a definition tells of it. */
type Told = Pick<Custom, "className" | "name" | "path" | "part">;

/** The error of a definition: always with its class and the layer's name. */
export function wrong({ className, name, path, part = "layer" }: Told, problem: string, hint?: string): CompileError {
  const message = `the definition of ${JSON.stringify(className)} for the ${part} ${JSON.stringify(name)} ${problem}`;
  return new CompileError({ code: "format/custom-layer", path, message, ...(hint === undefined ? {} : { hint }) });
}

/** Runs a function of the user's; what it throws becomes an error of ours that remembers where that was. */
export function ran<T>(custom: Told, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    const isOurs = thrown instanceof CompileError;
    const error = wrong(custom, `threw ${isOurs ? thrown.message : tell(thrown)}`);
    // Whoever knows the user's source finds the line on the stack.
    if (thrown instanceof Error) error.cause = thrown;
    throw error;
  }
}

function tell(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "what cannot be shown";
  }
}

const hint = "give one line, a list of lines, a model, or { layers, weights }";

/** What a definition gives for a layer. Throws CompileError format/custom-layer. */
export function defined(
  item: Item,
  about: CustomLayer & Pick<Custom, "owner" | "folder" | "path" | "part">,
  definition: unknown,
): { readonly line: LayerSpec; readonly custom: Custom } {
  if (typeof definition !== "function") throw wrong(about, "is no function");
  const { name, className, call: told } = about;
  const config = structuredClone(item.stated ?? item.config);
  const given: unknown = ran(about, () => (definition as LayerDefinition)(config, { name, className, call: told }));
  const { layers, weights } = partsOf(given);
  const isFrozen = item.config.trainable === false;
  const made = ran(about, () => lineOf(layers));
  if (made === undefined) throw wrong(about, `gives ${show(given)}`, hint);
  const { weights: own, ...rest } = made.config;
  if (own !== undefined && !isPlain(own))
    throw wrong(about, "gives weights that are neither numbers by name nor a function", hint);
  const line = { ...made, name, config: { ...rest, ...(isFrozen ? { trainable: false } : {}) } };
  return { line, custom: { ...about, isFrozen, ...(own === undefined ? {} : { own: own as NonNullable<Custom["own"]> }), ...(weights === undefined ? {} : { weights }) } }; // biome-ignore format: one line
}

/** Lines, and the function of their weights, where there is one. */
function partsOf(given: unknown): { readonly layers: unknown; readonly weights?: Defined["weights"] } {
  if (!isPlain(given) || !("layers" in given)) return { layers: given };
  const { weights, ...rest } = given;
  // A model with inputs is one as a whole; a model's own weights are no function.
  const layers = Array.isArray(given.layers) && "inputs" in given ? rest : given.layers;
  if (typeof weights === "function") return { layers, weights: weights as Defined["weights"] };
  return { layers: Array.isArray(given.layers) ? given : given.layers };
}

/** What was given as one line; undefined where it is none of the forms. */
function lineOf(given: unknown): LayerSpec | undefined {
  if (Array.isArray(given)) return given.length === 0 || !given.every(isLineOrModel) ? undefined : call(sequential(given));
  if (!isLineOrModel(given)) return undefined;
  if ("layer" in given) return { name: "", layer: given.layer, config: given.config };
  return call(given as Model);
}

const isLineOrModel = (given: unknown): given is LayerSpec | Model =>
  isPlain(given) && ("layer" in given ? typeof given.layer === "string" && isPlain(given.config) : Array.isArray(given.layers));

function show(given: unknown): string {
  if (Array.isArray(given)) return given.length === 0 ? "no line" : "a list with something else than lines";
  if (given instanceof Promise) return "a Promise, and is waited for by nobody";
  if (typeof given === "function") return "a function: call it";
  return typeof given === "object" && given !== null
    ? `an object with ${Object.keys(given).slice(0, 5).join(", ") || "nothing"}`
    : String(given);
}
