// Reading files with our errors, and naming them for people. In: a path. Out: bytes, or a CompileError that says in words what
// the system said. Guarantee: a pipe or device that never ends is an error, see streams.ts. Writing is outputs.ts.
import { readFileSync, statSync } from "node:fs";
import { isAbsolute, relative } from "node:path";
import { CompileError } from "../compiler/diagnostics/error.ts";
import { reasonOf } from "./reasons.ts";
import { readStream } from "./streams.ts";

/** The bytes of a file. Throws CompileError `file/missing`, `file/endless`. */
export function readBytes(file: string): Uint8Array {
  try {
    const found = statSync(file);
    return found.isFile() || found.isDirectory() ? readFileSync(file) : readStream(file, showFile(file));
  } catch (error) {
    if (error instanceof CompileError) throw error;
    throw new CompileError({ code: "file/missing", path: "", message: `cannot read ${showFile(file)}: ${reasonOf(error)}` });
  }
}

/** The text of a regular file once more, for an error that points into it; of a pipe and what is no text nothing. */
export function textAgain(file: string): string {
  try {
    return statSync(file).isFile() ? new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file)) : "";
  } catch {
    return "";
  }
}

/** A file as the user would write it: relative where it lies below the working directory. */
export function showFile(file: string): string {
  const near = relative(process.cwd(), file);
  return near === "" || near.startsWith("..") || isAbsolute(near) ? file : near;
}

export { reasonOf } from "./reasons.ts";
