// fit against Keras' facts, on a fake module that records what it is given.
import { describe, expect, it } from "vitest";
import { type FitOptions, fit as train } from "../../runtime/index.ts";
import { data, fake } from "./fake.ts";

describe("fit", () => {
  it("keeps the last partial batch and weights the losses by rows", () => {
    const { module, steps } = fake((call) => [1, 2, 4][call]);
    const { history } = train(module, data(5), { batchSize: 2, shuffle: false });
    expect(steps.map(({ y }) => y)).toEqual([[0, 1], [2, 3], [4]]);
    expect(steps[1].x).toEqual([4, 5, 6, 7]);
    expect(history).toEqual({ loss: [(2 * 1 + 2 * 2 + 1 * 4) / 5] });
  });

  it("visits every row once an epoch, in an order that depends on epoch and seed alone", () => {
    const orders = (seed: number) => {
      const { module, steps } = fake(() => 0);
      train(module, data(20), { epochs: 2, batchSize: 8, seed });
      for (const { x, y } of steps) expect(x).toEqual(y.flatMap((row) => [2 * row, 2 * row + 1]));
      return [steps.slice(0, 3), steps.slice(3)].map((epoch) => epoch.flatMap(({ y }) => y));
    };
    const [first, second] = orders(1);
    for (const order of [first, second]) expect([...order].sort((a, b) => a - b)).toEqual(Array.from(data(20).y));
    expect(first).not.toEqual(second);
    expect(orders(1)).toEqual([first, second]);
    expect(orders(2)[0]).not.toEqual(first);
  });

  it("splits off the last floor part before shuffling, with its sample weights", () => {
    const { module, steps, evaluations } = fake(() => 1, [3]);
    const sampleWeight = [0, 1, 2, 3, 4, 5, 6];
    const { history } = train(module, { ...data(7), sampleWeight }, { validationSplit: 0.25, batchSize: 10 });
    // floor(7 · 0.75) = 5
    expect(steps[0].y.toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(steps[0].options.sampleWeight).toEqual(steps[0].y);
    expect(evaluations).toEqual([
      { x: [10, 11, 12, 13], y: [5, 6], options: { sampleWeight: [5, 6], batchSize: 2, accumulate: false } },
    ]);
    expect(history).toEqual({ loss: [1], val_loss: [3] });
  });

  it("passes the learning rate, and evaluates validationData once an epoch", () => {
    const { module, steps, evaluations } = fake(() => 1, [3, 2]);
    const { history, epochs, stoppedEarly } = train(module, data(2), { epochs: 2, learningRate: 0.5, validationData: data(1) });
    expect(steps.map(({ options }) => options)).toEqual([{ learningRate: 0.5 }, { learningRate: 0.5 }]);
    expect(evaluations.map(({ y }) => y)).toEqual([[0], [0]]);
    expect([history.val_loss, epochs, stoppedEarly]).toEqual([[3, 2], 2, false]);
  });

  it("ends when onEpochEnd says false", () => {
    const seen: unknown[] = [];
    const { module } = fake((call) => call);
    const { epochs, stoppedEarly } = train(module, data(1), {
      epochs: 9,
      onEpochEnd: (epoch, logs) => {
        seen.push([epoch, logs]);
        return epoch < 1;
      },
    });
    expect(seen).toEqual([
      [0, { loss: 0 }],
      [1, { loss: 1 }],
    ]);
    expect([epochs, stoppedEarly]).toEqual([2, true]);
  });
});

describe("early stopping", () => {
  const run = (losses: readonly number[], earlyStopping: FitOptions["earlyStopping"]) => {
    const { module, weight } = fake(() => 1, losses);
    const { epochs, stoppedEarly } = train(module, data(1), { epochs: losses.length, validationData: data(1), earlyStopping });
    return { epochs, stoppedEarly, weight: weight() };
  };
  it.each([
    // losses, options, epochs run, stopped early, weight at the end (= steps taken when it was current)
    [[3, 2, 2, 1], {}, 3, true, 3],
    [[3, 2, 2, 1], { patience: 2 }, 4, false, 4],
    [[3, 2, 2, 2, 1], { patience: 2 }, 4, true, 4],
    [[3, 2, 4, 5, 1], { patience: 2, restoreBestWeights: true }, 4, true, 2],
    [[3, 2, 4], { patience: 9, restoreBestWeights: true }, 3, false, 2],
    [[3, 2.5, 2.2, 1.9], { minDelta: 1, patience: 3 }, 4, false, 4],
    [[3, 2.5, 2.2, 2.1], { minDelta: -1, patience: 3 }, 4, true, 4],
    [[1, 2, 2, 0], { mode: "max" }, 3, true, 3],
    [[1, 2, 3, 4, 5], { startFromEpoch: 2, patience: 1 }, 4, true, 4],
    // The first epoch never stops, not even on NaN; its weights are the best known.
    [[Number.NaN, Number.NaN, 1], { restoreBestWeights: true }, 2, true, 1],
  ] as const)("%j with %j runs %i epochs", (losses, options, epochs, stoppedEarly, weight) => {
    expect(run(losses, options)).toEqual({ epochs, stoppedEarly, weight });
  });
});

describe("fit refuses", () => {
  const fails = (make: () => unknown, type: ErrorConstructor, text: string) => {
    expect(make).toThrow(type);
    expect(make).toThrow(text);
  };
  const { module } = fake(() => 0);
  it("data that do not fit", () => {
    fails(
      () => train(module, { x: [1, 2, 3], y: [1] }),
      RangeError,
      "data.x: wanted k * 2 numbers (k rows, at least one), got 3",
    );
    fails(() => train(module, { x: [], y: [] }), RangeError, "got 0");
    fails(
      () => train(module, { x: [1, 2, 3, 4], y: [1, 2, 3] }),
      RangeError,
      "data.y: wanted as many numbers for each of the 2 rows of x, got 3",
    );
    fails(
      () => train(module, { ...data(2), sampleWeight: [1] }),
      RangeError,
      "data.sampleWeight: wanted 2 numbers, one per row of x, got 1",
    );
    fails(
      () => train(module, { x: undefined as never, y: [1] }),
      TypeError,
      "data.x: wanted a Float32Array or an array of numbers, got undefined",
    );
    const validationData = { x: [1, 2], y: [1, 2] };
    fails(
      () => train(module, data(2), { validationData }),
      RangeError,
      "validationData.y: wanted 1 numbers a row as in data.y, got 2",
    );
  });
  it("options that do not fit", () => {
    fails(() => train({} as never, data(1)), TypeError, "compiled with train: true");
    fails(() => train(module, data(1), { epochs: 0 }), RangeError, "epochs: wanted a whole number from 1, got 0");
    fails(() => train(module, data(1), { batchSize: 1.5 }), RangeError, "batchSize: wanted a whole number from 1, got 1.5");
    fails(
      () => train(module, data(4), { validationSplit: 1 }),
      RangeError,
      "validationSplit: wanted a number from 0 to below 1, got 1",
    );
    fails(
      () => train(module, data(1), { validationSplit: 0.5 }),
      RangeError,
      "0.5 of 1 rows leaves 0 to train and 1 to validate",
    );
    fails(() => train(module, data(4), { validationSplit: 0.5, validationData: data(1) }), TypeError, "got both");
    fails(
      () => train(module, data(4), { earlyStopping: {} }),
      TypeError,
      'monitor "val_loss" wants validationSplit or validationData',
    );
    fails(() => train(module, data(4), { earlyStopping: { monitor: "accuracy" as never } }), TypeError, 'got "accuracy"');
  });
});
