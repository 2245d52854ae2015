// The spec of a Model as JSON: its name, seed and list of layers. In: text nobody vouches for. Out: a Model of the right
// form, or a CompileError that names the place. What a layer's config may hold is the compiler's to judge, not this file's.
import * as z from "zod";
import { check } from "../../compiler/diagnostics/check.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { plainKeys } from "../../compiler/diagnostics/plain.ts";
import type { Model } from "../../compiler/model.ts";

const named = z.union([z.string(), z.looseObject({ name: z.string() })]);
const layer = z.strictObject({
  name: z.string().optional(),
  layer: z.string(),
  config: z.record(z.string(), z.unknown()).default({}),
  inputs: z.array(z.string()).optional(),
});
/** The form of a spec; names of layers and their configs are free here. */
const specSchema: z.ZodType<Model> = z.strictObject({
  name: z.string().default("model"),
  seed: z.int().default(0),
  layers: z.array(layer),
  weightsFile: z.string().optional(),
  training: z.strictObject({ loss: named, optimizer: named }).optional(),
});

/** The Model that `text` spells. Throws CompileError `format/json` (no JSON) or `format/spec` (no spec, with its path). */
export function openJson(text: string): Model {
  return checkSpec(parseJson(text, "format/json"));
}

/** JSON.parse with our error; `what` names the text in the message. */
export function parseJson(
  text: string,
  code: "format/json" | "format/header" | "format/metadata" | "format/input",
  what = "the text",
): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CompileError({
      code,
      path: "",
      message: `${what} is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

/** The Model a parsed value spells; an unknown key is an error, because a misspelt one would be ignored in silence. */
export const checkSpec = (value: unknown): Model =>
  check(specSchema, value, { code: "format/spec", path: "", subject: "the spec" });

/** The spec as JSON text; equal models give equal text. Weights are not part of it. */
export function saveJson(model: Model, indent = 2): string {
  return JSON.stringify(specOf(model), onlyJson, indent);
}

/** Whether a value has a Model's outer form; what is inside is judged when it is compiled. */
export function isModel(value: unknown): value is Model {
  if (typeof value !== "object" || value === null) return false;
  return "layers" in value && Array.isArray(value.layers);
}

/** What of a Model is spec: everything but weights, keys in a fixed order. Throws CompileError format/spec where it is none. */
export function specOf(model: Model): Omit<Model, "weights"> {
  const place = { code: "format/spec", path: "", subject: "the model" } as const;
  const { weights: _, ...spec } = plainKeys(model, place);
  const { name, seed, layers, weightsFile, training } = check(specSchema, spec, place);
  return {
    name,
    seed,
    layers: layers.map(({ name, layer, config, inputs }) => ({ name, layer, config, inputs })),
    weightsFile,
    training,
  };
}

/** A JSON.stringify replacer that refuses what JSON would silently turn into something else. */
export function onlyJson(key: string, value: unknown): unknown {
  const lost = typeof value === "number" ? !Number.isFinite(value) : ["function", "symbol", "bigint"].includes(typeof value);
  if (lost)
    throw new CompileError({
      code: "format/spec",
      path: key,
      message: `${String(value)} has no form in JSON`,
      hint: "leave the key away or give a number",
    });
  return value;
}
