// What `layerc inspect` and `summary` say of a file of data: what it holds, and everything that would not compile at once, whether it compiles
// or not. What is source, or text of layerc's own, is shown as ever.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { Given } from "../../src/formats/define.ts";
import { factsOf as factsOfKnown } from "../../src/formats/facts.ts";
import { knownOf, save } from "../../src/formats/index.ts";
import { dense, type LayerDefinitions, sequential } from "../../src/index.ts";
import { modelBytes, node, tensor, valueInfo } from "../formats/onnx-bytes.ts";
import { bytesOf, caseOf } from "../formats/tfjs-cases.ts";
import { layerc } from "./bin.ts";

const factsOf = (bytes: Uint8Array, name: string, given: Given) => factsOfKnown(knownOf(bytes, name), bytes, name, given);

const home = mkdtempSync(join(tmpdir(), "facts-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const fixtures = join(import.meta.dirname, "../fixtures");
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(home, name), content);
  return name;
};
const packed = (path: string): Uint8Array => gunzipSync(readFileSync(join(fixtures, `${path}.gz`)));
const inspect = (...args: readonly string[]) => layerc(home, ["inspect", ...args]);

const weights = { "dense/kernel": Float32Array.of(1, 2), "dense/bias": Float32Array.of(3) };
const saved = save(sequential([dense({ units: 1, inputShape: [2] })], { name: "tiny", weights }));
const strange = modelBytes({
  nodes: [
    node("Det", ["x"], ["a"]),
    node("Relu", ["a"], ["b"]),
    node("Det", ["b"], ["c"]),
    node("Fancy", ["c"], ["y"], [], "com.acme"),
  ],
  weights: [tensor("w", [2], { floats: [1, 2] }), tensor("k", [1], { longs: [3] })],
  domains: [["com.acme", 2]],
});

describe("a file that compiles", () => {
  it("says what it holds, then its passes", async () => {
    write("net.h5", packed("keras2/keras2-shared.h5"));
    const { stdout, status, stderr } = await inspect("net.h5", "--target", "js");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^format +\.h5 files of Keras\nKeras version +2\.2\.4\nbackend +tensorflow\nlayers +9: InputLayer 3, Dense 3, Model 1, .*\nweights +\d+ arrays, \S+ k?B: float32\ntraining +categorical_crossentropy, adam\n\nstage +pass/);
    expect(stdout).toMatch(/\ngraph +build .*\n[\s\S]*\n--after <pass or stage> prints one/);
    const { file, passes } = JSON.parse((await inspect("net.h5", "--target", "js", "--json")).stdout);
    expect(file).toMatchObject({ format: ".h5 files of Keras", says: { "Keras version": "2.2.4" }, parts: { kind: "layers" }, problems: [] });
    expect(passes[0]).toMatchObject({ stage: "graph", pass: "build" });
    expect((await inspect("net.h5", "--after", "build")).stdout).toMatch(/^graph predict\n/);
  }); // biome-ignore format: one line each

  it("says so in the head of its summary", async () => {
    write("tiny.safetensors", saved);
    const { stdout } = await layerc(home, ["summary", "tiny.safetensors"]);
    expect(stdout).toMatch(
      /^Model: "tiny"\nRead as: +\.safetensors files that it saved\nlayerc +a model of layerc\nweights +2 arrays, 12 B: F32\n\nLayer/,
    );
    const { file, format } = JSON.parse((await layerc(home, ["summary", "tiny.safetensors", "--json"])).stdout);
    expect([format, file.weights]).toEqual([".safetensors files that it saved", { count: 2, bytes: 12, dtypes: { F32: 2 } }]);
  });

  it("is shown as ever where it is source, or text of layerc's own", async () => {
    write("m.json", JSON.stringify({ layers: [{ layer: "dense", config: { units: 1, inputShape: [2] } }] }));
    write(
      "m.mjs",
      'import { dense, sequential } from "layerc";\nexport default sequential([dense({ units: 1, inputShape: [2] })]);\n',
    );
    write("m.graph", 'graph g\n  %0 = input {name: "x", shape: [n, 2]}\nresults\n  y = %0\nend\n');
    for (const name of ["m.json", "m.mjs", "m.graph"])
      expect((await inspect(name, "--target", "js")).stdout).toMatch(/^stage +pass/);
    expect(Array.isArray(JSON.parse((await inspect("m.json", "--target", "js", "--json")).stdout))).toBe(true);
  });
});

