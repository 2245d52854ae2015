// Graph-models of TensorFlow.js that are made here, node by node: fused operators against those they are made of, attributes in every form,
// rows that stay apart, and what is refused, by the operator's name at its node.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolve } from "../../compiler/front/steps.ts";
import { parseGraph } from "../../compiler/graph/parse.ts";
import { ops } from "../../compiler/ops/index.ts";
import { open } from "../../src/formats/index.ts";
import { operators } from "../../src/formats/tfjs/graph/list.ts";
import { expectClose } from "../close.ts";
import { predictInDoubles } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { errorOf } from "../support/error.ts";
import { bytesOf, opened, predicted } from "./tfjs-cases.ts";

type Attrs = Readonly<Record<string, unknown>>;
interface Node {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Attrs;
}
const node = (name: string, op: string, input: readonly string[] = [], attr: Attrs = {}): Node => ({ name, op, input, attr });
const ints = (...i: number[]) => ({ list: { i: i.map(String) } });
const text = (s: string) => ({ s: btoa(s) });
const texts = (...s: string[]) => ({ list: { s: s.map(btoa) } });
const shape = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } });
const input = (sizes: readonly number[], name = "x", type = "DT_FLOAT") =>
  node(name, "Placeholder", [], { shape: shape(...sizes), dtype: { type } });

interface Constant {
  readonly shape: readonly number[];
  readonly numbers: readonly number[];
  readonly dtype?: "int32";
}
const counts = (dtype: "int32" | undefined, numbers: readonly number[]) =>
  new Uint8Array((dtype === "int32" ? Int32Array.from(numbers) : Float32Array.from(numbers)).buffer);

/** A graph-model of nodes, and of constants by name. */
function graphOf(nodes: readonly Node[], constants: Readonly<Record<string, Constant>> = {}, more: object = {}) {
  const list = Object.entries(constants);
  const bytes = Buffer.concat(list.map(([, { dtype, numbers }]) => counts(dtype, numbers)));
  const weights = list.map(([name, { shape: sizes, dtype = "float32" }]) => ({ name, shape: sizes, dtype }));
  const all = [...list.map(([name]) => node(name, "Const")), ...nodes];
  const model = { format: "graph-model", modelTopology: { node: all }, weightsManifest: [{ paths: ["w"], weights }], ...more };
  return { model, files: { w: new Uint8Array(bytes) } };
}

const draw = (count: number, from = 1): number[] =>
  Array.from({ length: count }, (_, i) => (((i + from) * 7919) % 1009) / 504.5 - 1);
const weight = (...sizes: number[]): Constant => ({
  shape: sizes,
  numbers: draw(
    sizes.reduce((a, b) => a * b, 1),
    sizes.length,
  ),
});
const list = (...numbers: number[]): Constant => ({ shape: [numbers.length], numbers, dtype: "int32" });

/** What the last node gives for a batch, all inputs drawn. */
function run(given: ReturnType<typeof graphOf>, sizes: readonly number[]): ArrayLike<number> {
  const data = draw(
    sizes.reduce((a, b) => a * b, 1),
    3,
  );
  const [y] = predicted(opened(given.model, given.files), { inputs: [{ name: "x", shape: sizes, data }], outputs: [] }, "js");
  return y;
}

describe("what is fused behind a product is what stands behind it", () => {
  const conv = { strides: ints(1, 2, 1, 1), padding: text("SAME"), dilations: ints(1, 1, 1, 1), data_format: text("NHWC") };
  const products: readonly (readonly [fused: string, plain: string, size: readonly number[], kernel: Constant, attr: Attrs])[] = [
    ["_FusedConv2D", "Conv2D", [2, 5, 4, 3], weight(3, 2, 3, 4), conv],
    [
      "FusedDepthwiseConv2dNative",
      "DepthwiseConv2dNative",
      [2, 5, 5, 2],
      weight(3, 3, 2, 2),
      { ...conv, strides: ints(1, 2, 2, 1) },
    ],
    ["_FusedMatMul", "MatMul", [2, 3], weight(4, 3), { transpose_b: { b: true } }],
  ];
  const behind: readonly (readonly [name: string, attr: Attrs])[] = [
    ["Relu", {}],
    ["Relu6", {}],
    ["Elu", {}],
    ["Sigmoid", {}],
    ["Tanh", {}],
    ["LeakyRelu", { alpha: { f: 0.3 } }],
    ["Prelu", {}],
  ];
  it.each(products.flatMap((product) => behind.map((activation) => [...product, ...activation] as const)))(
    "%s of %s %s",
    (fused, plain, size, kernel, attr, activation, own) => {
      const open = [-1, ...size.slice(1)];
      const constants = { k: kernel, b: weight(4), ...(activation === "Prelu" ? { a: weight(4) } : {}) };
      const more = activation === "Prelu" ? ["a"] : [];
      const whole = node("y", fused, ["x", "k", "b", ...more], {
        ...attr,
        fused_ops: texts("BiasAdd", activation),
        num_args: { i: "1" },
        ...(own.alpha === undefined ? {} : { leakyrelu_alpha: own.alpha }),
      });
      const apart = [
        node("p", plain, ["x", "k"], attr),
        node("s", "BiasAdd", ["p", "b"]),
        node("y", activation, ["s", ...more], own),
      ];
      const found = run(graphOf([input(open), whole], constants), size);
      expectClose(found, run(graphOf([input(open), ...apart], constants), size), standard.float32, fused);
      expect(new Set(Array.from(found)).size).toBeGreaterThan(4);
    },
  );

  it.each([
    ["a normalisation", texts("FusedBatchNorm"), ["x", "k"], "FusedBatchNorm"],
    ["an input too few", texts("BiasAdd"), ["x", "k"], "place 2"],
    ["an input too many", texts("Relu"), ["x", "k", "b"], "3 inputs"],
  ])("%s is refused", (_, fused_ops, inputs, message) => {
    const given = graphOf([input([-1, 3]), node("y", "_FusedMatMul", inputs, { fused_ops })], { k: weight(3, 4), b: weight(4) });
    const error = errorOf(() => opened(given.model, given.files));
    expect([error.code, error.path]).toEqual(["format/unsupported", "y"]);
    expect(error.message).toContain(message);
  });
});

