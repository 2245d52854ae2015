// Initializers draw from the right distributions (with generous bounds for fixed seeds), and a model's weights depend on its seed and
// their names only.
import { describe, expect, it } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { dense, lstm } from "../../compiler/layers/list.ts";
import type { Model } from "../../compiler/model.ts";
import type { InitializerSpec } from "../../compiler/training/define.ts";
import { log } from "../../compiler/training/initializers/distributions.ts";
import { initialize } from "../../compiler/training/initializers/index.ts";
import * as list from "../../compiler/training/initializers/list.ts";
import { fans } from "../../compiler/training/initializers/variance-scaling.ts";
import { expectClose, near } from "../close.ts";
import { standard } from "../exemptions.ts";

const draw = (spec: InitializerSpec, shape: readonly number[], seed = 1): Float32Array => initialize(spec, shape, seed, "w");
function moments(x: Float32Array): { mean: number; deviation: number; most: number } {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length);
  return { mean, deviation, most: x.reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
}

// A uniform distribution within ±a has deviation a/√3 and reaches a; a normal one, cut at 2 deviations before scaling, reaches 2.27.
const uniform = (limit: number) => ({ deviation: limit / Math.sqrt(3), most: limit });
const cut = (deviation: number) => ({ deviation, most: (2 * deviation) / 0.87962566103423978 });
const [inputs, outputs] = [80, 120];
const expected: readonly (readonly [InitializerSpec, { deviation: number; most?: number; mean?: number }])[] = [
  ["glorot_uniform", uniform(Math.sqrt(6 / (inputs + outputs)))],
  ["glorotNormal", cut(Math.sqrt(2 / (inputs + outputs)))],
  ["he_uniform", uniform(Math.sqrt(6 / inputs))],
  ["he_normal", cut(Math.sqrt(2 / inputs))],
  ["lecun_uniform", uniform(Math.sqrt(3 / inputs))],
  ["lecun_normal", cut(Math.sqrt(1 / inputs))],
  [
    { name: "variance_scaling", scale: 3, mode: "fan_out", distribution: "untruncated_normal" },
    { deviation: Math.sqrt(3 / outputs) },
  ],
  [
    { name: "variance_scaling", scale: 3, mode: "fan_avg", distribution: "uniform" },
    uniform(Math.sqrt(9 / ((inputs + outputs) / 2))),
  ],
  ["random_normal", { deviation: 0.05 }],
  [
    { name: "random_normal", mean: 2, stddev: 0.5 },
    { mean: 2, deviation: 0.5 },
  ],
  ["truncated_normal", { deviation: 0.05 * 0.87962566103423978, most: 0.1 }],
  ["random_uniform", uniform(0.05)],
  ["uniform", uniform(0.05)],
  [
    { name: "random_uniform", minval: 1, maxval: 3 },
    { mean: 2, deviation: 1 / Math.sqrt(3) },
  ],
];

