// One plugin for every bundler: `import { predict } from "./iris.model.ts?model"` is compiled while the bundle is made. In: an
// import whose query names `model`. Out: the emitted module in its place; nothing of layerc reaches the bundle.
// Watches the model file, what it imports, and its weights; errors carry their place in the user's source.
import { dirname, isAbsolute, resolve } from "node:path";
import { createUnplugin, type UnpluginBuildContext, type UnpluginContext } from "unplugin";
import { compile } from "../../compiler/compile.ts";
import { CompileError, type Diagnostic } from "../../compiler/diagnostics/error.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { paint, renderDiagnostic } from "../cli/render.ts";
import { loadModel, withPlaces } from "../source/load.ts";

/** Options of every model that the plugin compiles; a query such as `?model&train&batch=64` adds to them. */
export type PluginOptions = Pick<OptionsInput, "train" | "batch" | "exact" | "target" | "selfTest" | "unroll">;

/** `?model`, and options behind it: an import of any other kind is none of our business. */
const query = /\?model(?:&.*)?$/;
type Context = UnpluginBuildContext & UnpluginContext;

/** The plugin for all bundlers; `layerc/vite` and `layerc/esbuild` are its two doors. */
export const plugin = createUnplugin((options: PluginOptions = {}) => ({
  // Bundlers write the name of a plugin into the bundle, where no trace of layerc belongs.
  name: "compiled-model",
  enforce: "pre",
  esbuild: { onResolveFilter: query, onLoadFilter: query },
  resolveId: {
    filter: { id: query },
    handler(source, importer) {
      if (isAbsolute(source)) return source;
      return source.startsWith(".") && importer !== undefined
        ? resolve(dirname(importer.replace(/\?.*$/, "")), source)
        : undefined;
    },
  },
  load: {
    filter: { id: query },
    async handler(id) {
      const file = id.replace(/\?.*$/, "");
      this.addWatchFile(file);
      try {
        const { model, files, source } = await loadModel(file);
        for (const watched of files) this.addWatchFile(watched);
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
}));

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
  return at === undefined ? { message: text } : { message: text, loc: { file: at.file, line: at.line, column: at.column - 1 } };
}

/** The comment that opens an emitted file is for whoever opens it; in a bundle nobody does. */
const withoutHeader = (code: string): string => code.replace(/^(?:\s*\/\/[^\n]*\n|\s*\/\*[\s\S]*?\*\/)+/, "");
