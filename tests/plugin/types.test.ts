// The types of `?model` imports under the real tsc: general ones by how a query ends, exact ones where the plugin wrote them beside.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layerc } from "../../src/plugin/esbuild.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "types-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function write(name: string, content: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}
// The package by its name, as it is in a project.
mkdirSync(join(folder, "node_modules"));
symlinkSync(root, join(folder, "node_modules/layerc"));
write("package.json", JSON.stringify({ type: "module" }));

/** What tsc says of all of src/. */
function tsc(moduleResolution: string, more: object = {}): string {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "ES2022",
    module: moduleResolution === "NodeNext" ? "NodeNext" : "ESNext",
    moduleResolution,
    allowArbitraryExtensions: true,
    allowImportingTsExtensions: true,
    types: ["layerc/model"],
    paths: { "@/*": ["./src/*"] },
    ...more,
  };
  write("tsconfig.json", JSON.stringify({ compilerOptions, include: ["src"] }));
  return spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], { encoding: "utf8" }).stdout;
}

const predicts = ["predict"];
const trains = ["predict", "trainStep", "evaluate", "getOptimizerState"];
const streams = ["predict", "step", "reset", "stepInputs"];
const everything = [...new Set([...trains, ...streams, "trainStep"])];
/** Query → what the module exports, and nothing else of the lists above. */
const queries: readonly (readonly [query: string, names: readonly string[]])[] = [
  ["?model", predicts],
  ["?batch=7&model", predicts],
  ["?model&exact", predicts],
  ["?model&train", trains],
  ["?train&model", trains],
  ["?model&train&batch=64", trains],
  ["?model&train&exact", trains],
  ["?model&unroll=5&batch=7&train", trains],
  ["?batch=7&train&model", trains],
  ["?model&stream", streams],
  ["?stream&model", streams],
  ["?chunk=3&stream&model", streams],
  ["?model&chunk=3&stream", streams],
  ["?model&train&stream", everything],
  ["?model&stream&train", everything],
  ["?stream&train&model", everything],
];

describe("without a word of the plugin", () => {
  it("every query has the types of what it exports, and no others", () => {
    const lines = queries.map(([query, names], i) => {
      const absent = everything.filter((name) => !names.includes(name));
      return `import * as m${i} from "./absent.model.ts${query}";
${names.map((name) => `m${i}.${name};`).join(" ")}
export const y${i}: Float32Array = m${i}.predict([1]);
${absent.map((name) => `// @ts-expect-error ${name} is not there\nm${i}.${name};`).join("\n")}`;
    });
    write("src/general.ts", `${lines.join("\n")}\n`);
    expect(tsc("Bundler")).toBe("");
    expect(tsc("NodeNext")).toBe("");
    rmSync(join(folder, "src/general.ts"));
  });
});

it("the types of the doors ask for no bundler", () => {
  const doors = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).exports)
    .map((name) => name.slice(2))
    .filter((name) => existsSync(join(root, "src/plugin", `${name}.ts`)));
  expect(doors).toEqual(expect.arrayContaining(["esbuild", "vite", "webpack", "next", "loader"]));
  // Vite's are those of Vite, for which a project that imports it has the package.
  const alone = doors.filter((name) => !["esbuild", "vite"].includes(name));
  write("src/doors.ts", alone.map((name, i) => `export * as d${i} from "layerc/${name}";\n`).join(""));
  expect(tsc("NodeNext", { skipLibCheck: false, types: [], listFiles: true })).not.toMatch(
    /error TS|node_modules\/(rollup|webpack|rolldown|unplugin|vite|esbuild)\//,
  );
  rmSync(join(folder, "src/doors.ts"));
});

describe("with the option types", () => {
  const model = (units: number) =>
    `import { dense, sequential } from "layerc";
export default sequential([dense({ name: "out", units, inputShape: [4] })], {
  name: "iris", about: { classes: { y: [${Array.from({ length: units }, (_, i) => `"c${i}"`).join()}] } }, training: { loss: "mse", optimizer: "sgd" },
});
`.replace("units,", `units: ${units},`);
  const bundle = (types = true) =>
    build({
      entryPoints: [join(folder, "src/app.ts")],
      bundle: true,
      write: false,
      logLevel: "silent",
      alias: { "@": join(folder, "src") },
      plugins: [layerc({ types })],
    });
  const app = `import { classes, inputShape, predict } from "./iris.model.ts?model";
import * as aliased from "@/iris.model.ts?model";
import { batch, trainStep } from "./iris.model.ts?model&train&batch=7";
export const width: 4 = inputShape[0];
export const same: 4 = aliased.inputShape[0];
export const named: "c2" = classes.y[2];
export const rows: 7 = batch;
export const y: Float32Array = predict([1, 2, 3, 4]);
export const loss: number = trainStep([1, 2, 3, 4], [1, 2, 3]);
// @ts-expect-error there are three classes
classes.y[3];
`;
  const path = join(folder, "src/iris.model.d.ts?model.ts");
  beforeAll(() => {
    write("src/iris.model.ts", model(3));
    write("src/app.ts", app);
  });

  it("nothing is written unless it is asked for", async () => {
    await bundle(false);
    expect(existsSync(path)).toBe(false);
  });

  it("every import has the exact types of its module", async () => {
    await bundle();
    expect(readFileSync(path, "utf8")).toMatch(/^\/\/ Model "iris", compiled by layerc/);
    expect(tsc("Bundler")).toBe("");
    expect(tsc("NodeNext")).toBe("");
  });

  it("they follow the model, and a file that would not change is left alone", async () => {
    const { mtimeMs } = statSync(path);
    await bundle();
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
    write("src/iris.model.ts", model(2));
    await bundle();
    expect(tsc("Bundler")).toMatch(/app\.ts\(6,\d+\): error TS/);
  });

  it("a file that layerc did not write is not replaced", async () => {
    write("src/iris.model.d.ts?model.ts", "export declare const mine: 1;\n");
    await expect(bundle()).rejects.toThrow(/file\/not-ours[\s\S]*leave out the option types/);
    expect(readFileSync(path, "utf8")).toBe("export declare const mine: 1;\n");
  });
});
