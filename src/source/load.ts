// A model file → Model. TypeScript and JavaScript are the user's code: bundled with esbuild and run. JSON and .safetensors
// are data and are never run. Out: the Model with its weights, and every file it was made from (for a watcher).
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import type { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CompileError, type Place } from "../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../compiler/diagnostics/suggest.ts";
import type { Model } from "../../compiler/model.ts";
import { readBytes, showFile } from "../files.ts";
import { open } from "../formats/index.ts";
import { isModel } from "../formats/json.ts";
import { withWeightsFile } from "../formats/safetensors.ts";
import { bundle } from "./bundle.ts";
import { locate } from "./locate.ts";

/** A model as it came from a file. */
export interface Loaded {
  readonly model: Model;
  /** Absolute: the model file first, then what it imports and its weights. */
  readonly files: readonly string[];
  /** The model file where it is source that errors can point into. */
  readonly source?: string;
}

const isSource = (file: string): boolean => /\.[mc]?[jt]sx?$/.test(file);

/** Loads a model file. Throws CompileError `file/…`, `format/…`, `source/…`, or what the user's own layers throw, with its place. */
export async function loadModel(file: string): Promise<Loaded> {
  const path = resolve(file);
  const { model, files } = isSource(path)
    ? await runSource(path)
    : { model: open(readBytes(path), showFile(path)), files: [path] };
  const source = isSource(path) ? { source: path } : {};
  if (model.weightsFile === undefined) return { model, files, ...source };
  const weightsFile = resolve(dirname(path), model.weightsFile);
  const bytes = readBytes(weightsFile);
  const weighted = await withPlaces(source.source, () => withWeightsFile(model, bytes));
  return { model: weighted, files: [...files, weightsFile], ...source };
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

async function runSource(path: string): Promise<{ model: Model; files: readonly string[] }> {
  // For its error: esbuild's own would be a syntax error.
  if (!existsSync(path)) readBytes(path);
  const { code, map, files } = await bundle(path);
  // A fresh name for every run: Node keeps modules by address.
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "layerc-"));
  const file = join(folder, "model.mjs");
  let exported: unknown;
  try {
    writeFileSync(file, code);
    const module: { readonly default?: unknown } = await import(pathToFileURL(file).href);
    if (!("default" in module)) {
      throw new CompileError({
        code: "source/no-default-export",
        path: "",
        message: `${showFile(path)} has no default export${namesOf(module)}`,
        hint: "write: export default sequential([…])",
        at: { file: path, line: 1, column: 1 },
      });
    }
    exported = module.default;
  } catch (error) {
    if (!(error instanceof CompileError))
      throw (await missingExport(error, files)) ?? threw(path, error, placeIn(error, path, map));
    // A path into the list is found in the text; a factory that fails by itself is found on the stack.
    const at = error.at ?? (error.path.startsWith("layers") ? await locate(path, error.path) : placeIn(error, path, map));
    throw at === undefined ? error : error.with({ at });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (!isModel(exported)) {
    throw new CompileError({
      code: "source/not-a-model",
      path: "",
      message: `the default export of ${showFile(path)} is ${kindOf(exported)}, not a model`,
      hint: "write: export default sequential([…])",
      at: (await locate(path, "")) ?? { file: path, line: 1, column: 1 },
    });
  }
  return { model: exported, files };
}

/** A misspelt layer in a JavaScript file: Node says which name is missing, but neither where nor what was meant. */
async function missingExport(error: unknown, files: readonly string[]): Promise<CompileError | undefined> {
  const [, name] = (error instanceof SyntaxError && error.message.match(/does not provide an export named '([^']+)'/)) || [];
  if (name === undefined) return undefined;
  const at = files.map((file) => placeOfWord(file, name)).find((place) => place !== undefined);
  return new CompileError({
    code: "source/no-such-export",
    path: "",
    message: `layerc has no ${JSON.stringify(name)}`,
    hint: suggestionFor(name, Object.keys(await import("../index.ts"))),
    ...(at === undefined ? {} : { at }),
  });
}

function placeOfWord(file: string, word: string): Place | undefined {
  const lines = isSource(file) ? readFileSync(file, "utf8").split("\n") : [];
  const found = lines.map((line) => line.search(new RegExp(`(?<![\\w$])${word.replaceAll("$", "\\$")}(?![\\w$])`)));
  const line = found.findIndex((column) => column >= 0);
  return line < 0 ? undefined : { file, line: line + 1, column: found[line] + 1 };
}

function threw(path: string, error: unknown, at: Place | undefined): CompileError {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new CompileError({
    code: "source/threw",
    path: "",
    message: `${showFile(path)} threw ${what}`,
    ...(at === undefined ? {} : { at }),
  });
}

/** The first stack frame inside the bundle, as a place in the file it was bundled from. */
function placeIn(error: unknown, path: string, map: SourceMap): Place | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined;
  // The bundle runs from a fresh folder, so its name on the stack is that of this run.
  const [, line, column] = error.stack.match(/layerc-[^\s/\\]+[/\\]model\.mjs:(\d+):(\d+)/) ?? [];
  if (line === undefined) return undefined;
  const found = map.findEntry(Number(line) - 1, Number(column) - 1);
  if (!("originalSource" in found)) return undefined;
  return { file: resolve(dirname(path), found.originalSource), line: found.originalLine + 1, column: found.originalColumn + 1 };
}

function namesOf(module: object): string {
  const names = Object.keys(module);
  return names.length === 0 ? "" : `; it exports ${names.slice(0, 5).join(", ")}`;
}

/** What somebody exported instead of a model, in words. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object without layers" : `a ${typeof value}`;
}
