// The plugins in the bundlers they are for: what comes out runs, holds no code of layerc, and fails with a place.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuildFailure, type BuildOptions, build, type Plugin } from "esbuild";
import { build as viteBuild } from "vite";
import { afterAll, describe, expect, it } from "vitest";
import { save } from "../../src/formats/index.ts";
import { layerc as forEsbuild, type PluginOptions } from "../../src/plugin/esbuild.ts";
import { layerc as forVite } from "../../src/plugin/vite.ts";
import { codeOf } from "../support/bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "bundle-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

mkdirSync(join(folder, "models"));
const layers = [
  { name: "hidden", layer: "dense", config: { units: 2, activation: "relu", inputShape: [2] } },
  { name: "out", layer: "dense", config: { units: 1 } },
];
const weights = {
  "hidden/kernel": Float32Array.of(1, 2, 3, 4),
  "hidden/bias": Float32Array.of(0.5, -0.5),
  "out/kernel": Float32Array.of(1, -1),
  "out/bias": Float32Array.of(10),
};
const saved = write("models/tiny.safetensors", save({ name: "tiny", seed: 0, layers, weights }));
const units = write("models/units.ts", "export const units: number = 2;\n");
const model = write(
  "models/tiny.model.ts",
  `import { dense, sequential } from "layerc";
import { units } from "./units.ts";
export default sequential([
  dense({ name: "hidden", units, activation: "relu", inputShape: [2] }),
  dense({ name: "out", units: 1 }),
], { name: "tiny", weights: "./tiny.safetensors", training: { loss: "mse", optimizer: "sgd" } });
`,
);
write(
  "models/bad.model.ts",
  `import { dense, sequential } from "layerc";\nexport default sequential([\n  dense({ units: -2, inputShape: [2] }),\n]);\n`,
);
const app = (query: string, names = "predict") =>
  write("app.ts", `import { ${names} } from "./models/${query}";\nconsole.log(${names});\nexport { ${names} };\n`);

interface Bundled {
  readonly code: string;
  readonly exports: Record<string, (...args: unknown[]) => ArrayLike<number>>;
}
async function run(code: string): Promise<Bundled["exports"]> {
  // console.log of the functions is not wanted; the bundle must stand alone.
  return import(`data:text/javascript;base64,${Buffer.from(`const console = { log() {} };\n${code}`).toString("base64")}`);
}

async function withEsbuild(entry: string, options?: PluginOptions): Promise<Bundled> {
  const plugins: Plugin[] = [forEsbuild(options)];
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    plugins,
    logLevel: "silent",
  });
  return { code: outputFiles[0].text, exports: await run(outputFiles[0].text) };
}

async function withVite(entry: string, options?: PluginOptions): Promise<Bundled> {
  await viteBuild({
    root: folder,
    configFile: false,
    logLevel: "silent",
    plugins: [forVite(options)],
    build: { lib: { entry, formats: ["es"], fileName: () => "app.js" }, outDir: "out", minify: false },
  });
  const code = readFileSync(join(folder, "out/app.js"), "utf8");
  return { code, exports: await run(code) };
}

