// The start of the command line: what is asked about all commands loads none of them.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { layerc } from "../../src/cli/program.ts";
import { bin } from "./bin.ts";

const silent = { write: () => true };

it("lists all commands as they are, without loading one", async () => {
  const [outlines, whole] = await Promise.all(
    [false, true].map((isAsked) => layerc({ stdout: silent, stderr: silent }, () => isAsked)),
  );
  expect(outlines.helpInformation()).toBe(whole.helpInformation());
});

/** Tells on the second stream what is loaded: a hook of Node's loader, which a process that is started from there has not. */
const hook = `import { writeSync } from "node:fs"; export const load = (url, context, next) => { writeSync(2, "loads " + url + "\\n"); return next(url, context); };`;
const telling = `import { register } from "node:module"; register(${JSON.stringify(asModule(hook))});`;
function asModule(text: string): string {
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

/** The files that a process of the command line itself loads. */
const loadedBy = (...args: readonly string[]): readonly string[] => loadedIn(bin, ...args);
function loadedIn(...args: readonly string[]): readonly string[] {
  const { stderr, status } = spawnSync(process.execPath, ["--import", asModule(telling), ...args], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  const loaded = [...stderr.matchAll(/^loads (file:.*)$/gm)].map(([, file]) => file);
  expect(loaded.length).toBeGreaterThan(5);
  return loaded;
}

it.each([["--version"], ["--help"], ["explain", "shape/mismatch"]])(
  "%s loads neither the compiler nor its packages",
  (...args) => {
    expect(loadedBy(...args).filter((file) => /zod|esbuild|ts-morph|compiler\/(layers|front|plan|emit)/.test(file))).toEqual([]);
  },
);

it("compile of a model in code loads the compiler, and nothing that reads or writes other files of models", () => {
  const model = fileURLToPath(new URL("../../examples/seed-2-4-3-1/seed.model.ts", import.meta.url));
  const loaded = loadedBy("compile", model, "--stdout");
  expect(loaded.filter((file) => file.includes("compiler/emit")).length).toBeGreaterThan(5);
  const others = /formats\/(onnx|hdf5|tfjs|keras\/|custom|list|safetensors)|bufbuild|fflate|hyparquet|csv-parse|dagre|ts-morph/;
  expect(loaded.filter((file) => others.test(file))).toEqual([]);
});

it.each<[name: string, most: number, others: RegExp]>([
  // A spec as JSON: what reads specs, and what tells other files apart.
  [
    "spec.json",
    25,
    /formats\/(onnx|tfjs|custom|keras\/|keras2\/(?!json|major)|hdf5\/(?!superblock|checksum|file|numbers))|bufbuild|hyparquet|csv-parse|dagre|ts-morph/,
  ],
  // A file of Keras: no ONNX, no TensorFlow.js.
  ["net.keras", 80, /formats\/(onnx|tfjs)|bufbuild|hyparquet|csv-parse|dagre|ts-morph/],
])("compile of %s loads the reader of its kind alone", (name, most, others) => {
  const folder = mkdtempSync(join(tmpdir(), "start-"));
  const spec = { name: "net", seed: 0, layers: [{ layer: "dense", config: { units: 1, inputShape: [2] } }] };
  writeFileSync(join(folder, "spec.json"), JSON.stringify(spec));
  const cases = fileURLToPath(new URL("../fixtures/keras/layers", import.meta.url));
  copyFileSync(join(cases, readdirSync(cases).find((file) => file.endsWith(".keras")) ?? ""), join(folder, "net.keras"));
  try {
    const loaded = loadedBy("compile", join(folder, name), "--stdout");
    expect(loaded.filter((file) => others.test(file))).toEqual([]);
    expect(loaded.filter((file) => file.includes("/src/formats/")).length).toBeLessThan(most);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it("a process that scores files loads neither the compiler nor a schema: it is handed a module", () => {
  const loaded = loadedIn(bin.replace("cli/main.js", "score/worker.js"));
  expect(
    loaded.filter((file) => /zod|esbuild|bufbuild|acorn|formats\/|compiler\/(layers|ops|front|plan|pipeline)/.test(file)),
  ).toEqual([]);
  expect(loaded.length).toBeLessThan(40);
});
