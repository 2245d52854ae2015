// `layerc/rolldown`: the plugin for Rolldown. Its type is what Rolldown asks of one, in our own words: Rolldown need not be installed to read it.
import { plugin } from "./index.ts";
import type { PluginOptions } from "./options.ts";

export type { PluginOptions } from "./options.ts";

/**
 * Compiles `import … from "./iris.model.ts?model"`:
 * ```ts
 * export default defineConfig({ input: "app.ts", plugins: [layerc()] });
 * ```
 */
export const layerc = (options: PluginOptions = {}): { readonly name: string } =>
  plugin.rolldown(options) as { readonly name: string };