describe("distributions", () => {
  it.each(expected)("%j", (spec, { mean = 0, deviation, most }) => {
    const found = moments(draw(spec, [inputs, outputs]));
    // 9,600 numbers: the mean's own deviation is 1 % of theirs, that of the deviation below 1 %.
    expect(Math.abs(found.mean - mean)).toBeLessThan(0.04 * deviation);
    expect(Math.abs(found.deviation / deviation - 1)).toBeLessThan(0.03);
    if (most !== undefined) {
      expect(found.most).toBeLessThanOrEqual(most * (1 + 1e-6));
      expect(found.most).toBeGreaterThan(most * 0.98);
    }
  });

  it("constants", () => {
    expect([...draw("zeros", [3])]).toEqual([0, 0, 0]);
    expect([...draw("ones", [2, 1])]).toEqual([1, 1]);
    expect([...draw({ name: "constant", value: 0.5 }, [2])]).toEqual([0.5, 0.5]);
    expect([...draw({ name: "identity", gain: 2 }, [2, 3])]).toEqual([2, 0, 0, 0, 2, 0]);
    expect(() => draw("identity", [2, 2, 2])).toThrow(/matri/);
  });

  it("stft: windowed cosines and sines of all frequencies, as Keras gives them", () => {
    // Row t = 2 of 8 in a symmetric Hann window, over √(Σ window²); the frequencies are those of 8 steps.
    const hann = (t: number) => 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / 7);
    const norm = Math.sqrt([0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, t) => sum + hann(t) ** 2, 0));
    const wave = [0, 1, 2, 3, 4].map((k) => Math.cos((-2 * Math.PI * 2 * k) / 8));
    const row = wave.map((value) => (hann(2) / norm) * value);
    expectClose(draw("stft", [8, 1, 5]).subarray(10, 15), row, standard.float32, "a row of cosines");
    const imag = { name: "stft", side: "imag", window: "hamming", scaling: "spectrum", periodic: true };
    const sines = [0, -0.23765433, 0, 0.23765433, 0, 0, -0.21824284, 0.30864197, -0.21824284, 0];
    expectClose(draw(imag, [6, 1, 5]).subarray(10, 20), sines, standard.float32, "rows of sines");
    const own = { name: "stftInitializer", side: "imag", window: [1, 2, 0.5, 1], scaling: null };
    expectClose(draw(own, [4, 1, 3]), [0, 0, 0, 0, -2, 0, 0, 0, 0, 0, 1, 0], standard.float32, "a window of one's own");
    expect(() => draw("stft", [4, 3])).toThrow(/steps, 1, frequencies/);
    expect(() => draw(own, [5, 1, 3])).toThrow(/5 numbers, found 4/);
  });

  it.each([[[4, 4]], [[3, 7]], [[7, 3]], [[2, 3, 5]], [[3, 3, 2]]])("orthogonal %j", (shape) => {
    const columns = shape.at(-1) as number;
    const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    const q = draw({ name: "orthogonal", gain: 3 }, shape);
    const at = (i: number, k: number) => (rows < columns ? q[i * columns + k] : q[k * columns + i]);
    const [few, many] = [Math.min(rows, columns), Math.max(rows, columns)];
    for (let i = 0; i < few; i++) {
      for (let j = 0; j <= i; j++) {
        let product = 0;
        for (let k = 0; k < many; k++) product += at(i, k) * at(j, k);
        near(product, i === j ? 9 : 0);
      }
    }
  });

  it("counts Keras' fans", () => {
    expect([fans([]), fans([5]), fans([2, 3]), fans([3, 4, 5, 6])]).toEqual([
      { in: 1, out: 1 },
      { in: 5, out: 5 },
      { in: 2, out: 3 },
      { in: 60, out: 72 },
    ]);
  });

  it("has a logarithm of its own", () => {
    const noise = random(3);
    for (let i = 0; i < 1000; i++) {
      const x = (1 - noise.uniform()) * 2 ** -noise.integer(0, 40);
      expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(Math.log(x))));
    }
  });
});

describe("a model's initial weights", () => {
  const model = (seed: number, name = "a"): Model => ({
    name: "m",
    seed,
    layers: [
      dense({ name, units: 4, inputShape: [3] }),
      dense({ name: "b", units: 4, kernelInitializer: { name: "glorot_uniform", seed: 9 } }),
    ],
  });

  it("repeat for a seed, differ between seeds and names", () => {
    const kernel = (m: Model, name: string) => [...resolve(m).initialWeights()[name]];
    expect(kernel(model(1), "a/kernel")).toEqual(kernel(model(1), "a/kernel"));
    expect(kernel(model(1), "a/kernel")).not.toEqual(kernel(model(2), "a/kernel"));
    expect(kernel(model(1), "a/kernel")).not.toEqual(kernel(model(1, "c"), "c/kernel"));
    // An initializer's own seed wins over the model's.
    expect(kernel(model(1), "b/kernel")).toEqual(kernel(model(2), "b/kernel"));
  });

  it("start an LSTM's forget gate at 1, where asked", () => {
    const bias = (unitForgetBias: boolean) => [
      ...resolve({ name: "m", seed: 1, layers: [lstm({ units: 2, unitForgetBias, inputShape: [3, 1] })] }).initialWeights()[
        "lstm/bias"
      ],
    ];
    expect(bias(true)).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    expect(bias(false)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("are as Keras lists them", () => expect(Object.keys(list).length).toBe(16));
});
