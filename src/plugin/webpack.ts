// `layerc/webpack`: the plugin for webpack. Its type is what webpack asks of one, in our own words: webpack need not be installed to read it.
import { plugin } from "./index.ts";
import type { PluginOptions } from "./options.ts";

export type { PluginOptions } from "./options.ts";

/**
 * Compiles `import … from "./iris.model.ts?model"`:
 * ```ts
 * export default { entry: "./app.js", plugins: [layerc()] };
 * ```
 */
export const layerc = (options: PluginOptions = {}): { apply(compiler: object): void } =>
  plugin.webpack(options) as { apply(compiler: object): void };
