// `layerc/loader`: what the plugin does, as a loader of webpack's kind, for bundlers that take loaders and no plugins (Turbopack).
// In: a model file whose query names `model`. Out: the emitted module in its place. Options must be plain data there.
import { compiled, messageOf, plainError } from "./compiled.ts";
import { withHot } from "./hot.ts";
import type { PluginOptions } from "./options.ts";

export type { PluginOptions } from "./options.ts";

/** What a bundler gives a loader, as far as it is used here. */
export interface LoaderContext {
  readonly resourcePath: string;
  /** Empty, or begins with `?`. */
  readonly resourceQuery: string;
  /** Whether a server may send what changes to a page that runs. */
  readonly hot?: boolean;
  getOptions(): PluginOptions;
  async(): (error: unknown, code?: string) => void;
  addDependency(file: string): void;
  emitWarning(warning: Error): void;
}

function load(this: LoaderContext): void {
  const done = this.async();
  compiled(this.resourcePath, this.resourceQuery, this.getOptions(), (file) => this.addDependency(file)).then(
    ({ code, warnings }) => {
      for (const warning of warnings) this.emitWarning(new Error(messageOf(warning, "warning", false).message));
      done(null, this.hot === true ? withHot(code, "import.meta.webpackHot") : code);
    },
    (error: unknown) => done(plainError(error)),
  );
}

// Bundlers look for a loader under this name.
export { load as default };
