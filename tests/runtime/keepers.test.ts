// Callbacks that keep something or end a run, against Keras' rules, on a fake module: checkpoints, logs, averages, losses that are no
// numbers.
import { describe, expect, it } from "vitest";
import {
  type Callback,
  csvLogger,
  type FitOptions,
  fit,
  jsonEvents,
  lambdaCallback,
  modelCheckpoint,
  swapEMAWeights,
  type Trainable,
  terminateOnNaN,
} from "../../runtime/index.ts";
import { data, fake, run } from "./fake.ts";

describe("modelCheckpoint", () => {
  const savedBy = (losses: readonly number[], options: object, more: FitOptions = {}) => {
    const saved: unknown[] = [];
    const save = (
      { weights, epoch: next }: { weights: readonly Float32Array[]; epoch: number },
      { epoch, batch }: { epoch: number; batch?: number },
    ) => void saved.push([epoch, ...(batch === undefined ? [] : [batch]), weights[0][0], next]);
    run(losses, [modelCheckpoint({ save, ...options })], more);
    return saved;
  };
  it("saves after each epoch, what is best, or what beats a threshold", () => {
    expect(savedBy([3, 4], {})).toEqual([
      [0, 1, 1],
      [1, 2, 2],
    ]);
    expect(savedBy([3, 4, 2, 2], { saveBestOnly: true })).toEqual([
      [0, 1, 1],
      [2, 3, 3],
    ]);
    expect(savedBy([3, 4, 2], { saveBestOnly: true, mode: "max" })).toEqual([
      [0, 1, 1],
      [1, 2, 2],
    ]);
    expect(savedBy([3, 2, 1], { saveBestOnly: true, initialValueThreshold: 2 })).toEqual([[2, 3, 3]]);
  });
  it("saves after so many batches, over the ends of epochs; the epoch would begin anew", () => {
    const saved: unknown[] = [];
    const { module } = fake(() => 1);
    const save = (state: { epoch: number }, { epoch, batch }: { epoch: number; batch?: number }) =>
      void saved.push([epoch, batch, state.epoch]);
    fit(module, data(6), { epochs: 2, batchSize: 2, callbacks: [modelCheckpoint({ save, saveFreq: 2 })] });
    expect(saved).toEqual([
      [0, 1, 0],
      [1, 0, 1],
      [1, 2, 1],
    ]);
  });
  it("refuses what it does not take", () => {
    expect(() => modelCheckpoint({} as never)).toThrow("modelCheckpoint: save is missing");
    expect(() => modelCheckpoint({ save: () => 0, saveFreq: "batch" as never })).toThrow(
      'modelCheckpoint.saveFreq: wanted "epoch" or a whole number from 1, got "batch"',
    );
    expect(() => modelCheckpoint({ filepath: "x" } as never)).toThrow("without files there is save(state)");
  });
  it("whose save fails ends the run with that error", () => {
    const save = () => {
      throw new Error("the disk is full");
    };
    expect(() => run([1, 1], [modelCheckpoint({ save })])).toThrow("the disk is full");
  });
});

describe("csvLogger", () => {
  const csvOf = (losses: readonly number[], options: object = {}, more: FitOptions = {}, module: Partial<Trainable> = {}) => {
    const parts: string[] = [];
    run(losses, [csvLogger({ write: (part) => void parts.push(part), ...options })], more, module);
    return parts.join("");
  };
  it("writes what Python writes", () => {
    expect(csvOf([0.5, 1e-5])).toBe("epoch,loss,val_loss\n0,1.0,0.5\n1,1.0,9.999999747378752e-06\n");
    expect(csvOf([Number.NaN, Infinity], { separator: ";" })).toBe("epoch;loss;val_loss\n0;1.0;nan\n1;1.0;inf\n");
    expect(csvOf([1e20, -0], { append: true })).toBe("0,1.0,1.0000000200408773e+20\n1,1.0,-0.0\n");
  });
  it("sorts the keys, leaves room for validation, and quotes lists and names", () => {
    const getMetrics = () => ({ loss: 0.1, f1: [0.1, 0.25], "a,b": 2 });
    const validationData = undefined;
    expect(csvOf([0], {}, { validationData }, { getMetrics })).toBe(
      'epoch,"a,b",f1,loss,"val_a,b",val_f1,val_loss\n0,2.0,"""[0.1, 0.25]""",0.10000000149011612,NA,NA,NA\n',
    );
  });
  it("refuses separators that are none", () => {
    for (const separator of ["", ",,", '"', "\n"])
      expect(() => csvLogger({ write: () => 0, separator })).toThrow("csvLogger.separator: wanted one character");
    expect(() => csvLogger({} as never)).toThrow("csvLogger: write is missing");
  });
});

