// The package as a user gets it: packed, installed into an empty folder, and used there from outside: the bin, the import, the
// types, and both plugins.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { codeOf } from "./support/bundle.ts";

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "installed-"));
const npm = (args: string[], cwd: string) =>
  execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")).version;

beforeAll(() => {
  // dist/ is what `npm test` has just built; packing must not build it again under the feet of other tests.
  npm(["pack", "--ignore-scripts", "--pack-destination", folder], root);
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  write("package.json", JSON.stringify({ name: "app", private: true, type: "module" }));
  const tools = ["typescript", "vite", "@types/node"].map((name) => `${name}@${versionOf(name)}`);
  npm(["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", `./${tarball}`, ...tools], folder);

  mkdirSync(join(folder, "src"));
  write(
    "src/tiny.model.ts",
    `import { dense, sequential } from "layerc";
export default sequential([dense({ units: 2, activation: "relu", inputShape: [2] }), dense({ units: 1 })], {
  name: "tiny",
  seed: 5,
  training: { loss: "mse", optimizer: "adam" },
});
`,
  );
  write(
    "src/app.ts",
    'import { inputShape, predict } from "./tiny.model.ts?model";\nconst y: Float32Array = predict([0.5, -1]);\nconsole.log(JSON.stringify([[...inputShape], [...y]]));\n',
  );
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function node(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  expect(stderr.replace(/^weights\/untrained[\s\S]*?\n {2}hint.*\n/gm, "")).toBe("");
  expect(status).toBe(0);
  return stdout;
}
const bin = (...args: string[]) => node("node_modules/.bin/layerc", ...args);

it("ships what it needs and nothing else", () => {
  const installed = join(folder, "node_modules/layerc");
  expect(readdirSync(installed).sort()).toEqual(expect.arrayContaining(["LICENSE", "dist", "package.json"]));
  expect(readdirSync(join(installed, "dist")).sort()).toEqual(["compiler", "runtime", "src"]);
  expect(statSync(join(installed, "dist/src/cli/main.js")).mode & 0o111).not.toBe(0);
  const { scripts } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  expect(Object.keys(scripts).filter((name) => /install|^prepare$/.test(name))).toEqual([]);
});

it("the bin compiles, and what it writes runs without the package", () => {
  const { files } = JSON.parse(bin("compile", "src/tiny.model.ts", "-o", "tiny.js", "--json"));
  expect(files).toEqual({ code: "tiny.js", declarations: "tiny.d.ts" });
  expect(bin("--version")).toBe(`${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version}\n`);
  write("bare.mjs", 'import { predict, selfTest } from "./tiny.js";\nselfTest();\nconsole.log(predict([0.5, -1]).length);\n');
  expect(node("--disallow-code-generation-from-strings", "bare.mjs")).toBe("1\n");
});

it("init makes a project that asks for the package it came from", () => {
  const { files } = JSON.parse(bin("init", "new", "--template", "worker", "--json"));
  expect(files).toEqual(expect.arrayContaining([".gitignore", "src/worker.js", "src/xor.model.ts"]));
  const { devDependencies } = JSON.parse(readFileSync(join(folder, "new/package.json"), "utf8"));
  expect(devDependencies.layerc).toMatch(/^file:\.\.\/layerc-[\d.]+\.tgz$/);
});

it("the imports work", () => {
  write(
    "use.mjs",
    `import { compile, CompileError, dense, fit, load, open, save, sequential } from "layerc";
import * as runtime from "layerc/runtime";
const model = sequential([dense({ units: 1, inputShape: [1] })], { training: { loss: "mse", optimizer: "sgd" } });
const trainer = load(compile(model, { train: true }));
fit(trainer, { x: [1, 2, 3, 4], y: [2, 4, 6, 8] }, { epochs: 2 });
let code = "";
try { compile(sequential([])); } catch (error) { code = error instanceof CompileError && error.code; }
console.log(code, open(save(model)).layers.length, runtime.load === load);
`,
  );
  expect(node("use.mjs")).toBe("model/empty 1 true\n");
});

it("every door opens where no bundler is installed but those that it brings", () => {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const doors = Object.keys(exports).filter((name) => exports[name].default?.startsWith("./dist/src/plugin/"));
  expect(doors.length).toBeGreaterThan(10);
  const lines = doors.map((name) => `console.log(typeof Object.values(await import("layerc${name.slice(1)}"))[0]);`);
  write("doors.mjs", lines.join("\n"));
  expect(node("doors.mjs")).toBe("function\n".repeat(doors.length));
});

it.each(["NodeNext", "Bundler"])("the types hold with module resolution %s", (moduleResolution) => {
  write(
    "src/types.ts",
    `import { type Artifact, compile, type Model, sequential, dense, CompileError } from "layerc";
import { layerc as esbuildPlugin } from "layerc/esbuild";
import { load } from "layerc/runtime";
import { layerc as vitePlugin } from "layerc/vite";
import { predict } from "./tiny.model.ts?model";
import { evaluate, getMetrics, getOptimizerState, setOptimizerState, targets, trainStep } from "./tiny.model.ts?model&train";
const model: Model = sequential([dense({ units: 1, inputShape: [2] })]);
const artifact: Artifact = compile(model, { exact: true });
export const y: Float32Array = load(artifact).predict([1, 2]);
export const loss: number = trainStep([1, 2], [3], { learningRate: 0.1 });
export const alone: Float32Array = predict([[1, 2]]);
export const several: { readonly p: Float32Array } = predict<{ readonly p: Float32Array }>({ a: [1, 2], b: [["red"]] });
export const losses: readonly number[] = [evaluate({ a: [1, 2], b: ["red"] }, { p: [3] }).loss, getMetrics().p_loss, targets.p[0]];
setOptimizerState(getOptimizerState());
export const plugins = [esbuildPlugin({ train: true }), vitePlugin()];
export const isOurs = (error: unknown): boolean => error instanceof CompileError && error.code === "shape/mismatch";
// @ts-expect-error units is a number
dense({ units: "four" });
// @ts-expect-error there is no such option
compile(model, { exakt: true });
// @ts-expect-error predict takes numbers
predict("no");
// @ts-expect-error targets are no texts
trainStep([1, 2], { p: ["red"] });
`,
  );
  write(
    `tsconfig.${moduleResolution}.json`,
    JSON.stringify({
      compilerOptions: {
        strict: true,
        target: "ES2022",
        lib: ["ES2023"],
        module: moduleResolution === "NodeNext" ? "NodeNext" : "ESNext",
        moduleResolution,
        noEmit: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        types: ["node", "layerc/model"],
      },
      include: ["src"],
    }),
  );
  const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", `tsconfig.${moduleResolution}.json`], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(tsc.stdout).toBe("");
  expect(tsc.status).toBe(0);
});

it("esbuild bundles a model without code of layerc", () => {
  write(
    "esbuild.mjs",
    `import { build } from "esbuild";
import { layerc } from "layerc/esbuild";
await build({ entryPoints: ["src/app.ts"], bundle: true, format: "esm", outfile: "out/esbuild.js", plugins: [layerc()], logLevel: "error" });
`,
  );
  node("esbuild.mjs");
  checkBundle("out/esbuild.js");
});

it("Vite bundles a model without code of layerc", () => {
  write(
    "vite.mjs",
    `import { build } from "vite";
import { layerc } from "layerc/vite";
await build({
  configFile: false,
  logLevel: "silent",
  plugins: [layerc()],
  build: { ssr: "src/app.ts", outDir: "out", emptyOutDir: false, rollupOptions: { output: { entryFileNames: "vite.js" } } },
});
`,
  );
  node("vite.mjs");
  checkBundle("out/vite.js");
});

/** Stands alone, and computes what the command line computes. */
function checkBundle(file: string): void {
  const code = readFileSync(join(folder, file), "utf8");
  expect(codeOf(code)).not.toMatch(/layerc/i);
  expect(code).not.toMatch(/\bimport\b|require\(/);
  const y = bin("run", "src/tiny.model.ts", "--input", "[0.5, -1]").trim();
  expect(node(file)).toBe(`[[2],${y}]\n`);
}
