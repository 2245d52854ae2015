// `layerc/farm`: the plugin for Farm. Its type is what Farm asks of one, in our own words: Farm need not be installed to read it.
import { plugin } from "./index.ts";
import type { PluginOptions } from "./options.ts";

export type { PluginOptions } from "./options.ts";

/**
 * Compiles `import … from "./iris.model.ts?model"`:
 * ```ts
 * export default defineConfig({ plugins: [layerc()] });
 * ```
 */
export const layerc = (options: PluginOptions = {}): { readonly name: string } =>
  plugin.farm(options) as { readonly name: string };