describe("a file that does not compile", () => {
  it.each(["whole.keras", "whole.h5"])("names all of it at once, and exits with an error: %s", async (name) => {
    write(name, packed(`custom/${name}`));
    const { stdout, status, stderr } = await inspect(name);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    expect(stdout).toContain("\n\ndoes not compile: 4 problems\n\n");
    for (const [i, what] of ["Scale", "Block", "Attention"].entries())
      expect(stdout).toMatch(new RegExp(`format/unsupported {2}config\\.layers\\[${i + 1}\\]\n {2}"\\S*${what}" is a layer of the file's author\n {2}hint {2}.*--layer ${what}=`));
    // A model within, too.
    expect(stdout).toContain("config.layers[4].config.layers[1]\n");
    const { file, passes } = JSON.parse((await inspect(name, "--json")).stdout);
    expect([file.problems.length, passes]).toEqual([4, []]);
    expect((await layerc(home, ["summary", name])).stderr).toMatch(/note {2}and 3 more: layerc inspect lists all/);
    expect((await inspect(name, "--after", "plan")).stderr).toMatch(/^format\/unsupported/);
  }); // biome-ignore format: one line each

  it("names each operator of ONNX once", async () => {
    write("strange.onnx", strange);
    const { stdout, status } = await inspect("strange.onnx");
    expect(status).toBe(1);
    expect(stdout).toMatch(/opsets +ai\.onnx 13, com\.acme 2\ninput +x float32 \[batch, 2\]\n/);
    expect(stdout).toMatch(/operators +4: Det 2, Relu 1, com\.acme\.Fancy 1\nweights +2 arrays, 16 B: float32 1, int64 1\n/);
    expect(stdout).toContain("does not compile: 2 problems");
    expect(stdout.match(/layerc has no operator \S+/g)?.sort()).toEqual(["layerc has no operator Det", "layerc has no operator com.acme.Fancy"]);
  }); // biome-ignore format: one line each

  it("names each operator of TensorFlow.js once", () => {
    const { model, files } = caseOf("graph-cnn");
    const nodes = model.modelTopology.node as { op: string }[];
    const renamed = nodes.filter(({ op }) => op !== "Const" && op !== "Placeholder").slice(0, 3);
    for (const [i, one] of renamed.entries()) one.op = i === 2 ? "Fancy0" : `Fancy${i}`;
    const found = factsOf(bytesOf(model), "model.json", { beside: (path) => files[path] });
    expect(found?.facts).toMatchObject({ says: expect.arrayContaining([["kind", "graph-model"]]), parts: { kind: "operators" } });
    expect(found?.problems.map(({ message }) => message).sort()).toEqual(
      [0, 1].map((i) => `layerc does not have the operator Fancy${i}`),
    );
    expect(found?.model).toBeUndefined();
  });

  it("names every wrong weight, and every mask of its own", () => {
    const whole = packed("custom/whole.keras");
    const wrong: LayerDefinitions = { Scale: () => dense({ units: 3 }), Block: () => dense({ units: 3 }), Attention: (_, { name }) => dense({ name, units: 3 }) };
    const problems = factsOf(whole, "whole.keras", { layers: wrong })?.problems ?? [];
    // The model does not even resolve: a dense layer takes one input.
    expect(problems.map(({ code }) => code)).toEqual(["model/inputs"]);
    const layers: LayerDefinitions = { ...wrong, Attention: () => { throw new Error("never"); } };
    expect(factsOf(whole, "whole.keras", { layers })?.problems).toMatchObject([{ code: "format/custom-layer", message: expect.stringMatching(/never/) }]);
    const net: LayerDefinitions = { Net: () => [dense({ name: "begin", units: 4 }), dense({ name: "last", units: 3 })] };
    expect(factsOf(packed("custom/net.keras"), "", { layers: net })?.problems).toMatchObject([{ code: "format/custom-layer", message: expect.stringContaining('"last/kernel"') }]);
  }); // biome-ignore format: one line each

  it.each([
    ["an archive that was cut off", packed("custom/whole.keras").subarray(0, 3000), "cut.keras", /^format +\.keras files of Keras 3\n\ndoes not compile: 1 problem\n\nformat\/truncated/],
    ["weights without a model", saved.subarray(0, 40), "cut.safetensors", /^format +\.safetensors files/],
    ["an array", readFileSync(join(fixtures, "npy/f4-big.npy")), "a.npy", /^format +an array of NumPy\narray +>f4 \[2, 3\]\nweights +1 array, 24 B: >f4\n\ndoes not compile: 1 problem\n\nformat\/unsupported\n {2}arrays alone are no model/],
    ["arrays", readFileSync(join(fixtures, "npy/plain.npz")), "a.npz", /^format +arrays of NumPy\n/],
    ["an open size", modelBytes({ nodes: [node("Relu", ["x"], ["y"])], inputs: [valueInfo("x", ["batch", "time", 2])] }), "open.onnx", /shape\/unknown-size/],
  ] as const)("shows what can be seen of %s", async (_, bytes, name, text) => {
    write(name, bytes);
    const { stdout, status } = await inspect(name);
    expect(status).toBe(1);
    expect(stdout).toMatch(text);
  }); // biome-ignore format: one table

  it("is refused where it is no model at all", async () => {
    write("what.bin", "what");
    expect(await inspect("what.bin")).toMatchObject({ status: 1, stdout: "", stderr: expect.stringMatching(/^format\/unknown/) });
  });
});

