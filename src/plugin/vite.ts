// `layerc/vite`: the plugin for Vite.
import type { PluginOption } from "vite";
import { type PluginOptions, plugin } from "./index.ts";

export type { PluginOptions } from "./index.ts";

/**
 * Compiles `import … from "./iris.model.ts?model"`:
 * ```ts
 * export default defineConfig({ plugins: [layerc()] });
 * ```
 */
export const layerc = (options: PluginOptions = {}): PluginOption => plugin.vite(options);
