// The lines of a model, each on its own. In: plain data. Out: a line's layer, parsed config, name and origin. Errors carry a path such
// as `layers[2].units`, what was needed, what was found, and a hint.
// Guarantee: no key is dropped; what comes out is a copy that nothing outside can change any more.
import * as z from "zod";
import { snakeCase } from "../base/words.ts";
import { check, checkFloats, showValue, withoutFixed } from "../diagnostics/check.ts";
import { CompileError, joinPath } from "../diagnostics/error.ts";
import { isPlain, knownKeys } from "../diagnostics/plain.ts";
import { suggestionFor } from "../diagnostics/suggest.ts";
import type { Origin } from "../graph/origin.ts";
import type { AnyLayer } from "../layers/define.ts";
import { layers } from "../layers/index.ts";
import type { LayerSpec } from "../model.ts";
import type { RegularizerSpec } from "../training/define.ts";
import { regularizerSchema } from "../training/regularizers/index.ts";
import { argumentsIn, byKeys } from "./positional.ts";

type Config = Readonly<Record<string, unknown>> | undefined;
/** Lines that stand for other lines, which `calls.ts` opens: what one without a name is counted as. */
export const structures = {
  model: (config: Config) => (config?.inputs === undefined ? "sequential" : "functional"),
  pipeline: () => "pipeline",
  reuse: (config: Config) => (typeof config?.of === "string" && config.of !== "" ? config.of : "reuse"),
} as const satisfies Readonly<Record<string, (config: Config) => string>>;
/** The keys of a line that holds lines of its own; Keras' Pipeline is a chain and nothing else. */
export const nested: Readonly<Record<string, readonly string[]>> = {
  model: ["inputs", "outputs", "layers", "trainable"],
  pipeline: ["layers", "trainable"],
};
/** The name of such a line. */
export type Structure = keyof typeof structures;
export { snakeCase };
/** Whether a line stands for others. */
export const isStructure = (layer: string): layer is Structure => Object.hasOwn(structures, layer);
const penaltySchema = z.strictObject({ activityRegularizer: regularizerSchema });
const lineKeys = ["name", "layer", "config", "inputs"];

/** A layer's call, checked on its own; whether it fits its inputs is known when it is lowered. */
export interface Line {
  /** `layers[1]` */
  readonly path: string;
  readonly name: string;
  /** `layers[1] dense "hidden"` */
  readonly origin: Origin;
  readonly layer: AnyLayer;
  readonly config: object;
  readonly trainable: boolean;
  /** Of what it gives; null for none. */
  readonly activityRegularizer: RegularizerSpec | null;
}

/** A line is an object that has these keys and no others. */
export function checkKeys(spec: unknown, path: string): void {
  if (!isPlain(spec)) return void layerOf(spec, path);
  const layer = typeof spec.layer === "string" ? layers.get(spec.layer) : undefined;
  const strange = Object.keys(spec).find((key) => !lineKeys.includes(key));
  // A spec by hand: the layer's keys stand beside its name.
  if (layer !== undefined && strange !== undefined && keysOf(layer).includes(strange)) {
    const message = `a line has no key ${JSON.stringify(strange)}`;
    const hint = `the config has it: { layer: "${layer.name}", config: { ${strange}: … } }`;
    throw new CompileError({ code: "model/schema", path: joinPath(path, strange), message, hint });
  }
  knownKeys(spec, lineKeys, { code: "model/schema", path, subject: "a line" });
}

/** What may stand in a layer's config. */
const keysOf = ({ config, fixed = {} }: AnyLayer): readonly string[] => [
  ...commonKeys,
  ...(config instanceof z.ZodObject ? Object.keys(config.shape) : []),
  ...Object.keys(fixed),
];
const commonKeys = ["trainable", "activityRegularizer", "inputShape"];

/** One line on its own. */
export function checkLine(spec: LayerSpec, path: string, name: string): Line {
  checkKeys(spec, path);
  const layer = layerOf(spec, path);
  const subject = layer.name;
  const place = { code: "layer/config", path, subject } as const;
  const config: unknown = spec.config === undefined ? {} : spec.config;
  const given = argumentsIn(config);
  if (given !== undefined || !isPlain(config)) {
    const found = (given ?? []).map(showValue).join(", ");
    throw new CompileError({
      code: "layer/config",
      path,
      message: `${subject} takes an object of keys and values, found ${found}`,
      hint: `write ${byKeys(layer, given ?? [])}`,
    });
  }
  const { trainable = true, activityRegularizer: activity, inputShape: _checkedLater, ...own } = config;
  if (typeof trainable !== "boolean") {
    throw new CompileError({
      code: "layer/config",
      path: joinPath(path, "trainable"),
      message: `trainable needs true or false, found ${showValue(trainable)}`,
    });
  }
  const fixed = layer.fixed ?? {};
  const penalty = check(penaltySchema, activity === undefined ? {} : { activityRegularizer: activity }, place);
  checkFloats(penalty, place);
  const also = [
    "name",
    "trainable",
    "activityRegularizer",
    ...(layer.declares === undefined ? ["inputShape"] : []),
    ...Object.keys(fixed),
  ];
  const parsed = check(layer.config, withoutFixed(own, fixed, { ...place, code: "layer/unsupported" }), place, also);
  checkFloats(parsed, place);
  return { path, name, origin: { path, layer: layer.name, name }, layer, config: parsed, trainable, ...penalty };
}

