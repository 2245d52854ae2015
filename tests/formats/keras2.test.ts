// Whole files of Keras 1 and 2, and of weights alone: each as a model that gives what Keras gives. The files are written by h5py in the
// form of those versions (the README beside them says how); what they give was computed by a Keras 3 with equal layers.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model } from "../../compiler/model.ts";
import { load, type Predictor } from "../../runtime/load.ts";
import { type Given, open } from "../../src/formats/index.ts";
import { withTraining } from "../../src/formats/keras/compiled.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";
import { errorOf } from "../support/error.ts";

const folder = join(import.meta.dirname, "../fixtures/keras2");
const bytesOf = (name: string): Uint8Array => new Uint8Array(gunzipSync(readFileSync(join(folder, `${name}.gz`))));
const beside = (name: string): Uint8Array | undefined =>
  readdirSync(folder).includes(name) ? new Uint8Array(readFileSync(join(folder, name))) : undefined;

interface Tensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Case {
  readonly file: string;
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
}
const cases = Object.values(JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Record<string, Case>);
const opened = (name: string, given: Given = {}): Model => open(bytesOf(name), name, { beside, ...given });

describe("files of older Keras", () => {
  it.each(cases)("$file", ({ file, inputs, output }) => {
    const model = opened(file, file.startsWith("alone") ? { inputShape: inputs[0].shape.slice(1) } : {});
    const ports = resolve(model).predict.inputs;
    const x = inputs.length === 1 ? inputs[0].values : Object.fromEntries(ports.map(({ name }, i) => [name, inputs[i].values]));
    for (const target of ["js", "simd"] as const) {
      const y = load<Predictor>(compile(model, { target })).predict(x as never) as Float32Array;
      expectClose(y, output.values, standard.layers, `${file}, ${target}`);
    }
  });
});

const text = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const input = (name: string, shape: readonly (number | null)[]) => ({
  class_name: "InputLayer",
  name,
  config: { name, batch_input_shape: [null, ...shape], dtype: "float32", sparse: false },
  inbound_nodes: [],
});
const line = (class_name: string, name: string, config: object, ...nodes: readonly unknown[]) => ({
  class_name,
  name,
  config: { name, trainable: true, ...config },
  inbound_nodes: nodes,
});
const functional = (...layers: readonly { readonly name: string; readonly class_name: string }[]) => ({
  class_name: "Functional",
  keras_version: "2.6.0",
  backend: "tensorflow",
  config: {
    name: "net",
    layers,
    input_layers: layers.filter((one) => one.class_name === "InputLayer").map(({ name }) => [name, 0, 0]),
    output_layers: [[layers.at(-1)?.name, 0, 0]],
  },
});
const chain = (...layers: readonly { readonly class_name: string; readonly config: object }[]) => ({
  class_name: "Sequential",
  keras_version: "2.2.4",
  config: { name: "chain", layers },
});
const first = { class_name: "Dense", config: { name: "d", units: 2, batch_input_shape: [null, 3] } };

describe("an architecture alone", () => {
  const plain = JSON.stringify(chain(first));

  it.each([
    ["as it is", plain],
    ["after a byte order mark", `\ufeff${plain}`],
    ["after white space", `\n\t ${plain}`],
    ["as a string of JSON", JSON.stringify(plain)],
    [
      "with its keys in another order",
      JSON.stringify({ backend: "tensorflow", config: chain(first).config, class_name: "Sequential" }),
    ],
    ["below model_config", JSON.stringify({ model_config: chain(first), training_config: null })],
    ["as a bare list", JSON.stringify({ class_name: "Sequential", config: [first] })],
  ])("opens %s, and is not trained", (_, json) => {
    const model = open(text(json), "model.json");
    expect(model.weights).toBeUndefined();
    expect(model.layers.map(({ layer, config }) => [layer, config.shape ?? config.units])).toEqual([
      ["input", [3]],
      ["dense", 2],
    ]);
  });

  it("has NaN and infinities as numbers, where they are no text", () => {
    const relu = { class_name: "ReLU", config: { name: 'say "Infinity", NaN', max_value: "∞" } };
    const json = JSON.stringify(chain(first, relu))
      .replace('"∞"', "Infinity")
      .replace('"name":"d"', '"name":"d","strange":[NaN,-Infinity]');
    const model = open(text(json));
    expect(model.layers[2].name).toBe('say "Infinity", NaN');
    expect(model.layers[2].config.maxValue ?? null).toBeNull();
    expect(model.layers[1].config.strange).toEqual([Number.NaN, Number.NEGATIVE_INFINITY]);
  });

  it("of Keras 3 keeps what its words mean there", () => {
    const dense = (version: string) => {
      const model = {
        ...chain({ class_name: "Dense", config: { ...first.config, activation: "hard_sigmoid" } }),
        keras_version: version,
      };
      return open(text(model)).layers[1].config.activation;
    };
    expect([dense("1.2.2"), dense("2.15.0"), dense("3.0.0")]).toEqual([
      "hard_sigmoid_keras2",
      "hard_sigmoid_keras2",
      "hard_sigmoid",
    ]);
  });

  it("of Keras 3 keeps keys that meant something else before", () => {
    const table = { class_name: "ReversibleEmbedding", config: { name: "r", input_dim: 5, output_dim: 2 } };
    const model = {
      ...chain({ class_name: "InputLayer", config: { batch_shape: [null, 3] } }, table),
      keras_version: "3.15.1",
    };
    expect(open(text(model)).layers[1].config).toEqual({ inputDim: 5, outputDim: 2 });
  });

  it("takes what it lacks of regularizers, initializers and constraints for nothing", () => {
    const config = {
      ...first.config,
      kernel_regularizer: { class_name: "Custom>Mine", config: { a: 1 } },
      kernel_initializer: { class_name: "TheirOwn", config: {} },
      bias_initializer: "unheard_of",
      kernel_constraint: { class_name: "MaxNorm", config: { max_value: 2, axis: 0 } },
    };
    const [, dense] = open(text(chain({ class_name: "Dense", config }))).layers;
    expect(dense.config).toEqual({ units: 2, kernelConstraint: { name: "max_norm", maxValue: 2, axis: 0 } });
  });
});

