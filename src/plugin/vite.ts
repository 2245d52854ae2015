// `layerc/vite`: the plugin for Vite.
import type { PluginOption } from "vite";
import { plugin } from "./index.ts";
import type { PluginOptions } from "./options.ts";

export type { PluginOptions } from "./options.ts";

/**
 * Compiles `import … from "./iris.model.ts?model"`:
 * ```ts
 * export default defineConfig({ plugins: [layerc()] });
 * ```
 */
export const layerc = (options: PluginOptions = {}): PluginOption => plugin.vite(options);
