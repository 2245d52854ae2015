// Options of fit: unknown keys and wrong values are refused by name before anything is trained, Keras' spellings are understood.
import { describe, expect, it, vi } from "vitest";
import { type FitOptions, fit } from "../../runtime/index.ts";
import { data, fake } from "./fake.ts";

const { module, steps } = fake(() => 1);
const run = (options: unknown) => () => fit(module, data(4), options as FitOptions);
const stopping = (earlyStopping: unknown) => run({ earlyStopping, validationData: data(1) });

describe("an unknown key", () => {
  it.each([
    ["batch_size", 'fit options: unknown key "batch_size": did you mean "batchSize"?'],
    ["validation_data", 'did you mean "validationData"?'],
    ["validation_split", 'did you mean "validationSplit"?'],
    ["learning_rate", 'did you mean "learningRate"?'],
    ["on_epoch_end", 'did you mean "onEpochEnd"?'],
    ["epoch", 'did you mean "epochs"?'],
    ["ephocs", 'did you mean "epochs"?'],
    ["batchsize", 'did you mean "batchSize"?'],
    ["BatchSize", 'did you mean "batchSize"?'],
    ["earlyStoping", 'did you mean "earlyStopping"?'],
    ["lr", 'did you mean "learningRate"?'],
    ["callback", 'did you mean "callbacks"?'],
    ["class_weight", 'did you mean "classWeight"?'],
    ["sample_weight", "it belongs to the data: fit(module, { x, y, sampleWeight })"],
    ["initial_epoch", 'did you mean "initialEpoch"?'],
    ["steps_per_epoch", 'did you mean "stepsPerEpoch"?'],
    ["validation_freq", 'did you mean "validationFreq"?'],
    ["validation_steps", "validation takes all rows"],
    ["validation_batch_size", 'unknown key "validation_batch_size": did you mean "validationBatchSize"?'],
    ["steps", "stepsPerEpoch says how many batches"],
    ["use_multiprocessing", "batches are made where they are trained"],
    ["max_queue_size", "batches are made where they are trained"],
    ["signal", "fitAsync takes a signal"],
    ["optimizer", "sequential(layers, { training: { loss, optimizer, metrics } })"],
    ["metrics", "training: { loss, optimizer, metrics } })"],
    ["frobnicate", "known: epochs, initialEpoch, batchSize"],
    ["toString", "known: epochs"],
    ["constructor", "known: epochs"],
  ])("%s of fit", (key, message) => {
    expect(run({ [key]: 1 })).toThrow(TypeError);
    expect(run({ [key]: 1 })).toThrow(message);
    // Dropped or not, undefined says nothing, but the key does.
    expect(run({ [key]: undefined })).toThrow(message);
  });

  it("is none where targets stand by place, as in TensorFlow.js", () => {
    for (const y of [[1, 2], Float32Array.of(1)])
      expect(run(y)).toThrow("fit options: got rows; inputs and targets go together: fit(module, { x, y }, { epochs: 10 })");
  });

  it("of earlyStopping", () => {
    expect(stopping({ min_delta: 1 })).toThrow('earlyStopping: unknown key "min_delta": did you mean "minDelta"?');
    expect(stopping({ restore_best_weights: true })).toThrow('did you mean "restoreBestWeights"?');
    expect(stopping({ start_from_epoch: 1 })).toThrow('did you mean "startFromEpoch"?');
    expect(stopping({ patiense: 1 })).toThrow('did you mean "patience"?');
    expect(stopping({ base_line: 1 })).toThrow('did you mean "baseline"?');
  });

  it("of the data, also in JSON", () => {
    const train = (more: object) => () => fit(module, { ...data(2), ...more });
    expect(train({ sample_weight: [1, 1] })).toThrow('data: unknown key "sample_weight": did you mean "sampleWeight"?');
    expect(train({ epochs: 3 })).toThrow('data: unknown key "epochs": known: x, y, sampleWeight');
    const validationData = { ...data(2), sampleweights: [1, 1] };
    expect(run({ validationData })).toThrow('validationData: unknown key "sampleweights": did you mean "sampleWeight"?');
    expect(() => fit(module, JSON.parse('{"x": [1, 2], "y": [1], "__proto__": {}}'))).toThrow('unknown key "__proto__"');
    expect(run(JSON.parse('{"__proto__": {"epochs": 5}}'))).toThrow('unknown key "__proto__"');
  });
});