describe("what is refused, by name", () => {
  it.each([
    [
      "MaxoutDense",
      chain(first, { class_name: "MaxoutDense", config: { name: "m", output_dim: 3, nb_feature: 4 } }),
      /the layer MaxoutDense/,
    ],
    ["Highway", chain(first, { class_name: "Highway", config: { name: "h" } }), /the layer Highway/],
    [
      "Lambda",
      chain(first, { class_name: "Lambda", config: { name: "l", function: ["4wEA", null, null] } }),
      /Lambda holds Python code/,
    ],
    [
      "LocallyConnected1D",
      chain(first, { class_name: "LocallyConnected1D", config: { name: "l", filters: 2, kernel_size: [2] } }),
      /LocallyConnected1D/,
    ],
    [
      "a Merge of a function",
      chain(first, { class_name: "Merge", config: { name: "m", mode: "cos" } }),
      /Merge in the mode "cos"/,
    ],
    [
      "BatchNormalization per sample",
      chain(first, { class_name: "BatchNormalization", config: { name: "b", mode: 1 } }),
      /BatchNormalization in the mode 1/,
    ],
    ["a custom class", chain(first, { class_name: "Custom>Mine", config: { name: "c" } }), /Custom>Mine/],
    [
      "an operation",
      functional(input("x", [3]), line("TFOpLambda", "r", { function: "linalg.inv" }, ["x", 0, 0, {}])),
      /operation "linalg.inv"/,
    ],
    [
      "a slice",
      functional(input("x", [3]), line("SlicingOpLambda", "s", { function: "__operators__.getitem" }, ["x", 0, 0, {}])),
      /get_item between layers, as it stands here/,
    ],
    ["a model of a class of its own", { class_name: "Net", config: {} }, /class "Net"/],
  ])("%s", (_, model, message) => {
    const error = errorOf(() => open(text(model), "model.json"));
    expect(error.code).toBe("format/unsupported");
    expect(error.diagnostic.message).toMatch(message);
  });
});

