// `layerc/esbuild`: the plugin for esbuild.
import type { Plugin } from "esbuild";
import { plugin } from "./index.ts";
import type { PluginOptions } from "./options.ts";

export type { PluginOptions } from "./options.ts";

/**
 * Compiles `import … from "./iris.model.ts?model"`:
 * ```ts
 * await build({ entryPoints: ["app.ts"], bundle: true, plugins: [layerc()] });
 * ```
 */
export const layerc = (options: PluginOptions = {}): Plugin => plugin.esbuild(options);