/** Refuses as a line what stands within another layer alone. */
export function checkStands({ layer: { name, only }, path }: Line): void {
  if (only === undefined) return;
  const message = `${name} stands within ${only.layer}, and is no layer of its own`;
  throw new CompileError({ code: "layer/config", path, message, hint: `write ${only.layer}({ ${only.key}: ${name}({ … }) })` });
}

/** Refuses a call with more or fewer inputs than the layer takes. */
export function checkCount({ layer, path }: Line, count: number): void {
  const [least, most] = layer.takes ?? [1, 1];
  if (count >= least && count <= most) return;
  const wanted = least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
  const message = `${layer.name} takes ${wanted} input${wanted === "1" ? "" : "s"}, found ${count}`;
  throw new CompileError({ code: "model/inputs", path: joinPath(path, "inputs"), message, hint: inputsHint });
}

/** What to do where inputs are to be named. */
export const inputsHint = 'name them: inputs: ["a", "b"]';

const noLineHint = 'a line is {layer: "dense", config: {units: 4}}';
/** What people put into a list of layers, by what to do instead. */
const noLine: Readonly<Record<string, (spec: unknown) => boolean>> = {
  "call the layer: dense({ units: 4 })": (spec) => typeof spec === "function",
  "layers stand in one list: spread the inner one, ...[dense({ units: 4 })]": (spec) => Array.isArray(spec) && spec.length > 0,
  "leave it out: the list has a hole, or what should give a layer gives none": (spec) => spec === undefined || spec === null,
  "call the layer, with its keys: dense({ units: 4 })": (spec) => typeof spec === "string",
};

function layerOf(spec: unknown, path: string): AnyLayer {
  const given: unknown = (spec as Partial<LayerSpec> | null | undefined)?.layer;
  const layer = typeof given === "string" ? layers.get(given) : undefined;
  if (layer !== undefined) return layer;
  if (typeof given !== "string") {
    const hint = Object.entries(noLine).find(([, fits]) => fits(spec))?.[0] ?? noLineHint;
    const message = `a line needs the name of its layer, found ${showValue(spec)}`;
    throw new CompileError({ code: "model/schema", path, message, hint });
  }
  // Keras' own class name is the likeliest other spelling.
  const keras = [...layers.values()].find((known) => known.keras === given);
  const hint =
    keras === undefined
      ? suggestionFor(given, [...layers.keys(), ...Object.keys(structures)])
      : `did you mean ${JSON.stringify(keras.name)}?`;
  throw new CompileError({
    code: "layer/unknown",
    path: joinPath(path, "layer"),
    message: `there is no layer ${showValue(given)}`,
    hint,
  });
}

/** The user's names, and Keras' rule for the others: dense, dense_1, …; never one the user has taken. */
export function namesOf(specs: readonly LayerSpec[], path: string): readonly string[] {
  const taken = new Set<string>();
  for (const [i, spec] of specs.entries()) {
    const name: unknown = spec?.name;
    if (name === undefined) continue;
    const at = `${path}[${i}].name`;
    if (typeof name !== "string" || name === "") {
      const message = `a layer's name is a string with at least one character, found ${showValue(name)}`;
      throw new CompileError({ code: "layer/name", path: at, message });
    }
    if (taken.has(name)) {
      const hint = "give each layer another name, or none";
      throw new CompileError({ code: "layer/name", path: at, message: `two layers are called ${JSON.stringify(name)}`, hint });
    }
    taken.add(name);
  }
  const used = new Map<string, number>();
  return specs.map((spec, i) => {
    if (spec?.name !== undefined) return spec.name;
    const base = baseName(spec, `${path}[${i}]`);
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

/** What a line without a name is counted as. */
function baseName({ layer, config }: LayerSpec, path: string): string {
  if (isStructure(layer)) return structures[layer](config);
  return snakeCase(classOf(layerOf({ layer, config }, path)));
}

/** Keras' own class, which default names and the folders of its files are made of. */
export const classOf = (layer: AnyLayer): string => layer.class ?? layer.keras.replace(/^ops\./, "");

/** Throws layer/untrained where no training step can have the layer. */
export function checkTrained({ layer: { name, untrained }, path }: Line): void {
  if (untrained === undefined) return;
  const message = `a model with ${name} cannot be trained: ${untrained}`;
  const hint = `take ${name} out of the model that is trained; what it predicts is the same without`;
  throw new CompileError({ code: "layer/untrained", path, message, hint });
}