describe("operations of TensorFlow between layers", () => {
  const x = ["x", 0, 0, {}] as const;
  const call = (kwargs: object) => ["x", 0, 0, { ...kwargs, name: null }];
  const op = (config: object, node: unknown) => functional(input("x", [2]), line("TFOpLambda", "op", config, node));

  it.each([
    ["x / 4", op({ function: "math.truediv" }, call({ y: 4 })), [0.25, 0.5]],
    ["x − 1", op({ function: "math.subtract" }, call({ y: 1 })), [0, 1]],
    ["1 − x", op({ function: "math.subtract" }, ["_CONSTANT_VALUE", -1, 1, { y: ["x", 0, 0], name: null }]), [0, -1]],
    ["x + [1, 2]", op({ function: "__operators__.add" }, call({ y: [1, 2] })), [2, 4]],
    ["x · x", op({ function: "math.multiply" }, call({ y: ["x", 0, 0] })), [1, 4]],
    ["x + bias", op({ function: "nn.bias_add" }, call({ bias: [10, 20] })), [11, 22]],
    ["2 ** x", op({ function: "math.pow" }, ["_CONSTANT_VALUE", -1, 2, { y: ["x", 0, 0], name: null }]), [2, 4]],
    [
      "|x − 1.5|",
      functional(
        input("x", [2]),
        line("TFOpLambda", "s", { function: "math.subtract" }, call({ y: 1.5 })),
        line("TFOpLambda", "op", { function: "math.abs" }, ["s", 0, 0, {}]),
      ),
      [0.5, 0.5],
    ],
    ["the mean", op({ function: "math.reduce_mean" }, call({ axis: 1, keepdims: true })), [1.5]],
    ["x turned round", op({ function: "reverse" }, call({ axis: [1] })), [2, 1]],
    [
      "x between 1.25 and 1.5",
      op({ function: "clip_by_value" }, call({ clip_value_min: 1.25, clip_value_max: 1.5 })),
      [1.25, 1.5],
    ],
    [
      "its rows as columns",
      functional(
        input("x", [2]),
        line("TFOpLambda", "r", { function: "reshape" }, call({ shape: [-1, 1, 2] })),
        line("TFOpLambda", "op", { function: "transpose" }, ["r", 0, 0, { perm: [0, 2, 1] }]),
      ),
      [1, 2],
    ],
    [
      "x[:, -1:]",
      functional(
        input("x", [2]),
        line("SlicingOpLambda", "s", { function: "__operators__.getitem" }, [
          "x",
          0,
          0,
          {
            slice_spec: [
              { start: null, stop: null, step: null },
              { start: -1, stop: null, step: null },
            ],
          },
        ]),
      ),
      [2],
    ],
    [
      "where x > 1",
      functional(
        input("x", [2]),
        line("TFOpLambda", "g", { function: "math.greater" }, call({ y: 1 })),
        line("TFOpLambda", "op", { function: "where" }, ["g", 0, 0, { x: ["x", 0, 0], y: -1 }]),
      ),
      [-1, 2],
    ],
    ["relu6", op({ function: "nn.relu6" }, call({})), [1, 2]],
    [
      "x behind x",
      op({ function: "concat" }, [
        ["x", 0, 0, { axis: -1 }],
        ["x", 0, 0, { axis: -1 }],
      ]),
      [1, 2, 1, 2],
    ],
    [
      "8 / … of TensorFlow 2.0",
      functional(
        input("x", [2]),
        line("TensorFlowOpLayer", "op", { node_def: { name: "Sub", op: "Sub", input: ["Sub/x", "x"] }, constants: { 0: 8 } }, [
          x,
        ]),
      ),
      [7, 6],
    ],
  ])("%s", (_, architecture, expected) => {
    const module = load<Predictor>(compile(open(text(architecture)), { selfTest: false }));
    expectClose(module.predict([1, 2] as never) as Float32Array, expected, standard.float32, "operation");
  });
});

describe("weights alone", () => {
  it("name the files that could be the architecture", () => {
    const error = errorOf(() => open(bytesOf("alone.weights.h5"), "models/net.weights.h5", { beside: () => undefined }));
    expect(error.code).toBe("format/beside");
    expect(error.diagnostic.message).toMatch(/net\.json, net\.weights\.json, model\.json, config\.json/);
    expect(errorOf(() => open(bytesOf("alone.h5"))).code).toBe("format/beside");
  });

  it("of another model are refused", () => {
    const other = (from: string, to: string) => (name: string) =>
      name === "alone.json" ? text(readFileSync(join(folder, name), "utf8").replaceAll(from, to)) : undefined;
    for (const file of ["alone.h5", "alone.weights.h5"]) {
      const wider = errorOf(() =>
        open(bytesOf(file), file, { beside: other('"filters": 2', '"filters": 3'), inputShape: [4, 3] }),
      );
      expect(wider.code, file).toBe("format/tensor");
      const fewer = errorOf(() =>
        open(bytesOf(file), file, { beside: other('"use_bias": true', '"use_bias": false'), inputShape: [4, 3] }),
      );
      expect(fewer.code, file).toBe("format/tensor");
    }
  });

  it("need the sizes that the file leaves open, which must fit", () => {
    const error = errorOf(() => opened("alone.h5", { inputShape: [4, 5] }));
    expect(error.code).toBe("format/size");
    expect(error.diagnostic.message).toMatch(/\[\?, 3\].*\[4, 5\]/);
  });
});

