// Bytes ⇄ Model. In: the bytes of a file, whose content decides the format, not its name. Out: a Model, or a CompileError
// that says what was seen. Every format of the list is data: nothing of it is ever run.
import type { Model } from "../../compiler/model.ts";
import type { Given } from "./define.ts";
import { kindOf } from "./kinds.ts";
import { formats } from "./list.ts";
import { type Known, openAs } from "./opening.ts";

export type { Given } from "./define.ts";
export { saveJson } from "./json.ts";
export { saveOnnx } from "./onnx/write/index.ts";
export { openWeights, save } from "./safetensors.ts";
export { saveTfjs, type TfjsFiles } from "./tfjs/write/index.ts";

/**
 * The Model in `bytes`: of the first format in the list that knows them. `name` (a file name) settles what a file too short to be
 * recognised was meant to be; `given`: files beside it, and sizes that it leaves open. Throws CompileError `format/…`.
 */
export function open(bytes: Uint8Array, name = "", given: Given = {}): Model {
  return openAs(knownOf(bytes, name), bytes, name, given);
}

/** What reads such bytes; undefined where nothing does. */
export function knownOf(bytes: Uint8Array, name: string): Known | undefined {
  const key = kindOf(bytes, name);
  return key && { key, ...formats[key] };
}
