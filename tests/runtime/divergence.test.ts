// A loss that is not finite ends the run and names epoch, batch and layer: on real modules, each of which is driven to go bad in
// a certain layer, and on fakes.
import { describe, expect, it } from "vitest";
import { type FitOptions, fit, type Trainable } from "../../runtime/index.ts";
import { activation, compile, dense, layerNormalization, load, model, sequential } from "../../src/index.ts";
import { data, fake } from "./fake.ts";

type Layers = Parameters<typeof sequential>[0];
const hidden = (name: string, more: object = {}) => dense({ name, units: 3, ...more });

/** A module; `weights` by name replace its first ones. */
function moduleOf(layers: Layers, weights: Readonly<Record<string, number>> = {}, optimizer: "sgd" | "adam" = "sgd"): Trainable {
  const model = sequential(layers, { seed: 3, training: { loss: "mse", optimizer } });
  const module = load<Trainable>(compile(model, { train: true }));
  const { weightNames = [] } = module;
  module.setWeights(
    module.getWeights().map((values, i) => (weightNames[i] in weights ? values.fill(weights[weightNames[i]]) : values)),
  );
  return module;
}
const three = [hidden("a", { inputShape: [2] }), hidden("b", { activation: "relu" }), dense({ name: "c", units: 1 })];
const rows = (count: number) => ({
  x: Array.from({ length: count }, (_, row) => [Math.sin(row), Math.cos(row)]),
  y: Array.from({ length: count }, (_, row) => row / count),
});