it.each(["keras2", "onnx", "tfjs", "custom"])("every file of the fixtures that is read has facts and no problem: %s", (name) => {
  const folder = join(fixtures, name);
  const files = readdirSync(folder).filter(
    (file) => /\.(onnx|h5\.gz|keras\.gz)$/.test(file) && !/^(alone|whole|wrapped|net|activated|within)/.test(file),
  );
  for (const file of files) {
    const raw = readFileSync(join(folder, file));
    const found = factsOf(file.endsWith(".gz") ? gunzipSync(raw) : raw, file.replace(/\.gz$/, ""), {});
    expect(found?.problems, file).toEqual([]);
    expect(Object.keys(found?.facts.parts?.counts ?? {}).length, file).toBeGreaterThan(0);
  }
});

describe("--input-value", () => {
  const int64 = 7;
  write(
    "reshape.onnx",
    modelBytes({
      nodes: [node("Reshape", ["x", "sizes"], ["y"])],
      inputs: [valueInfo("x", ["batch", 4]), valueInfo("sizes", [3], int64)],
    }),
  );
  const of = (...flags: readonly string[]) => layerc(home, ["run", "reshape.onnx", "--input", "[1, 2, 3, 4]", ...flags]);

  it("is what an input has to be before the model runs", async () => {
    expect(await of("--input-value", "sizes=-1,2,2", "--json")).toMatchObject({ status: 0, stdout: expect.stringMatching(/"shape": \[\s*1,\s*2,\s*2\s*\]/) });
    expect((await of()).status).toBe(1);
    expect(await inspect("reshape.onnx", "--input-value", "sizes=-1,2,2")).toMatchObject({ status: 0 });
    const strange = await of("--input-value", "sizes=-1,2,2", "--input-value", "size=1");
    expect(strange.stderr).toMatch(/^format\/size {2}inputs\n {2}there is no input "size"\n {2}hint {2}did you mean "sizes"/);
  }); // biome-ignore format: one line each

  it.each([
    [["--input-value", "1,2"], 2, /needs a name/],
    [["--input-value", "sizes="], 2, /needs a name/],
    [["--input-value", "sizes=1,b"], 2, /list of numbers/],
    [["--input-value", "sizes=1", "--input-value", "sizes=2"], 2, /of sizes is given twice/],
  ] as const)("refuses %j", async (flags, status, message) => {
    expect(await of(...flags)).toMatchObject({ status, stderr: expect.stringMatching(message) });
  });

  it("is for files that have such inputs", async () => {
    const { status, stderr } = await layerc(home, ["summary", write("one.safetensors", saved), "--input-value", "x=1"]);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^format\/size {2}inputs/)]);
  });
});
