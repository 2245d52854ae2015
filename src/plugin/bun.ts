// `layerc/bun`: the plugin for Bun, for `Bun.build` and for the plugins of its server. Its type is what Bun asks of one, in our own words: Bun
// need not be installed to read it. Bun is told which paths are ours; its server loses modules that a plugin was asked about and left to it.
import type { UnpluginBuildContext, UnpluginContext, UnpluginOptions } from "unplugin";
import { plugin } from "./index.ts";
import { modelQuery, type PluginOptions } from "./options.ts";

export type { PluginOptions } from "./options.ts";

/** As much of Bun's builder as is used here. */
interface Builder {
  onResolve(which: { readonly filter: RegExp }, answer: (asked: Asked) => Promise<{ readonly path: string } | undefined>): void;
  onLoad(
    which: { readonly filter: RegExp },
    answer: (asked: Asked) => Promise<{ readonly contents: string; readonly loader: "js" }>,
  ): void;
}
interface Asked {
  readonly path: string;
  readonly importer?: string;
}
/** The two hooks of our plugin, which takes them as objects with a filter. */
interface Hooks {
  readonly resolveId: { handler(this: Context, path: string, importer: string | undefined): Promise<string | undefined> };
  readonly load: { handler(this: Context, path: string): Promise<{ readonly code: string }> };
}
type Context = Pick<UnpluginBuildContext & UnpluginContext, "addWatchFile" | "warn">;

// Bun follows the files that it knows of by itself.
const context: Context = { addWatchFile: () => {}, warn: (message) => console.warn(message) };

/**
 * Compiles `import … from "./iris.model.ts?model"`. Throws a ReferenceError outside of Bun:
 * ```ts
 * await Bun.build({ entrypoints: ["app.ts"], outdir: "out", plugins: [layerc()] });
 * ```
 */
export function layerc(options: PluginOptions = {}): { readonly name: string; setup(build: object): void | Promise<void> } {
  if (!("Bun" in globalThis)) throw new ReferenceError("layerc/bun is for programs that Bun runs");
  const { name, resolveId, load } = plugin.raw(options, {
    framework: "bun",
    versions: {},
  }) as UnpluginOptions as UnpluginOptions & Hooks;
  return {
    name,
    setup(build) {
      const bun = build as Builder;
      bun.onResolve({ filter: modelQuery }, async ({ path, importer }) => {
        const found = await resolveId.handler.call(context, path, importer === "" ? undefined : importer);
        return found === undefined ? undefined : { path: found };
      });
      bun.onLoad({ filter: modelQuery }, async ({ path }) => {
        const { code } = await load.handler.call(context, path);
        return { contents: code, loader: "js" };
      });
    },
  };
}
