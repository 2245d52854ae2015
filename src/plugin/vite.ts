// `layerc/vite`: the plugin for Vite.
import type { Plugin } from "vite";
import { type PluginOptions, plugin } from "./index.ts";

export type { PluginOptions } from "./index.ts";

/**
 * Compiles `import … from "./iris.model.ts?model"`:
 * ```ts
 * export default defineConfig({ plugins: [layerc()] });
 * ```
 */
export const layerc = (options: PluginOptions = {}): Plugin => plugin.vite(options);
