// TensorFlow.js models: real ones give TensorFlow's numbers; manifests in every form that converters write; what cannot be read is refused
// by name; and no damage leads anywhere but to a Model or a CompileError.
import { describe, expect, it } from "vitest";
import { type Random, random } from "../../compiler/base/random.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { open } from "../../src/formats/index.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";
import { errorOf } from "../support/error.ts";
import { bytesOf, type Case, caseNames, caseOf, type File, opened, predicted, type Spec } from "./tfjs-cases.ts";

const refused = ["layers-bilinear"];

describe.each(["js", "simd"] as const)("%s", (target) => {
  it.each(caseNames.filter((name) => !refused.includes(name)))("%s gives TensorFlow's numbers", (name) => {
    const given = caseOf(name);
    const found = predicted(opened(given.model, given.files), given, target);
    expect(found.length).toBe(given.outputs.length);
    given.outputs.forEach(({ data, name: output }, i) => {
      expectClose(found[i], data, standard.layers, `${name} ${output}`);
    });
  });
});

it("what TensorFlow.js computes otherwise than Keras is refused in its own files, not in Keras'", () => {
  const { model, files } = caseOf("layers-bilinear");
  const error = errorOf(() => opened(model, files));
  expect([error.code, error.path]).toEqual(["format/unsupported", "up_sampling2d_UpSampling2D2"]);
  const converted = { ...model, modelTopology: { ...model.modelTopology, backend: "tensorflow", keras_version: "2.4.0" } };
  expect(opened(converted, files).layers.map(({ layer }) => layer)).toContain("upSampling2d");
});