describe("a wrong value", () => {
  const async = { async: async () => false, promise: () => Promise.resolve(false), *generator() {} };
  it.each<[options: unknown, error: ErrorConstructor, message: string]>([
    [{ epochs: "3" }, TypeError, 'epochs: wanted a whole number from 1, got "3"'],
    [{ epochs: null }, TypeError, "epochs: wanted a whole number from 1, got null"],
    [{ epochs: 1.5 }, RangeError, "epochs: wanted a whole number from 1, got 1.5"],
    [{ epochs: Infinity }, RangeError, "got Infinity"],
    [{ batchSize: [32] }, TypeError, "batchSize: wanted a whole number from 1, got Array"],
    [{ batchSize: 0 }, RangeError, "batchSize: wanted a whole number from 1, got 0"],
    [{ shuffle: "batch" }, TypeError, 'shuffle: wanted true or false, got "batch"'],
    [{ shuffle: 0 }, RangeError, "shuffle: wanted true or false, got 0"],
    [{ seed: "a" }, TypeError, 'seed: wanted a whole number, got "a"'],
    [{ seed: 0.5 }, RangeError, "seed: wanted a whole number, got 0.5"],
    [{ seed: Number.NaN }, RangeError, "seed: wanted a whole number, got NaN"],
    [{ seed: 2 ** 53 }, RangeError, "seed: wanted a whole number"],
    [{ seed: 1n }, TypeError, "seed: wanted a whole number, got 1n"],
    [{ validationSplit: "0.2" }, TypeError, 'validationSplit: wanted a number from 0 to below 1, got "0.2"'],
    [{ validationSplit: Number.NaN }, RangeError, "got NaN"],
    [{ validationSplit: -0.1 }, RangeError, "got -0.1"],
    [{ validationData: [[1, 2], [1]] }, TypeError, "validationData: wanted { x, y, sampleWeight? }, got Array"],
    [{ validationData: null }, TypeError, "got null"],
    [{ learningRate: "x" }, TypeError, 'learningRate: wanted a finite number from 0, got "x"'],
    [{ learningRate: Number.NaN }, RangeError, "learningRate: wanted a finite number from 0, got NaN"],
    [{ learningRate: -1 }, RangeError, "got -1"],
    [{ learningRate: 1e39 }, RangeError, "got 1e+39"],
    [{ initialEpoch: -1 }, RangeError, "initialEpoch: wanted a whole number from 0, got -1"],
    [{ stepsPerEpoch: 3 }, TypeError, "stepsPerEpoch: an epoch is all rows"],
    [{ validationFreq: 0 }, RangeError, "validationFreq: wanted a whole number from 1, or a list of epochs, got 0"],
    [{ validationFreq: [2, 0] }, TypeError, "got Array"],
    [{ validationBatchSize: 0 }, RangeError, "validationBatchSize: wanted a whole number from 1, got 0"],
    [{ classWeight: 3 }, TypeError, "classWeight: wanted weights by class, as { 0: 1, 1: 5 }, got 3"],
    [{ classWeight: { cat: 1 } }, TypeError, 'got the class "cat"'],
    [{ classWeight: { 0: Number.NaN } }, RangeError, "classWeight: class 0: wanted a finite number, got NaN"],
    [{ callbacks: { patience: 1 } }, TypeError, "callbacks: wanted a list of callbacks, such as [earlyStopping({ patience: 5 })], got Object"],
    [{ callbacks: ["earlyStopping"] }, TypeError, "callbacks: wanted a list of callbacks"],
    [{ verbose: 3 }, RangeError, "verbose: wanted 0, 1 or 2, got 3"],
    [{ verbose: true }, TypeError, "verbose: wanted 0, 1 or 2, got true"],
    [{ resume: 3 }, RangeError, "resume: wanted the resume of what fit gave"],
    [{ resume: { weights: [] } }, TypeError, "resume: wanted the resume of what fit gave"],
    [{ earlyStopping: true }, TypeError, "earlyStopping: wanted an object, got true"],
    [{ earlyStopping: [{ patience: 1 }] }, TypeError, "earlyStopping: wanted an object, got Array"],
    [{ onEpochEnd: "log" }, TypeError, 'onEpochEnd: wanted a function that is not async and no generator (fit is synchronous and awaits nothing), got "log"'],
    [{ onEpochEnd: async.async }, TypeError, "got AsyncFunction"],
    [{ onEpochEnd: async.generator }, TypeError, "got GeneratorFunction"],
    [[], TypeError, "fit options: wanted an object of epochs, initialEpoch"],
    [null, TypeError, "got null"],
    [3, TypeError, "got 3"],
    [() => ({}), TypeError, "got Function"],
    [new Map([["epochs", 3]]), TypeError, "got Map"],
    [Promise.resolve({ epochs: 3 }), TypeError, "got Promise"],
  ])("%# of fit", (options, error, message) => {
    expect(run(options)).toThrow(error);
    expect(run(options)).toThrow(message);
    expect(steps).toEqual([]);
  }); // biome-ignore format: one table

  it.each<[options: unknown, error: ErrorConstructor, message: string]>([
    [{ monitor: "accuracy" }, TypeError, 'earlyStopping.monitor: wanted "loss" or "val_loss", got "accuracy"'],
    [{ minDelta: "x" }, TypeError, 'earlyStopping.minDelta: wanted a finite number, got "x"'],
    [{ minDelta: Number.NaN }, RangeError, "earlyStopping.minDelta: wanted a finite number, got NaN"],
    [{ patience: "2" }, TypeError, 'earlyStopping.patience: wanted a whole number from 0, got "2"'],
    [{ patience: -1 }, RangeError, "got -1"],
    [{ mode: "down" }, TypeError, 'earlyStopping.mode: wanted "auto", "min" or "max", got "down"'],
    [{ restoreBestWeights: "yes" }, TypeError, 'earlyStopping.restoreBestWeights: wanted true or false, got "yes"'],
    [{ startFromEpoch: 0.5 }, RangeError, "got 0.5"],
  ])("%# of earlyStopping", (options, error, message) => {
    expect(stopping(options)).toThrow(error);
    expect(stopping(options)).toThrow(message);
    expect(steps).toEqual([]);
  });

  it("is a callback whose Promise nobody would await", () => {
    expect(run({ epochs: 3, onEpochEnd: async.promise })).toThrow("onEpochEnd: fit is synchronous and awaits nothing");
    expect(steps).toHaveLength(1);
    steps.length = 0;
  });

  it.each([undefined, null, {}, [], "module", () => 0, { create: () => 0 }])("is %j as a module", (subject) => {
    expect(() => fit(subject as never, data(1))).toThrow(TypeError);
    expect(() => fit(subject as never, data(1))).toThrow("fit: wanted a module compiled with train: true");
  });
});

it("takes options with defaults, from a module's exports or without a prototype, and reads each once", () => {
  const { module, steps } = fake(() => 1);
  const read = vi.fn(() => 2);
  const onEpochEnd = vi.fn();
  const options = Object.create(null, { epochs: { get: read, enumerable: true } });
  fit(module, data(1), Object.assign(options, { seed: undefined, earlyStopping: undefined, onEpochEnd }));
  fit(module, data(1), Object.create({ epochs: 3 }));
  expect([steps.length, read.mock.calls.length]).toEqual([2 + 3, 1]);
  expect(onEpochEnd.mock.calls.map(([epoch]) => epoch)).toEqual([0, 1]);
});
