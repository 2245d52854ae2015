// A model file and what it imports as one module text. In: a file of the user's TypeScript or JavaScript. Out: the text, its
// source map, and the files it was made from; or CompileError `source/syntax` with the place.
import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildFailure, build, type Plugin } from "esbuild";
import { CompileError } from "../../compiler/diagnostics/error.ts";

/** A model file as one module. */
export interface Bundle {
  readonly code: string;
  readonly map: SourceMap;
  /** Absolute: the file itself first. */
  readonly files: readonly string[];
}

/** Throws CompileError `source/syntax`. */
export async function bundle(path: string): Promise<Bundle> {
  try {
    const result = await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      outdir: dirname(path),
      format: "esm",
      platform: "node",
      target: "node20",
      sourcemap: "external",
      metafile: true,
      logLevel: "silent",
      absWorkingDir: dirname(path),
      define: { "import.meta.url": "layercModuleUrl" },
      // CommonJS packages in a bundle ask for `require`.
      banner: {
        js: `import { createRequire as layercRequire } from "node:module"; const require = layercRequire(${JSON.stringify(pathToFileURL(path).href)});`,
      },
      plugins: [thisLayerc, moduleUrls],
    });
    const [map, code] = result.outputFiles[0].path.endsWith(".map") ? result.outputFiles : [...result.outputFiles].reverse();
    const files = Object.keys(result.metafile.inputs).map((file) => resolve(dirname(path), file));
    const payload: SourceMapPayload = JSON.parse(map.text);
    return { code: code.text, map: new SourceMap(payload), files: [path, ...files.filter((file) => file !== path)] };
  } catch (error) {
    throw isBuildFailure(error) ? syntaxError(path, error) : error;
  }
}

/** `layerc` in a model file is the layerc that reads it: one class CompileError, whatever is installed beside the file. */
const thisLayerc: Plugin = {
  name: "layerc-itself",
  setup(build) {
    const index = new URL(`../index${extname(import.meta.url)}`, import.meta.url).href;
    build.onResolve({ filter: /^layerc$/ }, () => ({ path: index, external: true }));
  },
};

/** `import.meta.url` keeps meaning the file it is written in, not the bundle. */
const moduleUrls: Plugin = {
  name: "module-urls",
  setup(build) {
    build.onLoad({ filter: /\.[mc]?[jt]sx?$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      const contents = `const layercModuleUrl = ${JSON.stringify(pathToFileURL(path).href)}; ${text}`;
      return { contents, loader: /ts$/.test(path) ? "ts" : /x$/.test(path) ? "tsx" : "js" };
    });
  },
};

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && "errors" in error && Array.isArray(error.errors);

function syntaxError(path: string, failure: BuildFailure): CompileError {
  const [first, ...rest] = failure.errors;
  const place = first?.location;
  return new CompileError({
    code: "source/syntax",
    path: "",
    message: first?.text ?? failure.message,
    notes: rest.slice(0, 4).map((error) => error.text),
    at: place
      ? { file: resolve(dirname(path), place.file), line: place.line, column: place.column + 1 }
      : { file: path, line: 1, column: 1 },
  });
}
