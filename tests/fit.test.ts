// fit as `layerc` exports it: a Model goes in, the trained Model comes out; one loop behind that and behind a module. On real modules.
import { describe, expect, it } from "vitest";
import { CompileError } from "../compiler/diagnostics/error.ts";
import type { Trainable } from "../runtime/index.ts";
import {
  compile,
  dense,
  embedding,
  fit,
  fitAsync,
  flatten,
  load,
  model,
  open,
  reuse,
  save,
  sequential,
  stringLookup,
} from "../src/index.ts";
import { near } from "./close.ts";
import { standard } from "./exemptions.ts";

const chain = sequential([dense({ units: 4, activation: "tanh", inputShape: [2] }), dense({ units: 1 })], {
  seed: 2,
  training: { loss: "mse", optimizer: { name: "adam", learningRate: 0.02 } },
});
const x = Array.from({ length: 40 }, (_, row) => [Math.sin(row), Math.cos(2 * row)]);
const y = x.map(([a, b]) => a * b);

/** Two inputs through one encoder; a number, and one of three classes. */
const twoByTwo = model({
  inputs: { a: [2], b: [2] },
  outputs: { p: "left", q: "head" },
  layers: [
    dense({ name: "enc", units: 3, activation: "tanh", inputs: ["a"] }),
    dense({ name: "left", units: 1, inputs: ["enc"] }),
    reuse("enc", { name: "again", inputs: ["b"] }),
    dense({ name: "head", units: 3, activation: "softmax", inputs: ["again"] }),
  ],
  seed: 5,
  training: { loss: { p: "mse", q: "sparse_categorical_crossentropy" }, lossWeights: { q: 0.5 }, optimizer: "adam" },
});
const both = { x: { a: x, b: x }, y: { p: y, q: x.map((_, row) => row % 3) } };

describe("fit of a model", () => {
  it.each([
    ["a chain", chain, { x, y }],
    ["a model with two inputs and two outputs", twoByTwo, both],
  ])("is fit of the module that it compiles to, bit for bit: %s", (_, given, data) => {
    const options = { epochs: 3, batchSize: 16, validationSplit: 0.25, seed: 4 };
    const module = load<Trainable>(compile(given, { train: true, batch: 16 }));
    const [byModel, byModule] = [fit(given, data, options), fit(module, data, options)];
    expect(byModel.history).toEqual(byModule.history);
    expect(byModel.weights).toEqual(byModule.weights);
    expect(byModel.epochs).toBe(3);
    const { weights, state } = byModel.model;
    expect(byModel.model).toEqual({ ...given, weights, state });
    expect(state).toEqual(module.getOptimizerState?.());
    expect(Object.values(byModel.model.weights ?? {})).toEqual(byModel.weights);
    expect(byModel.history.loss[2]).toBeLessThan(byModel.history.loss[0]);
  });

  it("compiles exactly where that is asked for", () => {
    // So small that it is plain JavaScript by default, which rounds where it stores; lanes round at every step by themselves.
    const unit = sequential([dense({ units: 1, activation: "tanh", inputShape: [2] })], {
      training: { loss: "mse", optimizer: "sgd" },
    });
    const options = { epochs: 20, batchSize: 1, seed: 4 };
    const module = load<Trainable>(compile(unit, { train: true, batch: 1, exact: true }));
    const [exact, plain] = [true, false].map((one) => fit(unit, { x, y }, { ...options, exact: one }));
    expect(exact.weights).toEqual(fit(module, { x, y }, options).weights);
    expect(exact.weights).not.toEqual(plain.weights);
    expect(plain.weights).toEqual(fit(unit, { x, y }, options).weights);
  });

  it("goes on from the weights of the model that it gave, which a file keeps", () => {
    const once = fit(chain, { x, y }, { epochs: 1, learningRate: 0 });
    const again = fit(open(save(fit(chain, { x, y }, { epochs: 1 }).model)), { x, y }, { epochs: 1, learningRate: 0 });
    expect(again.history.loss[0]).toBeLessThan(once.history.loss[0]);
    expect(chain.weights).toBeUndefined();
  });

  it.each([
    ["the default of 32", {}, 40, 32],
    ["a batchSize", { batchSize: 8 }, 40, 8],
    ["as many rows as there are", {}, 5, 5],
    ["as many as are trained", { batchSize: 100, validationSplit: 0.2 }, 40, 32],
  ])("compiles for steps of %s", (_, options, rows, batch) => {
    const { module } = fit(chain, { x: x.slice(0, rows), y: y.slice(0, rows) }, options);
    expect(module.batch).toBe(batch);
  });

  it("gives the losses of every output", () => {
    const { history } = fit(twoByTwo, both, { epochs: 2, validationSplit: 0.25 });
    expect(Object.keys(history)).toEqual(["loss", "p_loss", "q_loss", "val_loss", "val_p_loss", "val_q_loss"]);
    for (const [i, loss] of history.loss.entries()) near(loss, history.p_loss[i] + history.q_loss[i] / 2, standard.loopLoss);
  });

  it("tells of a model's warnings", () => {
    const head = sequential([dense({ units: 1, activation: "softmax", inputShape: [2] })], { training: chain.training as never });
    expect(fit(head, { x, y }).warnings.map(({ code }) => code)).toEqual(["training/head"]);
    expect(fit(chain, { x, y }).warnings).toEqual([]);
  });
});

