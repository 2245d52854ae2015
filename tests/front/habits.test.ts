// What people write who come from Keras or TensorFlow.js: arguments by place, names in another spelling, keys at home elsewhere. Each ends in
// an error that says what to write here, or is understood.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { compile } from "../../compiler/compile.ts";
import { absences, meanings } from "../../compiler/diagnostics/keras-words.ts";
import { suggestionFor } from "../../compiler/diagnostics/suggest.ts";
import { argumentsIn, byKeys } from "../../compiler/front/positional.ts";
import { activations } from "../../compiler/layers/activations.ts";
import type { AnyLayer } from "../../compiler/layers/define.ts";
import { layers } from "../../compiler/layers/index.ts";
import type { LayerSpec } from "../../compiler/model.ts";
import { constraints } from "../../compiler/training/constraints/index.ts";
import { initializers } from "../../compiler/training/initializers/index.ts";
import { losses } from "../../compiler/training/losses/index.ts";
import * as metrics from "../../compiler/training/metrics/list.ts";
import { optimizers } from "../../compiler/training/optimizers/index.ts";
import { regularizers } from "../../compiler/training/regularizers/index.ts";
import { schedules } from "../../compiler/training/schedules/index.ts";
import * as layerc from "../../src/sequential.ts";
import { diagnosticOf } from "../support/error.ts";

const { conv2d, dense, dropout, flatten, input, model, reshape, sequential, timeDistributed } = layerc;
type Loose = (...given: readonly unknown[]) => LayerSpec;
const hintOf = (line: unknown): string => diagnosticOf(() => compile(sequential([line as LayerSpec]))).hint ?? "";

