// What fit validates with: batches of their own size, in which the page gets its turn, and one run at a time.
import { describe, expect, it } from "vitest";
import type { Trainable } from "../../runtime/index.ts";
import { compile, dense, fit, fitAsync, load, sequential } from "../../src/index.ts";
import { near } from "../close.ts";

const model = sequential([dense({ units: 1, inputShape: [2] })], {
  seed: 1,
  training: { loss: { name: "mse", reduction: "sum" }, optimizer: "sgd", metrics: ["mae", "root_mean_squared_error"] },
});
const rows = (count: number, phase = 0) => ({
  x: Float32Array.from({ length: 2 * count }, (_, i) => Math.sin(i + phase)),
  y: Float32Array.from({ length: count }, (_, i) => Math.cos(i + phase)),
});
const module = (): Trainable => load<Trainable>(compile(model, { train: true, batch: 8 }));

describe("evaluate", () => {
  it("goes on where the call before ended", () => {
    const { evaluate } = module();
    const { x, y } = rows(21);
    const whole = evaluate(x, y);
    for (let row = 0; row < 21; row += 8) {
      const to = Math.min(row + 8, 21);
      const found = evaluate(x.subarray(2 * row, 2 * to), y.subarray(row, to), { accumulate: row > 0 });
      if (to === 21) expect(found).toEqual(whole);
      else expect(found).not.toEqual(whole);
    }
    expect(evaluate(x, y, { accumulate: false })).toEqual(whole);
  });

  it("takes so many rows at once as it is told", () => {
    const { evaluate, predict } = module();
    const { x, y } = rows(6);
    const found = predict?.(x) as Float32Array;
    const squares = Array.from(y, (value, i) => (found[i] - value) ** 2);
    const sum = (from: number, to: number) => squares.slice(from, to).reduce((total, square) => total + square, 0);
    near(evaluate(x, y).loss as number, sum(0, 6));
    // A sum over a batch is no mean: each batch counts with its rows, as in Keras.
    near(evaluate(x, y, { batchSize: 4 }).loss as number, (4 * sum(0, 4) + 2 * sum(4, 6)) / 6);
    near(evaluate(x, y, { batchSize: 4 }).mae as number, evaluate(x, y).mae as number);
  });

  it("says what is wrong with its options", () => {
    const { evaluate } = module();
    const { x, y } = rows(2);
    const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ batchSize: 9 }, "batchSize: wanted a whole number from 1 to 8, got 9"],
      [{ batchSize: 0 }, "batchSize: wanted a whole number from 1 to 8, got 0"],
      [{ batchSize: 1.5 }, "batchSize: wanted a whole number from 1 to 8, got 1.5"],
      [{ batchSize: "4" }, 'batchSize: wanted a number, got "4"'],
      [{ accumulate: 1 }, "accumulate: wanted true or false, got Number"],
    ];
    for (const [options, message] of wrong) expect(() => evaluate(x, y, options)).toThrow(message);
  });
});

describe("validation", () => {
  it("has the batch size that it was given, else that of the training", () => {
    const validationData = rows(7, 1);
    const valLoss = (options: { batchSize?: number; validationBatchSize?: number }) =>
      fit(model, rows(12), { validationData, learningRate: 0, ...options }).history.val_loss[0] as number;
    const { evaluate } = module();
    const wanted = (batchSize: number) => evaluate(validationData.x, validationData.y, { batchSize }).loss as number;
    near(valLoss({ batchSize: 3 }), wanted(3));
    near(valLoss({ batchSize: 3, validationBatchSize: 5 }), wanted(5));
    // Keras' 32 hold all seven rows, whatever is trained.
    near(fit(model, rows(2), { validationData, learningRate: 0 }).history.val_loss[0] as number, wanted(7));
    expect(Math.abs(wanted(3) - wanted(5))).toBeGreaterThan(0.01);
    expect(() => fit(module(), rows(12), { batchSize: 4, validationData, validationBatchSize: 9 })).toThrow(
      "validationBatchSize: wanted at most 8, the most rows of a step of this module, got 9",
    );
  });

  it("rests between its batches, and comes to the same bits", async () => {
    const options = { batchSize: 4, epochs: 2, validationData: rows(4000, 1) };
    const [plain, slow] = [module(), module()];
    const evaluate: Trainable["evaluate"] = (...given) => {
      const end = performance.now() + 0.1;
      while (performance.now() < end);
      return slow.evaluate(...given);
    };
    const wanted = fit(plain, rows(12), options);
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    count();
    const found = await fitAsync({ ...slow, evaluate }, rows(12), options);
    isOver = true;
    expect(found.history).toEqual(wanted.history);
    // 2000 batches of a tenth of a millisecond, with a rest every 12.
    expect(turns).toBeGreaterThan(5);
  });
});

it("trains a module in one run at a time", async () => {
  const one = module();
  const callbacks = [{ onEpochEnd: () => new Promise((done) => setTimeout(done, 1)) }];
  const first = fitAsync(one, rows(12), { batchSize: 4, callbacks });
  // A copy of its exports is the same module.
  for (const same of [one, { ...one }])
    await expect(fitAsync(same, rows(12), { batchSize: 4 })).rejects.toThrow("another run is training this module");
  await first;
  expect(fit(one, rows(12), { batchSize: 4 }).epochs).toBe(1);
  const inside = { onEpochEnd: () => void fit(one, rows(12), { batchSize: 4 }) };
  expect(() => fit(one, rows(12), { batchSize: 4, callbacks: [inside] })).toThrow("another run is training this module");
  expect(() => fit(one, rows(12), { batchSize: 4, callbacks: [{ onEpochEnd: () => { throw new Error("mine"); } }] })).toThrow("mine"); // biome-ignore format: one line
  expect(fit(one, rows(12), { batchSize: 4 }).epochs).toBe(1);
});
