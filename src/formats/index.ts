// Bytes ⇄ Model. In: the bytes of a file, whose content decides the format, not its name. Out: a Model, or a CompileError
// that says what was seen. Every format of the list is data: nothing of it is ever run.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { isWasm } from "../../compiler/emit/wasm/file.ts";
import type { Model } from "../../compiler/model.ts";
import type { Given } from "./define.ts";
import { formats } from "./list.ts";
import { onnx } from "./onnx/index.ts";

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
  const found = formats.find((format) => format.sniff(bytes, name));
  if (found !== undefined) {
    checkValues(found.name, given);
    return found.open(bytes, { fileName: name, ...given });
  }
  throw new CompileError({
    code: "format/unknown",
    path: "",
    message: `${name === "" ? "this" : name} is no model: ${describe(bytes)}`,
    hint: isWasm(bytes)
      ? "what is compiled has no layers any more: give the model it was made of; `layerc verify` reads a .wasm file, and docs/wasm.md says how to call one"
      : `layerc opens ${formats.map(({ name }) => name).join(", ")}`,
  });
}

/** Throws CompileError format/size for values of inputs where no input is such. */
function checkValues(format: string, { inputValues = {} }: Given): void {
  const [name] = Object.keys(inputValues);
  if (name === undefined || format === onnx.name) return;
  const message = `numbers are given for the input ${JSON.stringify(name)}, and no input of ${format} has to be known before the model runs`;
  throw new CompileError({
    code: "format/size",
    path: "inputs",
    message,
    hint: "inputValues and --input-value are for .onnx files",
  });
}

/** What the bytes are called as a format; undefined where they are none. */
export const formatOf = (bytes: Uint8Array, name = ""): string | undefined =>
  formats.find(({ sniff }) => sniff(bytes, name))?.name;

/** Files that are often taken for models, by their first bytes, so that the error can name them. */
const signatures: readonly (readonly [hex: string, what: string])[] = [
  ["47475546", "it is a GGUF file"],
  ["1f8b", "it is compressed with gzip"],
  ["0061736d", "it is a WebAssembly module"],
];

/** What bytes look like, for the error. */
function describe(bytes: Uint8Array): string {
  if (bytes.length === 0) return "it is empty";
  const head = [...bytes.subarray(0, 16)];
  const hex = head.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const known = signatures.find(([signature]) => hex.startsWith(signature));
  if (known !== undefined) return known[1];
  const text = head.every((byte) => byte >= 0x20 && byte < 0x7f)
    ? JSON.stringify(String.fromCharCode(...head))
    : `the bytes ${hex.replace(/(..)(?!$)/g, "$1 ")}`;
  return `it starts with ${text}`;
}
