// Keras' progress line: on a terminal written over in place, elsewhere a line an epoch. Time is a clock of the test's own.
import { describe, expect, it } from "vitest";
import { type Callback, fit, progressBar } from "../../runtime/index.ts";
import { data, fake } from "./fake.ts";

/** What is written, where each step takes so many milliseconds. */
function written(
  options: { isTerminal?: boolean; columns?: number; verbose?: 1 | 2 },
  { epochs = 1, step = 40, rows = 8 } = {},
): string {
  let [time, text] = [0, ""];
  const { module } = fake(
    (call) => {
      time += step;
      return 1 / (call + 1);
    },
    [0.25, 0.0001, 3],
  );
  const write = (part: string): void => {
    text += part;
  };
  const getMetrics = () => ({ loss: 0.5, accuracy: 0.75 });
  const bar = progressBar({ write, now: () => time, ...options });
  fit({ ...module, getMetrics }, data(rows), { epochs, batchSize: 2, validationData: data(1), callbacks: [bar] });
  return text;
}
const plain = (text: string): string => text.replaceAll(/\p{Cc}\[\d+m/gu, "");

describe("a terminal", () => {
  it("has a line that grows, is written over, and ends with all measures", () => {
    const parts = plain(written({ isTerminal: true }))
      .split("\r")
      .slice(1);
    // 40 ms are too soon after the beginning; the last step is shown with the epoch's end.
    expect(parts).toEqual([
      "2/4 ━━━━━━━━━━━━━━━━━━━━ 0s 40ms/step - accuracy: 0.7500 - loss: 0.5000",
      expect.stringMatching(/^4\/4 ━{20} 0s 40ms\/step - accuracy: 0\.7500 - loss: 0\.5000 - val_loss: 0\.2500 *\n$/),
    ]);
  });

  it("says the epoch of several, how much time is left, and shows done and open steps apart", () => {
    const text = written({ isTerminal: true }, { epochs: 2, step: 40_000 });
    expect(plain(text)).toMatch(/^Epoch 1\/2\n\r1\/4 ━{20} 2:00 40s\/step/);
    expect(text).toContain(`\x1b[32m${"━".repeat(5)}\x1b[0m\x1b[37m${"━".repeat(15)}\x1b[0m`);
    expect(plain(text)).toContain("\nEpoch 2/2\n");
    expect(plain(text)).toContain("val_loss: 1.0000e-04");
  });

  it("is never wider than the terminal while it changes", () => {
    const parts = plain(written({ isTerminal: true, columns: 57 }))
      .split("\r")
      .slice(1, -1);
    expect(parts).toEqual(["2/4 ━━━━━━━━━━━━━━━━━━━━ 0s 40ms/step - accuracy: 0.7500"]);
  });

  it("is left with a whole line where the run ends with an error", () => {
    let text = "";
    const bar = progressBar({ write: (part) => { text += part; }, isTerminal: true, now: () => 1e6 }); // biome-ignore format: one line
    const bad: Callback = { onBatchEnd: (batch) => { if (batch === 2) throw new Error("enough"); } }; // biome-ignore format: one line
    expect(() => fit(fake(() => 1).module, data(4), { batchSize: 1, callbacks: [bar, bad] })).toThrow("enough");
    expect(text.endsWith("\n")).toBe(true);
  });
});

describe("elsewhere", () => {
  it("is a line an epoch, without colours", () => {
    expect(written({}, { epochs: 2 })).toBe(
      [
        "Epoch 1/2",
        "4/4 ━━━━━━━━━━━━━━━━━━━━ 0s 40ms/step - accuracy: 0.7500 - loss: 0.5000 - val_loss: 0.2500",
        "Epoch 2/2",
        "4/4 ━━━━━━━━━━━━━━━━━━━━ 0s 40ms/step - accuracy: 0.7500 - loss: 0.5000 - val_loss: 1.0000e-04",
        "",
      ].join("\n"),
    );
  });

  it("is without a bar where that is asked for", () => {
    const line = "4/4 - 3s - 800ms/step - accuracy: 0.7500 - loss: 0.5000 - val_loss: 0.2500\n";
    expect(written({ verbose: 2, isTerminal: true }, { step: 800 })).toBe(line);
  });
});

it("refuses what it does not take", () => {
  expect(() => progressBar({} as never)).toThrow("progressBar: write is missing");
  expect(() => progressBar({ write: () => 0, verbose: 3 as never })).toThrow("progressBar.verbose: wanted 1 or 2, got 3");
  expect(() => progressBar({ write: () => 0, columns: 0 })).toThrow("progressBar.columns: wanted a number of characters");
});