/** The case with all its shards as one, and that in parts of these lengths. */
function sharded({ model, files }: Case, lengths: readonly number[]): { model: File; files: Record<string, Uint8Array> } {
  const [group] = model.weightsManifest;
  const whole = Buffer.concat(group.paths.map((path) => files[path.replace(/^\.\//, "")]));
  const cut: Record<string, Uint8Array> = {};
  let from = 0;
  for (const [i, length] of [...lengths, whole.length].entries()) {
    const to = Math.min(from + length, whole.length);
    cut[`part${i}`] = new Uint8Array(whole.subarray(from, to));
    from = to;
  }
  return { model: { ...model, weightsManifest: [{ ...group, paths: Object.keys(cut) }] }, files: cut };
}

/** A chain of one dense layer, 2 to 2, with its kernel as the manifest says. */
const chain = (manifest: unknown, name = "d", more: object = {}) => ({
  modelTopology: {
    class_name: "Sequential",
    config: [{ class_name: "Dense", config: { name, units: 2, use_bias: false, batch_input_shape: [null, 2], ...more } }],
  },
  weightsManifest: manifest,
});
const kernel = (spec: Partial<Spec> = {}, name = "d/kernel") => [
  { paths: ["w"], weights: [{ name, shape: [2, 2], dtype: "float32", ...spec }] },
];
const floats = (...numbers: number[]): Uint8Array => new Uint8Array(Float32Array.from(numbers).buffer);
const four = floats(1, 2, 3, 4);

describe("the manifest", () => {
  it("cuts shards anywhere", () => {
    const given = caseOf("layers-convs");
    const wanted = opened(given.model, given.files).weights;
    for (const lengths of [[], [1], [3, 0, 7, 4, 1], [1000, 1]]) {
      const { model, files } = sharded(given, lengths);
      expect(opened(model, files).weights).toEqual(wanted);
    }
  });

  it.each<[what: string, spec: Partial<Spec>, bytes: Uint8Array, wanted: readonly number[]]>([
    ["float32", {}, four, [1, 2, 3, 4]],
    ["int32", { dtype: "int32" }, new Uint8Array(Int32Array.of(-1, 2, 3, 2 ** 20).buffer), [-1, 2, 3, 2 ** 20]],
    ["bool", { dtype: "bool" }, Uint8Array.of(0, 1, 2, 0), [0, 1, 1, 0]],
    [
      "float16",
      { quantization: { dtype: "float16" } },
      new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff).buffer),
      [1, -2, 2 ** -24, 65504],
    ],
    ["uint8", { quantization: { dtype: "uint8", min: -1, scale: 0.1 } }, Uint8Array.of(0, 1, 10, 255), [-1, -0.9, 0, 24.5]],
    [
      "uint16",
      { quantization: { dtype: "uint16", min: 0.5, scale: 2 } },
      new Uint8Array(Uint16Array.of(0, 1, 256, 65535).buffer),
      [0.5, 2.5, 512.5, 131070.5],
    ],
    [
      "whole numbers as uint8",
      { dtype: "int32", quantization: { dtype: "uint8", min: -2, scale: 0.5 } },
      Uint8Array.of(0, 1, 4, 5),
      [-2, -1, 0, 1],
    ],
  ])("reads %s", (_, spec, bytes, wanted) => {
    const { weights } = opened(chain(kernel(spec)), { w: bytes });
    expect([...(weights?.["d/kernel"] ?? [])]).toEqual(wanted.map(Math.fround));
  });

  it.each<[what: string, manifest: unknown, files: Record<string, Uint8Array>, code: string]>([
    ["a shard that is too short", kernel(), { w: four.subarray(0, 15) }, "format/truncated"],
    ["a shard that is too long", kernel(), { w: floats(1, 2, 3, 4, 5) }, "format/tensor"],
    ["sizes beyond all memory", kernel({ shape: [2 ** 30, 2 ** 30, 2 ** 30] }), { w: four }, "format/tensor"],
    ["sizes that are none", kernel({ shape: [-2, -2] }), { w: four }, "format/spec"],
    ["a shard that is not there", kernel(), {}, "format/beside"],
    ["a path out of the folder", [{ ...kernel()[0], paths: ["../w"] }], { w: four, "../w": four }, "format/beside"],
    ["a path out of the folder, further in", [{ ...kernel()[0], paths: ["a/../../w"] }], { w: four }, "format/beside"],
    ["complex numbers", kernel({ dtype: "complex64" }), { w: four }, "format/dtype"],
    ["text", kernel({ dtype: "string" }), { w: four }, "format/dtype"],
    ["another quantization", kernel({ quantization: { dtype: "int4" } }), { w: four }, "format/dtype"],
    ["a quantization without a scale", kernel({ quantization: { dtype: "uint8" } }), { w: four.subarray(0, 4) }, "format/tensor"],
    [
      "a tensor twice",
      [{ paths: ["w"], weights: [...kernel()[0].weights, ...kernel()[0].weights] }],
      { w: floats(1, 2, 3, 4, 1, 2, 3, 4) },
      "format/tensor",
    ],
    ["a kernel of another shape", kernel({ shape: [4, 1] }), { w: four }, "format/tensor"],
    ["no kernel", kernel({ shape: [4] }, "e/other"), { w: four }, "format/tensor"],
  ])("refuses %s", (_, manifest, files, code) => {
    expect(errorOf(() => opened(chain(manifest), files)).code).toBe(code);
  });

  it("without a tensor the file is an architecture", () => {
    expect(opened(chain([])).weights).toBeUndefined();
  });

  it("a path may begin with the folder where the model was made", () => {
    const manifest = [{ ...kernel()[0], paths: ["old/place/w"] }];
    expect(opened(chain(manifest), { w: four }).weights?.["d/kernel"]).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(opened(chain(manifest), { "old/place/w": four }).weights?.["d/kernel"]).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(errorOf(() => opened(chain(manifest))).code).toBe("format/beside");
  });

  it("what training stands at is no part of the model", () => {
    const weights = [...kernel()[0].weights, { name: "d/kernel_m", shape: [1], dtype: "float32", group: "optimizer" }];
    expect(Object.keys(opened(chain([{ paths: ["w"], weights }]), { w: floats(1, 2, 3, 4, 5) }).weights ?? {})).toEqual([
      "d/kernel",
    ]);
  });
});

describe("tensors and weights", () => {
  it.each([
    ["a layer called __proto__", "__proto__", "__proto__/kernel"],
    ["a layer called constructor", "constructor", "constructor/kernel"],
    ["a layer with a slash", "block/d", "block/d/kernel"],
    ["a name before", "d", "sequential_3/d/kernel"],
    ["a number of results behind", "d", "d/kernel:0"],
    ["another layer's name, where only it is left", "d", "dense_17/kernel"],
  ])("pairs %s", (_, layer, tensor) => {
    const { weights = {} } = opened(chain(kernel({}, tensor), layer), { w: four });
    expect(Object.entries(weights)).toEqual([[`${layer}/kernel`, Float32Array.of(1, 2, 3, 4)]]);
  });

  const two = (names: readonly string[]) => ({
    modelTopology: {
      class_name: "Sequential",
      config: ["a", "b"].map((name) => ({
        class_name: "Dense",
        config: { name, units: 2, use_bias: false, batch_input_shape: [null, 2] },
      })),
    },
    weightsManifest: [{ paths: ["w"], weights: names.map((name) => ({ name, shape: [2, 2], dtype: "float32" })) }],
  });
  const eight = { w: floats(1, 2, 3, 4, 5, 6, 7, 8) };

  it("goes by names, whatever the order is", () => {
    expect(opened(two(["b/kernel", "a/kernel"]), eight).weights?.["a/kernel"]).toEqual(Float32Array.of(5, 6, 7, 8));
    expect(opened(two(["x/kernel", "a/kernel"]), eight).weights?.["b/kernel"]).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it.each([
    ["two layers whose names are nowhere", ["x/kernel", "y/kernel"], "their names do not say"],
    ["two tensors of one layer", ["a/kernel", "x/a/kernel"], "b/kernel"],
    ["a tensor that no layer reads", ["a/kernel", "b/kernel", "c/kernel"], "no layer of layerc reads"],
  ])("refuses %s", (_, names, message) => {
    const files = { w: new Uint8Array(names.length * 16) };
    const error = errorOf(() => opened(two(names), files));
    expect(error.code).toBe("format/tensor");
    expect(error.message).toContain(message);
  });

  it("cells side by side go by their numbers, not by the order of the file", () => {
    const { model, files, ...rest } = caseOf("layers-td");
    const [group] = model.weightsManifest;
    const last = group.weights.slice(-6);
    expect(last.map(({ name }) => name)).toContain("rnn_RNN2/RNNCell_1/bias");
    const { model: whole, files: one } = sharded({ model, files, ...rest }, []);
    const bytes = one.part0;
    const length = (specs: readonly Spec[]) => 4 * specs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    const [a, b] = [last.slice(0, 3), last.slice(3)];
    const at = bytes.length - length(last);
    const turned = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length(a)), bytes.subarray(at, at + length(a))]);
    const manifest = [{ ...whole.weightsManifest[0], weights: [...group.weights.slice(0, -6), ...b, ...a] }];
    expect(
      opened({ ...whole, weightsManifest: manifest }, { part0: new Uint8Array(turned), part1: new Uint8Array(0) }).weights,
    ).toEqual(opened(model, files).weights);
  });
});

describe("a topology", () => {
  const plain = chain(kernel());
  const { modelTopology: bare } = plain;
  it.each<[what: string, model: unknown]>([
    ["as TensorFlow.js saves it", { ...plain, format: "layers-model" }],
    [
      "as the converter wrote it",
      { ...plain, modelTopology: { keras_version: "2.1.4", backend: "tensorflow", model_config: bare } },
    ],
    ["as a text within", { ...plain, modelTopology: { keras_version: "2.1.4", model_config: JSON.stringify(bare) } }],
    ["in camelCase", chain(kernel(), "d", {})],
    [
      "of Keras 3",
      {
        ...plain,
        modelTopology: { keras_version: "3.8.0", model_config: { ...bare, config: { name: "s", layers: bare.config } } },
      },
    ],
  ])("%s", (what, model) => {
    const camel = {
      className: "Sequential",
      config: [{ className: "Dense", config: { name: "d", units: 2, useBias: false, batchInputShape: [null, 2] } }],
    };
    const given = what === "in camelCase" ? { ...plain, modelTopology: camel } : model;
    expect(opened(given, { w: four })).toMatchObject({ weights: { "d/kernel": Float32Array.of(1, 2, 3, 4) } });
  });

  it("opens behind a byte order mark", () => {
    const model = { ...plain };
    const marked = Uint8Array.of(0xef, 0xbb, 0xbf, ...bytesOf(model));
    expect(new TextDecoder().decode(marked)).toContain("modelTopology");
    expect(opened(model, { w: four }).weights).toBeDefined();
  });

  it("hard_sigmoid has the slope that its Keras gave it", () => {
    const of = (version: string) => {
      const model = chain(kernel(), "d", { activation: "hard_sigmoid" });
      const { layers } = opened({ ...model, modelTopology: { ...model.modelTopology, keras_version: version } }, { w: four });
      return layers.at(-1)?.config.activation;
    };
    expect([of("tfjs-layers 4.22.0"), of("2.15.0"), of("3.8.0")]).toEqual([
      "hard_sigmoid_keras2",
      "hard_sigmoid_keras2",
      "hard_sigmoid",
    ]);
  });

  it.each<[what: string, topology: unknown, code: string]>([
    ["that is none", 3, "format/spec"],
    ["of another class", { class_name: "Subclassed", config: {} }, "format/unsupported"],
    [
      "with a layer of the author's",
      { class_name: "Sequential", config: [{ class_name: "Mine", config: { name: "m" } }] },
      "format/unsupported",
    ],
  ])("%s is refused", (_, topology, code) => {
    expect(errorOf(() => opened({ modelTopology: topology, weightsManifest: [] })).code).toBe(code);
  });
});

it.each(["class_name", "className"])("nested too deep (%s) is refused", (key) => {
  const depth = 5000;
  const text = `{"modelTopology": ${`{"${key}": "Sequential", "config": [`.repeat(depth)}${"]}".repeat(depth)}}`;
  const error = errorOf(() => open(new TextEncoder().encode(text), "model.json"));
  expect(error.code).toMatch(/^format\//);
});

const isLong = Number(process.env.LAYERC_FUZZ ?? 1) > 1;

/** What is done to a text. */
const damages: readonly ((text: string, draw: Random) => string)[] = [
  (text, draw) => text.slice(0, draw.integer(0, text.length)),
  (text, draw) => {
    const at = draw.integer(0, text.length - 1);
    return text.slice(0, at) + String.fromCharCode(draw.integer(32, 126)) + text.slice(at + 1);
  },
  // Numbers, and values whole, become others.
  (text, draw) => replacedAt(text, draw, /-?\d+(\.\d+)?/g, ["0", "-1", "1e9", "2", "9007199254740993", "null"]),
  (text, draw) => replacedAt(text, draw, /"[^"]*"/g, ['"__proto__"', '""', '"NHWC"', "null", "[]", "{}", '"Softmax"', '"d:9"']),
  (text, draw) => replacedAt(text, draw, /\[[^[\]]*\]/g, ["[]", "null", "[[[[]]]]", "[-1,-1]"]),
];

function replacedAt(text: string, draw: Random, what: RegExp, others: readonly string[]): string {
  const places = [...text.matchAll(what)];
  if (places.length === 0) return text;
  const { index, 0: found } = draw.pick(places);
  return text.slice(0, index) + draw.pick(others) + text.slice(index + found.length);
}

it("damaged models end in a Model or in a CompileError", () => {
  const draw = random(Number(process.env.LAYERC_SEED ?? (isLong ? Date.now() % 2 ** 31 : 11)));
  const small = [
    "layers-dense",
    "layers-graph",
    "layers-td",
    "graph-mlp",
    "graph-two",
    "graph-embed",
    "graph-bmm",
    "graph-ops",
  ].map(caseOf);
  const outcomes = new Set<string>();
  for (let i = 0; i < (isLong ? 100_000 : 600); i++) {
    const { model, files } = draw.pick(small);
    let text = JSON.stringify(model);
    for (let left = draw.integer(1, 3); left > 0; left--) text = draw.pick(damages)(text, draw);
    try {
      opened(JSON.parse(text), files);
      outcomes.add("opened");
    } catch (error) {
      if (error instanceof SyntaxError) continue;
      if (!(error instanceof CompileError) || error.code === "internal/bug")
        throw new Error(`${text}\n${String(error)}`, { cause: error });
      outcomes.add(error.code);
    }
  }
  expect([...outcomes]).toEqual(expect.arrayContaining(["opened", "format/spec", "format/unsupported", "format/tensor"]));
});