describe("fit with texts", () => {
  const words = (more: object = {}) =>
    model({
      inputs: { c: { shape: [1], type: "string" } },
      layers: [
        stringLookup({ vocabulary: ["red", "blue"], ...more }),
        embedding({ inputDim: 3, outputDim: 2 }),
        flatten(),
        dense({ name: "end", units: 1 }),
      ],
      training: { loss: "mse", optimizer: { name: "sgd", learningRate: 0.1 } },
    });
  const colours = Array.from({ length: 12 }, (_, row) => ["red", "blue", "green"][row % 3]);

  it("trains on what the words mean, flat, nested and by name", () => {
    const y = colours.map((_, row) => row % 3);
    const [flat, nested, named] = [colours, colours.map((word) => [word]), { c: colours }].map((x) =>
      fit(words(), { x, y }, { epochs: 100 }),
    );
    expect(nested.weights).toEqual(flat.weights);
    expect(named.weights).toEqual(flat.weights);
    expect(flat.history.loss.at(-1)).toBeLessThan(flat.history.loss[0] / 100);
  });

  it("refuses a word that the table does not have, before it trains", () => {
    const given = { x: colours, y: colours.map(() => 0) };
    for (const options of [{}, { validationSplit: 0.5 }])
      expect(() => fit(words({ numOovIndices: 0 }), given, options)).toThrow(
        /^data\.x: row 2, place 0: wanted one of .*got "green"/,
      );
  });
});

