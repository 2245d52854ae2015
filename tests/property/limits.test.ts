// What is too large, no plain data, or beyond float32 is refused with its place, before anything of it is computed: every case of a
// table, and hostile values at every key of every layer, loss, optimizer and option.

import { describe, expect, it } from "vitest";
import * as z from "zod";
import { compile, snapshots } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { AnyLayer } from "../../compiler/layers/define.ts";
import { layers } from "../../compiler/layers/index.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { type OptionsInput, optionsSchema } from "../../compiler/options.ts";
import { losses } from "../../compiler/training/losses/index.ts";
import { withCommon } from "../../compiler/training/optimizers/common.ts";
import { optimizers } from "../../compiler/training/optimizers/index.ts";
import * as l from "../../src/sequential.ts";

const { sequential } = l;
const small = l.dense({ units: 1, inputShape: [1] });
const one = (spec: unknown): Model => ({ name: "m", seed: 1, layers: [spec as LayerSpec] });
const line = (layer: string, config: object): Model => one({ layer, config });

function outcome(run: () => unknown): CompileError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw new Error(`escaped: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

const image = { filters: 1, inputShape: [4, 4, 1], padding: "same" };
const cyclic: Record<string, unknown> = { name: "mse" };
cyclic.self = { again: cyclic };
let deep: object = {};
for (let i = 0; i < 100_000; i++) deep = { deep };
const throwing = { inputShape: [1], get units(): number { throw new Error("boo"); } }; // biome-ignore format: one line

// biome-ignore format: a table
const cases: readonly (readonly [what: string, model: () => Model, code: string, path: string, options?: OptionsInput])[] = [
  ["a vector 2^40 times", () => line("repeatVector", { n: 2 ** 40, inputShape: [2] }), "shape/too-large", "layers[0]"],
  ["a sample of 2^31 numbers", () => line("flatten", { inputShape: [2 ** 16, 2 ** 15] }), "shape/too-large", "layers[0].inputShape"],
  ["an input layer of 2^31", () => line("input", { shape: [2 ** 31] }), "shape/too-large", "layers[0].shape"],
  ["a million axes", () => line("identity", { inputShape: Array(1e6).fill(1) }), "shape/too-large", "layers[0].inputShape"],
  ["a dilation of 1e9", () => line("conv2d", { ...image, kernelSize: 3, dilationRate: 1e9 }), "shape/too-large", "layers[0]"],
  ["a dilation of 2^53 − 1", () => line("conv2d", { ...image, kernelSize: 3, dilationRate: 2 ** 53 - 1 }), "shape/too-large", "layers[0]"],
  ["a kernel of 2^31", () => line("conv2d", { ...image, kernelSize: 2 ** 31 }), "shape/too-large", "layers[0]"],
  ["a pool of 1e12", () => line("maxPooling2d", { poolSize: 1e12, padding: "same", inputShape: [4, 4, 1] }), "shape/too-large", "layers[0]"],
  ["2^30 kernels a channel", () => line("depthwiseConv2d", { kernelSize: 1, depthMultiplier: 2 ** 30, inputShape: [1, 1, 4] }), "shape/too-large", "layers[0]"],
  ["a separable kernel of 2^31", () => line("separableConv2d", { ...image, kernelSize: 2 ** 31 }), "shape/too-large", "layers[0]"],
  ["1e12 units", () => line("dense", { units: 1e12, inputShape: [4] }), "shape/too-large", "layers[0]"],
  ["an LSTM of 1e12", () => line("lstm", { units: 1e12, inputShape: [4, 4] }), "shape/too-large", "layers[0]"],
  ["1e8 steps", () => line("lstm", { units: 1, inputShape: [1e8, 1] }), "shape/too-large", "layers[0]"],
  ["a table of 2^24 x 64", () => line("embedding", { inputDim: 2 ** 24, outputDim: 64, inputShape: [1] }), "shape/too-large", "layers[0]"],
  ["three tables of 2^28", () => sequential([l.dense({ units: 2 ** 14, inputShape: [2 ** 14] }), l.dense({ units: 2 ** 14 }), l.dense({ units: 2 ** 14 })]), "shape/too-large", ""],
  ["2^16 rows of 2^20", () => sequential([l.dense({ units: 2 ** 20, inputShape: [1] })], { training: { loss: "mse", optimizer: "sgd" } }), "shape/too-large", "", { train: true, batch: 65536 }],
  ["a sparsemax of 2^20", () => line("activation", { activation: "sparsemax", inputShape: [2 ** 20] }), "shape/too-large", "", { selfTest: false }],
  ["2^25 weights inline", () => line("embedding", { inputDim: 2 ** 22, outputDim: 8, inputShape: [1] }), "weights/inline", "weights"],
  ["a long permutation", () => line("permute", { dims: Array.from({ length: 1e6 }, (_, i) => i + 1), inputShape: [2] }), "layer/config", "layers[0].dims"],
  ["a long shape", () => line("reshape", { targetShape: Array(1e6).fill(1), inputShape: [1] }), "layer/config", "layers[0].targetShape"],
  ["alpha beyond float32", () => line("elu", { alpha: 1e39, inputShape: [2] }), "layer/config", "layers[0].alpha"],
  ["epsilon below float32", () => sequential([small, l.batchNormalization({ epsilon: 1e-50 })]), "layer/config", "layers[1].epsilon"],
  ["a mean beyond float32", () => line("normalization", { mean: [0, 1e300], variance: 1, inputShape: [2] }), "layer/config", "layers[0].mean[1]"],
  ["a scale beyond float32", () => line("rescaling", { scale: -1e39, inputShape: [2] }), "layer/config", "layers[0].scale"],
  ["a constant beyond float32", () => line("dense", { units: 1, inputShape: [1], kernelInitializer: { name: "constant", value: 1e39 } }), "layer/config", "layers[0].kernelInitializer.value"],
  ["a learning rate below float32", () => sequential([small], { training: { loss: "mse", optimizer: { name: "sgd", learningRate: 1e-60 } } }), "training/spec", "training.optimizer.learningRate", { train: true }],
  ["a hole", () => ({ ...sequential([small]), layers: Object.assign(Array(3), { 0: small, 2: small }) as LayerSpec[] }), "model/schema", "layers[1]"],
  ["null for a line", () => sequential([small, null as unknown as LayerSpec]), "model/schema", "layers[1]"],
  ["null for a config", () => sequential([l.dense(null as never)]), "layer/config", "layers[0]"],
  ["a cyclic loss", () => ({ ...sequential([small]), training: { loss: cyclic as never, optimizer: "sgd" } }), "training/spec", "training.loss.self.again"],
  ["a deep loss", () => ({ ...sequential([small]), training: { loss: deep as never, optimizer: "sgd" } }), "training/spec", `training.loss${".deep".repeat(64)}`],
  ["a throwing getter", () => line("dense", throwing), "layer/config", "layers[0].units"],
  ["a throwing config", () => one({ layer: "dense", get config() { throw new Error("boo"); } }), "model/schema", "layers[0].config"],
  ["a BigInt where any value goes", () => line("embedding", { inputDim: 3, outputDim: 2, inputLength: 5n, inputShape: [2] }), "layer/config", "layers[0].inputLength"],
  ["a Date", () => line("dense", { units: 1, inputShape: [1], kernelInitializer: new Date(0) }), "layer/config", "layers[0].kernelInitializer"],
  ["a proxy", () => new Proxy({}, { get: () => { throw 5; } }) as Model, "model/schema", "layers"],
  ["a name that is a number", () => ({ ...sequential([small]), name: 5n as never }), "model/schema", "name"],
  ["null for weights", () => ({ ...sequential([small]), weights: null as never }), "model/schema", "weights"],
];

describe("refused before it is computed", () => {
  it.each(cases.map(([what, model, code, path, options]) => ({ what, model, code, path, options })))(
    "$what",
    ({ model, code, path, options }) => {
      const error = outcome(() => compile(model(), options));
      expect([error?.code, error?.path]).toEqual([code, path]);
      expect(error?.message).toMatch(/./);
    },
  );

  it("at every door", () => {
    const huge = line("repeatVector", { n: 2 ** 40, inputShape: [2] });
    for (const door of [() => resolve(huge), () => snapshots(huge), () => l.withWeights(huge, []), () => l.adapt(huge, 0, [1])])
      expect(outcome(door)?.code).toMatch(/shape\/too-large|layer\/config/);
  });

  it("a getter is read once, and what is compiled is what was checked", () => {
    let reads = 0;
    const shifty = { layer: "dense", config: { inputShape: [1], get units() { return ++reads; } } }; // biome-ignore format: one line
    expect(compile(one(shifty)).manifest.outputs[0].shape).toEqual([1]);
    expect(reads).toBe(1);
  });

  it("a long chain of pointwise layers is no long expression", () => {
    const long = sequential(
      Array.from({ length: 600 }, (_, i) => l.activation({ activation: "tanh", ...(i === 0 ? { inputShape: [2] } : {}) })),
    );
    expect(outcome(() => compile(long, { selfTest: false }))).toBeUndefined();
  }, 120_000);
});

describe("global names", () => {
  const words =
    "undefined NaN Infinity Math Float32Array WebAssembly eval arguments let static await yield enum async of get set null true this class import Function Object location window implements package";
  it.each(words.split(" "))("%s is an error of the option", (globalName) => {
    expect(outcome(() => compile(sequential([small]), { format: "iife", globalName }))).toMatchObject({
      code: "options/invalid",
      path: "globalName",
    });
  });
  it("others are names", () => {
    for (const globalName of ["net", "$", "_1", "predictor"])
      expect(outcome(() => compile(sequential([small]), { format: "iife", globalName }))).toBeUndefined();
  });
});

const hostile: readonly unknown[] = [
  null, undefined, true, "", "x", "__proto__", 0, -1, 0.5, 2.5, 1e12, 2 ** 53 - 1, 2 ** 31, 1e39, 1e-50, -1e308, Number.NaN, Number.POSITIVE_INFINITY,
  5n, Symbol("s"), () => 1, new Date(0), new Map(), Float32Array.of(1, 2), [], [null], Object.assign(Array(2), { 1: 1 }), [1e12, 1e12], [[1]], [1e39], [-1], Array(1e5).fill(1),
  {}, { name: "x" }, { name: "constant", value: 1e300 }, cyclic, deep, new Proxy({}, { ownKeys: () => { throw new Error("no keys"); } }),
]; // biome-ignore format: a table
/** Keys of an object schema, and some that it does not have. */
const keysOf = (schema: z.ZodType): readonly string[] => [
  ...Object.keys(schema instanceof z.ZodObject ? schema.shape : {}),
  "__proto__",
  "constructor",
  "trainable",
];

/** A code of the catalogue and a place, or success. */
function judge(run: () => unknown, place: RegExp): void {
  const error = outcome(run);
  if (error === undefined) return;
  expect([error.code, error.message, error.notes]).not.toContain("internal/bug");
  expect(error.code).not.toMatch(/^(internal|ir|op)\//);
  expect(error.path).toMatch(place);
}

// What a layer needs to be a layer at all; small, since what is legal is compiled.
const standing: Readonly<Record<string, object>> = {
  dense: { units: 2, inputShape: [3] }, conv2d: { filters: 2, kernelSize: 2, inputShape: [3, 3, 2] }, maxPooling2d: { inputShape: [4, 4, 2] },
  depthwiseConv2d: { kernelSize: 2, inputShape: [3, 3, 2] }, separableConv2d: { filters: 2, kernelSize: 2, inputShape: [3, 3, 2] },
  lstm: { units: 2, inputShape: [2, 2] }, embedding: { inputDim: 3, outputDim: 2, inputShape: [2] }, masking: { inputShape: [2, 2] },
  repeatVector: { n: 2, inputShape: [2] }, reshape: { targetShape: [2, 1], inputShape: [2] }, permute: { dims: [2, 1], inputShape: [2, 3] },
  normalization: { mean: 0, variance: 1, inputShape: [2] }, rescaling: { scale: 2, inputShape: [2] }, dropout: { rate: 0.5, inputShape: [2] }, input: { shape: [2] },
}; // biome-ignore format: a table

/** A shape of as many spatial axes as the name says. */
function spaceOf(name: string): readonly number[] {
  const [, recurrent, rank = 0] = /(LSTM)?([123])d(?:Transpose)?$/.exec(name) ?? [];
  return [...(recurrent === undefined ? [] : [2]), ...Array.from({ length: Number(rank) || 1 }, () => 3), 2];
}
/** What a layer's config has no default for, where it is sizes. */
const needed = ({ config }: AnyLayer): object => {
  const given = { filters: 2, kernelSize: 2, units: 2, outputSize: 2, poolSize: 2 };
  const shape: object = (config as { shape?: object }).shape ?? {};
  return Object.fromEntries(Object.entries(given).filter(([key]) => key in shape));
};

describe("hostile values", () => {
  it.each([...layers.values()].map((layer) => [layer.name, layer] as const))(
    "at every key of %s",
    (name, layer) => {
      const base = standing[name] ?? { ...needed(layer), inputShape: spaceOf(name) };
      // What weightKeys gives is one function's, whoever asks: it is tried where the layer has a row of its own.
      const own = keysOf(layer.config).filter((key) => name in standing || !/(Initializer|Regularizer|Constraint)$/.test(key));
      // Half of the values at a key, the other half at the next: a layer has many keys of a kind, and layers share them.
      for (const [turn, key] of [...own, ...Object.keys(layer.fixed ?? {}), "inputShape", "name"].entries())
        for (const value of hostile.filter((_, i) => (i + turn + name.length) % 2 === 0)) {
          const config = Object.defineProperty({ ...base }, key, { value, enumerable: true, configurable: true });
          // Half a gigabyte of seeded weights would be legal, and slow.
          if (typeof value === "number" && value > 1e6 && value < 1e12) continue;
          judge(() => resolve(line(name, config)), /^(layers\[0\]|$)/);
        }
    },
    120_000,
  );

  const tables = [["loss", losses], ["optimizer", optimizers]] as const; // biome-ignore format: one line
  it.each(tables)(
    "at every key of every %s",
    (kind, table) => {
      // What all optimizers have is one function's, whoever asks.
      const shared = kind === "optimizer" ? Object.keys(withCommon(z.strictObject({})).shape) : [];
      for (const { name, config, fixed } of new Set<{ name: string; config: z.ZodType; fixed?: object }>(table.values()))
        for (const key of [...keysOf(config), ...Object.keys(fixed ?? {})].filter(
          (one) => name === "sgd" || !shared.includes(one),
        ))
          for (const value of hostile) {
            const spec = Object.defineProperty({ name }, key, { value, enumerable: true, configurable: true });
            const training = { loss: "mse", optimizer: "sgd", [kind]: spec } as Model["training"] & object;
            const model = { ...sequential([l.dense({ units: 2, inputShape: [2] })]), training };
            judge(() => resolve(model).trainStep(training), /^training/);
          }
    },
    120_000,
  );

  it("at every option", () => {
    for (const key of keysOf(optionsSchema))
      for (const value of hostile) {
        const options = Object.defineProperty({}, key, { value, enumerable: true });
        const error = outcome(() => compile(sequential([small]), options));
        if (error !== undefined) expect(error.code).toMatch(/^(options\/invalid|training\/missing|stream\/refused)$/);
      }
    for (const value of hostile) judge(() => compile(sequential([small]), value as never), /^/);
  }, 120_000);

  it("for a model, its layers, a line, its name, its seed and its weights", () => {
    const good = sequential([small]);
    for (const value of hostile) {
      judge(() => resolve(value as Model), /^/);
      for (const key of ["layers", "seed", "name", "weights", "training", "weightsFile"])
        judge(() => resolve({ ...good, [key]: value } as Model).modelWeights(), /^/);
      judge(() => resolve(one(value)), /./);
      for (const key of ["layer", "config", "name", "inputs"]) judge(() => resolve(one({ ...small, [key]: value })), /./);
    }
  });
});
