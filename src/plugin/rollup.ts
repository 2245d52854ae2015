// `layerc/rollup`: the plugin for Rollup. Its type is what Rollup asks of one, in our own words: Rollup need not be installed to read it.
import { plugin } from "./index.ts";
import type { PluginOptions } from "./options.ts";

export type { PluginOptions } from "./options.ts";

/**
 * Compiles `import … from "./iris.model.ts?model"`:
 * ```ts
 * export default { input: "app.js", output: { dir: "out" }, plugins: [layerc()] };
 * ```
 */
export const layerc = (options: PluginOptions = {}): { readonly name: string } =>
  plugin.rollup(options) as { readonly name: string };
