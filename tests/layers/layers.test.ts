// Every layer of the list: its config round trip, Keras' defaults, weight shapes, the shape of what it builds, and its gradient.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { snakeCase } from "../../compiler/front/lines.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import type { AnyLayer } from "../../compiler/layers/define.ts";
import { layers } from "../../compiler/layers/index.ts";
import * as l from "../../compiler/layers/list.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { configOf } from "../arbitrary/models.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";
import { gradients, valuesFor } from "../rewrite/gradient/gradient.ts";

const modelOf = (...specs: LayerSpec[]): Model => ({ name: "m", seed: 3, layers: specs });

interface Case {
  readonly line: LayerSpec;
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  /** Inputs are whole numbers below it. */
  readonly integers?: number;
  /** Layers before and after that give it a mask and use it. */
  readonly masked?: true;
}

const norm = { gamma: [3], beta: [3], moving_mean: [3], moving_variance: [3] };
const stated: readonly Case[] = [
  { line: l.dense({ units: 4, activation: "tanh" }), input: [3], output: [4], weights: { kernel: [3, 4], bias: [4] } },
  { line: l.dense({ units: 4, useBias: false }), input: [2, 5, 3], output: [2, 5, 4], weights: { kernel: [3, 4] } },
  { line: l.dense({ units: 6, activation: "glu" }), input: [3], output: [3], weights: { kernel: [3, 6], bias: [6] } },
  { line: l.activation({ activation: "mish" }), input: [2, 3], output: [2, 3] },
  { line: l.input({ shape: [2, 3] }), input: [2, 3], output: [2, 3] },
  { line: l.identity(), input: [2], output: [2] },
  { line: l.reLU({ maxValue: 0.6, negativeSlope: 0.1, threshold: 0.2 }), input: [7], output: [7] },
  { line: l.leakyReLU(), input: [7], output: [7] },
  { line: l.elu({ alpha: 0.7 }), input: [7], output: [7] },
  { line: l.prelu({ sharedAxes: [1] }), input: [2, 3], output: [2, 3], weights: { alpha: [1, 3] } },
  { line: l.softmax({ axis: [1, 3] }), input: [2, 3, 2], output: [2, 3, 2] },
  { line: l.layerNormalization({ axis: [2, 1] }), input: [2, 3], output: [2, 3], weights: { gamma: [2, 3], beta: [2, 3] } },
  { line: l.layerNormalization({ axis: [1, -1] }), input: [2, 3], output: [2, 3], weights: { gamma: [3, 2], beta: [3, 2] } },
  { line: l.layerNormalization({ axis: [1, 2, -1] }), input: [2, 3, 4], output: [2, 3, 4], weights: { gamma: [4, 2, 3], beta: [4, 2, 3] } },
  { line: l.softmax(), input: [2, 3], output: [2, 3] },
  { line: l.flatten(), input: [2, 3], output: [6] },
  { line: l.flatten(), input: [], output: [1] },
  { line: l.reshape({ targetShape: [3, -1] }), input: [2, 6], output: [3, 4] },
  { line: l.permute({ dims: [3, 1, 2] }), input: [2, 3, 4], output: [4, 2, 3] },
  { line: l.repeatVector({ n: 3 }), input: [2], output: [3, 2] },
  { line: l.dropout({ rate: 0.4, noiseShape: [null, 1, 3] }), input: [2, 3], output: [2, 3] },
  { line: l.batchNormalization(), input: [2, 3], output: [2, 3], weights: norm },
  { line: l.batchNormalization({ axis: 1, scale: false }), input: [3, 2], output: [3, 2], weights: { beta: [3], moving_mean: [3], moving_variance: [3] } },
  { line: l.batchNormalization(), input: [4, 3], output: [4, 3], weights: norm, masked: true },
  { line: l.layerNormalization(), input: [2, 3], output: [2, 3], weights: { gamma: [3], beta: [3] } },
  { line: l.layerNormalization({ axis: [1, 3] }), input: [2, 3, 4], output: [2, 3, 4], weights: { gamma: [2, 4], beta: [2, 4] } },
  { line: l.rescaling({ scale: 2, offset: -1 }), input: [3], output: [3] },
  { line: l.normalization({ mean: [1, 2, 3], variance: [1, 4, 0.25] }), input: [2, 3], output: [2, 3] },
  { line: l.normalization({ axis: null, mean: 1.5, variance: 4, invert: true }), input: [3], output: [3] },
  { line: l.conv2d({ filters: 4, kernelSize: [3, 2], strides: 2, padding: "same" }), input: [5, 4, 2], output: [3, 2, 4], weights: { kernel: [3, 2, 2, 4], bias: [4] } },
  { line: l.conv2d({ filters: 4, kernelSize: 2, dilationRate: 2, groups: 2 }), input: [4, 4, 2], output: [2, 2, 4], weights: { kernel: [2, 2, 1, 4], bias: [4] } },
  { line: l.maxPooling2d({ padding: "same" }), input: [3, 3, 2], output: [2, 2, 2] },
  { line: l.maxPooling2d({ poolSize: [2, 3], strides: 1 }), input: [3, 3, 2], output: [2, 1, 2] },
  { line: l.lstm({ units: 2 }), input: [3, 4], output: [2], weights: { kernel: [4, 8], recurrent_kernel: [2, 8], bias: [8] } },
  { line: l.lstm({ units: 2, returnSequences: true, goBackwards: true, dropout: 0.3, recurrentDropout: 0.4, useBias: false }), input: [3, 4], output: [3, 2], weights: { kernel: [4, 8], recurrent_kernel: [2, 8] } },
  { line: l.lstm({ units: 2, returnSequences: true }), input: [4, 3], output: [4, 2], weights: { kernel: [3, 8], recurrent_kernel: [2, 8], bias: [8] }, masked: true },
  { line: l.embedding({ inputDim: 5, outputDim: 3, maskZero: true }), input: [4], output: [4, 3], weights: { embeddings: [5, 3] }, integers: 5 },
  { line: l.masking(), input: [4, 3], output: [4, 3] },
]; // biome-ignore format: one table