const inner = dense({ units: 4 });
/** The first argument of Keras' classes, with a value for it; written down from Keras' pages, not from the schemas. */
const firsts: readonly (readonly [key: string, value: unknown, names: string])[] = [
  ["units", 4, "dense gru gruCell lstm lstmCell simpleRNN simpleRNNCell"],
  ["filters", 32, "conv1d conv2d conv3d conv1dTranspose conv2dTranspose conv3dTranspose convLSTM1d convLSTM2d convLSTM3d"],
  ["filters", 32, "separableConv1d separableConv2d"],
  ["kernelSize", 3, "depthwiseConv1d depthwiseConv2d"],
  ["rate", 0.5, "dropout alphaDropout gaussianDropout spatialDropout1d spatialDropout2d spatialDropout3d"],
  ["stddev", 0.5, "gaussianNoise"],
  ["activation", "relu", "activation"],
  ["l1", 0.1, "activityRegularization"],
  ["outputSize", 2, "adaptiveAveragePooling1d adaptiveAveragePooling2d adaptiveAveragePooling3d"],
  ["outputSize", 2, "adaptiveMaxPooling1d adaptiveMaxPooling2d adaptiveMaxPooling3d"],
  ["poolSize", 2, "averagePooling1d averagePooling2d averagePooling3d maxPooling1d maxPooling2d maxPooling3d"],
  ["dataFormat", "channels_last", "flatten globalAveragePooling1d globalAveragePooling2d globalAveragePooling3d"],
  ["dataFormat", "channels_last", "globalMaxPooling1d globalMaxPooling2d globalMaxPooling3d"],
  ["useScale", true, "attention additiveAttention"],
  ["numHeads", 2, "multiHeadAttention"],
  ["headDim", 2, "groupQueryAttention"],
  ["axis", -1, "batchNormalization layerNormalization rmsNormalization unitNormalization normalization softmax concatenate"],
  ["groups", 2, "groupNormalization"],
  ["layer", inner, "bidirectional spectralNormalization timeDistributed"],
  ["cell", inner, "rnn"],
  ["cells", [inner, inner], "stackedRNNCells"],
  ["numTokens", 4, "categoryEncoding"],
  ["maxTokens", 4, "integerLookup stringLookup textVectorization"],
  ["binBoundaries", [0, 1], "discretization"],
  ["numBins", 4, "hashedCrossing hashing"],
  ["height", 4, "centerCrop randomCrop resizing"],
  ["scale", 0.5, "rescaling"],
  ["fftLength", 64, "melSpectrogram"],
  ["mode", "log", "stftSpectrogram"],
  ["mode", "horizontal", "randomFlip"],
  ["factor", 0.2, "randomBrightness randomContrast randomColorDegeneration randomErasing randomGrayscale randomHue randomInvert"],
  ["factor", 0.2, "cutMix randomPerspective randomPosterization randomRotation randomSaturation randomSharpness"],
  ["factor", 0.2, "randomElasticTransform randomGaussianBlur"],
  ["alpha", 0.2, "mixUp"],
  ["valueRange", [0, 255], "augMix autoContrast randAugment randomColorJitter"],
  ["valueRange", [0, 255], "contrastLimitedAdaptiveHistogramEqualization equalization"],
  ["xFactor", 0.2, "randomShear"],
  ["heightFactor", 0.2, "randomTranslation randomZoom"],
  ["additionFactor", 0.2, "solarization"],
  ["axes", 1, "dot"],
  ["equation", "ab,bc->ac", "einsumDense"],
  ["inputDim", 10, "embedding reversibleEmbedding"],
  ["alpha", 0.5, "elu"],
  ["negativeSlope", 0.2, "leakyReLU"],
  ["alphaInitializer", "ones", "prelu"],
  ["maxValue", 6, "reLU"],
  ["maskValue", 0, "masking"],
  ["shape", [4], "input"],
  ["dims", [2, 1], "permute"],
  ["n", 3, "repeatVector"],
  ["targetShape", [2, 2], "reshape"],
  ["cropping", 1, "cropping1d cropping2d cropping3d"],
  ["size", 2, "upSampling1d upSampling2d upSampling3d"],
  ["padding", 1, "zeroPadding1d zeroPadding2d zeroPadding3d"],
  ["inputs", ["a", "b"], "add average identity maximum minimum multiply subtract matmul"],
  ["op", "softmax", "along"],
  ["op", "exp", "elementwise"],
  ["op", "sum", "reduce"],
  ["shape", [2, 3], "broadcastTo"],
  ["equation", "ab,bc->ac", "einsum"],
  ["axis", -1, "expandDims flip normalize squeeze stack takeAlongAxis"],
  ["k", 2, "topK"],
  ["q", 0.5, "quantile"],
  ["numClasses", 3, "oneHot"],
  [
    "padWidth",
    [
      [0, 0],
      [1, 1],
    ],
    "pad",
  ],
  ["repeats", 2, "repeat"],
  ["repeats", [2, 1], "tile"],
  ["shift", 1, "roll"],
  ["at", [0, 1], "slice"],
  ["indicesOrSections", 2, "split"],
  ["indices", [0, 1], "take"],
];

