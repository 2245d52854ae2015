// A model file → Model. TypeScript and JavaScript are the user's code: bundled with esbuild and run. JSON and .safetensors
// are data and are never run. Out: the Model with its weights, and every file it was made from (for a watcher).
import { existsSync, realpathSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import { readBytes, showFile } from "../files.ts";
import { formatOf, type Given, open } from "../formats/index.ts";
import { withWeightsFile } from "../formats/safetensors.ts";
import { withSizes } from "../formats/sizes.ts";
import { locate } from "./locate.ts";
import { isSource, runSource } from "./run.ts";

/** A model as it came from a file. */
export interface Loaded {
  readonly model: Model;
  /** Absolute: the model file first, then what it imports and its weights. */
  readonly files: readonly string[];
  /** Absolute: the names by which its imports call those files, `./units.js` for units.ts; a file of such a name would take over. */
  readonly imported?: readonly string[];
  /** What a file of data is called. */
  readonly format?: string;
  /** The model file where it is source that errors can point into. */
  readonly source?: string;
}

/**
 * Loads a model file. `seen` is told of every file before it is read, and of files that are missing, so that a watcher knows them
 * also where loading fails. Throws CompileError `file/…`, `format/…`, `source/…`, or what the user's own layers throw, with its place.
 */
export async function loadModel(
  file: string,
  seen: (file: string) => void = () => {},
  inputShape?: Given["inputShape"],
): Promise<Loaded> {
  const given = inputShape === undefined ? {} : { inputShape };
  const path = resolve(file);
  seen(path);
  const loaded: Loaded = isSource(path) ? { ...(await runSource(path, seen)), source: path } : openFile(path, seen, given);
  const { files, source } = loaded;
  // Of a file the reader has been told.
  const model = source === undefined ? loaded.model : withSizes(loaded.model, given);
  if (model.weightsFile === undefined) return { ...loaded, model };
  const weightsFile = resolve(dirname(path), model.weightsFile);
  seen(weightsFile);
  const bytes = readBytes(weightsFile);
  const weighted = await withPlaces(source, () => withWeightsFile(model, bytes));
  return { ...loaded, model: weighted, files: [...files, weightsFile] };
}

/** A file of data, which may name others in its folder. */
function openFile(path: string, seen: (file: string) => void, given: Given): Loaded {
  const folder = dirname(path);
  const files = [path];
  const beside = (name: string): Uint8Array | undefined => {
    const file = resolve(folder, name);
    seen(file);
    if (!existsSync(file)) return undefined;
    // A link may lead anywhere; what a model names stays in its folder.
    const [real, home] = [file, folder].map((one) => realpathSync(one));
    if (!real.startsWith(home.endsWith(sep) ? home : home + sep)) return undefined;
    files.push(file);
    return readBytes(file);
  };
  const [bytes, name] = [readBytes(path), showFile(path)];
  const model = open(bytes, name, { ...given, beside });
  const format = formatOf(bytes, name);
  return { model, files, ...(format === undefined ? {} : { format }) };
}

/** Runs `work` on a loaded model; a CompileError learns where in the user's source its path stands. */
export async function withPlaces<T>(source: string | undefined, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (source === undefined || !(error instanceof CompileError) || error.at !== undefined || error.code === "internal/bug")
      throw error;
    const at = await locate(source, error.path);
    throw at === undefined ? error : error.with({ at });
  }
}