/** A layer without a line above: the first config drawn from its schema that suits an input. */
function drawn(layer: AnyLayer): Case {
  for (const config of fc.sample(configOf(layer), { numRuns: 100, seed: 1 })) {
    for (const input of [[3], [2, 3], [4, 4, 2], [2, 3, 4, 2]]) {
      const line: LayerSpec = { layer: layer.name, config };
      const parsed = layer.config.parse(config);
      if (layer.legal?.(parsed, input, [input]) !== undefined) continue;
      const [{ shape: output }] = resolve(modelOf({ ...line, config: { ...config, inputShape: input } })).predict.outputs;
      const weights = Object.fromEntries(layer.weights(parsed, input, [input]).map(({ name, shape }) => [name, shape]));
      const integers = layer.integers?.(parsed);
      return { line, input, output, weights, ...(integers === undefined ? {} : { integers }) };
    }
  }
  throw new Error(`${layer.name}: no config drawn from its schema suits an input; state a case`);
}
const unstated = [...layers.values()].filter(({ name }) => !stated.some(({ line }) => line.layer === name));
const cases: readonly Case[] = [...stated, ...unstated.map(drawn)];

const titled = cases.map((c): [string, Case] => [`${c.line.layer} ${JSON.stringify(c.line.config)} on [${c.input}]`, c]);

/** The layer with what makes its input: a dense layer whose kernel shows the gradient of x; where asked, behind a mask. */
function framed({ line, input, integers, masked }: Case): Model {
  if (masked)
    return modelOf(
      l.embedding({ inputDim: 4, outputDim: input[1], maskZero: true, inputShape: [input[0]] }),
      line,
      l.dense({ units: 2 }),
    );
  // Ids and texts are nothing that another layer gives.
  if (integers !== undefined || line.layer === "input" || layers.get(line.layer)?.encodes !== undefined)
    return modelOf({ ...line, config: { ...line.config, ...(line.layer === "input" ? {} : { inputShape: input }) } });
  const size = input.reduce((a, b) => a * b, 1);
  return modelOf(
    l.dense({ units: size, inputShape: [3] }),
    l.reshape({ targetShape: [...input] }),
    line,
    ...(input.length === 0 ? [] : [l.flatten()]),
  );
}

describe("the list", () => {
  it("names each layer as Keras does, and has a case here for each", () => {
    for (const [name, { name: own, keras, says }] of layers) {
      expect(own).toBe(name);
      expect(says.length).toBeGreaterThan(10);
      expect(snakeCase(keras)).toMatch(/^[a-z][a-z0-9_]*$/);
    }
    expect(new Set(cases.map(({ line }) => line.layer))).toEqual(new Set(layers.keys()));
  });

  it("holds every layer there is a file for", async () => {
    const folder = join(import.meta.dirname, "../../compiler/layers");
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"))) {
      const module: Record<string, unknown> = await import(join(folder, file));
      for (const [name, value] of Object.entries(module)) {
        if (typeof value === "function" && "keras" in value) expect(layers.get(name), `${file} exports ${name}`).toBe(value);
      }
    }
  });

  it("has Keras 3's defaults", () => {
    const defaults = (layer: { config: { parse: (config: object) => object } }, needed: object = {}) =>
      layer.config.parse(needed);
    expect(defaults(l.dense, { units: 1 })).toEqual({
      units: 1,
      activation: null,
      useBias: true,
      kernelInitializer: "glorot_uniform",
      biasInitializer: "zeros",
    });
    expect(defaults(l.reLU)).toEqual({ maxValue: null, negativeSlope: 0, threshold: 0 });
    expect(defaults(l.leakyReLU)).toEqual({ negativeSlope: 0.3 });
    expect(defaults(l.elu)).toEqual({ alpha: 1 });
    expect(defaults(l.softmax)).toEqual({ axis: -1 });
    expect(defaults(l.prelu)).toEqual({ alphaInitializer: "zeros", sharedAxes: null });
    expect(defaults(l.dropout, { rate: 0.5 })).toEqual({ rate: 0.5, noiseShape: null, seed: null });
    expect(defaults(l.batchNormalization)).toMatchObject({ axis: -1, momentum: 0.99, epsilon: 1e-3, center: true, scale: true });
    expect(defaults(l.layerNormalization)).toMatchObject({ axis: -1, epsilon: 1e-3, center: true, scale: true });
    expect(defaults(l.rescaling, { scale: 2 })).toEqual({ scale: 2, offset: 0 });
    expect(defaults(l.normalization)).toEqual({ axis: -1, mean: null, variance: null, invert: false });
    expect(defaults(l.conv2d, { filters: 1, kernelSize: 3 })).toMatchObject({
      strides: 1,
      padding: "valid",
      dilationRate: 1,
      groups: 1,
      activation: null,
      useBias: true,
    });
    expect(defaults(l.maxPooling2d)).toEqual({ poolSize: 2, strides: null, padding: "valid" });
    expect(defaults(l.lstm, { units: 1 })).toMatchObject({
      activation: "tanh",
      recurrentActivation: "sigmoid",
      unitForgetBias: true,
      recurrentInitializer: "orthogonal",
      dropout: 0,
      recurrentDropout: 0,
      returnSequences: false,
      goBackwards: false,
    });
    expect(defaults(l.embedding, { inputDim: 2, outputDim: 1 })).toEqual({
      inputDim: 2,
      outputDim: 1,
      embeddingsInitializer: "uniform",
      maskZero: false,
    });
    expect(defaults(l.masking)).toEqual({ maskValue: 0 });
  });
});

