// What a model is given and what it gives, by name. In: specs nobody vouches for. Out: inputs with shapes that are numbers, outputs with
// the line each comes from. Guarantee: names are unique and plain; in a chain there is one of each, `x` and `y`.
import * as z from "zod";
import { check, showValue } from "../diagnostics/check.ts";
import { CompileError, joinPath } from "../diagnostics/error.ts";
import { isPlain, knownKeys } from "../diagnostics/plain.ts";
import { checkSize } from "../graph/limits.ts";
import { showOrigin } from "../graph/origin.ts";
import { layers } from "../layers/index.ts";
import type { InputSpec, LayerSpec, OutputSpec } from "../model.ts";
import { checkLine, isStructure, nested } from "./lines.ts";

// Keras keeps / for the names of weights; : counts a line's results; and __proto__ is no key that an object can be trusted with.
const isPortName = (name: string): boolean => name !== "" && !/[/:]/.test(name) && name !== "__proto__";
const portName = z.string().refine((name) => isPortName(name), 'a name without / and :, and not "__proto__"');
/** What a port is called in a Graph, where a step has names of its own. */
export const graphName = (port: string): string => (ownNames.has(port) ? `x:${port}` : port);
const ownNames: ReadonlySet<string> = new Set(["y", "sampleWeight", "learningRate", "step", "loss"]);

const inputSchema = z.strictObject({
  name: portName,
  shape: z.array(z.number().nullable()),
  type: z.enum(["number", "string"]).optional(),
  below: z
    .int()
    .min(1)
    .max(2 ** 24)
    .optional(),
});
const outputSchema = z.union([z.string(), z.strictObject({ name: portName, from: z.string() })]);
const code = "model/port";

/**
 * The inputs of a model that names them. A model within another may leave sizes open (null), which what it is given settles. Throws
 * CompileError model/port, shape/unknown-size or shape/too-large.
 */
export function checkInputs(given: unknown, path: string, where: "whole" | "within" = "whole"): readonly InputSpec[] {
  const specs = check(z.array(inputSchema).min(1), given, { code, path, subject: "inputs" });
  unique(specs.map(({ name }) => name), path, "inputs"); // biome-ignore format: one line
  return specs.map((spec, i) => {
    const at = `${path}[${i}].shape`;
    const isOpen = where === "within" && spec.shape.includes(null);
    const settled = isOpen ? spec.shape.map((size) => size ?? 1) : spec.shape;
    const whole = wholeShape(settled, at, `the input ${JSON.stringify(spec.name)}`, "shape: [2]");
    const shape = isOpen ? (spec.shape as readonly number[]) : whole;
    if (spec.type === "string" && spec.below !== undefined) {
      const message = `${JSON.stringify(spec.name)} holds text, which is not below a number`;
      throw new CompileError({ code, path: `${path}[${i}].below`, message, hint: "leave below out" });
    }
    return { ...spec, shape };
  });
}

/** The outputs as a list of names with lines; where none are given, the last line. `last` is its name. */
export function checkOutputs(
  given: unknown,
  path: string,
  last: string,
  chain: boolean,
): readonly (OutputSpec & { readonly path: string })[] {
  if (given === undefined && chain) return [{ name: "y", from: last, path }];
  const specs = check(z.array(outputSchema).min(1), given ?? [last], { code, path, subject: "outputs" });
  const outputs = specs.map((spec, i) => {
    const at = given === undefined ? path : `${path}[${i}]`;
    if (typeof spec !== "string") return { ...spec, path: at };
    // `lstm:1` is a name as good as any.
    if (isPortName(spec.replace(/:\d+$/, ""))) return { name: spec, from: spec, path: at };
    const message = `the output ${JSON.stringify(spec)} needs another name: one without / and :, and not "__proto__"`;
    throw new CompileError({ code, path: at, message, hint: `write { name: "y", from: ${JSON.stringify(spec)} }` });
  });
  unique(
    outputs.map(({ name }) => name),
    path,
    "outputs",
  );
  return outputs;
}

function unique(names: readonly string[], path: string, subject: string): void {
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twice < 0) return;
  const message = `two ${subject} are called ${JSON.stringify(names[twice])}`;
  const hint = subject === "outputs" ? 'give one another name: { name: "other", from: "line" }' : "give one another name";
  throw new CompileError({ code, path: `${path}[${twice}]`, message, hint });
}

interface Stated {
  readonly shape: unknown;
  /** The key that says so. */
  readonly key: string;
  readonly isText: boolean;
}

