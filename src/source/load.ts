// A model file → Model. TypeScript and JavaScript are the user's code: bundled with esbuild and run. All other files are data and are
// never run; definitions of their layers are code beside them. Out: the Model with its weights, and every file it was made from (for a watcher).
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { CompileError, internal, type Place } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import { readBytes, showFile, textAgain } from "../files.ts";
import type { Found } from "../formats/define.ts";
import type { Given } from "../formats/index.ts";
import { faultIn, jsonPlace, placeAt, specName, stepsOf } from "../formats/json-text.ts";
import { withSizes } from "../formats/sizes.ts";
import type { DataFile, Read, Request } from "./data.ts";
import { locate } from "./locate.ts";
import { type Definitions, isSource, runDefinitions, runSource } from "./run.ts";

/** A model as it came from a file. */
export interface Loaded {
  readonly model: Model;
  /** Absolute: the model file first, then what it imports and its weights. */
  readonly files: readonly string[];
  /** Absolute: the names by which its imports call those files, `./units.js` for units.ts; a file of such a name would take over. */
  readonly imported?: readonly string[];
  /** What a file of data is called. */
  readonly format?: string;
  /** The model file where it is text of the user's that errors about the model can point into: code, or a spec as JSON. */
  readonly source?: string;
}
/** What a file of data is opened with. */
export interface Asked extends Pick<Given, "inputShape" | "inputValues" | "textLength"> {
  /** Files that define layers of the file's author, by class: code, which is run. */
  readonly layers?: Definitions;
}
/** What a file of data holds, and the model, where nothing stands against that. */
export interface Inspected extends Omit<Loaded, "model"> {
  readonly found: Found;
}

/** Of what is asked, what concerns sizes. */
const sizesOf = ({ inputShape, textLength }: Asked): Pick<Given, "inputShape" | "textLength"> => ({
  ...(inputShape === undefined ? {} : { inputShape }),
  ...(textLength === undefined ? {} : { textLength }),
});

/**
 * Loads a model file. `seen` is told of every file before it is read, and of files that are missing, so that a watcher knows them
 * also where loading fails. Throws CompileError `file/…`, `format/…`, `source/…`, or what the user's own layers throw, with its place.
 */
export async function loadModel(file: string, seen: (file: string) => void = () => {}, asked: Asked = {}): Promise<Loaded> {
  const path = resolve(file);
  seen(path);
  const loaded: Loaded = isSource(path)
    ? { ...(await runSource(path, seen)), source: path }
    : pointing(loadedOf(await pointed(path, () => dataIn({ path }, seen, asked, "model"))), path);
  const { files, source } = loaded;
  // Of a file the reader has been told.
  const model = source === undefined ? loaded.model : withSizes(loaded.model, sizesOf(asked));
  if (model.weightsFile === undefined) return { ...loaded, model };
  const weightsFile = resolve(dirname(path), model.weightsFile);
  seen(weightsFile);
  const key = source !== undefined && isSource(source) ? "weights" : "weightsFile";
  const bytes = await withPlaces(source, () => readBytes(weightsFile), key);
  const { withWeightsFile } = await import("../formats/safetensors.ts");
  const weighted = at({ file: weightsFile }, () => withWeightsFile(model, bytes));
  return { ...loaded, model: weighted, files: [...files, weightsFile] };
}

/** The facts of a file of data, and its model where it has one; undefined where the file is source, which says nothing before it runs. */
export async function inspectFile(file: string, asked: Asked = {}): Promise<Inspected | undefined> {
  const path = resolve(file);
  if (isSource(path)) return undefined;
  const { read, ...rest } = await dataIn({ path }, () => undefined, asked, "facts");
  return read.found === undefined ? undefined : { ...rest, found: read.found };
}

/** A model from bytes that no file holds, such as those of standard input. Throws as `loadModel` does. */
export async function openBytes(bytes: Uint8Array, name: string, asked: Asked = {}): Promise<Loaded> {
  return loadedOf(await dataIn({ bytes, name }, () => undefined, asked, "model"));
}

