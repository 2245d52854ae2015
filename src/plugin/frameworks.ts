// What differs between bundlers, as a table. In: unplugin's name of a bundler. Out: whether it shows places, how it finds a file by
// its own rules (aliases, packages), and how it is asked for hot updates. Guarantee: no bundler is imported here, types apart.
import { dirname, isAbsolute } from "node:path";
import type { PluginBuild } from "esbuild";
import type { UnpluginBuildContext, UnpluginContext, UnpluginContextMeta } from "unplugin";
import type { HotApi } from "./hot.ts";

/** What a hook is called on. */
export type Context = UnpluginBuildContext & UnpluginContext;

interface Framework {
  /** Takes the place of an error as data and shows it; else the text has it. */
  readonly showsPlaces: boolean;
  /** The path of a file by the bundler's own rules; `folder` is the importer's. */
  readonly resolve: (context: Context, file: string, folder: string, importer: string | undefined) => Promise<string | undefined>;
  readonly hot?: HotApi;
}

/** `false` of webpack, and whatever a callback says went wrong, is nothing found. */
type Resolver = {
  resolve(context: object, folder: string, request: string, more: object, done: (error: unknown, path?: unknown) => void): void;
};

/** The bundler's own side of a context, of which its types would be needed here to say more. */
const native = <T>(context: Context): T => context.getNativeBuildContext?.() as unknown as T;

const rollup: Framework = {
  showsPlaces: true,
  async resolve(context, file, _folder, importer) {
    const { resolve } = context as Context & { resolve?(...of: unknown[]): Promise<{ readonly id: string } | null> };
    return (await resolve?.call(context, file, importer, { skipSelf: true }))?.id;
  },
};

const webpack: Framework = {
  showsPlaces: false,
  resolve(context, file, folder) {
    const { compiler } = native<{
      readonly compiler: { readonly resolverFactory: { get(kind: string, options: object): Resolver } };
    }>(context);
    const resolver = compiler.resolverFactory.get("normal", { dependencyType: "esm" });
    return new Promise((settle) => {
      resolver.resolve({}, folder, file, {}, (_error, path) => settle(typeof path === "string" ? path : undefined));
    });
  },
  hot: "import.meta.webpackHot",
};

/** By unplugin's names; the context of Rsbuild is Rspack's. */
export const frameworks: Readonly<Record<UnpluginContextMeta["framework"], Framework>> = {
  rollup,
  rolldown: rollup,
  unloader: rollup,
  vite: { ...rollup, hot: "import.meta.hot" },
  esbuild: {
    showsPlaces: true,
    async resolve(context, file, folder, importer) {
      const { build } = native<{ readonly build: PluginBuild }>(context);
      const { absWorkingDir = folder, stdin } = build.initialOptions;
      // What comes on standard input has a folder and no path.
      const nowhere = importer === undefined ? absWorkingDir : (stdin?.resolveDir ?? absWorkingDir);
      const resolveDir = importer !== undefined && isAbsolute(importer) ? folder : nowhere;
      const { path, errors } = await build.resolve(file, { kind: "import-statement", resolveDir, importer });
      return errors.length === 0 ? path : undefined;
    },
  },
  webpack,
  rspack: webpack,
  rsbuild: webpack,
  farm: {
    showsPlaces: false,
    async resolve(context, file, _folder, importer) {
      const { context: farm } = native<{
        readonly context: { resolve(...of: unknown[]): Promise<{ readonly resolvedPath?: string }> };
      }>(context);
      // Else Farm would ask this plugin again; it keeps the paths of importers relative to its root.
      const found = await farm.resolve({ source: file, importer, kind: "import" }, { meta: {}, caller: "layerc" });
      return found.resolvedPath;
    },
  },
  bun: {
    showsPlaces: false,
    async resolve(_context, file, folder) {
      const { Bun } = globalThis as unknown as { readonly Bun: { resolveSync(file: string, folder: string): string } };
      return Bun.resolveSync(file, folder);
    },
  },
};

/** A file by the bundler's own rules; undefined where it knows none, or says so by throwing. */
export async function resolveBy(
  framework: UnpluginContextMeta["framework"],
  context: Context,
  file: string,
  importer: string | undefined,
  root: string,
): Promise<string | undefined> {
  try {
    return await frameworks[framework].resolve(context, file, importer === undefined ? root : dirname(importer), importer);
  } catch {
    return undefined;
  }
}