it("a normalisation goes by the statistics of its inputs", () => {
  const names = ["scale", "offset", "mean", "variance"];
  const constants = Object.fromEntries(names.map((name, i) => [name, { shape: [2], numbers: [i + 1, 0.5 * i + 2] }]));
  const given = graphOf([input([-1, 2]), node("y", "FusedBatchNormV3", ["x", ...names], { epsilon: { f: 0.5 } })], constants);
  const x = draw(4, 3);
  const wanted = x.map((value, i) => {
    const [s, o, m, v] = names.map((name) => constants[name].numbers[i % 2]);
    return ((value - m) * s) / Math.sqrt(v + 0.5) + o;
  });
  expectClose(run(given, [2, 2]), wanted, standard.layers, "y");
});

it.each<[what: string, padding: unknown, strides: unknown]>([
  ["base64", text("VALID"), ints(1, 1, 2, 1)],
  ["plain text", { s: "VALID" }, { list: { i: [1, 1, 2, 1] } }],
  ["codes of letters", { s: [..."VALID"].map((letter) => letter.charCodeAt(0)) }, ints(1, 1, 2, 1)],
])("attributes may be %s", (_, padding, strides) => {
  const of = (attr: Attrs) =>
    run(graphOf([input([-1, 4, 4, 1]), node("y", "MaxPool", ["x"], { ksize: ints(1, 2, 2, 1), ...attr })]), [1, 4, 4, 1]);
  expect([...Array.from(of({ padding, strides }))]).toEqual(
    Array.from(of({ padding: text("VALID"), strides: ints(1, 1, 2, 1) })),
  );
});

