// Layers whose training does more than a gradient: batch renormalisation and spectral normalisation, against the arithmetic written out.
// What they take for constants stays constant in the central differences here.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import * as l from "../../compiler/layers/list.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { load } from "../../runtime/load.ts";
import { expectClose } from "../close.ts";
import type { Trainable } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { diagnosticOf } from "../support/error.ts";

type Weights = Readonly<Record<string, readonly number[]>>;
const rate = 0.1;
const started = (layers: readonly LayerSpec[], weights: Weights, target: "js" | "simd") => {
  const training = { loss: "mse", optimizer: { name: "sgd", learningRate: rate } } as const;
  const model: Model = {
    name: "m",
    seed: 1,
    layers,
    training,
    weights: Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, Float32Array.from(values)])),
  };
  return load<Trainable>(compile(model, { train: true, batch: 8, target }));
};
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
/** d f / d each number. */
const slopes = (values: readonly number[], f: (values: readonly number[]) => number): readonly number[] =>
  values.map((value, i) => (f(values.with(i, value + 1 / 1024)) - f(values.with(i, value - 1 / 1024))) * 512);

describe.each(["js", "simd"] as const)("batch renormalisation on %s", (target) => {
  it.each([
    ["without bounds", {}, [1, 1]],
    ["with bounds that hold it back", { rmin: 0.9, rmax: 1.1, dmax: 0.05 }, [1, 1]],
    ["that begins with deviations of 0", {}, [0, 0]],
  ] as const)("%s", (_name, clipping, deviations) => {
    const [x, y] = [
      [0.3, -1, 2, 0.5, -0.4, 1.2, 0.1, 2],
      [0.5, 1, -1, 0.2, 0.4, -0.3, 1, 0],
    ];
    const first = { dense: [0.5, -0.2, 0.3, 0.8], gamma: [1.2, 0.7], beta: [0.1, -0.3], renormMean: [0.4, -0.2] };
    const epsilon = 0.01;
    const module = started(
      [
        l.dense({ name: "d", units: 2, useBias: false, inputShape: [2] }),
        l.batchNormalization({ name: "b", renorm: true, renormClipping: clipping, momentum: 0.7, renormMomentum: 0.9, epsilon }),
      ],
      {
        "d/kernel": first.dense, "b/gamma": first.gamma, "b/beta": first.beta, "b/moving_mean": [0.5, 0.6], "b/moving_variance": [1, 1],
        "b/moving_stddev": [0.9, 1.3], "b/renorm_mean": first.renormMean, "b/renorm_stddev": deviations,
      }, // biome-ignore format: one table
      target,
    );
    const channel = (kernel: readonly number[], c: number) =>
      [0, 1, 2, 3].map((n) => x[2 * n] * kernel[c] + x[2 * n + 1] * kernel[2 + c]);
    const now = [0, 1].map((c) => {
      const values = channel(first.dense, c);
      const variance = mean(values.map((value) => (value - mean(values)) ** 2));
      const deviation = Math.sqrt(variance + epsilon);
      const slow = Math.max(deviations[c], Math.sqrt(epsilon));
      const { rmin = -9e9, rmax = 9e9, dmax = 9e9 } = clipping as { rmin?: number; rmax?: number; dmax?: number };
      const r = Math.min(Math.max(deviation / slow, rmin), rmax);
      const d = Math.min(Math.max((mean(values) - first.renormMean[c]) / slow, -dmax), dmax);
      return { mean: mean(values), deviation, r, d };
    });
    const loss = (kernel: readonly number[], gamma: readonly number[], beta: readonly number[]) =>
      mean([0, 1].flatMap((c) => {
        const values = channel(kernel, c);
        const deviation = Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) + epsilon);
        return values.map((value, n) => (gamma[c] * (((value - mean(values)) / deviation) * now[c].r + now[c].d) + beta[c] - y[2 * n + c]) ** 2);
      })); // biome-ignore format: one sum
    expectClose(
      [module.trainStep(Float32Array.from(x), Float32Array.from(y))],
      [loss(first.dense, first.gamma, first.beta)],
      standard.loopLoss,
      "loss",
    );
    const moved = (values: readonly number[], slope: readonly number[]) => values.map((value, i) => value - rate * slope[i]);
    const stddev = now.map(({ deviation }, c) => [0.9, 1.3][c] * 0.7 + deviation * 0.3);
    const wanted = [
      moved(
        first.dense,
        slopes(first.dense, (kernel) => loss(kernel, first.gamma, first.beta)),
      ),
      moved(
        first.gamma,
        slopes(first.gamma, (gamma) => loss(first.dense, gamma, first.beta)),
      ),
      moved(
        first.beta,
        slopes(first.beta, (beta) => loss(first.dense, first.gamma, beta)),
      ),
      now.map((own, c) => [0.5, 0.6][c] * 0.7 + own.mean * 0.3),
      stddev.map((value) => value ** 2 - epsilon),
      stddev,
      now.map((own, c) => first.renormMean[c] * 0.9 + own.mean * 0.1),
      now.map(({ deviation }, c) => deviations[c] * 0.9 + deviation * 0.1),
    ];
    for (const [k, values] of module.getWeights().entries()) expectClose(values, wanted[k], standard.loopSteps, `weight ${k}`);
  });
});

