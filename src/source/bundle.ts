// A model file and what it imports as one module text. In: a file of the user's TypeScript or JavaScript, ES module or CommonJS.
// Out: the text, the way back to the places it came from, and its files; or CompileError `source/syntax` with the place.
import { readFileSync, statSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildFailure, build, type Metafile, type Plugin } from "esbuild";
import { CompileError, type Place } from "../../compiler/diagnostics/error.ts";
import { readBytes } from "../files.ts";
import { packageHint } from "./habits.ts";
import { own } from "./own.ts";

/** A model file as one module. */
export interface Bundle {
  readonly code: string;
  /** The place that a place of `code` came from; all count from 1. */
  readonly original: (line: number, column: number) => Place | undefined;
  /** Absolute: the file itself first. */
  readonly files: readonly string[];
  /** Absolute: the names that relative imports use, whatever file they led to. */
  readonly imported: readonly string[];
}

/** Text that imports files of the user's: no file itself. */
export interface Entry {
  readonly text: string;
  /** What it imports, absolute. */
  readonly files: readonly [string, ...string[]];
}

/** `seen` is told of every file as it is read, and of those that an import looked for. Throws CompileError `source/syntax`. */
export async function bundle(entry: string | Entry, seen: (file: string) => void = () => {}): Promise<Bundle> {
  const own = typeof entry === "string" ? [entry] : entry.files;
  const [path] = own;
  const folder = dirname(path);
  const shifts = new Map<string, Shift>();
  const unshifted = ({ file, line, column = 1 }: Place): Place => {
    const shift = shifts.get(file);
    return { file, line, column: shift !== undefined && shift.line === line ? Math.max(1, column - shift.by) : column };
  };
  try {
    const result = await build({
      ...(typeof entry === "string"
        ? { entryPoints: [entry] }
        : { stdin: { contents: entry.text, resolveDir: folder, loader: "js", sourcefile: entryName } }),
      bundle: true,
      write: false,
      outdir: folder,
      format: "esm",
      platform: "node",
      target: "node20",
      sourcemap: "external",
      metafile: true,
      logLevel: "silent",
      absWorkingDir: folder,
      define: Object.fromEntries(Object.entries(ownNames).map(([name, key]) => [name, `layercFile.${key}`])),
      // CommonJS packages in a bundle ask for `require`.
      banner: {
        js: `import { createRequire as layercRequire } from "node:module"; const require = layercRequire(${JSON.stringify(pathToFileURL(path).href)});`,
      },
      plugins: [thisLayerc, reading(seen, shifts)],
    });
    const [map, code] = result.outputFiles[0].path.endsWith(".map") ? result.outputFiles : [...result.outputFiles].reverse();
    const sources = new SourceMap(JSON.parse(map.text));
    const inputs = Object.keys(result.metafile.inputs).filter((file) => file !== entryName);
    const files = inputs.map((file) => resolve(folder, file));
    return {
      code: code.text,
      files: [...own, ...files.filter((file) => !own.includes(file) && !file.includes(`${inCommonJs}:`))],
      imported: importedBy(result.metafile, folder),
      original: (line, column) => {
        const found = sources.findEntry(line - 1, column - 1);
        if (!("originalSource" in found)) return undefined;
        const { originalSource, originalLine, originalColumn } = found;
        return unshifted({ file: resolve(folder, originalSource), line: originalLine + 1, column: originalColumn + 1 });
      },
    };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    for (const file of soughtBy(error, folder)) seen(file);
    throw syntaxError(path, error, unshifted);
  }
}

const entryName = "layerc-definitions";
const inCommonJs = "layerc-in-commonjs";

/**
 * `layerc` in a model file is the layerc that reads it: one class CompileError, whatever is installed beside the file. `require`
 * gets it through a module that esbuild turns into CommonJS, because not every Node can require an ES module.
 */
