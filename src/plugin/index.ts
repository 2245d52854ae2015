// One plugin for every bundler: `import { predict } from "./iris.model.ts?model"` is compiled while the bundle is made. In: an
// import whose query names `model`. Out: the emitted module in its place; no code of layerc reaches the bundle.
// Watches the model file, what it imports, and its weights, also while they are wrong; errors carry their place in the user's source.
import { statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { createUnplugin } from "unplugin";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { compiled, messageOf, plainError } from "./compiled.ts";
import { frameworks, resolveBy } from "./frameworks.ts";
import { withHot } from "./hot.ts";
import { modelQuery, type PluginOptions, split } from "./options.ts";

/** The plugin for all bundlers; `layerc/vite`, `layerc/webpack` and so on are its doors. */
export const plugin = createUnplugin((options: PluginOptions = {}, { framework }) => {
  const { showsPlaces, hot } = frameworks[framework];
  // Where Vite's "/src/a.model.ts" starts; other bundlers have no such thing.
  let root: string | undefined;
  // Whether a server may send what changes to a page that runs.
  let isServed = (): boolean => false;
  /** Of a bundler that is known by its compiler: webpack and Rspack, also within Next. */
  const served = (compiler: { watchMode?: boolean }): void => {
    isServed = () => compiler.watchMode === true;
  };
  return {
    name: "layerc",
    enforce: "pre" as const,
    esbuild: { onResolveFilter: modelQuery, onLoadFilter: modelQuery },
    bun: { loader: "js" as const },
    vite: {
      configResolved(config: { readonly root: string; readonly command: string }) {
        root = config.root;
        isServed = () => config.command === "serve";
      },
    },
    webpack: served,
    rspack: served,
    rsbuild: {
      setup(api: { readonly context: { readonly action?: string } }) {
        isServed = () => api.context.action === "dev";
      },
    },
    resolveId: {
      filter: { id: modelQuery },
      async handler(source: string, importer: string | undefined) {
        const [file, query] = split(source);
        const from = importer === undefined ? undefined : split(importer)[0];
        const named = placesOf(file, from, root);
        // What none of them is may be an alias or a package, which the bundler knows; else the error names the first.
        const found = named.find(isFile) ?? (await foundBy(this, file, from)) ?? named[0];
        return found === undefined ? undefined : found + query;
      },
    },
    load: {
      filter: { id: modelQuery },
      async handler(id: string) {
        try {
          // Said before a file is read, so that a watcher sees it mended where this fails.
          const { code, warnings } = await compiled(...split(id), options, (file) => this.addWatchFile(file));
          for (const warning of warnings) this.warn(messageOf(warning, "warning", showsPlaces));
          return { code: hot !== undefined && isServed() ? withHot(code, hot) : code, map: null };
        } catch (error) {
          if (!showsPlaces || !(error instanceof CompileError)) throw plainError(error);
          // Rollup's `error` throws; esbuild's takes note, and then needs a module all the same.
          this.error(messageOf(error.diagnostic, "error", true));
          return { code: "", map: null };
        }
      },
    },
  };

  async function foundBy(context: Parameters<typeof resolveBy>[1], file: string, importer: string | undefined) {
    const found = await resolveBy(framework, context, file, importer, root ?? process.cwd());
    return typeof found === "string" && isFile(split(found)[0]) ? split(found)[0] : undefined;
  }
});

/** The files that a path can mean by itself: below Vite's root before the file system's, as Vite does; or beside who imports it. */
function placesOf(file: string, importer: string | undefined, root: string | undefined): readonly string[] {
  if (isAbsolute(file)) return [...(root === undefined || file.startsWith(join(root, "/")) ? [] : [join(root, file)]), file];
  if (!file.startsWith(".")) return [];
  return [importer, root && join(root, "index.html")].flatMap((from) => (from ? [resolve(dirname(from), file)] : []));
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