describe("an argument by place", () => {
  it("is said by its key, for every layer of the list", () => {
    const rows = firsts.flatMap(([key, value, names]) => names.split(" ").map((name) => ({ name, key, value })));
    expect(rows.map(({ name }) => name).sort()).toEqual([...layers.keys()].sort());
    for (const { name, key, value } of rows) {
      const line = (layers.get(name) as unknown as Loose)(value);
      const text = Array.isArray(value) ? "[" : value === inner ? "dense({ units: 4 })" : JSON.stringify(value);
      const call = byKeys(layers.get(name) as AnyLayer, argumentsIn(line.config) ?? []);
      expect([call, call.startsWith(`${name}({`) && call.includes(` ${key}: ${text}`)]).toEqual([call, true]);
    }
  });

  it.each<[given: unknown, hint: string]>([
    [(dense as unknown as Loose)(4), "write dense({ units: 4 })"],
    [(dense as unknown as Loose)("relu"), 'write dense({ units: …, activation: "relu" })'],
    [(dense as unknown as Loose)(4, "relu"), 'write dense({ units: 4, activation: "relu" })'],
    [(dense as unknown as Loose)(4, { activation: "relu", inputShape: [2] }), 'write dense({ units: 4, activation: "relu", inputShape: [2] })'],
    [(dense as unknown as Loose)({ units: 4 }, { inputShape: [2] }), "write dense({ units: 4, inputShape: [2] })"],
    [(dense as unknown as Loose)(undefined, 4), "write dense({ units: 4 })"],
    [(conv2d as unknown as Loose)(32, 3), "write conv2d({ filters: 32, kernelSize: 3 })"],
    [(conv2d as unknown as Loose)(32, [3, 3], { activation: "relu" }), 'write conv2d({ filters: 32, kernelSize: [3, 3], activation: "relu" })'],
    [(conv2d as unknown as Loose)(8, 3, 1, "same"), 'write conv2d({ filters: 8, kernelSize: 3, strides: 1, padding: "same" })'],
    [(dropout as unknown as Loose)("much"), 'write dropout({ rate: …, name: "much" })'],
    [(input as unknown as Loose)([4]), "write input({ shape: [4] })"],
    [(flatten as unknown as Loose)([28, 28]), "write flatten({ inputShape: [28, 28] })"],
    [(reshape as unknown as Loose)([28, 28], { inputShape: [784] }), "write reshape({ targetShape: [28, 28], inputShape: [784] })"],
    [(timeDistributed as unknown as Loose)(dense({ units: 4 }), { inputShape: [3, 2] }), "write timeDistributed({ layer: dense({ units: 4 }), inputShape: [3, 2] })"],
    [(dense as unknown as Loose)(() => 0), "write dense({ units: … })"],
    [(flatten as unknown as Loose)(7), "write flatten({ dataFormat: … })"],
  ])("%j: %s", (line, hint) => {
    expect(diagnosticOf(() => compile(sequential([line as LayerSpec])))).toMatchObject({ code: "layer/config", path: "layers[0]", hint });
  }); // biome-ignore format: one table

  it("is no argument where map gives the place in a list", () => {
    const config = { units: 2, inputShape: [2] };
    expect([config].map(dense)).toEqual([dense(config)]);
  });

  it("of sequential and model is told", () => {
    const line = dense({ units: 1, inputShape: [2] });
    expect(diagnosticOf(() => (sequential as unknown as Loose)(line, line)).hint).toMatch(/^put the layers into a list/);
    expect(diagnosticOf(() => (sequential as unknown as Loose)([line], {}, line)).message).toMatch(/found 3 arguments$/);
    expect(diagnosticOf(() => (model as unknown as Loose)([2], [line])).hint).toMatch(/^write model\(\{ inputs/);
    expect(diagnosticOf(() => (model as unknown as Loose)(line)).hint).toMatch(/^write model\(\{ inputs/);
  });
});

it.each<[line: unknown, hint: RegExp]>([
  [[inner], /spread/],
  [undefined, /hole/],
  [null, /hole/],
  ["dense", /^call the layer/],
  [dense, /^call the layer/],
  [{ layer: "dense", units: 4 }, /config: \{ units: … \}/],
  [{ layer: "dense", inputShape: [2] }, /config: \{ inputShape: … \}/],
  [{ class_name: "Dense", config: { units: 4 } }, /"layer"/],
  [dense({ units: "4" } as never), /write 4, without quotes/],
  [dense({ units: 4, useBias: "false" } as never), /write false, without quotes/],
  [dense({ units: 4, activation: Math.tanh } as never), /^give a name, such as "linear"/],
])("a line that is none: %j", (line, hint) => {
  expect(hintOf(line)).toMatch(hint);
});

describe("a name in another spelling", () => {
  const words = (name: string): readonly string[] => name.split("_");
  const upper = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  const camel = (name: string): string => words(name).map((word, i) => (i === 0 ? word : upper(word))).join(""); // biome-ignore format: one line
  const spellings = (name: string): readonly string[] => [
    name,
    camel(name),
    words(name).map(upper).join(""),
    name.toUpperCase(),
    name.replaceAll("_", "-"),
    name.replaceAll("_", ""),
    words(name).join(" "),
  ];
  const tables: readonly (readonly [kind: string, known: Iterable<string>])[] = [
    ["layer", layers.keys()],
    ["activation", Object.keys(activations)],
    ["loss", losses.keys()],
    ["metric", Object.values(metrics).map(({ name }) => name)],
    ["optimizer", optimizers.keys()],
    ["schedule", schedules.keys()],
    ["initializer", initializers.keys()],
    ["regularizer", regularizers.keys()],
    ["constraint", constraints.keys()],
  ];
  it.each(tables)("of every %s is understood, or answered with our name", (_, known) => {
    const names = [...known];
    const same = (a: string, b: string): boolean => a.toLowerCase().replaceAll("_", "") === b.toLowerCase().replaceAll("_", "");
    for (const name of names)
      for (const spelling of spellings(name)) {
        if (names.includes(spelling)) continue;
        const [, meant = ""] = /^did you mean "(.*)"\?$/.exec(suggestionFor(spelling, names)) ?? [];
        expect([spelling, same(meant, name)]).toEqual([spelling, true]);
      }
  });

  it("of Keras' class is answered with the layer", () => {
    for (const { name, keras } of layers.values()) {
      if (layers.has(keras)) continue;
      const found = diagnosticOf(() => compile(sequential([{ layer: keras, config: {} }])));
      expect([keras, found.code, found.hint]).toEqual([keras, "layer/unknown", `did you mean ${JSON.stringify(name)}?`]);
    }
  });
});

describe("a key of Keras'", () => {
  const schemas = [...layers.values(), ...losses.values(), ...optimizers.values()].map(({ config }) => config as z.ZodType);
  const known = new Set(schemas.flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : [])));
  const also = ["training", "loss", "name", "seed", "weights", "optimizer", "layer", "config", "inputShape", "batch", "format", "target", "train"]; // biome-ignore format: one line

  it("means keys that there are", () => {
    for (const [word, meant] of Object.entries(meanings))
      for (const key of meant) expect([word, key, known.has(key) || also.includes(key)]).toEqual([word, key, true]);
  });

  it.each<[key: string, at: () => unknown, hint: RegExp]>([
    ["batch_size", () => compile(sequential([dense({ units: 1, inputShape: [2], batch_size: 3 } as never)])), /any number of rows/],
    ["dtype", () => compile(sequential([dense({ units: 1, inputShape: [2], dtype: "float32" } as never)])), /float32/],
    ["batchInputShape", () => compile(sequential([dense({ units: 1, batchInputShape: [null, 2] } as never)])), /"inputShape"/],
    ["loss", () => sequential([], { loss: "mse" } as never), /training: \{ loss, optimizer, metrics \}/],
    ["metrics", () => sequential([], { metrics: [] } as never), /training: \{ loss/],
    ["loss of compile", () => compile(sequential([dense({ units: 1, inputShape: [2] })]), { loss: "mse" } as never), /training: \{ loss/],
    ["learning_rate", () => sequential([], { training: { loss: "mse", optimizer: "sgd", learning_rate: 1 } as never }), /the optimizer has it/],
    ["epochs", () => sequential([], { training: { loss: "mse", optimizer: "sgd", epochs: 1 } as never }), /give epochs to fit/],
    ["validation_split", () => sequential([], { training: { validation_split: 0.1 } as never }), /give validationSplit to fit/],
    ["units of a convolution", () => compile(sequential([conv2d({ units: 4, kernelSize: 3, inputShape: [4, 4, 1] } as never)])), /"filters"/],
    ["filters of a dense layer", () => compile(sequential([dense({ filters: 4, inputShape: [4] } as never)])), /"units"/],
  ])("%s is told where it is at home", (_, run, hint) => {
    expect(diagnosticOf(run).hint).toMatch(hint);
  }); // biome-ignore format: one table

  it("that is at home elsewhere is said before a slip is guessed, and never where it is known", () => {
    for (const word of Object.keys(absences)) {
      expect(suggestionFor(word, [`${word}s`])).toBe(absences[word]);
      expect(suggestionFor(word.toUpperCase(), [word])).toBe(`did you mean ${JSON.stringify(word)}?`);
    }
  });
});