describe.each(["js", "simd"] as const)("spectral normalisation on %s", (target) => {
  const length = (v: readonly number[]) => Math.hypot(...v);
  const unit = (v: readonly number[]) => v.map((value) => value / length(v));
  const dense = { layer: "dense", config: { units: 2, useBias: false } };

  it.each([1, 3])("%d turns: the optimizer goes on from kernel / σ", (turns) => {
    const [kernel, u] = [
      [0.5, -0.2, 0.3, 0.8, 1.1, -0.7],
      [0.6, 0.1],
    ];
    const [x, y] = [
      [1, 0.5, -1, 0.2, -0.3, 2],
      [0.4, 1, -0.5, 0.3],
    ];
    const module = started(
      [l.spectralNormalization({ name: "s", layer: dense, powerIterations: turns, inputShape: [3] })],
      { "s/layer/kernel": kernel, "s/vector_u": u },
      target,
    );
    let [right, left] = [u, [0, 0, 0]];
    for (let k = 0; k < turns; k++) {
      left = unit([0, 1, 2].map((i) => kernel[2 * i] * right[0] + kernel[2 * i + 1] * right[1]));
      right = unit([0, 1].map((j) => left[0] * kernel[j] + left[1] * kernel[2 + j] + left[2] * kernel[4 + j]));
    }
    const sigma = [0, 1, 2].reduce((sum, i) => sum + left[i] * (kernel[2 * i] * right[0] + kernel[2 * i + 1] * right[1]), 0);
    const divided = kernel.map((value) => value / sigma);
    const loss = (w: readonly number[]) =>
      mean(
        [0, 1].flatMap((n) =>
          [0, 1].map((j) => ([0, 1, 2].reduce((sum, i) => sum + x[3 * n + i] * w[2 * i + j], 0) - y[2 * n + j]) ** 2),
        ),
      );
    expectClose([module.trainStep(Float32Array.from(x), Float32Array.from(y))], [loss(divided)], standard.loopLoss, "loss");
    const slope = slopes(divided, loss);
    const [first, second] = module.getWeights();
    expectClose(first, divided.map((value, i) => value - rate * slope[i]), standard.loopSteps, "kernel"); // biome-ignore format: one line
    expectClose(second, right, standard.loopSteps, "vector_u");
  });

  it("leaves a kernel of zeros and its vector as they are, and takes the gradient there", () => {
    const module = started(
      [l.spectralNormalization({ name: "s", layer: dense, inputShape: [1] })],
      { "s/layer/kernel": [0, 0], "s/vector_u": [0.5, -1] },
      target,
    );
    module.trainStep(Float32Array.of(2), Float32Array.of(1, 0));
    const [kernel, u] = module.getWeights();
    expectClose(kernel, [rate * 2, 0], standard.float32, "kernel");
    expect(Array.from(u)).toEqual([0.5, -1]);
  });
});

it("spectral normalisation of a layer without a kernel is refused by name", () => {
  const line = l.spectralNormalization({ layer: { layer: "reLU" }, inputShape: [2] } as never);
  expect(diagnosticOf(() => compile({ name: "m", seed: 1, layers: [line] }))).toMatchObject({
    code: "layer/config",
    path: "layers[0].layer",
  });
});
