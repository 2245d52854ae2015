// Callbacks against Keras' rules, on a fake module: order of hooks, what they see, options of those that steer a run, and what is refused.
import { describe, expect, it } from "vitest";
import {
  type Callback,
  earlyStopping,
  fit,
  lambdaCallback,
  learningRateScheduler,
  type Measure,
  reduceLROnPlateau,
} from "../../runtime/index.ts";
import { data, fake, run } from "./fake.ts";

describe("hooks", () => {
  it("come in Keras' order, with their epoch, batch, logs and the run", () => {
    const seen: unknown[] = [];
    const note =
      (name: string) =>
      (...given: unknown[]) =>
        void seen.push([name, ...given.slice(0, -1).map((value) => (typeof value === "object" ? { ...value } : value))]);
    const names =
      "onTrainBegin onEpochBegin onBatchBegin onBatchEnd onTestBegin onTestEnd onEpochEnd afterEpoch onTrainEnd".split(" ");
    const { module } = fake((call) => [1, 4][call], [7]);
    const callback = lambdaCallback(Object.fromEntries(names.map((name) => [name, note(name)])));
    fit(module, data(3), { batchSize: 2, shuffle: false, validationData: data(1), callbacks: [callback] });
    expect(seen).toEqual([
      ["onTrainBegin"],
      ["onEpochBegin", 0],
      ["onBatchBegin", 0],
      ["onBatchEnd", 0, { loss: 1 }],
      ["onBatchBegin", 1],
      // The mean over the rows of the epoch so far.
      ["onBatchEnd", 1, { loss: 2 }],
      ["onTestBegin"],
      ["onTestEnd", { loss: 7 }],
      ["onEpochEnd", 0, { loss: 2, val_loss: 7 }],
      ["afterEpoch", 0, { loss: 2, val_loss: 7 }],
      ["onTrainEnd", { loss: 2, val_loss: 7 }],
    ]);
  });

  it("are called in the order of the list, and see what those before them added", () => {
    const first: Callback = { adds: ["mine"], onEpochEnd: (epoch, logs) => void Object.assign(logs, { mine: epoch + 10 }) };
    const seen: (Measure | undefined)[] = [];
    const { fitted } = run(
      [3, 2],
      [first, { onEpochEnd: (_, logs) => void seen.push(logs.mine) }, earlyStopping({ monitor: "mine", mode: "min" })],
    );
    expect(seen).toEqual([10, 11]);
    expect(fitted.history.mine).toEqual([10, 11]);
    expect([fitted.epochs, fitted.stoppedEarly]).toEqual([2, true]);
  });

  it("may stop in a batch: its epoch is validated and logged, and is the last", () => {
    const { module, steps, evaluations } = fake(() => 1, [5, 6]);
    const stop: Callback = { onBatchEnd: (batch, _, run) => (batch === 1 ? run.stop() : undefined) };
    const { history, epochs, stoppedEarly } = fit(module, data(8), {
      epochs: 4,
      batchSize: 2,
      validationData: data(1),
      callbacks: [stop],
    });
    expect([steps.length, evaluations.length, epochs, stoppedEarly]).toEqual([2, 1, 1, true]);
    expect(history).toEqual({ loss: [1], val_loss: [5] });
  });

  it("see the module, the epoch, how much is asked for, and the keys there will be", () => {
    const { module } = fake(() => 1, [5]);
    const seen: unknown[] = [];
    const look: Callback = {
      onEpochBegin: (_, { module: given, epoch, params, keys }) => void seen.push(given === module, epoch, params, keys),
    };
    fit(module, data(5), {
      epochs: 3,
      initialEpoch: 2,
      batchSize: 2,
      validationData: data(1),
      callbacks: [look, reduceLROnPlateau()],
      learningRate: 1,
    });
    expect(seen).toEqual([true, 2, { epochs: 3, steps: 3 }, ["loss", "val_loss", "learning_rate"]]);
  });

  it("that throw end the run with their own error, and the others hear of it", () => {
    const { module, steps } = fake(() => 1);
    const heard: unknown[] = [];
    const bad: Callback = { onBatchEnd: (batch) => { if (batch === 1) throw new TypeError("mine"); }, onTrainError: () => { throw new Error("later"); } }; // biome-ignore format: one line
    const listener: Callback = {
      onTrainError: (error) => void heard.push((error as Error).message),
      onTrainEnd: () => void heard.push("end"),
    };
    expect(() => fit(module, data(8), { batchSize: 2, callbacks: [bad, listener] })).toThrow(new TypeError("mine"));
    expect(heard).toEqual(["mine"]);
    expect(steps).toHaveLength(2);
  });

  it("that are async are refused in fit, by name", () => {
    const { module, steps } = fake(() => 1);
    const callbacks = [{ onEpochBegin: async () => undefined }];
    expect(() => fit(module, data(2), { callbacks })).toThrow("onEpochBegin: fit is synchronous and awaits nothing");
    expect(steps).toEqual([]);
  });
});

