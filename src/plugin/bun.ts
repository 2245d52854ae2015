// `layerc/bun`: the plugin for Bun. Its type is what Bun asks of one, in our own words: Bun need not be installed to read it.
import { plugin } from "./index.ts";
import type { PluginOptions } from "./options.ts";

export type { PluginOptions } from "./options.ts";

/**
 * Compiles `import … from "./iris.model.ts?model"`. Throws a ReferenceError outside of Bun:
 * ```ts
 * await Bun.build({ entrypoints: ["app.ts"], outdir: "out", plugins: [layerc()] });
 * ```
 */
export const layerc = (options: PluginOptions = {}): { readonly name: string; setup(build: object): void | Promise<void> } =>
  plugin.bun(options) as { readonly name: string; setup(build: object): void | Promise<void> };
