// What a layer of a Keras file is called, where its weights lie, and what a chain takes. In: parts of a config nobody vouches for. Out: names,
// folders and lines; or CompileError format/spec.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { classOf, snakeCase } from "../../../compiler/front/lines.ts";
import { layers } from "../../../compiler/layers/index.ts";
import type { LayerSpec } from "../../../compiler/model.ts";
import { ours, quote, type Serialized } from "./values.ts";

/** Whether a line says what it takes. */
export const statesShape = ({ layer, config }: LayerSpec): boolean =>
  layers.get(layer)?.declares !== undefined || config.inputShape !== undefined;

/** The line that states what a chain takes. */
export function inputLine(batched: unknown, dtype: unknown, path: string): LayerSpec {
  return { layer: "input", config: { shape: sampleShape(batched, path), ...(dtype === "string" ? { dtype } : {}) } };
}

/** A shape without its batch, whether that was left open or not. */
export function sampleShape(batched: unknown, path: string): readonly (number | null)[] {
  const shape = ours(batched, path);
  if (Array.isArray(shape) && shape.length > 0 && shape.every((size) => size === null || typeof size === "number"))
    return shape.slice(1);
  return wrong(path, `an input has a shape [null, 4], found ${quote(batched)}`);
}

/** The name of a layer, which every layer of a chain has. */
export function nameOf({ config }: Serialized, path: string): string {
  if (typeof config.name === "string" && config.name !== "") return config.name;
  return wrong(path, `a layer has a name, found ${quote(config.name)}`);
}

/** `name`, or with a number behind it the first that is free; it is taken then. */
export function free(taken: Set<string>, name: string): string {
  for (let k = 0; ; k++) {
    const wanted = k === 0 ? name : `${name}_${k}`;
    if (taken.has(wanted)) continue;
    taken.add(wanted);
    return wanted;
  }
}

/** Classes that Keras exports under another name than its own, which folders are called after. */
const classes: ReadonlyMap<string, string> = new Map([...layers.values()].map((layer) => [layer.keras, classOf(layer)]));

/** Where the weights of each layer lie: folders count the layers of a class within their container. */
export function foldersOf(list: readonly Serialized[], under: string): readonly string[] {
  const count = new Map<string, number>();
  return list.map(({ class_name }) => {
    const name = snakeCase(classes.get(class_name) ?? class_name);
    const k = count.get(name) ?? 0;
    count.set(name, k + 1);
    return `${under === "" ? "" : `${under}/`}layers/${name}${k === 0 ? "" : `_${k}`}`;
  });
}

/** Throws CompileError format/spec. */
export function wrong(path: string, message: string): never {
  throw new CompileError({ code: "format/spec", path, message });
}
