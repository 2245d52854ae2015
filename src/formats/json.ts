// The spec of a Model as JSON: its name, seed, ports and list of layers. In: text nobody vouches for. Out: a Model of the right
// form, or a CompileError that names the place. What a layer's config may hold and what ports may be called is the compiler's to judge.
import * as z from "zod";
import { check } from "../../compiler/diagnostics/check.ts";
import { CompileError, type Place } from "../../compiler/diagnostics/error.ts";
import { isPlain, plainKeys } from "../../compiler/diagnostics/plain.ts";
import { nested as nestedLines } from "../../compiler/front/lines.ts";
import type { Model } from "../../compiler/model.ts";
import { decode, type Format } from "./define.ts";
import { faultIn, placeAt } from "./json-text.ts";
import { withSizes } from "./sizes.ts";

const named = z.union([z.string(), z.looseObject({ name: z.string() })]);
const line = z.strictObject({
  name: z.string().optional(),
  layer: z.string(),
  config: z.record(z.string(), z.unknown()).default({}),
  inputs: z.array(z.string()).optional(),
});
const names = z.union([z.array(z.string()), z.record(z.string(), z.array(z.string()))]).optional();
/** For all outputs, or by output. */
const metrics = z.union([z.array(named), z.record(z.string(), z.union([named, z.array(named)]))]).optional();
/** The form of a spec; names of layers, ports and losses, and what configs hold, are free here. */
const specSchema = z.strictObject({
  name: z.string().default("model"),
  seed: z.int().default(0),
  graph: z.string().optional(),
  inputs: z
    .array(
      z.strictObject({
        name: z.string(),
        shape: z.array(z.number().nullable()),
        type: z.string().optional(),
        below: z.number().optional(),
      }),
    )
    .optional(),
  // A Graph has none.
  layers: z.array(line),
  outputs: z.array(z.union([z.string(), z.strictObject({ name: z.string(), from: z.string() })])).optional(),
  weightsFile: z.string().optional(),
  training: z
    .strictObject({
      // One, or one by output: which of the two an object is, only who knows the outputs can tell.
      loss: z.union([z.string(), z.record(z.string(), z.unknown())]),
      lossWeights: z.record(z.string(), z.number()).optional(),
      optimizer: named,
      metrics,
      weightedMetrics: metrics,
      frozen: z.array(z.string()).optional(),
      learningRates: z.record(z.string(), z.number()).optional(),
    })
    .optional(),
  left: z.array(z.string()).optional(),
  about: z.strictObject({ features: names, classes: names }).optional(),
});

/** A spec as JSON. */
export const json: Format = {
  open: (bytes, given) => withSizes(openJson(decode(bytes)), given),
  save: (model) => new TextEncoder().encode(saveJson(model)),
};

/** The Model that `text` spells. Throws CompileError `format/json` (no JSON) or `format/spec` (no spec, with its path). */
export function openJson(text: string): Model {
  return checkSpec(parseJson(text, "format/json"));
}

/** JSON.parse with our error; `what` names the text in the message. */
export function parseJson(
  text: string,
  code: "format/json" | "format/header" | "format/metadata" | "format/input",
  what = "the text",
  placeOf: (offset: number) => Place | undefined = () => undefined,
): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Engines have words of their own for it, and not all say where.
    const { offset = 0, message } = faultIn(text) ?? { message: String(error) };
    const { line, column } = placeAt(text, "", offset);
    const where = text.includes("\n") ? `line ${line}, column ${column}` : `character ${column}`;
    const at = placeOf(offset);
    throw new CompileError({
      code,
      path: "",
      message: `${what} is not JSON: ${message} (${where})`,
      ...(at === undefined ? {} : { at }),
    });
  }
}

/** The Model a parsed value spells; an unknown key is an error, because a misspelt one would be ignored in silence. */
export const checkSpec = (value: unknown): Model =>
  // Whether a shape has open sizes, a type is known or a loss is one: the compiler judges.
  check(specSchema, value, { code: "format/spec", path: "", subject: "the spec" }) as Model;

/** The spec as JSON text; equal models give equal text. Weights and the state of training are not part of it. */
export function saveJson(model: Model, indent = 2): string {
  return JSON.stringify(specOf(model), onlyJson, indent);
}

/** Whether a value has a Model's outer form; what is inside is judged when it is compiled. */
export function isModel(value: unknown): value is Model {
  if (typeof value !== "object" || value === null) return false;
  return "layers" in value && Array.isArray(value.layers);
}

/** What of a Model is spec: all but its numbers, keys in a fixed order. Throws CompileError format/spec where it is none. */
export function specOf(model: Model): Omit<Model, "weights" | "state"> {
  const place = { code: "format/spec", path: "", subject: "the model" } as const;
  const { weights: _, state: __, ...spec } = plainKeys(model, place);
  const { name, seed, graph, layers, weightsFile, training, left, about, ...ports } = check(specSchema, spec, place);
  const spelt = {
    ...{ name, seed, graph, ...portsOf(ports) },
    layers: layers.map(lineOf),
    weightsFile,
    training: training && ordered(training),
    left,
    about: about && ordered(about),
  };
  return spelt as Omit<Model, "weights" | "state">;
}

type Spec = z.infer<typeof specSchema>;
type Line = z.infer<typeof line>;

/** Inputs stand above the lines; outputs too, so that a reader sees both at once. */
const portsOf = ({ inputs, outputs }: Pick<Spec, "inputs" | "outputs">) => ({
  inputs: inputs?.map(({ name, shape, type, below }) => ({ name, shape, type, below })),
  outputs: outputs?.map((output) => (typeof output === "string" ? output : { name: output.name, from: output.from })),
});

/** A line; the lines of a model within the model likewise. */
function lineOf({ name, layer, config, inputs }: Line): Line {
  if (!Object.hasOwn(nestedLines, layer)) return { name, layer, config, inputs };
  const { layers, trainable, ...rest } = config;
  const inner = nested.safeParse(rest);
  const lines = z.array(line).safeParse(layers);
  // What is no model is for the compiler to refuse.
  if (!inner.success || !lines.success) return { name, layer, config, inputs };
  return { name, layer, config: { ...portsOf(inner.data), layers: lines.data.map(lineOf), trainable }, inputs };
}
const nested = specSchema.pick({ inputs: true, outputs: true });

/** Keys by their names, that of a loss or optimizer first: ports have an order of their own, and configs have none. */
const ordered = (value: unknown): unknown =>
  isPlain(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => Number(b === "name") - Number(a === "name") || (a < b ? -1 : 1))
          .map(([key, item]) => [key, ordered(item)]),
      )
    : value;

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
