// The package as a user gets it: packed, installed into an empty folder, and used there from outside: the bin, the import, the
// types, both plugins, and the first project of README.md.
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { codeOf } from "./support/bundle.ts";
import { allPages, readPage, userPages } from "./support/pages.ts";

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

it("ships the docs whole: no link of a page leads out of the package", () => {
  const installed = join(folder, "node_modules/layerc");
  const packed = allPages.filter(({ file }) => existsSync(join(installed, file)));
  expect(packed.map(({ file }) => file)).toEqual(expect.arrayContaining(userPages.map(({ file }) => file)));
  const astray = packed.flatMap(({ file, links }) => links.map(({ to }) => ({ file, to })));
  // Pictures are on the site and in the repository: megabytes that nobody looks at in node_modules.
  const text = astray.filter(({ to }) => !to.startsWith("docs/images/"));
  expect(text.filter(({ to }) => !existsSync(join(installed, to)))).toEqual([]);
  // What makes the site is of use to nobody without the generator.
  expect(readdirSync(join(installed, "docs"))).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(\.vitepress|project)$/)]),
  );
});

it("says what each dependency is for", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const page = readFileSync(join(root, "docs/speed.md"), "utf8").split("## Size of the install")[1];
  const named = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(Object.keys(dependencies).toSorted());
});

it("the bin compiles, and what it writes runs without the package", () => {
  const { files } = JSON.parse(bin("compile", "src/tiny.model.ts", "-o", "tiny.js", "--json"));
  expect(files).toEqual({ code: "tiny.js", declarations: "tiny.d.ts" });
  expect(bin("--version")).toBe(`${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version}\n`);
  write("bare.mjs", 'import { predict, selfTest } from "./tiny.js";\nselfTest();\nconsole.log(predict([0.5, -1]).length);\n');
  expect(node("--disallow-code-generation-from-strings", "bare.mjs")).toBe("1\n");
});

it("README's first project works as it stands there, and so does a model one has", () => {
  const { fences } = readPage("README.md");
  const blocks = (language: string) => fences.flatMap((fence) => (fence.language === language ? [fence.code] : []));
  const home = mkdtempSync(join(tmpdir(), "first-"));
  const project = join(home, "project");
  // What a newcomer types, in a folder beside the clone with what `npm pack` left there.
  const type = (line: string): string =>
    execFileSync("sh", ["-c", line], {
      cwd: project,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, npm_config_prefer_offline: "true", npm_config_audit: "false" },
    });
  const numbers = (printed: string): number[] => [...printed.matchAll(/-?\d\.[\d.e-]+/g)].map(([number]) => Number(number));
  try {
    mkdirSync(project);
    mkdirSync(join(home, "layerc"));
    for (const name of readdirSync(folder))
      if (name.endsWith(".tgz")) copyFileSync(join(folder, name), join(home, "layerc", name));
    const [compile, install, start] = blocks("sh");
    const [use, first] = blocks("js");
    for (const line of install.trim().split("\n")) type(line);
    writeFileSync(join(project, "first.mjs"), first);
    const answers = numbers(type(start));
    expect(answers.map(Math.round)).toEqual([0, 1, 1, 0]);
    copyFileSync(join(root, "tests/fixtures/keras/training/mlp-softmax--adam.keras"), join(project, "model.keras"));
    type(compile);
    writeFileSync(join(project, "use.mjs"), use);
    const [, row] = /predict\((\[.*?\])\)/.exec(use) ?? [];
    const classes = numbers(type(`npx layerc run model.keras --on js --input '${row}'`));
    expect(classes).toHaveLength(3);
    expect(numbers(type("node use.mjs"))).toEqual(classes);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
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

it("goes into a page, where callbacks with paths say what they lack", async () => {
  const contents = `import { compile, csvLogger, dense, fit, modelCheckpoint, sequential } from "layerc";
const model = sequential([dense({ units: 1, inputShape: [1] })], { training: { loss: "mse", optimizer: "sgd" } });
const data = { x: [1, 2], y: [2, 4] };
const says = (callback) => { try { fit(model, data, { callbacks: [callback()] }); } catch (error) { return error.message; } };
globalThis.found = [fit(model, data).epochs, says(() => modelCheckpoint({ filepath: "a.safetensors" })), says(() => csvLogger({ filename: "a.csv" }))];`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    format: "iife",
    platform: "browser",
    write: false,
  });
  // A page has no process; what is not there stays out of reach.
  const page = createContext({ TextEncoder, TextDecoder, URL });
  runInContext(outputFiles[0].text, page);
  const [epochs, ...messages] = (page as { found: [number, ...string[]] }).found;
  expect(epochs).toBe(1);
  for (const message of messages) expect(message).toMatch(/file/);
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
