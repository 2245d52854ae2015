// A file of data, which may name others in its folder. In: its bytes, and what it is opened with. Out: the Model, or the facts of the file,
// with every file that was read. Nothing of a file is ever run.
import { existsSync, realpathSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { Model } from "../../compiler/model.ts";
import { readBytes } from "../files.ts";
import type { Found, Given } from "../formats/define.ts";
import { factsOf } from "../formats/facts.ts";
import { kindOf, kinds } from "../formats/kinds.ts";
import { readers } from "../formats/lazy.ts";
import { openAs } from "../formats/opening.ts";

/** What a file of data is called, and where the files beside it are; nowhere, if it came through a pipe. */
export interface DataFile {
  readonly name: string;
  readonly folder?: string;
}
/** What is wanted of it. */
export interface Request extends DataFile {
  readonly want: "model" | "facts";
  readonly given: Pick<Given, "inputShape" | "inputValues" | "textLength">;
}
/** What was read: a model, or what the file holds and what stands against its compilation. */
export interface Read {
  readonly model?: Model;
  readonly found?: Found;
  readonly format?: string;
  /** Those beside it, absolute. */
  readonly files: readonly string[];
}

/** Reads a file. `seen` is told of every file beside it, also of those that are missing. Throws CompileError `format/…`. */
export async function readData(
  { name, folder, want, given }: Request,
  bytes: Uint8Array,
  layers: Given["layers"],
  seen: (file: string) => void,
): Promise<Read> {
  const files: string[] = [];
  const beside = (one: string): Uint8Array | undefined => {
    if (folder === undefined) return undefined;
    const file = resolve(folder, one);
    seen(file);
    if (!existsSync(file)) return undefined;
    // A link may lead anywhere; what a model names stays in its folder.
    const [real, home] = [file, folder].map((one) => realpathSync(one));
    if (!real.startsWith(home.endsWith(sep) ? home : home + sep)) return undefined;
    files.push(file);
    return readBytes(file);
  };
  const all: Given = { ...given, ...(layers === undefined ? {} : { layers }), beside };
  const key = kindOf(bytes, name);
  const known = key && { key, ...(await readers[key]()) };
  if (want === "facts") {
    const found = factsOf(known, bytes, name, all);
    return { files, ...(found === undefined ? {} : { found }) };
  }
  const model = openAs(known, bytes, name, all);
  return { model, files, ...(key === undefined ? {} : { format: kinds[key].name }) };
}