describe("fit of a model refuses", () => {
  const thrown = (run: () => unknown): unknown => {
    try {
      run();
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const ids = sequential([embedding({ inputDim: 4, outputDim: 2, inputShape: [2] }), flatten(), dense({ units: 1 })], {
    training: { loss: "mse", optimizer: "sgd" },
  });
  it.each<[what: string, run: () => unknown, type: ErrorConstructor, message: string]>([
    ["rows of another width", () => fit(chain, { x: [[1, 2, 3]], y: [1] }), RangeError, "data.x: row 0: wanted 2 numbers, got 3"],
    ["targets of another width", () => fit(chain, { x: [[1, 2]], y: [[1, 2]] }), RangeError, "data.y: row 0: wanted 1 number, got 2"],
    ["ids that the table does not have", () => fit(ids, { x: [[1, 4]], y: [1] }), RangeError, "data.x: row 0, place 1: wanted a whole number from 0 to 3, got 4; ids start at 0"],
    ["labels that are no classes", () => fit(twoByTwo, { ...both, y: { ...both.y, q: x.map(() => 3) } }), RangeError, "data.y.q: row 0, place 0: wanted a whole number from 0 to 2, got 3; labels start at 0"],
    ["a list of inputs", () => fit(twoByTwo, { ...both, x: [x, x] as never }), TypeError, "data.x: wanted an object by name, { a, b }, got Array"],
    ["unknown options", () => fit(chain, { x, y }, { epoch: 3 } as never), TypeError, 'unknown key "epoch": did you mean "epochs"?'],
    ["what is neither exact nor not", () => fit(chain, { x, y }, { exact: 1 } as never), RangeError, "exact: wanted true or false, got 1"],
    ["to compile what is compiled", () => fit(load<Trainable>(compile(chain, { train: true })), { x, y }, { exact: true } as never), TypeError, 'unknown key "exact": it is compiled in'],
    ["no options", () => fit(chain, { x, y }, null as never), TypeError, "fit options: wanted an object"],
    ["a batch of no row", () => fit(chain, { x, y }, { batchSize: 0 }), RangeError, "batchSize: wanted a whole number from 1, got 0"],
    ["what is no model", () => fit({ name: "m" } as never, { x, y }), TypeError, "fit: wanted a module compiled with train: true"],
  ])("%s", (_, run, type, message) => {
    const error = thrown(run);
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toContain(message);
  }); // biome-ignore format: one table

  it.each<[what: string, run: () => unknown, code: string]>([
    ["a model that names no loss", () => fit({ ...chain, training: undefined } as never, { x, y }), "training/missing"],
    ["a model whose layers do not fit", () => fit(sequential([dense({ units: 1 })]), { x, y }), "shape/unknown-size"],
    ["a model whose weights file nobody has read", () => fit({ ...chain, weightsFile: "w.safetensors" }, { x, y }), "weights/unread"],
  ])("%s, as compile does", (_, run, code) => {
    const error = thrown(run);
    expect(error).toBeInstanceOf(CompileError);
    expect((error as CompileError).code).toBe(code);
  }); // biome-ignore format: one table
});

describe("Keras' spelling of an option", () => {
  const snake = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const module = load<Trainable>(compile(chain, { train: true, batch: 4, selfTest: false }));
  const data = { x, y };
  const told = (key: string): RegExp => new RegExp(`"${snake(key)}"[:;] did you mean "?${key}\\b`);
  /** The keys that an answer to an unknown one names. */
  const keysOf = (act: () => unknown): readonly string[] => {
    try {
      act();
    } catch (error) {
      return (/known: (.*)$/.exec((error as Error).message)?.[1] ?? "").split(", ").filter((key) => snake(key) !== key);
    }
    return [];
  };

  it("is told ours, by each function that takes options", async () => {
    const given = (key: string): object => ({ [snake(key)]: 1 });
    const ways: readonly (readonly [name: string, least: number, act: (options: object) => unknown])[] = [
      ["fit of a module", 10, (options) => fit(module, data, options as never)],
      ["fit of a model", 10, (options) => fit(chain, data, options as never)],
      ["evaluate", 2, (options) => module.evaluate(x, y, options as never)],
      ["trainStep", 2, (options) => module.trainStep(x.slice(0, 4), y.slice(0, 4), options as never)],
    ];
    for (const [name, least, act] of ways) {
      const keys = keysOf(() => act({ frobnicate: 1 }));
      expect([name, keys.length >= least]).toEqual([name, true]);
      for (const key of keys) expect(() => act(given(key)), name).toThrow(told(key));
    }
    for (const key of keysOf(() => fit(module, data, { frobnicate: 1 } as never)))
      for (const subject of [module, chain])
        await expect(fitAsync(subject as never, data, given(key))).rejects.toThrow(told(key));
  });
});