/** The shape of a sample as its first line states it; undefined where it does not. */
export function statedInput([first]: readonly LayerSpec[], path: string): Stated | undefined {
  if (isStructure(first.layer)) return statedInside(first, `${path}[0]`);
  const line = checkLine(first, `${path}[0]`, "");
  const own = (first.config as { inputShape?: unknown } | undefined)?.inputShape;
  const declared = line.layer.declares?.(line.config);
  if (declared !== undefined && own !== undefined) {
    const message = `${line.layer.name} states the shape of a sample as shape, and inputShape beside it`;
    throw new CompileError({ code: "layer/config", path: `${path}[0].inputShape`, message, hint: "leave inputShape out" });
  }
  if (declared !== undefined) return { shape: declared.shape, key: "shape", isText: declared.isText };
  return own === undefined ? undefined : { shape: own, key: "inputShape", isText: line.layer.takesText?.(line.config) ?? false };
}

/** The same of a model that comes first; of a line that is called again there is nothing to call. */
function statedInside({ config }: LayerSpec, path: string): Stated | undefined {
  const { inputs, layers } = (config ?? {}) as { inputs?: unknown; layers?: unknown };
  if (!Array.isArray(layers) || layers.length === 0) return undefined;
  if (inputs === undefined) return statedInput(layers, joinPath(path, "layers"));
  const [{ shape, type }] = checkInputs(inputs, joinPath(path, "inputs"));
  return { shape, key: "inputs", isText: type === "string" };
}

/** The one input of a chain: its first line states the shape. */
export function chainInput(layers: readonly LayerSpec[], path: string, name: string): InputSpec {
  const stated = statedInput(layers, path);
  const [{ layer }] = layers;
  const key = stated?.key ?? "inputShape";
  const hint = `write ${layer}({ …, ${key}: [2] }): the shape of one sample, without the batch`;
  const origin = showOrigin({ path: `${path}[0]`, layer, name });
  if (stated === undefined) {
    const message = `the shape of a sample must be known, but ${origin} has no ${key}`;
    throw new CompileError({ code: "shape/unknown-size", path: `${path}[0]`, message, hint });
  }
  const shape = wholeShape(stated.shape, `${path}[0].${key}`, origin, hint);
  return { name: "x", shape, ...(stated.isText ? { type: "string" as const } : {}) };
}

/** A shape whose sizes are numbers; `who` states it. */
function wholeShape(shape: unknown, path: string, who: string, hint: string): readonly number[] {
  if (Array.isArray(shape) && shape.includes(null)) {
    const message = `every size of a sample must be known, but ${who} leaves one open: ${showValue(shape)}`;
    throw new CompileError({ code: "shape/unknown-size", path, message, hint });
  }
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
    const message = `a shape is a list of sizes from 1 on, found ${showValue(shape)}`;
    throw new CompileError({ code: "layer/config", path, message, hint });
  }
  checkSize("a sample", shape as number[], path);
  return shape as number[];
}

/** Throws where a line states a shape and is not the first of a chain, which alone may. */
export function checkStated(lines: readonly LayerSpec[], path: string, chain: boolean): void {
  for (const [i, { layer, config }] of lines.entries()) {
    if (i === 0 && chain) continue;
    const hint = chain
      ? "move it to the top of the list, or leave it out"
      : 'give its shape in inputs: [{ name: "x", shape: [2] }]';
    if (layers.get(layer)?.declares !== undefined) {
      const message = chain
        ? `${layer} states the shape of a sample and can only come first`
        : `the inputs of this model have names, and ${layer} lines stand in chains only`;
      throw new CompileError({ code: "layer/config", path: `${path}[${i}]`, message, hint });
    }
    if ((config as { inputShape?: unknown } | undefined)?.inputShape === undefined) continue;
    const message = chain ? "inputShape belongs to the first layer" : "the inputs of this model state their shapes";
    const rest = "leave it out: later shapes follow from the layers before";
    throw new CompileError({ code: "layer/config", path: joinPath(`${path}[${i}]`, "inputShape"), message, hint: rest });
  }
}

/** Lines with what they are given and what they give: the model itself, or one within it. */
export interface Net {
  readonly layers: readonly LayerSpec[];
  /** Absent: a chain, with one. */
  readonly inputs?: unknown;
  readonly outputs?: unknown;
}

/** The net that the line of a model within a model holds. */
export function netOf({ layer, config }: { readonly layer: string; readonly config?: unknown }, path: string): Net {
  const place = { code: "model/schema", path, subject: layer } as const;
  const layers = isPlain(config) ? config.layers : undefined;
  if (!isPlain(config) || !Array.isArray(layers) || layers.length === 0) {
    const message = `a ${layer} within a model needs a list of layers, found ${showValue(layers)}`;
    throw new CompileError({ ...place, path: joinPath(path, "layers"), message });
  }
  knownKeys(config, nested[layer], place);
  const { trainable = true, inputs, outputs } = config;
  if (typeof trainable !== "boolean") {
    const message = `trainable needs true or false, found ${showValue(trainable)}`;
    throw new CompileError({ ...place, path: joinPath(path, "trainable"), message });
  }
  return {
    layers: layers as readonly LayerSpec[],
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
  };
}