describe("training", () => {
  it("is taken over where layerc has it", () => {
    expect(opened("keras1-th.h5").training).toEqual({
      loss: "categorical_crossentropy",
      optimizer: { name: "sgd", learningRate: 0.01, momentum: 0.9, nesterov: true },
      metrics: ["accuracy"],
    });
    expect(opened("keras2-shared.h5").training).toEqual({
      loss: { out: "categorical_crossentropy" },
      optimizer: { name: "adam", learningRate: 0.002, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false },
      metrics: ["acc"],
    });
    expect(opened("keras2-cudnn.h5").training).toBeUndefined();
  });

  const model = open(text(chain({ class_name: "Dense", config: { ...first.config, activation: "softmax" } })));
  const adam = { class_name: "Adam", config: { lr: 0.1, decay: 0 } };
  it.each([
    ["an optimizer of TensorFlow's", { optimizer_config: { class_name: "TFOptimizer", config: {} }, loss: "mse" }, /^the optimizer: .*"tfoptimizer"/],
    ["an optimizer of the author's", { optimizer_config: { class_name: "pkg>Adam", config: {} }, loss: "mse" }, /^the optimizer: .*"pkg>Adam"/],
    ["a loss that layerc lacks", { optimizer_config: adam, loss: "ctc" }, /^the loss: .*ctc/],
    ["a loss of the author's", { optimizer_config: adam, loss: "Custom>my_loss" }, /^the loss: .*"my_loss"/],
    ["a class of the author's", { optimizer_config: adam, loss: { class_name: "Huber", module: null, registered_name: "pkg>Huber", config: {} } }, /^the loss: .*"pkg>Huber"/],
    ["an option that layerc lacks", { optimizer_config: { class_name: "Adam", config: { hurry: 2 } }, loss: "mse" }, /^the optimizer: .*hurry/],
    ["a schedule of the author's", { optimizer_config: { class_name: "Adam", config: { learning_rate: { class_name: "My>Fall", config: {} } } }, loss: "mse" }, /^the optimizer: /],
    ["no loss", { optimizer_config: adam, loss: null }, /^the loss: none is named/],
    ["no optimizer", { optimizer_config: null, loss: "mse" }, /^the optimizer: none is named/],
  ])("is left out for %s, and a training says why", (_, config, why) => {
    const made = withTraining(model, config);
    expect(made.training).toBeUndefined();
    expect(made.left).toEqual([expect.stringMatching(why)]);
    expect(compile(made, { selfTest: false }).code).toContain("function predict");
    const error = errorOf(() => compile(made, { train: true }));
    expect(error.code).toBe("training/missing");
    expect(error.notes.join()).toContain(made.left?.[0]);
  }); // biome-ignore format: one table

  it.each([["nothing", null], ["a text", "adam"], ["an empty object", {}]])("is none where the file says %s", (_, config) => {
    expect(withTraining(model, config)).toBe(model);
  }); // biome-ignore format: one line

  it("that decays is a schedule", () => {
    const { training } = withTraining(model, { optimizer_config: { class_name: "Adam", config: { lr: 0.1, decay: 0.01 } }, loss: "mse" }); // biome-ignore format: one line
    const learningRate = { name: "inverse_time_decay", initialLearningRate: 0.1, decayRate: 0.01, decaySteps: 1 };
    expect(training?.optimizer).toEqual({ name: "adam", learningRate });
  });

  it("keeps the metrics that layerc has, and says which it has not", () => {
    const config = { optimizer: adam, loss: "mse", metrics: ["mse_of_mine", "accuracy"], weighted_metrics: null };
    const made = withTraining(model, config);
    expect(made.training?.metrics).toEqual(["accuracy"]);
    expect(made.left).toEqual([expect.stringMatching(/^a metric: .*"mse_of_mine"/)]);
    const { warnings } = compile(made, { train: true, selfTest: false });
    expect(warnings.map(({ code }) => code)).toContain("training/left");
    expect(compile(made, { selfTest: false }).warnings.map(({ code }) => code)).not.toContain("training/left");
  });

  it.each([
    ["losses as a list", { optimizer_config: adam, loss: ["mse"], metrics: [] }, "mse"],
    [
      "a loss as an object",
      { optimizer_config: adam, loss: { class_name: "Huber", config: { delta: 2, reduction: "auto", name: "huber" } } },
      { name: "huber", delta: 2 },
    ],
    ["a class by name", { optimizer: adam, loss: "MeanSquaredError" }, "mean_squared_error"],
    [
      "a function that is wrapped",
      { optimizer: adam, loss: { class_name: "LossFunctionWrapper", config: { fn: "mean_absolute_error", reduction: "auto" } } },
      { name: "mean_absolute_error" },
    ],
  ])("is taken over with %s", (_, config, loss) => {
    expect(withTraining(model, config).training).toEqual({ loss, optimizer: { name: "adam", learningRate: 0.1 } });
  });
});