function loadedOf({ read, ...rest }: Data): Loaded {
  const { model = internal("a file was opened and gave no model"), format } = read;
  return { ...rest, model, ...(format === undefined ? {} : { format }) };
}

interface Data {
  readonly read: Read;
  readonly files: readonly string[];
  readonly imported?: readonly string[];
}
type Where = { readonly path: string } | { readonly bytes: Uint8Array; readonly name: string };

/** Reads a file of data: here, or where somebody's code defines its layers in a process of its own. */
async function dataIn(
  where: Where,
  seen: (file: string) => void,
  { layers = {}, ...given }: Asked,
  want: Request["want"],
): Promise<Data> {
  const file: DataFile = "path" in where ? { name: showFile(where.path), folder: dirname(where.path) } : { name: where.name };
  const own = "path" in where ? [where.path] : [];
  const request: Request = { ...file, want, given };
  if (Object.keys(layers).length === 0) {
    // The readers of all formats are half as much code as the compiler: a model in code needs none of them.
    const { readData } = await import("./data.ts");
    const read = await readData(request, "path" in where ? readBytes(where.path) : where.bytes, undefined, seen);
    return { read, files: [...own, ...read.files] };
  }
  const isFile = "path" in where && (statSync(where.path, { throwIfNoEntry: false })?.isFile() ?? true);
  const { read, files, imported } = isFile
    ? await runDefinitions(layers, { ...request, bytes: where.path }, seen)
    : await onCopy("path" in where ? readBytes(where.path) : where.bytes, (bytes) => runDefinitions(layers, { ...request, bytes }, seen)); // biome-ignore format: one line
  return { read, files: [...own, ...new Set([...read.files, ...files])], imported };
}

/** What comes through a pipe another process cannot read again: it gets a file of it. */
async function onCopy<T>(bytes: Uint8Array, work: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "layerc-data-"));
  try {
    const file = join(folder, "data");
    writeFileSync(file, bytes);
    return await work(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Errors about a spec as JSON point into it; other files of data have no lines. */
const pointing = (loaded: Loaded, path: string): Loaded => (loaded.format === specName ? { ...loaded, source: path } : loaded);

/** Opens a file of data; an error about it points to it, and into it where it is JSON of ours. */
async function pointed<T>(path: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof CompileError) || error.at !== undefined || !error.code.startsWith("format/")) throw error;
    const text = isSpec(path) ? textAgain(path) : "";
    const fault = error.code === "format/json" ? faultIn(text) : undefined;
    if (fault !== undefined) throw error.with({ at: placeAt(text, path, fault.offset) });
    throw error.with({
      at: error.code === "format/spec" && text !== "" ? jsonPlace(text, path, stepsOf(error.path)) : { file: path },
    });
  }
}
const isSpec = (path: string): boolean => path.endsWith(".json");

/** What is wrong is wrong with that file. */
function at<T>(place: Place, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof CompileError && error.code !== "internal/bug" ? error.with({ at: place }) : error;
  }
}

/** Runs `work` on a loaded model; a CompileError about it learns where in the user's source its path stands, or `key` does. */
export async function withPlaces<T>(source: string | undefined, work: () => T | Promise<T>, key?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (source === undefined || !(error instanceof CompileError) || error.at !== undefined || !isOfModel(error, key)) throw error;
    const at = isSource(source) ? await locate(source, key ?? error.path) : jsonPlaceOf(source, key ?? error.path);
    throw at === undefined ? error : error.with({ at });
  }
}

/** Faults of other files, of the command line and of layerc are none of the model's text. */
const isOfModel = ({ code }: CompileError, key: string | undefined): boolean =>
  key !== undefined || !/^(internal|file|data|cli|format|compare)\//.test(code);

function jsonPlaceOf(file: string, path: string): Place | undefined {
  const text = textAgain(file);
  // A path leaves out that a layer's keys stand in its config.
  const spelt = path.replaceAll(/(layers\[\d+\])\.(?!(?:name|layer|config|inputs)\b)/g, "$1.config.");
  return text === "" ? undefined : jsonPlace(text, file, stepsOf(spelt));
}
