// Operators of other domains in ONNX files and in graph-models of TensorFlow.js, by the user's definitions: what a definition is told, where the
// numbers of the file go, where the batch is, and what is wrong with one.
import { describe, expect, it } from "vitest";
import { add, dense, type LayerDefinitions, model, open, rescaling, type Variable } from "../../src/index.ts";
import { predictWith } from "../conformance/onnx.ts";
import { diagnosticOf } from "../support/error.ts";
import { attribute, bytesField, float, int, message, modelBytes, node, tensor, text, valueInfo } from "./onnx-bytes.ts";
import { bytesOf } from "./tfjs-cases.ts";

const number = (name: string, value: number) => message(text(1, name), float(2, value), int(20, 1));
const words = (name: string, value: string) => message(text(1, name), text(4, value), int(20, 3));
const weights = [
  tensor("w", [2, 3], { floats: [1, 2, 3, 4, 5, 6] }),
  tensor("b", [3], { floats: [0.5, 0, -0.5] }),
  tensor("axes", [2], { longs: [-1, 3] }),
];
const wide = (domain = "com.acme", inputs: readonly string[] = ["x", "w", "b", "axes"]) =>
  node("Wide", inputs, ["y"], [number("scale", 2), words("mode", "fast"), attribute("sizes", [1, 2])], domain);
const file = (nodes = [wide()], shape: readonly (number | string)[] = ["batch", 2]): Uint8Array =>
  modelBytes({ nodes, weights, inputs: [valueInfo("x", shape)], domains: [["com.acme", 1]] });
const Wide = ({ scale }: { scale: number }) => [dense({ units: 3 }), rescaling({ scale })];
const both = (definition: unknown, name = "com.acme:Wide"): LayerDefinitions => ({ [name]: definition as never });
const ofTwo = [2 * (1 + 40 + 0.5), 2 * (2 + 50), 2 * (3 + 60 - 0.5)];

type Wrong = readonly [what: string, definition: unknown, code: string, message: RegExp, nodes?: readonly Uint8Array[]];
describe("an operator of another domain in an ONNX file", () => {
  it("is what its definition says, with the numbers of its inputs in order", () => {
    for (const name of ["com.acme:Wide", "Wide"]) {
      const made = open(file(), "a.onnx", { layers: both(Wide, name) });
      for (const target of ["js", "simd"] as const) expect([...predictWith(made, { x: [1, 10] }, target).y]).toEqual(ofTwo);
      expect(Object.keys(made.weights ?? {}).sort()).toEqual(["y/dense/bias", "y/dense/kernel"]);
    }
  });

  it("tells the definition attributes, sizes and axes, and the function of weights what the file has", () => {
    const seen: unknown[] = [];
    const variables: Variable[] = [];
    const told = (config: object, layer: object) => {
      seen.push(config, layer);
      const given = (all: readonly Variable[]) => {
        variables.push(...all);
        return { kernel: all[0].values, bias: [0, 0, 0] };
      };
      return { layers: dense({ units: 3 }), weights: given };
    };
    open(file(), "", { layers: both(told) });
    expect(seen[0]).toEqual({ scale: 2, mode: "fast", sizes: [1, 2] });
    expect(seen[1]).toEqual({ name: "y", className: "com.acme:Wide", call: { 3: [-1, 3] } });
    expect(variables[0]).toEqual({ name: "w", shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) });
  });

  it("takes several inputs, also of one that no row has a part in, and gives several results", () => {
    const nodes = [
      node("Neg", ["x"], ["n"]),
      node("Two", ["x", "n"], ["a", "c"], [], "com.acme"),
      node("Sub", ["a", "c"], ["y"]),
    ];
    const Two = () =>
      model({
        inputs: { left: [null], right: [null] },
        layers: [add({ name: "a", inputs: ["left", "right"] }), rescaling({ name: "c", scale: 3, inputs: ["right"] })],
        outputs: ["a", "c"],
      });
    const made = open(file(nodes), "", { layers: both(Two, "com.acme:Two") });
    expect([...predictWith(made, { x: [1, 10] }, "js").y]).toEqual([3, 30]);
  });

  it("keeps a batch free, and sees a whole input where the rows are no samples", () => {
    expect(open(file(), "", { layers: both(Wide) }).graph).toContain(": [n, 3]");
    const turned = [node("Transpose", ["x"], ["t"], [attribute("perm", [1, 0])]), node("Wide", ["t", "w", "b"], ["y"], [number("scale", 1)], "com.acme")]; // biome-ignore format: one line
    expect(diagnosticOf(() => open(file(turned), "", { layers: both(Wide) }))).toMatchObject({ message: expect.stringContaining("Wide lets its rows see each other") }); // biome-ignore format: one line
    const fixed = open(file(turned, [2, 4]), "", { layers: both(Wide) });
    expect(fixed.graph).toContain("[n, 4, 3]");
    const x = [1, 2, 3, 4, 10, 20, 30, 40];
    expect([...predictWith(fixed, { x }, "js").y].slice(0, 3)).toEqual([41.5, 52, 62.5]);
  });

  it("is refused by name with the flag that helps, where it has no definition", () => {
    const found = diagnosticOf(() => open(file()));
    expect(found).toMatchObject({ code: "onnx/unsupported", path: "y", message: "layerc has no operator com.acme.Wide" });
    expect(found.hint).toContain("--layer com.acme:Wide=./wide.ts");
    expect(diagnosticOf(() => open(file([node("Wide", ["x"], ["y"])]))).hint).toContain("--layer Wide=./wide.ts");
  });

  const wrong: readonly Wrong[] = [
    ["throws", () => { throw new TypeError("no"); }, "format/custom-layer", /"com.acme:Wide" for the node "y" threw TypeError: no$/], // biome-ignore format: one line
    ["gives no line", () => [], "format/custom-layer", /for the node "y" gives no line$/],
    ["has too few weights", () => rescaling({ scale: 2 }), "format/custom-layer", /needs 0 variables \(none\), the file holds 2 \(w, b\)/],
    ["has weights of other shapes", () => dense({ units: 4 }), "format/custom-layer", /needs shape \[2, 4\] for "kernel", the file gives \[2, 3\] in "w"/],
    ["gives lines that do not fit", () => dense({ units: -1 }), "layer/config", /units/],
    ["gives too few results", () => [dense({ units: 3 })], "format/custom-layer", /gives fewer results than the 2 that the file reads/, [node("Wide", ["x", "w", "b"], ["y", "z"], [], "com.acme"), node("Add", ["y", "z"], ["s"])]],
    ["takes nothing of a row", () => dense({ units: 3 }), "onnx/unsupported", /Wide without an input that the model is given/, [wide("com.acme", ["w", "b"])]],
    ["has a graph as attribute", Wide, "onnx/unsupported", /an attribute body that is no number, text or tensor/, [node("Wide", ["x"], ["y"], [message(text(1, "body"), bytesField(6, message()), int(20, 5))], "com.acme")]],
  ]; // biome-ignore format: one line each
  it.each(wrong.map((one) => [one[0], one] as const))(
    "that %s is an error at the node",
    (_, [, definition, code, said, nodes]) => {
      const bytes = nodes === undefined ? file() : modelBytes({ nodes, weights, outputs: [message(text(1, nodes.length > 1 ? "s" : "y"))], domains: [["com.acme", 1]] }); // biome-ignore format: one line
      const found = diagnosticOf(() => open(bytes, "", { layers: both(definition) }));
      expect(found.message).toMatch(said);
      expect(found).toMatchObject({ code, path: expect.stringMatching(/^y/) });
    },
  );
});

