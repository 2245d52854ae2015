// fit called again goes on: the order of an epoch is a function of the seed and of how many epochs the module has been fitted.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Trainable } from "../../runtime/index.ts";
import { compile, dense, dropout, fit, load, sequential } from "../../src/index.ts";
import { data, fake } from "./fake.ts";

/** The rows of each epoch, in their order. */
function orders(calls: readonly { epochs?: number; seed?: number; shuffle?: boolean }[], rows = 12): number[][] {
  const { module, steps } = fake(() => 0);
  for (const options of calls) fit(module, data(rows), { batchSize: 5, ...options });
  const seen = steps.flatMap(({ y }) => y);
  return Array.from({ length: seen.length / rows }, (_, epoch) => seen.slice(epoch * rows, (epoch + 1) * rows));
}

describe("the order of rows", () => {
  it("differs from call to call, and repeats in a run of the same calls", () => {
    const calls = Array.from({ length: 6 }, () => ({ epochs: 1 }));
    const found = orders(calls);
    expect(new Set(found.map(String)).size).toBe(6);
    expect(orders(calls)).toEqual(found);
  });

  it("is that of one longer call, however it is parted", () => {
    const parts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, fc.maxSafeInteger(), (epochs, seed) => {
        const whole = epochs.reduce((sum, count) => sum + count, 0);
        expect(orders(epochs.map((count) => ({ epochs: count, seed })))).toEqual(orders([{ epochs: whole, seed }]));
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it("depends on every bit of the seed, and on no other module", () => {
    const seeds = [
      0,
      1,
      -1,
      2 ** 31,
      2 ** 32 - 1,
      2 ** 32,
      2 ** 32 + 1,
      -(2 ** 32),
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
    ];
    expect(new Set(seeds.map((seed) => String(orders([{ seed }], 30)))).size).toBe(seeds.length);
    expect(orders([{ seed: 5 }])).toEqual(orders([{ seed: 5 }]));
  });

  it("counts epochs without shuffling too, and those of a copy of the module's exports", () => {
    const [, second] = orders([{ epochs: 2 }]);
    expect(orders([{ shuffle: false }, {}])[1]).toEqual(second);
    const { module, steps } = fake(() => 0);
    fit(module, data(12));
    fit({ ...module }, data(12));
    expect(steps[1].y).toEqual(second);
  });

  it("is uniform: every row comes to every place about as often", () => {
    const { module, steps } = fake(() => 0);
    const [rows, epochs] = [4, 2400];
    fit(module, data(rows), { epochs });
    const counts = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: rows }, (_, place) => steps.filter(({ y }) => y[place] === row).length),
    );
    // 600 each, with a deviation of 21.
    for (const count of counts.flat()) expect(Math.abs(count - epochs / rows)).toBeLessThan(5 * 21);
  });
});

it("a module fitted in parts ends with the weights of one fitted at once, bit for bit", () => {
  const model = sequential(
    [dense({ units: 5, activation: "tanh", inputShape: [2] }), dropout({ rate: 0.3 }), dense({ units: 1 })],
    {
      training: { loss: "mse", optimizer: "adam" },
    },
  );
  const artifact = compile(model, { train: true });
  const rows = { x: [[1, 2], [3, 4], [5, 6], [7, 8], [9, 1]], y: [1, 2, 3, 4, 5] }; // biome-ignore format: a matrix
  const whole = fit(artifact, rows, { epochs: 5, batchSize: 2, seed: 9 });
  const module = load<Trainable>(artifact);
  for (const epochs of [1, 3]) fit(module, rows, { epochs, batchSize: 2, seed: 9 });
  expect(fit(module, rows, { batchSize: 2, seed: 9 }).weights).toEqual(whole.weights);
});
