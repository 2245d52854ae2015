// The bundlers as a table. A row says how its bundler makes `out/` of an entry, as a script that its users could have written. In:
// `node build.mjs app.js`, or with `watch` behind it. Out: files below out/, and what went wrong on the streams, with an exit code.
import { readdirSync } from "node:fs";
import { join } from "node:path";

export interface Row {
  readonly name: string;
  /** More files of the project, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** What runs: arguments of Node, or of another program. */
  readonly command: (entry: string, watch: boolean) => readonly string[];
  readonly program?: string;
  /** The bundle, which is run; a site has a page instead, which is read. */
  readonly bundle?: string;
  readonly page?: string;
  readonly watches: boolean;
  /** A script that makes `outhot/app.cjs` of hot.js, which takes updates while it runs, and goes on to watch. */
  readonly hot?: string;
  /** A server of a page that runs page.js: how it is started on a port, and what to do so that a changed model is seen. */
  readonly serves?: { readonly script: string; readonly shows: "in place" | "when started again" };
}

const packages = join(import.meta.dirname, "node_modules");
const alias = 'resolve: { alias: { "@": resolve("models") } }';
const paths = JSON.stringify({ compilerOptions: { paths: { "@/*": ["./models/*"] } } });
const head = 'import { resolve } from "node:path";\nconst [entry, watching] = process.argv.slice(2);\n';

/** A bundler that a script of a few lines drives. */
const scripted = (name: string, script: string, { files, ...more }: Partial<Row> = {}): Row => ({
  name,
  files: { ...files, "build.mjs": `import { layerc } from "layerc/${name}";\n${head}${script}` },
  command: (entry, watch) => ["build.mjs", entry, ...(watch ? ["watch"] : [])],
  bundle: "out/app.js",
  watches: true,
  ...more,
});

// Rollup's own resolution is for plugins; this is what its users' plugins do.
const rollupAlias = `{
  name: "alias",
  resolveId: (id) => (id.startsWith("@/") ? resolve("models", id.slice(2)) : id.startsWith("models/") ? resolve("node_modules", id) : null),
}`;

/** webpack and Rspack take the same configuration. */
const webpackLike = (name: string, imported: string, packaged: string): Row =>
  scripted(
    name,
    `import ${imported};
const compiler = bundler({
  entry: resolve(entry),
  mode: "production",
  target: "node",
  ${alias},
  output: { path: resolve("out"), filename: "app.js" },
  plugins: [layerc()],
});
const done = (error, stats) => {
  console.log(error ?? stats.toString("errors-warnings"));
  if (!watching) compiler.close(() => process.exit(error || stats.hasErrors() ? 1 : 0));
};
if (watching) compiler.watch({}, done);
else compiler.run(done);
`,
    {
      hot: `import { layerc } from "layerc/${name}";
import ${imported};
${head}bundler({
  entry: ["${packaged}/hot/poll?100", resolve("hot.js")],
  mode: "development",
  target: "async-node",
  output: { path: resolve("outhot"), filename: "app.cjs", hotUpdateChunkFilename: "[id].[fullhash].hot.cjs" },
  plugins: [layerc(), new bundler.HotModuleReplacementPlugin()],
}).watch({}, (error, stats) => console.log(error ?? stats.toString("errors-warnings")));
`,
    },
  );

/** A site of Next: one prediction on the server, one in a component of the page. */
const next = (bundler: "turbopack" | "webpack"): Row => ({
  name: `next with ${bundler}`,
  files: {
    "next.config.mjs": `import { layerc } from "layerc/next";\nexport default layerc({ output: "export", turbopack: { root: ${JSON.stringify(join(import.meta.dirname, "../.."))} } });\n`,
    "jsconfig.json": paths,
    "app/layout.js": "export default ({ children }) => <html><body>{children}</body></html>;\n",
    "app/client.js": `"use client";\nimport { predict } from "@/tiny.model.ts?model";\nimport { useState } from "react";\nexport const Client = () => {\n  const [kept, keep] = useState(0);\n  return <b onClick={() => keep(kept + 1)}>{predict([1, 1])[0] + ", " + kept}</b>;\n};\n`,
    "app/page.js": `import { answer } from "../entry.js";\nimport { Client } from "./client";\nexport default () => <p id="answer" title={JSON.stringify(answer)}><Client /></p>;\n`,
  },
  command: (_entry, watch) => [join(packages, "next/dist/bin/next"), watch ? "dev" : "build", `--${bundler}`],
  page: "out/index.html",
  watches: false,
});