describe("rows stay apart", () => {
  const square = {
    k: weight(3, 3),
    axis: list(0),
    last: list(1),
    flat: list(1, -1),
    six: list(-1, 6),
    scalar: { shape: [], numbers: [2] },
  };
  const cases: readonly (readonly [what: string, size: readonly number[], nodes: readonly Node[]])[] = [
    [
      "a mean over the batch",
      [3, 3],
      [node("m", "Mean", ["x", "axis"], { keep_dims: { b: true } }), node("y", "Sub", ["x", "m"])],
    ],
    ["a sum over the batch that is spread again", [3, 3], [node("m", "Sum", ["x", "axis"]), node("y", "AddV2", ["x", "m"])]],
    [
      "a product of rows with rows",
      [3, 3],
      [node("p", "MatMul", ["x", "x"], { transpose_b: { b: true } }), node("y", "MatMul", ["p", "x"])],
    ],
    ["a softmax of single numbers", [3], [node("y", "Softmax", ["x"])]],
    ["all numbers in one row", [3, 4], [node("y", "Reshape", ["x", "flat"])]],
    ["two rows in one", [2, 3], [node("y", "Reshape", ["x", "six"])]],
    ["the batch turned over", [3, 3], [node("y", "ReverseV2", ["x", "axis"])]],
    [
      "a maximum of the batch",
      [3, 3],
      [node("m", "Max", ["x", "axis"], { keep_dims: { b: true } }), node("y", "Mul", ["x", "m"])],
    ],
  ];
  it.each(cases)("%s", (_, size, nodes) => {
    const given = graphOf([input([-1, ...size.slice(1)]), ...nodes], square);
    const row = size.slice(1).reduce((a, b) => a * b, 1);
    // Each row as if it were alone; or the operator needs more rows than one, and is refused.
    let model: ReturnType<typeof opened>;
    try {
      model = opened(given.model, given.files);
    } catch (error) {
      expect(error).toMatchObject({ code: "format/unsupported", path: "y" });
      return;
    }
    const data = draw(size[0] * row, 3);
    // The interpreter sees all rows at once, as the Graph says; a module would take them one by one.
    const of = (numbers: readonly number[]) =>
      Array.from(predictInDoubles(model, Float32Array.from(numbers), numbers.length / row));
    const alone = Array.from({ length: size[0] }, (_, i) => of(data.slice(i * row, (i + 1) * row)));
    expect(of(data)).toEqual(alone.flat());
  });

  it("the batch is free where every node keeps it, whatever the file says that it is", () => {
    const nodes = (batch: number) => [input([batch, 2, 3]), node("r", "Reshape", ["x", "to"]), node("y", "MatMul", ["r", "k"])];
    for (const [batch, first] of [
      [-1, -1],
      [1, 1],
      [4, 4],
      [1, -1],
    ]) {
      const given = graphOf(nodes(batch), { to: list(first, 6), k: weight(6, 2) });
      expect(resolve(opened(given.model, given.files)).predict.inputs).toEqual([{ name: "x", shape: [2, 3] }]);
    }
  });

  it("a sample is all that the file takes at a time where a node moves numbers between rows", () => {
    const given = graphOf([input([2, 3]), node("y", "Reshape", ["x", "to"])], { to: list(1, 6) });
    const model = opened(given.model, given.files);
    expect(resolve(model).predict.inputs).toEqual([{ name: "x", shape: [2, 3] }]);
    expect(parseGraph(model.graph ?? "", ops).results[0][1].type.shape).toEqual(["n", 1, 6]);
  });
});

describe("ports", () => {
  const dense = [input([-1, 2], "a/in"), node("m", "MatMul", ["a/in", "k"]), node("out/y", "Relu", ["m"])];
  const port = (name: string, ...sizes: number[]) => ({ name, dtype: "DT_FLOAT", tensorShape: shape(...sizes).shape });

  it("are called as the signature calls them", () => {
    const signature = {
      inputs: { "first:0": port("a/in:0", -1, 2) },
      outputs: { score: port("out/y:0", -1, 2), raw: port("m:0", -1, 2) },
    };
    for (const more of [{ signature }, { userDefinedMetadata: { signature } }]) {
      const given = graphOf(dense, { k: weight(2, 2) }, more);
      const { predict } = resolve(opened(given.model, given.files));
      expect([predict.inputs[0].name, ...predict.outputs.map(({ name }) => name)]).toEqual(["first", "score", "raw"]);
    }
  });

  it("are placeholders and what nothing takes, without one", () => {
    const given = graphOf(dense, { k: weight(2, 2) });
    const { predict } = resolve(opened(given.model, given.files));
    expect([predict.inputs[0].name, ...predict.outputs.map(({ name }) => name)]).toEqual(["a_in", "out_y"]);
  });

  it("have sizes from whoever opens the file, where it leaves them open", () => {
    const { model, files } = graphOf([input([-1, -1, -1, 2]), node("y", "Relu", ["x"])]);
    const error = errorOf(() => opened(model, files));
    expect([error.code, error.path]).toEqual(["shape/unknown-size", "x"]);
    expect(error.message).toContain("--input-shape");
    const given = (inputShape: number[]) => open(bytesOf(model), "model.json", { beside: () => files.w, inputShape });
    expect(resolve(given([4, 5, 2])).predict.inputs).toEqual([{ name: "x", shape: [4, 5, 2] }]);
    expect(errorOf(() => given([4, 5, 3])).code).toBe("format/size");
  });
});

