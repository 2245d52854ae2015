import { describe, expect, it } from "vitest";
import { open, saveJson } from "../../src/formats/index.ts";
import { errorOf } from "../support/error.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const spec = { name: "m", seed: 1, layers: [{ name: "a", layer: "dense", config: { units: 2, inputShape: [3] } }] };

describe("a JSON spec", () => {
  it("round trips", () => {
    expect(open(bytes(saveJson(spec)))).toEqual(spec);
    expect(saveJson(open(bytes(saveJson(spec))))).toBe(saveJson(spec));
  });

  it("opens with white space or a byte order mark in front, and short forms", () => {
    expect(open(bytes(' \n\t{"layers": [{"layer": "flatten"}]}'))).toEqual({
      name: "model",
      seed: 0,
      layers: [{ layer: "flatten", config: {} }],
    });
    expect(open(Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes(JSON.stringify(spec))))).toEqual(spec);
  });

  it.each([
    ["a misspelt key", { ...spec, layer: [] }, "layer"],
    ["a layer without a name", { layers: [{ config: {} }] }, "layers[0].layer"],
    ["a config that is no object", { layers: [{ layer: "dense", config: 3 }] }, "layers[0].config"],
    ["a seed that is no integer", { ...spec, seed: 0.5 }, "seed"],
    ["no layers", {}, "layers"],
    ["weights, which JSON cannot hold exactly", { ...spec, weights: {} }, "weights"],
  ])("%s is an error with a path", (_, value, path) => {
    expect(errorOf(() => open(bytes(JSON.stringify(value))))).toMatchObject({ code: "format/spec", path });
  });

  it("that ends too early is no JSON", () => {
    const text = saveJson(spec);
    for (let length = 1; length < text.length - 1; length++)
      expect(errorOf(() => open(bytes(text.slice(0, length)))).code).toBe("format/json");
  });
});

describe("a file that is no model", () => {
  it.each([
    ["nothing", new Uint8Array(0), "it is empty"],
    ["WebAssembly", Uint8Array.of(0, 0x61, 0x73, 0x6d), "it is a WebAssembly module"],
    ["text", bytes("sequential([dense(3)])"), 'it starts with "sequential([dens"'],
    ["bytes", Uint8Array.of(0, 1, 255), "it starts with the bytes 00 01 ff"],
  ])("%s: says what it saw", (_, file, seen) => {
    const error = errorOf(() => open(file));
    expect(error.code).toBe("format/unknown");
    expect(error.diagnostic.message).toBe(`this is no model: ${seen}`);
    expect(error.hint).toMatch(
      /\.safetensors.*, a spec as JSON, the text of a Graph, .*\.keras files of Keras 3, \.h5 files of Keras/,
    );
  });
});
