// Watchers and servers: what was wrong is built again once it is mended, wherever it was wrong; and a model is found by every name
// that its bundler knows.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BuildResult, build, context, type Plugin } from "esbuild";
import { createServer, build as viteBuild } from "vite";
import { afterAll, describe, expect, it } from "vitest";
import { save } from "../../src/formats/index.ts";
import { layerc as forEsbuild } from "../../src/plugin/esbuild.ts";
import { layerc as forVite } from "../../src/plugin/vite.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "watch-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const layers = [{ name: "out", layer: "dense", config: { units: 1, inputShape: [2] } }];
const saved = save({
  name: "w",
  seed: 0,
  layers,
  weights: { "out/kernel": Float32Array.of(1, 2), "out/bias": Float32Array.of(3) },
});
const source = (imported: string) =>
  `import { dense, sequential } from "layerc";\nimport { units } from "${imported}";\nexport default sequential([dense({ name: "out", units, inputShape: [2] })], { weights: "./w.safetensors" });\n`;

/** esbuild's watcher on a model, as a queue of its results. */
async function watching(entry: string) {
  const results: BuildResult[] = [];
  let wake = (): void => {};
  const queue: Plugin = {
    name: "queue",
    setup: (build) =>
      build.onEnd((result) => {
        results.push(result);
        wake();
      }),
  };
  const made = await context({
    entryPoints: [entry],
    bundle: true,
    write: false,
    logLevel: "silent",
    plugins: [forEsbuild(), queue],
  });
  await made.watch();
  const next = async (): Promise<string[]> => {
    while (results.length === 0) await new Promise<void>((settle) => (wake = settle));
    return results.splice(0)[0].errors.map(({ text }) => text);
  };
  return { next, dispose: () => made.dispose() };
}

describe("esbuild builds again", () => {
  it.each([
    ["an imported file", "units.ts", "export const units = ;\n", "export const units = 1;\n", /source\/syntax/],
    ["an imported file that throws", "units.ts", 'throw new Error("up");\n', "export const units = 1;\n", /threw Error: up/],
    ["an imported file that is missing", "units.ts", undefined, "export const units = 1;\n", /Could not resolve/],
    ["a value in an imported file", "units.ts", "export const units = -1;\n", "export const units = 1;\n", /layer\/config/],
    ["the weights", "w.safetensors", "no weights", saved, /format\//],
    ["the weights where they are missing", "w.safetensors", undefined, saved, /file\/missing/],
    ["the model", "it.model.ts", "export default sequential([\n", source("./units.ts"), /source\/syntax/],
  ])("once %s is mended", async (what, name, wrong, right, message) => {
    const at = what.replaceAll(" ", "-");
    const files: Record<string, string | Uint8Array> = {
      "it.model.ts": source("./units.ts"),
      "units.ts": "export const units = 1;\n",
      "w.safetensors": saved,
    };
    for (const [file, content] of Object.entries(files)) if (file !== name) write(`${at}/${file}`, content);
    if (wrong !== undefined) write(`${at}/${name}`, wrong);
    const app = write(`${at}/app.ts`, 'import { predict } from "./it.model.ts?model";\nconsole.log(predict);\n');
    const watcher = await watching(app);
    try {
      expect((await watcher.next()).join()).toMatch(message);
      write(`${at}/${name}`, right);
      expect(await watcher.next()).toEqual([]);
    } finally {
      await watcher.dispose();
    }
  });
});

describe("a model is found", () => {
  write("src/named.model.ts", source("./units.ts"));
  write("src/units.ts", "export const units = 1;\n");
  write("src/w.safetensors", saved);
  write("node_modules/models/package.json", '{"name":"models","version":"1.0.0"}');
  write("node_modules/models/named.model.ts", source("../../src/units.ts"));
  write("node_modules/models/w.safetensors", saved);
  const alias = { "@": join(folder, "src") };
  const app = (name: string) =>
    write("src/app.ts", `import { predict } from "${name}?model";\nexport const y = Array.from(predict([1, 1]));\n`);
  const names = [
    "/src/named.model.ts",
    "./named.model.ts",
    "@/named.model.ts",
    "models/named.model.ts",
    join(folder, "src/named.model.ts"),
  ];

  it.each(names)("in Vite's build as %s", async (name) => {
    const built = await viteBuild({
      root: folder,
      configFile: false,
      logLevel: "silent",
      resolve: { alias },
      plugins: [forVite()],
      build: { write: false, lib: { entry: app(name), formats: ["es"], fileName: "app" } },
    });
    const [{ output }] = built as unknown as readonly [{ readonly output: readonly [{ readonly code: string }] }];
    const { y } = await import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString("base64")}`);
    expect(y).toEqual([6]);
  });

  it("in Vite's server by all of them, and again once it is mended", async () => {
    const server = await createServer({
      root: folder,
      configFile: false,
      logLevel: "silent",
      resolve: { alias },
      plugins: [forVite()],
      server: { middlewareMode: true, ws: false },
      appType: "custom",
      optimizeDeps: { noDiscovery: true },
    });
    try {
      for (const name of names.filter((name) => !name.startsWith("."))) {
        const made = await server.transformRequest(`${name}?model`);
        expect(made?.code, name).toMatch(/predict/);
        app(name);
        server.moduleGraph.invalidateAll();
        expect((await server.ssrLoadModule("/src/app.ts")).y).toEqual([6]);
      }
      write("src/named.model.ts", "export default 1;\n");
      server.moduleGraph.invalidateAll();
      await expect(server.transformRequest("/src/named.model.ts?model")).rejects.toThrow(/source\/not-a-model/);
      write("src/named.model.ts", source("./units.ts"));
      expect((await server.transformRequest("/src/named.model.ts?model"))?.code).toMatch(/predict/);
    } finally {
      await server.close();
    }
  });

  it.each(["./named.model.ts", "@/named.model.ts", "models/named.model.ts"])("in esbuild as %s", async (name) => {
    const { outputFiles } = await build({
      entryPoints: [app(name)],
      bundle: true,
      write: false,
      format: "esm",
      alias,
      plugins: [forEsbuild()],
    });
    const { y } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
    expect(y).toEqual([6]);
  });
});
