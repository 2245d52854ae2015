// A file by a reader that is at hand. In: bytes, what they are called, and the reader of their kind. Out: a Model, or a CompileError that says what was seen.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { isWasm } from "../../compiler/emit/wasm/file.ts";
import type { Model } from "../../compiler/model.ts";
import type { Format, Given } from "./define.ts";
import { type Key, type Kind, kinds } from "./kinds.ts";

/** A kind with what reads it. */
export interface Known extends Format {
  readonly key: Key;
}

/** The Model in `bytes`. Throws CompileError `format/…`; where nothing knows them, `format/unknown` with what they look like. */
export function openAs(known: Known | undefined, bytes: Uint8Array, name: string, given: Given): Model {
  if (known !== undefined) {
    checkValues(known.key, given);
    return known.open(bytes, { fileName: name, ...given });
  }
  throw new CompileError({
    code: "format/unknown",
    path: "",
    message: `${name === "" ? "this" : name} is no model: ${describe(bytes)}`,
    hint: isWasm(bytes)
      ? "what is compiled has no layers any more: give the model it was made of; `layerc verify` reads a .wasm file, and docs/wasm.md says how to call one"
      : `layerc opens ${Object.values(kinds)
          .map(({ name }) => name)
          .join(", ")}`,
  });
}

/** Throws CompileError format/size for values of inputs where no input is such. */
function checkValues(key: Key, { inputValues = {} }: Given): void {
  const [name] = Object.keys(inputValues);
  const kind: Kind = kinds[key];
  if (name === undefined || kind.takesValues) return;
  const message = `numbers are given for the input ${JSON.stringify(name)}, and no input of ${kind.name} has to be known before the model runs`;
  throw new CompileError({
    code: "format/size",
    path: "inputs",
    message,
    hint: "inputValues and --input-value are for .onnx files",
  });
}

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
