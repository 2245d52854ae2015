// The playground as a folder of files. In: src/explore/playground, the compiler, the readers. Out: a static page, which any server gives. Guarantee: nothing is
// fetched from elsewhere; what is left out of the compiler stands in left-out.ts, and nothing else is.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build as esbuild } from "esbuild";
import { build } from "vite";
import { packed } from "../../src/explore/playground/words.ts";
import { measuredFiles } from "./data.ts";
import { LeftOut } from "./left-out.ts";
import { playgroundWords } from "./words.ts";

const root = join(import.meta.dirname, "../..");

/** What a build leaves out. A row of the tables that meets nothing stops it. */
function stripped() {
  const tables = new LeftOut();
  return {
    name: "left-out",
    enforce: "pre" as const,
    transform(code: string, id: string): { code: string; map: null } | undefined {
      const left = tables.without(code, id);
      return left === undefined ? undefined : { code: left, map: null };
    },
    buildEnd(error?: Error): void {
      if (error === undefined && tables.unmet.size > 0)
        throw new Error(`left-out.ts names what no source has:\n${[...tables.unmet].join("\n")}`);
    },
  };
}

/** Sizes after gzip, by file. */
export type Sizes = Readonly<Record<string, number>>;

/** Writes the page into a folder, which is emptied first. */
export async function buildPlayground(to: string): Promise<Sizes> {
  const from = join(root, "src/explore/playground");
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const made = await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: "warn",
    base: "./",
    plugins: [stripped()],
    // Whoever builds it: in a run of tests each element would say its line.
    oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
    build: {
      outDir: to,
      emptyOutDir: false,
      target: "es2022",
      modulePreload: false,
      // The compiler is one piece.
      chunkSizeWarningLimit: 1000,
      reportCompressedSize: false,
      rollupOptions: {
        input: {
          main: join(from, "page/main.tsx"),
          "compile-worker": join(from, "compile-worker.ts"),
          "train-worker": join(from, "train-worker.ts"),
        },
        treeshake: {
          moduleSideEffects: (id: string) => /@preact\/signals|playground\/(page\/main|[\w-]+-worker)\.tsx?$/.test(id),
          propertyReadSideEffects: false,
        },
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js", assetFileNames: "[name][extname]" },
      },
    },
  });
  const written = ["index.html", "main.css", "words.json"];
  copyFileSync(join(from, "page/index.html"), join(to, "index.html"));
  await esbuild({
    entryPoints: { main: join(from, "page/style.css") },
    outdir: to,
    bundle: true,
    minify: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    logLevel: "warning",
  });
  writeFileSync(join(to, "words.json"), JSON.stringify(packed(playgroundWords())));
  for (const [name, file] of Object.entries(measuredFiles())) {
    writeFileSync(join(to, name), JSON.stringify(file));
    written.push(name);
  }
  for (const { output } of [made].flat() as { readonly output: readonly { readonly fileName: string }[] }[])
    written.push(...output.map(({ fileName }) => fileName));
  return Object.fromEntries(written.map((name) => [name, gzipSync(readFileSync(join(to, name)), { level: 9 }).length]));
}
