// `layerc/rsbuild`: the plugin for Rsbuild. Its type is what Rsbuild asks of one, in our own words: Rsbuild need not be installed to read it.
import { plugin } from "./index.ts";
import type { PluginOptions } from "./options.ts";

export type { PluginOptions } from "./options.ts";

/**
 * Compiles `import … from "./iris.model.ts?model"`:
 * ```ts
 * export default defineConfig({ plugins: [layerc()] });
 * ```
 */
export const layerc = (options: PluginOptions = {}): { readonly name: string; setup(api: object): void | Promise<void> } =>
  plugin.rsbuild(options) as { readonly name: string; setup(api: object): void | Promise<void> };
