// The pair bench without its clock: when a module counts as warm, what a ratio is and how it is written, seeded numbers, names.
import { describe, expect, it } from "vitest";
import { inputsFor, targetsFor, weightOf } from "../../bench/pairs/data.ts";
import { isSteady, pairLine, timePairs } from "../../bench/pairs/pairing.ts";
import { pairReport, ratioTable, sizeTable } from "../../bench/pairs/report.ts";
import { compilings, pairingNamed, pairings } from "../../bench/pairs/workloads.ts";
import { random } from "../../compiler/base/random.ts";
import { compile } from "../../compiler/compile.ts";
import * as api from "../../src/index.ts";

describe("pairs", () => {
  it("are steady when the last batches bring nothing faster", () => {
    const falling = Array.from({ length: 12 }, (_, i) => 100 - 5 * i);
    expect(isSteady(falling)).toBe(false);
    expect(isSteady([...falling, ...Array.from({ length: 8 }, (_, i) => 45 + 20 * (i % 3))])).toBe(true);
    expect(isSteady([1, 1, 1])).toBe(false);
  });

  it("time both sides in every pair, in an order drawn from the seed", () => {
    const spin = (name: string, seen: string[]) => ({
      reset: () => seen.push(name),
      run(calls: number) {
        for (const end = performance.now() + calls * 0.2; performance.now() < end; );
      },
    });
    const order = (seed: number): string => {
      const seen: string[] = [];
      const pace = { pairs: 6, batch: 1, warmUp: 12, clock: "wall" as const };
      const pairs = timePairs(spin("a", seen), spin("b", seen), pace, random(seed));
      expect(pairs).toHaveLength(6);
      for (const [a, b] of pairs) expect([a >= 0.2e6, b >= 0.2e6]).toEqual([true, true]);
      return seen.slice(-12).join("");
    };
    expect(order(1)).toMatch(/^(?:ab|ba){6}$/);
    expect(order(1)).toBe(order(1));
  });

  it("become ratios before they become medians", () => {
    const pairs = [
      [1000, 500],
      [4000, 1000],
      [3000, 1000],
      [2000, 2000],
    ] as const;
    expect(pairLine("w", pairs)).toEqual({
      work: "w",
      pairs: 4,
      base: 2.5,
      ours: 1,
      ratio: { q1: 1.75, median: 2.5, q3: 3.25 },
    });
  });
});

describe("report", () => {
  const line = { work: "net x1", pairs: 31, base: 12.345, ours: 10, ratio: { q1: 1.2, median: 1.2345, q3: 1.25 } };

  it("aligns ratios", () => {
    expect(ratioTable([line]).split("\n")).toEqual([
      "| work   | base µs | new µs | base/new |   quartiles | pairs |",
      "| ------ | ------: | -----: | -------: | ----------: | ----: |",
      "| net x1 |    12.3 |   10.0 |    1.234 | 1.200–1.250 |    31 |",
    ]);
  });

  it("says what modules weigh, and where both weigh the same", () => {
    const text = sizeTable([
      { work: "a", base: { code: 1024, wasm: 7, wasmRelaxed: 5 }, ours: { code: 2048, wasm: 7, wasmRelaxed: 6 } },
      { work: "b", base: { code: 1024 }, ours: { code: 1024 } },
    ]);
    expect(text).toMatch(/\| a +\| 1\.0 KB → 2\.0 KB +\| 5 → 6 +\| 7 +\|/);
    expect(text).toMatch(/\| b +\| +1\.0 KB +\| none +\| none +\|/);
  });

  it("names what failed", () => {
    const text = pairReport({
      base: "abc",
      clock: "cpu",
      lines: [line],
      sizes: [],
      failures: [{ work: "x", why: "base: no such layer" }],
    });
    expect(text).toMatch(/^base: abc; cpu time\./);
    expect(text).toContain("x: base: no such layer");
  });
});

describe("works", () => {
  const works = [...pairings, ...compilings];

  it("have names of their own", () => {
    expect(new Set(works.map(({ name }) => name)).size).toBe(works.length);
    for (const work of works) expect(pairingNamed(work.name)).toBe(work);
    expect(() => pairingNamed("no such")).toThrow("no such");
  });

  it("are models, and have a loss where they train", () => {
    for (const { name, net, kind } of works) {
      expect(net.layers(api).length, name).toBeGreaterThan(0);
      if (kind === "train") expect(net.loss, name).toBeDefined();
    }
    const { net, options } = pairingNamed("2-4-3-1 x1");
    expect(compile(api.sequential(net.layers(api)), options).manifest.outputs[0].shape).toEqual([1]);
  });

  it("get seeded numbers that suit them", () => {
    expect(weightOf("lstm/kernel", [16, 256])).toEqual(weightOf("lstm/kernel", [16, 256]));
    expect(Math.min(...weightOf("bn/moving_variance", [64]))).toBeGreaterThan(0.5);
    expect(Math.max(...weightOf("dense/kernel", [300, 10]).map(Math.abs))).toBeLessThanOrEqual(0.1);
    const tokens = inputsFor("text", 80, 1000);
    expect(tokens).toHaveLength(8);
    for (const values of tokens) expect(values.every((v) => Number.isInteger(v) && v >= 0 && v < 1000)).toBe(true);
    const targets = targetsFor("net", 5, 3, true);
    for (let row = 0; row < 5; row++) expect([...targets.subarray(3 * row, 3 * row + 3)].sort()).toEqual([0, 0, 1]);
  });
});