const thisLayerc: Plugin = {
  name: "layerc-itself",
  setup(build) {
    const { index } = own();
    build.onResolve({ filter: /^layerc$/ }, ({ kind }) =>
      kind === "require-call" ? { path: "layerc", namespace: inCommonJs } : { path: index, external: true },
    );
    build.onLoad({ filter: /.*/, namespace: inCommonJs }, () => ({ contents: 'export * from "layerc";', loader: "js" }));
  },
};

/** What a file is called in its own code. In a bundle each must keep meaning the file it is written in. */
const ownNames = {
  "import.meta.url": "url",
  "import.meta.filename": "filename",
  "import.meta.dirname": "dirname",
  __filename: "filename",
  __dirname: "dirname",
} as const;
const mayUseNames = /import\.meta|__(?:file|dir)name/;

/** Columns that were put in front of a line. */
interface Shift {
  readonly line: number;
  readonly by: number;
}

/** Tells of files, gives them their names, and reads pipes in layerc's way, because esbuild would wait for them. */
const reading = (seen: (file: string) => void, shifts: Map<string, Shift>): Plugin => ({
  name: "reading",
  setup(build) {
    build.onLoad({ filter: /.*/, namespace: "file" }, ({ path }) => {
      seen(path);
      const isCode = /\.[mc]?[jt]sx?$/.test(path);
      const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
      if (isFile && !isCode) return undefined;
      const text = isFile ? readFileSync(path, "utf8") : new TextDecoder().decode(readBytes(path));
      if (isFile && !mayUseNames.test(text)) return undefined;
      const names = { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) };
      const added = `const layercFile = ${JSON.stringify(names)}; `;
      // A line such as #!/usr/bin/env node must stay the first.
      const hashbang = /^#!.*\n/.exec(text)?.[0] ?? "";
      shifts.set(path, { line: hashbang === "" ? 1 : 2, by: added.length });
      const contents = hashbang + added + text.slice(hashbang.length);
      return { contents, loader: /ts$/.test(path) ? "ts" : /tsx$/.test(path) ? "tsx" : /x$/.test(path) ? "jsx" : "js" };
    });
  },
});

/** `./units.js` may lead to units.ts, as long as there is no units.js. */
const importedBy = ({ inputs }: Metafile, folder: string): string[] =>
  Object.entries(inputs).flatMap(([importer, { imports }]) =>
    imports.flatMap(({ original }) => (original?.startsWith(".") ? [resolve(folder, dirname(importer), original)] : [])),
  );

const endings = ["", ".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json", "/index.ts", "/index.js"];

/** The files that would mend an import that led nowhere. */
const soughtBy = ({ errors }: BuildFailure, folder: string): string[] =>
  errors.flatMap(({ text, location }) => {
    const [, name] = /^Could not resolve "(\.[^"]*)"/.exec(text) ?? [];
    if (name === undefined || !location) return [];
    const file = resolve(folder, dirname(location.file), name);
    return [
      ...endings.map((ending) => file + ending),
      ...(/\.[mc]?jsx?$/.test(file) ? [file.replace(/\.([mc]?)js(x?)$/, ".$1ts$2")] : []),
    ];
  });

/** esbuild counts the bytes before a place, everybody else its characters. */
const characters = ({ column, lineText }: { readonly column: number; readonly lineText: string }): number =>
  new TextDecoder().decode(new TextEncoder().encode(lineText).subarray(0, column)).length;

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && "errors" in error && Array.isArray(error.errors);

function syntaxError(path: string, failure: BuildFailure, unshifted: (place: Place) => Place): CompileError {
  const [first, ...rest] = failure.errors;
  // What a reader of ours threw passes through esbuild as detail.
  if (first?.detail instanceof CompileError) return first.detail;
  const place = first?.location;
  const hint = first === undefined ? undefined : packageHint(first.text);
  return new CompileError({
    code: "source/syntax",
    path: "",
    message: first?.text ?? failure.message,
    ...(hint === undefined ? {} : { hint }),
    notes: rest.slice(0, 4).map((error) => error.text),
    at: place
      ? unshifted({ file: resolve(dirname(path), place.file), line: place.line, column: characters(place) + 1 })
      : { file: path, line: 1, column: 1 },
  });
}