describe("terminateOnNaN", () => {
  const bad = (callbacks: readonly Callback[]) => {
    const { module, steps } = fake((call) => (call === 1 ? Number.NaN : 1), [9]);
    return { steps, fitted: () => fit(module, data(6), { epochs: 3, batchSize: 2, validationData: data(1), callbacks }) };
  };
  it("ends the run after the bad batch; without it that is an error", () => {
    const quiet: Callback = { onTrainBegin: (run) => void Object.assign(run, { print: () => undefined }) };
    const { fitted, steps } = bad([quiet, terminateOnNaN()]);
    expect(fitted()).toMatchObject({ history: { loss: [Number.NaN], val_loss: [9] }, epochs: 1, stoppedEarly: true });
    expect(steps).toHaveLength(2);
    expect(bad([]).fitted).toThrow("fit: the loss is NaN in epoch 0, batch 1 (counted from 0)");
    expect(bad([terminateOnNaN({ raiseError: true })]).fitted).toThrow("fit: the loss is NaN in epoch 0, batch 1");
  });
});

describe("swapEMAWeights", () => {
  /** The weight counts steps; its average is ten times that. */
  const averaged = (callbacks: readonly Callback[], epochs = 2) => {
    const made = fake(() => 1, [1, 1]);
    const seen: number[] = [];
    let average = 0;
    const module: Trainable = {
      ...made.module,
      weightNames: ["d/w"],
      trainStep: (...given) => {
        const loss = made.module.trainStep(...given);
        average = 10 * made.weight();
        return loss;
      },
      evaluate: (...given) => {
        seen.push(made.weight());
        return made.module.evaluate(...given);
      },
      getOptimizerState: () => ({ "optimizer/average/d/w": Float32Array.of(average) }),
      setOptimizerState: (state) => {
        average = state["optimizer/average/d/w"][0];
      },
    };
    const { weights } = fit(module, data(1), { epochs, validationData: data(1), callbacks });
    return { seen, final: weights[0][0] };
  };
  it("shows averages to the validation; at the end the averages are the weights", () => {
    expect(averaged([])).toEqual({ seen: [1, 2], final: 20 });
    expect(averaged([swapEMAWeights()])).toEqual({ seen: [10, 20], final: 20 });
  });
  it("keeps them from the end of an epoch to the next", () => {
    const saved: number[] = [];
    const look: Callback = { onEpochEnd: (_, __, { module }) => void saved.push(module.getWeights()[0][0]) };
    expect(averaged([swapEMAWeights({ swapOnEpoch: true }), look])).toEqual({ seen: [10, 20], final: 20 });
    expect(saved).toEqual([10, 20]);
  });
  it("needs averages", () => {
    expect(() => run([1], [swapEMAWeights()])).toThrow("swapEMAWeights: wanted an optimizer with useEma: true");
  });
});