describe("an operator that TensorFlow.js has and layerc does not", () => {
  const shape = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } });
  const graph = (sizes: readonly number[]) => ({
    format: "graph-model",
    modelTopology: {
      node: [
        { name: "w", op: "Const" },
        { name: "b", op: "Const" },
        { name: "k", op: "Const" },
        { name: "x", op: "Placeholder", attr: { shape: shape(...sizes), dtype: { type: "DT_FLOAT" } } },
        { name: "y", op: "Wide", input: ["x", "w", "b", "k"], attr: { scale: { f: 2 }, mode: { s: btoa("fast") }, on: { b: true }, T: { type: "DT_FLOAT" }, sizes: { list: { i: ["1", "2"] } } } }, // biome-ignore format: one line
      ],
    },
    weightsManifest: [
      {
        paths: ["w.bin"],
        weights: [
          { name: "w", shape: [2, 3], dtype: "float32" },
          { name: "b", shape: [3], dtype: "float32" },
          { name: "k", shape: [], dtype: "int32" },
        ],
      },
    ],
  });
  const bytes = new Uint8Array(new Float32Array([1, 2, 3, 4, 5, 6, 0.5, 0, -0.5, 0]).buffer);
  new Int32Array(bytes.buffer)[9] = 7;

  it.each([[[-1, 2]], [[2]]])("is what its definition says, over %j", (sizes) => {
    const seen: unknown[] = [];
    const watching = (config: { scale: number }, layer: unknown) => {
      seen.push(config, layer);
      return Wide(config);
    };
    const made = open(bytesOf(graph(sizes)), "model.json", { layers: { Wide: watching as never }, beside: () => bytes });
    expect([...predictWith(made, { x: [1, 10] }, "js").y]).toEqual(ofTwo);
    expect(seen[0]).toEqual({ scale: 2, mode: "fast", on: true, sizes: [1, 2] });
    expect(seen[1]).toEqual({ name: "y", className: "Wide", call: { 3: 7 } });
  });

  it("is refused with the flag that helps", () => {
    const refused = diagnosticOf(() => open(bytesOf(graph([-1, 2])), "model.json", { beside: () => bytes }));
    expect(refused.hint).toContain("--layer Wide=./wide.ts");
  });
});
