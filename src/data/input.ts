// What the readers of rows share: their error, and bytes as text. In: bytes of a file. Out: text, or a CompileError `format/input` that
// says what the bytes are instead.
import { CompileError, type Place } from "../../compiler/diagnostics/error.ts";

/** Throws CompileError `format/input`. */
export function failInput(message: string, hint?: string, at?: Place): never {
  // Whoever gave a file knows how to give one.
  const how = hint ?? (at === undefined ? 'give --input "[0.5, -1]", or a .json, .jsonl, .csv or .npy file' : undefined);
  throw new CompileError({ code: "format/input", path: "", message, ...(how === undefined ? {} : { hint: how }), ...(at === undefined ? {} : { at }) }); // biome-ignore format: one line
}

/** The text of a file in UTF-8, without a byte order mark. Throws CompileError `format/input` for any other encoding. */
export function textOf(bytes: Uint8Array, file: string): string {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || bytes.subarray(0, 1000).includes(0))
    failInput(`${file} is UTF-16, or no text at all`, "save it as UTF-8", { file });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return failInput(`${file} is not UTF-8`, "save it as UTF-8", { file });
  }
}
