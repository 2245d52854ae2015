// `layerc convert`: the format by the name of the output or by --to, all files of a format or none, and what may be replaced.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { open } from "../../src/formats/index.ts";
import { layerc } from "./bin.ts";

const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "convert-")));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const spec = { name: "iris", seed: 3, layers: [{ name: "out", layer: "dense", config: { units: 2, inputShape: [3] } }] };
fs.writeFileSync(at("iris.json"), JSON.stringify(spec));
const convert = (...args: readonly string[]) => layerc(folder, ["convert", "iris.json", ...args]);
const listed = (name = ".") => fs.readdirSync(at(name)).sort();

it("writes what the name of the output says, and each is opened again", async () => {
  for (const name of ["a.safetensors", "a.onnx", "web/model.json", "copy.json"]) {
    const { status, stderr } = await convert("-o", name);
    expect([status, stderr]).toEqual([0, expect.stringContaining(name)]);
    const beside = (path: string) => fs.readFileSync(at(`web/${path}`));
    expect(open(fs.readFileSync(at(name)), name, { beside }).name).toBe("iris");
  }
  expect(listed("web")).toEqual(["group1-shard1of1.bin", "model.json"]);
});

it("takes --to where the name does not say it, and a folder for a format of several files", async () => {
  expect((await convert("-o", "net")).stderr).toMatch(/does not say in which format.*--to safetensors, onnx, tfjs, json/s);
  expect((await convert("-o", "net", "--to", "onnx", "--json")).stdout).toMatch(/"format": "onnx"/);
  expect((await convert("-o", "folder/", "--to", "tfjs")).status).toBe(0);
  expect(listed("folder")).toEqual(["group1-shard1of1.bin", "model.json"]);
  expect((await convert("-o", "/dev/stdout", "--to", "tfjs")).stderr).toMatch(/the model is 2 files/);
});

it("replaces what layerc wrote, another's file by force alone, and never the model that it read", async () => {
  for (const name of ["a.safetensors", "a.onnx", "web/model.json"]) expect((await convert("-o", name)).status).toBe(0);
  fs.mkdirSync(at("theirs"));
  fs.writeFileSync(at("theirs/group1-shard1of1.bin"), "theirs");
  const refused = await convert("-o", "theirs/model.json");
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining("file/not-ours")]);
  expect(listed("theirs")).toEqual(["group1-shard1of1.bin"]);
  expect((await convert("-o", "theirs/model.json", "--force")).status).toBe(0);
  expect((await convert("-o", "iris.json", "--force")).stderr).toMatch(/would replace the model file/);
  fs.writeFileSync(at("other.onnx"), "not a model");
  expect((await convert("-o", "other.onnx")).status).toBe(1);
  expect(fs.readFileSync(at("other.onnx"), "utf8")).toBe("not a model");
});

it("refuses by name what a format cannot say, and writes nothing then", async () => {
  fs.writeFileSync(at("gru.json"), JSON.stringify({ layers: [{ layer: "gru", config: { units: 2, inputShape: [3, 2] } }] }));
  const { status, stderr } = await layerc(folder, ["convert", "gru.json", "-o", "gru/model.json"]);
  expect([status, stderr]).toEqual([1, expect.stringMatching(/format\/unwritten.*has no GRU with reset_after true/s)]);
  expect(fs.existsSync(at("gru"))).toBe(false);
});