describe("lambdaCallback and jsonEvents", () => {
  it("refuse hooks that are none", () => {
    expect(() => lambdaCallback({ onTrainBatchEnd: () => 0 } as never)).toThrow('did you mean "onBatchEnd"?');
    expect(() => lambdaCallback({ on_epoch_end: () => 0 } as never)).toThrow('did you mean "onEpochEnd"?');
    expect(() => lambdaCallback({ onEpochEnd: 3 as never })).toThrow("lambdaCallback.onEpochEnd: wanted a function, got 3");
  });
  it("are events as JSON, a line each", () => {
    const lines: string[] = [];
    run([2, Number.NaN], [jsonEvents({ write: (line) => lines.push(line) })]);
    expect(lines.every((line) => line.endsWith("\n"))).toBe(true);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { event: "train_begin", epochs: 2, steps: 1 },
      { event: "epoch_end", epoch: 0, logs: { loss: 1, val_loss: 2 } },
      { event: "epoch_end", epoch: 1, logs: { loss: 1, val_loss: "NaN" } },
      { event: "train_end", epochs: 2, logs: { loss: 1, val_loss: "NaN" } },
    ]);
  });
});

describe("classWeight", () => {
  const weighted = (y: readonly (number | readonly number[])[], classWeight: object, more: object = {}) => {
    const { module, steps } = fake(() => 1, [1]);
    const x = new Float32Array(2 * y.length);
    fit(
      module,
      { x, y: y as never, ...more },
      { shuffle: false, classWeight: classWeight as never, validationData: { x, y: y as never } },
    );
    return steps.map(({ options }) => options.sampleWeight);
  };
  it("weighs rows by their label, or by the place of the largest number", () => {
    expect(weighted([0, 1, 2, 0.5, 1.5], { 0: 4, 2: 8 })).toEqual([[4, 1, 8, 4, 8]]);
    expect(weighted([[0, 1, 0], [0.5, 0.5, 0], [0, 0, 1]], { 0: 4, 1: 5 })).toEqual([[5, 4, 1]]); // biome-ignore format: a matrix
  });
  it("stands alone, and is of one class a row", () => {
    expect(() => weighted([0, 1], { 0: 2 }, { sampleWeight: [1, 1] })).toThrow("classWeight: wanted no sampleWeight beside it");
    const { module } = fake(() => 1);
    const several = { ...module, outputs: { a: [1], b: [1] }, targets: { a: [1], b: [1] } };
    expect(() => fit(several, { x: [1, 2], y: { a: [1], b: [1] } }, { classWeight: { 0: 1 } })).toThrow(
      "classWeight: wanted a model with one output",
    );
    const steps = { ...module, targets: { y: [2, 3] } };
    expect(() => fit(steps, { x: [1, 2], y: [[[1, 0, 0], [0, 1, 0]]] }, { classWeight: { 0: 1 } })).toThrow("classWeight: wanted one class a row"); // biome-ignore format: a matrix
  });
});

describe("sampleWeight", () => {
  it("has one number a row, or one for each value of the loss, nested or not", () => {
    const given = (sampleWeight: unknown) => {
      const { module, steps } = fake(() => 1);
      fit({ ...module, targets: { y: [3] } }, { x: [1, 2, 3, 4], y: [1, 2, 3, 4, 5, 6], sampleWeight: sampleWeight as never }, { batchSize: 1, shuffle: false }); // biome-ignore format: one line
      return steps.map(({ options }) => options.sampleWeight);
    };
    expect(given([1, 2])).toEqual([[1], [2]]);
    expect(given([[1], [2]])).toEqual([[1], [2]]); // biome-ignore format: a matrix
    expect(given([1, 2, 3, 4, 5, 6])).toEqual([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: a matrix
    expect(given([[1, 2, 3], [4, 5, 6]])).toEqual([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: a matrix
    expect(() => given([1, 2, 3])).toThrow("data.sampleWeight: wanted 2 numbers, one per row of x, got 3");
    expect(() => given([[1, 2, 3], [4, 5]])).toThrow("data.sampleWeight: row 1: wanted 3 numbers, got 2"); // biome-ignore format: a matrix
  });
});
