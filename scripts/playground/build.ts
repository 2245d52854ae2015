// The playground as a folder of files. In: src/explore/playground, the compiler, the readers. Out: a static page, which any server gives. Guarantee: nothing is
// fetched from elsewhere; what only tests read of the compiler (examples, samples, sentences of ops) is left out, and nothing else.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build as esbuild } from "esbuild";
import ts from "typescript";
import { build } from "vite";
import { packed } from "../../src/explore/playground/words.ts";
import { measuredFiles } from "./data.ts";
import { playgroundWords } from "./words.ts";

const root = join(import.meta.dirname, "../..");

/** Columns of the compiler's tables that its own code never reads, by the folder of the tables. */
const forTests: readonly (readonly [folder: RegExp, columns: readonly string[]])[] = [
  [/\/compiler\/(ops|layers|training|schedule\/strategies)\//, ["examples", "sample", "says"]],
  [/\/compiler\/rewrite\/rules\//, ["sample"]],
];

/** A source without properties of these names. */
function without(columns: readonly string[], text: string): string {
  const source = ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true);
  const cuts: (readonly [from: number, to: number])[] = [];
  const visit = (node: ts.Node): void => {
    const isColumn =
      (ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node) || ts.isShorthandPropertyAssignment(node)) &&
      ts.isObjectLiteralExpression(node.parent) &&
      columns.includes(node.name.getText(source));
    if (!isColumn) {
      ts.forEachChild(node, visit);
      return;
    }
    const { properties } = node.parent as ts.ObjectLiteralExpression;
    const next = properties[properties.indexOf(node as ts.ObjectLiteralElementLike) + 1];
    cuts.push([node.getStart(source), next?.getStart(source) ?? (properties.hasTrailingComma ? properties.end : node.end)]);
  };
  visit(source);
  return cuts.reverse().reduce((rest, [from, to]) => rest.slice(0, from) + rest.slice(to), text);
}

const stripped = {
  name: "for-tests",
  enforce: "pre" as const,
  transform(code: string, id: string): { code: string; map: null } | undefined {
    const found = forTests.find(([folder]) => folder.test(id));
    return found === undefined ? undefined : { code: without(found[1], code), map: null };
  },
};

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
    plugins: [stripped],
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
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
  const styles = ["src/explore/page/shell.css", "src/explore/playground/page/style.css"].map((file) =>
    readFileSync(join(root, file), "utf8"),
  );
  writeFileSync(join(to, "main.css"), styles.join("\n"));
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