describe("earlyStopping", () => {
  it.each([
    // losses, options, epochs
    [[5, 4, 4.5, 4.4, 4.3], { patience: 3, baseline: 3 }, 3],
    [[5, 4, 2, 2.5, 2.4, 2.3], { patience: 3, baseline: 3 }, 6],
    [[5, 4, 3], { patience: 9, baseline: 3, startFromEpoch: 1 }, 3],
  ] as const)("%j with %j runs %i epochs", (losses, options, epochs) => {
    expect(run(losses, [earlyStopping(options)]).fitted.epochs).toBe(epochs);
  });

  it("refuses keys that nobody knows, directions that nobody knows, and lists", () => {
    const watching = (monitor: string, logs: Record<string, Measure>, mode?: "min") => () =>
      run([1, 1], [earlyStopping({ monitor, ...(mode && { mode }) })], {}, { getMetrics: () => ({ loss: 1, ...logs }) });
    expect(watching("val_f1", {})).toThrow('earlyStopping.monitor: wanted "loss" or "val_loss", got "val_f1"');
    expect(watching("odd", { odd: 1 })).toThrow('earlyStopping.mode: nobody knows whether "odd" is to fall or to rise');
    expect(watching("odd", { odd: 1 }, "min")).not.toThrow();
    expect(watching("f1_score", { f1_score: [0.5, 0.25] })).toThrow('wanted a key with one number, got "f1_score", which has 2');
  });

  it("skips epochs that have no such key", () => {
    const { fitted } = run([3, 4, 5, 6], [earlyStopping({ patience: 1 })], { epochs: 4, validationFreq: 2 });
    expect([fitted.epochs, fitted.history]).toEqual([4, { loss: [1, 1, 1, 1], val_loss: [3, 4] }]);
  });

  it("says what it does where it is asked", () => {
    const lines: string[] = [];
    const spoken: Callback = { onTrainBegin: (run) => void Object.assign(run, { print: (line: string) => lines.push(line) }) };
    run([2, 1, 3], [spoken, earlyStopping({ verbose: 1, restoreBestWeights: true })]);
    expect(lines).toEqual(["Epoch 3: early stopping", "Restoring model weights from the end of the best epoch: 2."]);
  });
});

describe("validation", () => {
  it("comes every so many epochs, or after those of a list, from 1", () => {
    const freq = (validationFreq: number | readonly number[]) =>
      run([1, 1, 1, 1, 1], [], { epochs: 5, validationFreq }).evaluations.length;
    expect([freq(2), freq([1, 5, 9])]).toEqual([2, 2]);
  });
});

describe("reduceLROnPlateau", () => {
  const ratesOf = (losses: readonly number[], options: object, first = 0.1) => {
    const { fitted, steps } = run(losses, [reduceLROnPlateau(options)], { learningRate: first });
    return { logged: fitted.history.learning_rate.map((rate) => Number(rate.toPrecision(6))), told: steps.map(({ options: given }) => Number(given.learningRate?.toPrecision(6))) }; // biome-ignore format: one line
  };
  it("logs the rate of the epoch, and lowers that of the next", () => {
    const { logged, told } = ratesOf([1, 1, 1, 1], { patience: 1, factor: 0.5 });
    expect(logged).toEqual([0.1, 0.1, 0.05, 0.025]);
    expect(told).toEqual(logged);
  });
  it("rests, stops at the least rate, and takes changes below minDelta for none", () => {
    expect(ratesOf([1, 1, 1, 1, 1, 1], { patience: 1, factor: 0.5, cooldown: 2 }).logged).toEqual([
      0.1, 0.1, 0.05, 0.05, 0.025, 0.025,
    ]);
    expect(ratesOf([1, 1, 1, 1], { patience: 1, factor: 0.5, minLr: 0.04 }).logged).toEqual([0.1, 0.1, 0.05, 0.04]);
    expect(ratesOf([1, 0.9, 0.8], { patience: 1, factor: 0.5, minDelta: 0.5 }).logged).toEqual([0.1, 0.1, 0.05]);
  });
  it.each([[{ factor: 1 }], [{ patience: -1 }], [{ minLr: "x" }], [{ cooldown: 0.5 }], [{ min_lr: 1 }]])(
    "refuses %j",
    (options) => {
      expect(() => reduceLROnPlateau(options as never)).toThrow(/^reduceLROnPlateau[.:]/);
    },
  );
  it("needs a module that says its rate, and no schedule", () => {
    const without = () => run([1, 1], [reduceLROnPlateau()], {}, { getLearningRate: undefined });
    expect(without).toThrow("the module does not say its learning rate");
    const state = () => ({ "optimizer/learningRate": Float32Array.of(1) });
    const scheduled = () => run([1, 1, 1], [reduceLROnPlateau({ patience: 1 })], {}, { getOptimizerState: state });
    expect(scheduled).toThrow("learningRate: the optimizer has a schedule, so a callback cannot set it");
  });
});

describe("learningRateScheduler", () => {
  it("says the rate of each epoch from the one before", () => {
    const seen: number[][] = [];
    const schedule = (epoch: number, rate: number) => {
      seen.push([epoch, rate]);
      return rate / 2;
    };
    const { fitted, steps } = run([1, 1], [learningRateScheduler(schedule)]);
    expect(seen).toEqual([
      [0, Math.fround(0.1)],
      [1, Math.fround(0.05)],
    ]);
    expect(fitted.history.learning_rate).toEqual([Math.fround(0.05), Math.fround(0.025)]);
    expect(steps.map(({ options }) => options.learningRate)).toEqual(fitted.history.learning_rate);
  });
  it("refuses what is no function, and what is no rate", () => {
    expect(() => learningRateScheduler(0.1 as never)).toThrow("wanted a function of epoch and rate, got 0.1");
    for (const bad of [-1, Number.NaN, "0.1", undefined])
      expect(() => run([1], [learningRateScheduler(() => bad as never)])).toThrow(
        "learningRateScheduler: epoch 0: wanted a finite number from 0",
      );
  });
});