describe.each([...layers])("%s", (_name, layer) => {
  it("reads a config back as it wrote it, through JSON", () => {
    fc.assert(
      fc.property(configOf(layer), (config) => {
        const parsed = layer.config.parse(config);
        expect(layer.config.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
      }),
      { numRuns: 30 },
    );
  });

  it("builds what `legal` lets pass, and names a key of its own where it does not", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 });
    fc.assert(
      fc.property(configOf(layer), shapes, (config, shape) => {
        const parsed = layer.config.parse(config);
        const declared = layer.declares?.(parsed);
        // A model gives numbers.
        fc.pre(declared === undefined || !(declared.isText || declared.shape.includes(null)));
        // What states its shape is its own input.
        const input = (layer.declares?.(parsed).shape as readonly number[] | undefined) ?? shape;
        const problem = layer.legal?.(parsed, input, [input]);
        const build = () =>
          resolve(modelOf({ layer: layer.name, config: { ...config, ...(layer.declares ? {} : { inputShape: shape }) } }))
            .predict;
        if (problem === undefined) build();
        else {
          expect(build).toThrow(CompileError);
          expect(problem.hint).not.toBe("");
          if (problem.path !== "") expect(Object.keys(parsed)).toContain(problem.path.split(/[.[]/)[0]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe.each(titled)("%s", (_title, c) => {
  it("has Keras' weights and output shape", () => {
    const config = { ...c.line.config, ...(c.line.layer === "input" ? {} : { inputShape: c.input }) };
    const { steps } = resolve(modelOf({ ...c.line, config }));
    expect(steps[0].inputs).toEqual([c.input]);
    expect(steps[0].output).toEqual(c.output);
    expect(Object.fromEntries(steps[0].weights.map(({ spec, shape }) => [spec.name, shape]))).toEqual(c.weights ?? {});
    const { graph } = resolve(modelOf({ ...c.line, config })).predict;
    const noise = random(5);
    const size = c.input.reduce((a, b) => a * b, 2);
    const x = Float32Array.from({ length: size }, () =>
      c.integers === undefined ? noise.uniform() - 0.5 : noise.integer(0, c.integers - 1),
    );
    const { y } = runGraph(graph, {
      rows: 2,
      values: { ...resolve(modelOf({ ...c.line, config })).initialWeights(), x },
      precision: "f32",
    }).results;
    expect(y.shape).toEqual([2, ...c.output]);
    expect(y.data.every(Number.isFinite)).toBe(true);
  });

  it("has the gradient of central differences in training mode", () => {
    const model = framed(c);
    const { graph, trainable, inputs } = resolve(model).trainStep({ loss: "mse", optimizer: "sgd" });
    const rows = 3;
    const values: Record<string, Float32Array> = {
      ...valuesFor(graph, random(11), rows),
      step: Float32Array.of(4),
      sampleWeight: Float32Array.of(1, 0.5, 2),
    };
    const below = c.integers ?? (c.masked ? 4 : undefined);
    const whole = random(12);
    if (below !== undefined)
      values.x = Float32Array.from({ length: rows * inputs[0].shape[0] }, () => whole.integer(0, below - 1));
    const { actual, expected } = gradients(graph, trainable, { rows, values });
    for (const name of trainable) expectClose(actual[name], expected[name], standard.gradients, name);
    const flows = trainable.some((name) => actual[name].some((value) => value !== 0));
    expect(flows).toBe(trainable.length > 0);
  });
});