const bunFolder = readdirSync(join(packages, "@oven")).find((name) => name.startsWith("bun-"));

export const rows: readonly Row[] = [
  scripted(
    "esbuild",
    `import { context } from "esbuild";
const made = await context({ entryPoints: [entry], bundle: true, format: "esm", outfile: "out/app.js", alias: { "@": resolve("models") }, plugins: [layerc()] });
if (watching) await made.watch();
else await made.rebuild().then(() => made.dispose(), () => process.exit(1));
`,
  ),
  scripted(
    "vite",
    `import { build } from "vite";
await build({ configFile: false, ${alias}, plugins: [layerc()], build: { ssr: entry, outDir: "out", watch: watching && {}, rollupOptions: { output: { entryFileNames: "app.js" } } }, ssr: { noExternal: true } });
`,
  ),
  scripted(
    "rollup",
    `import { rollup, watch } from "rollup";
const config = { input: entry, plugins: [${rollupAlias}, layerc()], output: { file: "out/app.js" } };
if (watching) watch(config).on("event", ({ code, error }) => console.log(code, error));
else await (await rollup(config)).write(config.output);
`,
  ),
  scripted(
    "rolldown",
    `import { rolldown, watch } from "rolldown";
const config = { input: entry, ${alias}, plugins: [layerc()], output: { file: "out/app.js" } };
if (watching) watch(config).on("event", ({ code, error }) => console.log(code, error));
else await (await rolldown(config)).write(config.output);
`,
  ),
  webpackLike("webpack", 'bundler from "webpack"', "webpack"),
  webpackLike("rspack", '{ rspack as bundler } from "@rspack/core"', "@rspack/core"),
  scripted(
    "rsbuild",
    `import { createRsbuild } from "@rsbuild/core";
const made = await createRsbuild({
  config: {
    source: { entry: { app: resolve(entry) } },
    ${alias},
    output: { target: "node", distPath: { root: "out" }, filename: { js: "app.js" } },
    plugins: [layerc()],
  },
});
await made.build({ watch: watching !== undefined }).then(({ close }) => watching || close(), () => process.exit(1));
`,
    {
      serves: {
        script: `import { createRsbuild } from "@rsbuild/core";
import { layerc } from "layerc/rsbuild";
const server = { port: Number(process.argv[2]), strictPort: true };
await (await createRsbuild({ config: { source: { entry: { index: "./page.js" } }, server, plugins: [layerc()] } })).startDevServer();
console.log("ready");
`,
        shows: "in place",
      },
    },
  ),
  scripted(
    "farm",
    `import { build, watch } from "@farmfe/core";
await (watching ? watch : build)({
  configFile: false,
  compilation: {
    input: { app: entry },
    mode: "production",
    persistentCache: false,
    ${alias},
    partialBundling: { enforceResources: [{ name: "all", test: [".+"] }] },
    output: { path: "out", targetEnv: "node", format: "esm" },
  },
  plugins: [layerc()],
});
`,
    { watches: false },
  ),
  scripted(
    "bun",
    `await Bun.build({ entrypoints: [entry], outdir: "out", naming: "app.js", target: "node", plugins: [layerc()] }).catch((error) => {
  console.log(String(error), ...error.errors.map(String));
  process.exit(1);
});
`,
    // Its paths are those of tsconfig.json. It can watch on its command line alone, where plugins are not.
    {
      files: {
        "tsconfig.json": paths,
        "bunfig.toml": '[serve.static]\nplugins = ["./plugin.js"]\n',
        "plugin.js": 'import { layerc } from "layerc/bun";\nexport default layerc();\n',
        "index.html": '<!doctype html><title>app</title><script type="module" src="./page.js"></script>\n',
      },
      serves: {
        script: `import page from "./index.html";
Bun.serve({ port: Number(process.argv[2]), development: true, routes: { "/": page } });
console.log("ready");
`,
        shows: "when started again",
      },
      program: join(packages, "@oven", bunFolder ?? "", "bin/bun"),
      watches: false,
    },
  ),
  next("turbopack"),
  next("webpack"),
];