describe("refused at its node", () => {
  const big = 2 ** 30;
  const numbers = { k: weight(3, 3), big: list(big, big), one: { shape: [], numbers: [1] }, n: { shape: [], numbers: [big], dtype: "int32" as const },
    zero: { shape: [], numbers: [0], dtype: "int32" as const }, step: { shape: [], numbers: [1], dtype: "int32" as const }, pads: list(0, 0, big, big), size: list(big, big) }; // biome-ignore format: one table
  const x4 = input([-1, 3]);
  it.each<[what: string, nodes: readonly Node[], code: string, path: string, message: string]>([
    [
      "an operator that is not there",
      [x4, node("y", "NonMaxSuppressionV5", ["x"])],
      "format/unsupported",
      "y",
      "the operator NonMaxSuppressionV5",
    ],
    ["a mirrored border", [x4, node("y", "MirrorPad", ["x", "k"])], "format/unsupported", "y", "MirrorPad"],
    [
      "a loop",
      [
        x4,
        node("e", "Enter", ["x"]),
        node("y", "Merge", ["e", "z"]),
        node("z", "NextIteration", ["y"]),
        node("o", "Exit", ["y"]),
      ],
      "format/unsupported",
      "o",
      "a recurrent layer is a loop",
    ],
    [
      "an operator called like a part of every object",
      [x4, node("y", "constructor", ["x"])],
      "format/unsupported",
      "y",
      "constructor",
    ],
    [
      "a circle",
      [x4, node("y", "Add", ["x", "z"]), node("z", "Relu", ["y"]), node("o", "Relu", ["z"])],
      "format/spec",
      "z",
      "takes what it gives",
    ],
    ["a node that is not there", [x4, node("y", "Relu", ["w"])], "format/spec", "w", "no node of this name"],
    ["a constant without numbers", [x4, node("c", "Const"), node("y", "Mul", ["x", "c"])], "format/spec", "c", "no tensor"],
    ["two nodes of a name", [x4, node("y", "Relu", ["x"]), node("y", "Relu", ["x"])], "format/spec", "y", "two nodes"],
    ["a result that is not computed", [x4, node("y", "Relu", ["x:1"])], "format/unsupported", "y", "the result 1"],
    [
      "channels first",
      [
        input([-1, 3, 4, 4]),
        node("y", "MaxPool", ["x"], {
          ksize: ints(1, 1, 2, 2),
          strides: ints(1, 1, 2, 2),
          padding: text("VALID"),
          data_format: text("NCHW"),
        }),
      ],
      "format/unsupported",
      "y",
      "NCHW",
    ],
    ["shapes that do not fit", [x4, node("y", "MatMul", ["x", "pads"])], "format/unsupported", "y", "MatMul"],
    [
      "a size that is computed at run time",
      [x4, node("y", "Reshape", ["x", "x"])],
      "format/unsupported",
      "y",
      "computed from what the model is given",
    ],
    [
      "whole numbers that are multiplied at run time",
      [input([-1, 3], "x", "DT_INT32"), node("y", "Mul", ["x", "x"])],
      "format/unsupported",
      "y",
      "int32",
    ],
    ["text", [input([-1, 3], "x", "DT_STRING"), node("y", "Relu", ["x"])], "format/unsupported", "", "DT_STRING"],
    [
      "a fill beyond all memory",
      [x4, node("f", "Fill", ["big", "one"]), node("y", "Add", ["x", "f"])],
      "format/unsupported",
      "f",
      "at most",
    ],
    [
      "a count beyond all memory",
      [x4, node("f", "Range", ["zero", "n", "step"]), node("y", "Add", ["x", "f"])],
      "format/unsupported",
      "f",
      "counts to",
    ],
    ["a border beyond all memory", [x4, node("y", "Pad", ["x", "pads"])], "format/unsupported", "y", "at most"],
    [
      "a picture beyond all memory",
      [input([-1, 3, 3, 1]), node("y", "ResizeBilinear", ["x", "size"])],
      "format/unsupported",
      "y",
      "it resizes to",
    ],
    [
      "a whole number that float32 does not hold",
      [input([-1, 3], "x", "DT_INT32"), node("y", "Add", ["x", "odd"])],
      "format/unsupported",
      "y",
      "2^24",
    ],
  ])("%s", (_, nodes, code, path, message) => {
    const given = graphOf(nodes, { ...numbers, odd: { shape: [], numbers: [2 ** 24 + 1], dtype: "int32" } });
    const error = errorOf(() => opened(given.model, given.files));
    expect([error.code, error.path]).toEqual([code, path]);
    expect(error.message).toContain(message);
  });
});

it("a chain of twenty thousand nodes is no depth", () => {
  const nodes = Array.from({ length: 20_000 }, (_, i) => node(`n${i}`, "Identity", [i === 0 ? "x" : `n${i - 1}`]));
  const given = graphOf([input([-1, 2]), ...nodes, node("y", "Relu", ["n19999"])]);
  expect(opened(given.model, given.files).graph).toContain("relu");
});

it("a node may be called __proto__", () => {
  const given = graphOf(
    [input([-1, 2]), node("y", "MatMul", ["x", "__proto__"])],
    Object.fromEntries([["__proto__", weight(2, 2)]]),
  );
  const { weights = {} } = opened(given.model, given.files);
  expect(Object.keys(weights)).toEqual(["__proto__"]);
});

it("the docs list every operator, and no other", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/formats/tfjs.md"), "utf8");
  const rows = page.slice(page.indexOf("| kind "), page.indexOf("Everything else")).split("\n").slice(2);
  const listed = rows.flatMap((row) => (row.split("|")[2] ?? "").replaceAll("\\_", "_").match(/\b[A-Z_]\w+/g) ?? []);
  expect(listed.sort()).toEqual([...operators.keys(), "Const", "Placeholder"].sort());
});
