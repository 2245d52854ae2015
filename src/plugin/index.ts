// One plugin for every bundler: `import { predict } from "./iris.model.ts?model"` is compiled while the bundle is made. In: an
// import whose query names `model`. Out: the emitted module in its place; nothing of layerc reaches the bundle.
// Watches the model file, what it imports, and its weights, also while they are wrong; errors carry their place in the user's source.
import { statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { PluginBuild } from "esbuild";
import { createUnplugin, type UnpluginBuildContext, type UnpluginContext } from "unplugin";
import { compile } from "../../compiler/compile.ts";
import { CompileError, type Diagnostic } from "../../compiler/diagnostics/error.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { paint, renderDiagnostic } from "../cli/render.ts";
import { loadModel, withPlaces } from "../source/load.ts";

/** Options of every model that the plugin compiles; a query such as `?model&train&batch=64` adds to them. */
export type PluginOptions = Pick<
  OptionsInput,
  "train" | "batch" | "stream" | "chunk" | "exact" | "target" | "selfTest" | "unroll" | "winograd"
> & {
  /** What layers of a file's author mean: a file by class, `{ MyLayer: "./my-layer.ts" }`, from the working directory on. It is run. */
  readonly layers?: Readonly<Record<string, string>>;
};

/** `?model`, and options behind it: an import of any other kind is none of our business. */
const query = /\?model(?:&.*)?$/;
type Context = UnpluginBuildContext & UnpluginContext;

/** The plugin for all bundlers; `layerc/vite` and `layerc/esbuild` are its two doors. */
export const plugin = createUnplugin(({ layers, ...options }: PluginOptions = {}) => {
  // Where Vite's "/src/a.model.ts" starts; other bundlers have no such thing.
  let root: string | undefined;
  return {
    // Bundlers write the name of a plugin into the bundle, where no trace of layerc belongs.
    name: "compiled-model",
    enforce: "pre" as const,
    esbuild: { onResolveFilter: query, onLoadFilter: query },
    vite: {
      configResolved(config: { readonly root: string }) {
        root = config.root;
      },
    },
    resolveId: {
      filter: { id: query },
      async handler(source: string, importer: string | undefined) {
        const [file, options] = split(source);
        const from = importer === undefined ? undefined : split(importer)[0];
        const named = placesOf(file, from, root);
        // What none of them is may be an alias or a package, which the bundler knows; else the error names the first.
        const found = named.find(isFile) ?? (await resolveBy(this, file, from)) ?? named[0];
        return found === undefined ? undefined : found + options;
      },
    },
    load: {
      filter: { id: query },
      async handler(id: string) {
        try {
          // Said before a file is read, so that a watcher sees it mended where this fails.
          const { model, source } = await loadModel(
            split(id)[0],
            (file) => this.addWatchFile(file),
            layers === undefined ? {} : { layers },
          );
          const artifact = await withPlaces(source, () =>
            compile(model, { ...options, ...optionsIn(id), format: "esm", weights: "inline", wasm: "embed" }),
          );
          for (const warning of artifact.warnings) this.warn(messageOf(warning, "warning"));
          return { code: withoutHeader(artifact.code), map: null };
        } catch (error) {
          if (!(error instanceof CompileError)) throw error;
          return fail(this, error);
        }
      },
    },
  };
});

/** `./a.model.ts?model&train` as file and query. */
function split(id: string): readonly [file: string, query: string] {
  const at = id.indexOf("?");
  return at < 0 ? [id, ""] : [id.slice(0, at), id.slice(at)];
}

/** The files that a path can mean by itself: below Vite's root before the file system's, as Vite does; or beside who imports it. */
function placesOf(file: string, importer: string | undefined, root: string | undefined): readonly string[] {
  if (isAbsolute(file)) return [...(root === undefined || file.startsWith(join(root, "/")) ? [] : [join(root, file)]), file];
  if (!file.startsWith(".")) return [];
  return [importer, root && join(root, "index.html")].flatMap((from) => (from ? [resolve(dirname(from), file)] : []));
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** A file by the bundler's own rules, without our query. */
async function resolveBy(context: Context, file: string, importer: string | undefined): Promise<string | undefined> {
  const native = context.getNativeBuildContext?.();
  const found =
    native?.framework === "esbuild"
      ? await resolveByEsbuild(native.build, file, importer)
      : "resolve" in context && typeof context.resolve === "function"
        ? (await context.resolve(file, importer, { skipSelf: true }))?.id
        : undefined;
  return typeof found === "string" && isFile(split(found)[0]) ? split(found)[0] : undefined;
}

async function resolveByEsbuild(build: PluginBuild, file: string, importer: string | undefined): Promise<string | undefined> {
  const resolveDir = importer === undefined ? (build.initialOptions.absWorkingDir ?? process.cwd()) : dirname(importer);
  const { path, errors } = await build.resolve(file, { kind: "import-statement", resolveDir, importer });
  return errors.length === 0 ? path : undefined;
}

/** `?model&train&batch=64` as options; a bare key is true. */
function optionsIn(id: string): OptionsInput {
  const given = [...new URLSearchParams(id.replace(/^[^?]*\?/, ""))].filter(([key]) => key !== "model");
  const parse = (value: string) => {
    if (value === "" || value === "true" || value === "false") return value !== "false";
    return Number.isNaN(Number(value)) ? value : Number(value);
  };
  const fixed = given.find(([key]) => ["format", "weights", "wasm", "globalName"].includes(key));
  if (fixed !== undefined) {
    throw new CompileError({ code: "cli/option", path: fixed[0], message: `a module in a bundle has no choice of ${fixed[0]}` });
  }
  return Object.fromEntries(given.map(([key, value]) => [key, parse(value)]));
}

/** Rollup's `error` throws; esbuild's takes note, and then needs a module all the same. */
function fail(context: Context, error: CompileError): { code: string } {
  context.error(messageOf(error.diagnostic, "error"));
  return { code: "" };
}

function messageOf(diagnostic: Diagnostic, kind: "error" | "warning") {
  const { code, path, message, hint, notes, at } = diagnostic;
  const text = renderDiagnostic({ code, path, message, hint, notes }, paint(false), kind);
  // Bundlers count columns from 0.
  if (at === undefined) return { message: text };
  const { file, line = 1, column = 1 } = at;
  return { message: text, loc: { file, line, column: column - 1 } };
}

/** The comment that opens an emitted file is for whoever opens it; in a bundle nobody does. */
const withoutHeader = (code: string): string => code.replace(/^(?:\s*\/\/[^\n]*\n|\s*\/\*[\s\S]*?\*\/)+/, "");