describe("a run that goes bad", () => {
  it.each<[what: string, module: Trainable, options: FitOptions, message: RegExp]>([
    ["weights that are bad already", moduleOf(three, { "b/bias": Number.NaN }), {}, /^fit: weights are not finite before training: "b\/bias" of layer "b" is the first$/],
    ["an overflow in the first layer", moduleOf([hidden("a", { inputShape: [2], activation: "exponential" }), ...three.slice(1)], { "a/bias": 1e3 }), {}, /epoch 0, batch 0 .*"a" is the first layer whose output is not finite/],
    ["an overflow in the second layer", moduleOf(three, { "a/kernel": 1e30, "b/kernel": 1e30 }), {}, /epoch 0, batch 0 .*"b" is the first layer/],
    ["an overflow in the last layer", moduleOf(three, { "b/bias": 1e30, "c/kernel": 1e30 }), {}, /epoch 0, batch 0 .*"c" is the first layer/],
    ["one that layers without weights follow", moduleOf([three[0], layerNormalization({ name: "n" }), activation({ activation: "exponential" }), three[2]], { "n/gamma": 1e4 }), {}, /epoch 0, batch 0 .*"n" is the first layer/],
    ["a loss that overflows alone", moduleOf(three, { "c/bias": 1e25 }), {}, /the loss is Infinity in epoch 0, batch 0 .*every layer's output is finite.*"c", which gives numbers up to 9\.99/],
    ["a learning rate beyond all measure", moduleOf(three), { learningRate: 1e38, epochs: 3, batchSize: 2 }, /epoch 0, batch [12] .*("[abc]" is the first layer|"[abc]\/kernel" of layer "[abc]")/],
    ["weights that grow from step to step", moduleOf(three), { learningRate: 3, epochs: 50, batchSize: 2 }, /epoch \d+, batch [0-3] .*"[abc]"/],
    ["weights that grow while the first layer is frozen", moduleOf([hidden("a", { inputShape: [2], trainable: false }), ...three.slice(1)]), { learningRate: 3, epochs: 50 }, /"[bc]"/],
  ])("by %s", (_, module, options, message) => {
    const run = () => fit(module, rows(8), options);
    expect(run).toThrow(message);
  }); // biome-ignore format: one table
});

it("names the way of a model with two outputs on which it went bad", () => {
  const given = model({
    inputs: { a: [2] },
    outputs: { p: "left", q: "right" },
    layers: [
      hidden("a0", { inputs: ["a"] }),
      dense({ name: "left", units: 1, inputs: ["a0"] }),
      dense({ name: "right", units: 1, inputs: ["a0"] }),
    ],
    training: { loss: "mse", optimizer: "sgd" },
  });
  const run = (name: string, value: number) => () => {
    const module = load<Trainable>(compile(given, { train: true }));
    const at = (module.weightNames ?? []).indexOf(name);
    module.setWeights(module.getWeights().map((values, i) => (i === at ? values.fill(value) : values)));
    fit(module, { x: rows(8).x, y: { p: rows(8).y, q: rows(8).y } });
  };
  expect(run("right/bias", 1e25)).toThrow(
    /epoch 0, batch 0 .*every layer's output is finite, .* the output "q" gives numbers up to 9\.99/,
  );
  expect(run("left/bias", -1e25)).toThrow(/the output "p" gives numbers up to 9\.99/);
  expect(run("right/bias", Number.NaN)).toThrow('weights are not finite before training: "right/bias" of layer "right"');
  expect(run("a0/bias", 3e38)).toThrow(/"(a0|left|right)" is the first layer whose output is not finite/);
});

/** A fake whose weights are what `weights` gives after so many steps, and whose getWeights is counted. */
function scripted(weights: (steps: number) => readonly number[][], loss: (step: number) => number) {
  const { module, steps } = fake(loss);
  let copies = 0;
  let current: number[][] | undefined;
  const scripted: Trainable = {
    ...module,
    weightNames: ["a/kernel", "a/bias", "deep/b/kernel"],
    getWeights: () => {
      copies++;
      return (current ?? weights(steps.length)).map((values) => Float32Array.from(values));
    },
    setWeights: (list) => {
      current = Array.from(list, (values) => Array.from(values));
    },
  };
  return { module: scripted, steps, copies: () => copies, current: () => current };
}
const fine = [[1], [2], [3]];

describe("what is named", () => {
  it("epoch and batch, from 0; after them nothing is trained", () => {
    const { module, steps } = fake((call) => (call === 7 ? Number.NaN : 1));
    expect(() => fit(module, data(5), { batchSize: 2, epochs: 9 })).toThrow(
      /^fit: the loss is NaN in epoch 2, batch 1 \(counted from 0\): /,
    );
    expect(steps).toHaveLength(8);
  });

  it("one bad row among many is the fault of the layer that meets it first, whatever became of the weights", () => {
    const { x, y } = rows(64);
    x[50] = [3e38, 3e38];
    const module = moduleOf(three, { "a/kernel": 1, "b/kernel": 0.5, "c/kernel": -0.5 });
    expect(() => fit(module, { x, y }, { batchSize: 4, shuffle: false, learningRate: 1e-3 })).toThrow(
      /the loss is (NaN|Infinity) in epoch 0, batch 12 .*"a" is the first layer whose output is not finite/,
    );
    // The step spoiled weights of the last layer too.
    for (const values of [0, 5].map((i) => module.getWeights()[i])) expect(values.every(Number.isFinite)).toBe(false);
  });

  it("the first weight that a step left behind", () => {
    const bad = [[1], [Number.NaN], [Number.NaN]];
    const { module } = scripted(
      (steps) => (steps < 4 ? fine : bad),
      (step) => (step === 3 ? 1e9 : step > 3 ? Number.NaN : 1),
    );
    expect(() => fit(module, data(9), { batchSize: 1 })).toThrow(
      /batch 4 .*an earlier step left weights that are not finite: "a\/bias" of layer "a" is the first/,
    );
  });

  it("what is known where there is neither a name nor a copy of that step", () => {
    const { module } = scripted(
      (steps) => (steps < 6 ? fine : [[1], [2], [Number.NaN]]),
      (step) => (step < 6 ? 1 : Number.NaN),
    );
    expect(() => fit(module, data(9), { batchSize: 1 })).toThrow(
      /batch 6 .*"deep\/b\/kernel" of layer "deep\/b" is the first weight that is not finite after the step/,
    );
    const { weightNames: _, ...nameless } = scripted(
      () => [[1], [Number.POSITIVE_INFINITY]],
      () => 1,
    ).module;
    expect(() => fit(nameless, data(1))).toThrow('before training: "weights[1]"');
  });

  it("weights that the last step spoiled, which no loss shows", () => {
    const spoiled = (steps: number) => (steps < 3 ? fine : [[1], [2], [Number.NaN]]);
    const { module } = scripted(spoiled, () => 1);
    expect(() => fit(module, data(3), { batchSize: 1 })).toThrow(
      'fit: weights are not finite after epoch 0, the last: "deep/b/kernel" of layer "deep/b" is the first',
    );
    const validated = scripted(spoiled, () => 1);
    const evaluate = () => ({ loss: Number.NaN });
    const options = { batchSize: 1, epochs: 5, validationData: data(1) };
    expect(() => fit({ ...validated.module, evaluate }, data(3), options)).toThrow("not finite after epoch 0: ");
    expect(validated.steps).toHaveLength(3);
  });
});

describe("the rest of the run", () => {
  it("is the best weights where they were asked for", () => {
    let steps = 0;
    const { module, weight } = fake((call) => [3, 1, 2, Number.NaN][call]);
    const options = { epochs: 9, earlyStopping: { monitor: "loss", patience: 9, restoreBestWeights: true } } as const;
    expect(() => fit(module, data(1), options)).toThrow("epoch 3");
    expect(weight()).toBe(2);
    const other = fake((call) => [3, 1, 2, Number.NaN][call]);
    expect(() => fit(other.module, data(1), { epochs: 9 })).toThrow("epoch 3");
    expect(other.weight()).toBe(4);
    // Likewise where a callback throws.
    const third = fake((call) => [3, 1, 2][call]);
    const onEpochEnd = () => {
      if (++steps === 3) throw new Error("enough");
    };
    expect(() => fit(third.module, data(1), { ...options, onEpochEnd })).toThrow("enough");
    expect(third.weight()).toBe(2);
  });

  it("goes on where only the validation overflows, as in Keras", () => {
    const { module } = fake(() => 1, [Number.POSITIVE_INFINITY, Number.NaN]);
    expect(fit(module, data(1), { epochs: 2, validationData: data(1) }).epochs).toBe(2);
  });

  it("costs a copy of the weights for each doubling of the steps, while it is well", () => {
    const { module, copies } = scripted(
      () => fine,
      (step) => 1 + (step % 7),
    );
    fit(module, data(64), { batchSize: 1, epochs: 16 });
    // Before the first of 1,024 steps, before steps 1, 2, 4, …, 512, and what fit gives.
    expect(copies()).toBe(1 + 10 + 1);
  });
});