describe.each([
  ["esbuild", withEsbuild],
  ["vite", withVite],
])("with %s", (_, bundle) => {
  it("a model file is compiled into the bundle, and no code of layerc is in it", async () => {
    const { code, exports } = await bundle(app("tiny.model.ts?model"));
    expect([...Array.from(exports.predict([1, 1, 2, 0]))]).toEqual([9, 9]);
    expect(codeOf(code)).not.toMatch(/layerc/i);
    expect(code).not.toMatch(/sequential\(|import |require\(/);
    expect(code.length).toBeLessThan(5000);
  });

  it("a .safetensors file gives the same", async () => {
    const { exports } = await bundle(app("tiny.safetensors?model"));
    expect([...Array.from(exports.predict([1, 1, 2, 0]))]).toEqual([9, 9]);
  });

  it("options come from the plugin and from the query", async () => {
    const byQuery = await bundle(app("tiny.model.ts?model&train&batch=4", "predict, trainStep"));
    expect(byQuery.exports.trainStep([1, 1], [9])).toBe(0);
    const byPlugin = await bundle(app("tiny.model.ts?model", "predict, evaluate"), { train: true });
    expect(byPlugin.exports.evaluate([1, 1], [8])).toEqual({ loss: 1 });
    await expect(bundle(app("tiny.model.ts?model&bach=4"))).rejects.toThrow(/options\/invalid/);
    await expect(bundle(app("tiny.model.ts?model&weights=external"))).rejects.toThrow(/has no choice of weights/);
  });

  it("a module with several inputs and outputs speaks of them by name", async () => {
    write(
      "models/pair.model.ts",
      `import { call, dense, model, sequential } from "layerc";
const encoder = sequential([dense({ units: 1, name: "inner" })]);
export default model({
  inputs: { a: [2], b: [2] },
  outputs: { p: "left", q: "right" },
  layers: [call(encoder, { inputs: ["a"], name: "left" }), call(encoder, { inputs: ["b"], name: "right", trainable: false })],
  training: { loss: "mse", optimizer: { name: "sgd", learningRate: 0.1 } },
});
`,
    );
    const names = "predict, trainStep, evaluate, getMetrics, getOptimizerState, inputs, outputs, targets";
    const { exports } = await bundle(app("pair.model.ts?model&train", `${names}`));
    const module = exports as unknown as {
      predict(x: object): Record<string, Float32Array>;
      trainStep(x: object, y: object): number;
      evaluate(x: object, y: object): Record<string, number>;
    } & Record<string, unknown>;
    expect([module.inputs, module.outputs, module.targets]).toEqual([{ a: [2], b: [2] }, { p: [1], q: [1] }, { p: [1], q: [1] }]); // biome-ignore format: one line
    const [x, y] = [
      { a: [[1, 2]], b: [[3, 4]] },
      { p: [1], q: [1] },
    ];
    const before = module.predict(x);
    const losses = module.evaluate(x, y);
    expect(Object.keys(losses)).toEqual(["loss", "p_loss", "q_loss"]);
    expect(module.trainStep(x, y)).toBe(Math.fround(losses.loss));
    const after = module.predict(x);
    expect(after.p).not.toEqual(before.p);
    expect(after.q).toEqual(before.q);
  });

  it("an error stops the build, with its place", async () => {
    const failure = await bundle(app("bad.model.ts?model")).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(failure?.message).toMatch(/layer\/config {2}layers\[0\]\.units/);
    expect(failure?.message).toMatch(/bad\.model\.ts:3:10/);
    await expect(bundle(app("absent.model.ts?model"))).rejects.toThrow(/absent\.model\.ts/);
  });
});

it("esbuild gets the place as a location, and warnings as warnings", async () => {
  const options = (query: string): BuildOptions => ({
    entryPoints: [app(query)],
    bundle: true,
    write: false,
    plugins: [forEsbuild()],
    logLevel: "silent",
  });
  const failure = await build(options("bad.model.ts?model")).then(
    () => undefined,
    (error: BuildFailure) => error,
  );
  expect(failure?.errors[0].location).toMatchObject({
    file: expect.stringMatching(/models\/bad\.model\.ts$/),
    line: 3,
    column: 10,
  });
  write(
    "models/untrained.model.ts",
    `import { dense, sequential } from "layerc";\nexport default sequential([dense({ units: 1, inputShape: [2] })]);\n`,
  );
  const { warnings } = await build(options("untrained.model.ts?model"));
  expect(warnings.map(({ text }) => text)).toEqual([expect.stringMatching(/^weights\/untrained/)]);
});

it("esbuild takes an entry from its standard input", async () => {
  const contents = 'export { predict } from "./models/tiny.model.ts?model";\n';
  const stdin = { contents, resolveDir: folder };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "esm", plugins: [forEsbuild()] });
  expect([...Array.from((await run(outputFiles[0].text)).predict([1, 1]))]).toEqual([9]);
});

it("a watcher follows the model file, its imports and its weights", async () => {
  const watched = new Set<string>();
  const spy: Plugin = {
    name: "spy",
    setup(build) {
      forEsbuild().setup({
        ...build,
        onLoad: (filter, callback) =>
          build.onLoad(filter, async (args) => {
            const result = await callback(args);
            for (const file of result?.watchFiles ?? []) watched.add(file);
            return result;
          }),
      });
    },
  };
  await build({ entryPoints: [app("tiny.model.ts?model")], bundle: true, write: false, plugins: [spy], logLevel: "silent" });
  expect([...watched].sort()).toEqual([model, saved, units].sort());
});
