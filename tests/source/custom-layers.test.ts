// Definitions of custom layers as files: run in a process of their own, with the places of their errors, watched, and in every door: loading,
// the command line, and a plugin.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import type { CompileError } from "../../compiler/diagnostics/error.ts";
import { layerc } from "../../src/plugin/esbuild.ts";
import { loadModel } from "../../src/source/load.ts";
import { layerc as run } from "../cli/bin.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";

const folder = mkdtempSync(join(tmpdir(), "definitions-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}
const fixture = (name: string): Uint8Array =>
  gunzipSync(readFileSync(join(import.meta.dirname, `../fixtures/custom/${name}.gz`)));
const net = write("net.keras", fixture("net.keras"));
const expected = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/custom/expected.json"), "utf8")).net;

const units = write("units.ts", "export const last: number = 2;\n");
const good = write(
  "net.ts",
  `import { dense, type LayerDefinition } from "layerc";
import { last } from "./units.ts";
process.stdout.write("said on the way");
export const Net: LayerDefinition = (config: { units: number }) => [
  dense({ name: "begin", units: config.units, activation: "relu" }),
  dense({ name: "last", units: last }),
];
`,
);
const common = write(
  "net.cjs",
  'const { dense } = require("layerc");\nmodule.exports = ({ units }) => [dense({ name: "begin", units, activation: "relu" }), dense({ name: "last", units: 2 })];\n',
);

describe("a definition in a file", () => {
  it("gives the model, and every file that it is made of", async () => {
    const seen: string[] = [];
    const loaded = await loadModel(net, (file) => seen.push(file), { layers: { "my>Net": good } });
    expect(loaded.model.layers.map(({ name }) => name)).toEqual([undefined, "begin", "last"]);
    expect(loaded.model.weights?.["last/bias"]).toHaveLength(2);
    expect(loaded).toMatchObject({ format: ".keras files of Keras 3", files: [net, good, units] });
    expect(new Set(seen)).toEqual(new Set([net, good, units]));
  });

  it.each([
    ["throws", "export default (config) => {\n  throw new Error(String(config.units));\n};\n", { code: "format/custom-layer", message: 'the definition of "Net" for the layer "net" threw Error: 4', at: "throws.ts:2:9" }],
    ["is no function", "export const Other = 1;\n", { code: "source/no-default-export", message: expect.stringMatching(/exports no function for the layer "Net"; it exports Other$/), at: "is-no-function.ts:1:1" }],
    ["is no program", "export default (", { code: "source/syntax", at: "is-no-program.ts:1:17" }],
    ["names what layerc lacks", 'import { dence } from "layerc";\nexport default () => dence({});\n', { code: "source/no-such-export", hint: expect.stringContaining("dense"), at: "names-what-layerc-lacks.ts:1:10" }],
    ["ends the process", "export default () => process.exit(3);\n", { code: "source/ended", at: "ends-the-process.ts:1:30" }],
  ])("that %s is an error with its place", async (what, text, wanted) => {
    const file = write(`${what.replaceAll(" ", "-")}.ts`, text);
    const error = await loadModel(net, undefined, { layers: { Net: file } }).then(() => undefined, (one: CompileError) => one); // biome-ignore format: one line
    const { code, message, hint, at } = error?.diagnostic ?? {};
    expect({ code, message, hint, at: at && `${relative(folder, at.file)}:${at.line}:${at.column}` }).toMatchObject(wanted);
  }); // biome-ignore format: one table

  it("is told of on the command line, also for standard input", async () => {
    const rows = JSON.stringify(expected.x);
    const { stdout, stderr, status } = await run(folder, ["run", "net.keras", "--layer", "Net=./net.cjs", "--input", rows, "--on", "graph", "--json"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expectClose(JSON.parse(stdout).outputs[0].values, expected.y, standard.layers, "run");
    const without = await run(folder, ["summary", "net.keras"]);
    expect(without).toMatchObject({ status: 1, stderr: expect.stringContaining("--layer Net=./net.ts") });
    const twice = ["summary", "net.keras", "--layer", "Net=a.ts", "--layer", "Net=b.ts"];
    expect(await run(folder, twice)).toMatchObject({ status: 2, stderr: expect.stringContaining("of Net is given twice") });
    expect(await run(folder, ["summary", "net.keras", "--layer", "net.ts"])).toMatchObject({ status: 2, stderr: expect.stringContaining("MyLayer=./my-layer.ts") });
    expect(await run(folder, ["summary", "net.ts", "--layer", "Net=net.ts"])).toMatchObject({ status: 1, stderr: expect.stringContaining("cli/option") });
    const json = JSON.stringify({ class_name: "Sequential", keras_version: "3.0.0", config: { name: "s", layers: [{ class_name: "InputLayer", config: { batch_shape: [null, 3], name: "i" } }, { class_name: "my>Net", config: { name: "net", units: 4 } }] } });
    expect(await run(folder, ["summary", "-", "--layer", "Net=net.cjs"], json)).toMatchObject({ status: 0, stdout: expect.stringContaining("net/begin (Dense)") });
  }); // biome-ignore format: one line each

  it("is an option of the plugins", async () => {
    const entry = write("app.ts", 'export { predict } from "./net.keras?model";\n');
    const plugins = [layerc({ layers: { Net: common } })];
    const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm", plugins, logLevel: "silent" });
    const module = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
    expectClose(module.predict(expected.x), expected.y, standard.layers, "in a bundle");
  }); // biome-ignore format: one line
});
