// `layerc/next`: a function around the configuration of Next.js. In: a configuration, or a function that gives one. Out: the same with
// layerc in both bundlers that Next has: a rule of Turbopack, whose loader is `layerc/loader`, and a plugin of webpack.
import { fileURLToPath } from "node:url";
import { plugin } from "./index.ts";
import { modelQuery, type PluginOptions } from "./options.ts";

export type { PluginOptions } from "./options.ts";

/** What is read of a configuration; the rest is passed on as it is. */
interface Config {
  readonly turbopack?: { readonly rules?: Readonly<Record<string, unknown>> };
  readonly webpack?: unknown;
}
type Webpack = (config: { plugins: unknown[] }, context: object) => { plugins: unknown[] };
/** As Next takes it: an object, or a function of the phase. */
type Given<C> = C | ((...of: never[]) => C | Promise<C>);

/**
 * Compiles `import … from "./iris.model.ts?model"` in Next.js 16, by Turbopack and with `--webpack`:
 * ```ts
 * export default layerc({ reactStrictMode: true });
 * ```
 */
export function layerc<C extends Given<object> = Given<object>>(config: C = {} as C, options: PluginOptions = {}): C {
  if (typeof config !== "function") return within(config, options) as C;
  const asked = config as (...of: unknown[]) => object | Promise<object>;
  return (async (...of: unknown[]) => within(await asked(...of), options)) as unknown as C;
}

function within(config: Config, options: PluginOptions): object {
  const rule = {
    condition: { query: modelQuery },
    // Turbopack starts loaders by their path, in processes of its own.
    loaders: [{ loader: fileURLToPath(new URL("./loader.js", import.meta.url)), options }],
    as: "*.js",
  };
  const webpack: Webpack = (given, context) => {
    given.plugins.push(plugin.webpack(options));
    return typeof config.webpack === "function" ? config.webpack(given, context) : given;
  };
  const { "*": own = [], ...rules } = config.turbopack?.rules ?? {};
  return { ...config, webpack, turbopack: { ...config.turbopack, rules: { ...rules, "*": [own, rule].flat() } } };
}
