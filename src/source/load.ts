// A model file → Model. TypeScript and JavaScript are the user's code: bundled with esbuild and run. JSON and .safetensors
// are data and are never run. Out: the Model with its weights, and every file it was made from (for a watcher).
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildFailure, build, type Plugin } from "esbuild";
import { CompileError, type Place } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import { readBytes, showFile } from "../files.ts";
import { open } from "../formats/index.ts";
import { isModel } from "../formats/json.ts";
import { withWeightsFile } from "../formats/safetensors.ts";
import { locate } from "./locate.ts";

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
  const { model, files } = isSource(path) ? await runSource(path) : { model: open(readBytes(path), showFile(path)), files: [path] };
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
    if (!(error instanceof CompileError)) throw threw(path, error, placeIn(error, path, map));
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

async function bundle(path: string): Promise<{ code: string; map: SourceMap; files: readonly string[] }> {
  try {
    const result = await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      outdir: dirname(path),
      format: "esm",
      platform: "node",
      target: "node20",
      sourcemap: "external",
      metafile: true,
      logLevel: "silent",
      absWorkingDir: dirname(path),
      define: { "import.meta.url": "layercModuleUrl" },
      // CommonJS packages in a bundle ask for `require`.
      banner: {
        js: `import { createRequire as layercRequire } from "node:module"; const require = layercRequire(${JSON.stringify(pathToFileURL(path).href)});`,
      },
      plugins: [thisLayerc, moduleUrls],
    });
    const [map, code] = result.outputFiles[0].path.endsWith(".map") ? result.outputFiles : [...result.outputFiles].reverse();
    const files = Object.keys(result.metafile.inputs).map((file) => resolve(dirname(path), file));
    const payload: SourceMapPayload = JSON.parse(map.text);
    return { code: code.text, map: new SourceMap(payload), files: [path, ...files.filter((file) => file !== path)] };
  } catch (error) {
    throw isBuildFailure(error) ? syntaxError(path, error) : error;
  }
}

/** `layerc` in a model file is the layerc that reads it: one class CompileError, whatever is installed beside the file. */
const thisLayerc: Plugin = {
  name: "layerc-itself",
  setup(build) {
    const index = new URL(`../index${extname(import.meta.url)}`, import.meta.url).href;
    build.onResolve({ filter: /^layerc$/ }, () => ({ path: index, external: true }));
  },
};

/** `import.meta.url` keeps meaning the file it is written in, not the bundle. */
const moduleUrls: Plugin = {
  name: "module-urls",
  setup(build) {
    build.onLoad({ filter: /\.[mc]?[jt]sx?$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      const contents = `const layercModuleUrl = ${JSON.stringify(pathToFileURL(path).href)}; ${text}`;
      return { contents, loader: /ts$/.test(path) ? "ts" : /x$/.test(path) ? "tsx" : "js" };
    });
  },
};

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && "errors" in error && Array.isArray(error.errors);

function syntaxError(path: string, failure: BuildFailure): CompileError {
  const [first, ...rest] = failure.errors;
  const place = first?.location;
  return new CompileError({
    code: "source/syntax",
    path: "",
    message: first?.text ?? failure.message,
    notes: rest.slice(0, 4).map((error) => error.text),
    at: place
      ? { file: resolve(dirname(path), place.file), line: place.line, column: place.column + 1 }
      : { file: path, line: 1, column: 1 },
  });
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

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object without layers" : `a ${typeof value}`;
}
