// Layers that draw noise in training: what they draw is of the kind that they say, repeats with seed and step, and is a row's own.
import { describe, expect, it } from "vitest";
import { resolve } from "../../compiler/front/steps.ts";
import { graph } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import type { AnyLayer } from "../../compiler/layers/define.ts";
import * as l from "../../compiler/layers/list.ts";
import type { LayerSpec } from "../../compiler/model.ts";
import { begin } from "../../compiler/ops/index.ts";
import { near } from "../close.ts";
import { standard } from "../exemptions.ts";
import { diagnosticOf } from "../support/error.ts";

/** What a layer makes of rows in training. */
function trained(layer: AnyLayer, given: object, x: readonly number[], shape: readonly number[], step = 0): Float64Array {
  const g = begin();
  const input = g.input({ name: "x", shape: ["n", ...shape] });
  const noise = { seed: 5, step: g.state({ name: "step", shape: [], initial: 0 }) };
  const config = layer.config.parse(given);
  const never = () => expect.fail("wraps nothing");
  const { y } = layer.lower(g, {
    x: input,
    xs: [input],
    masks: [undefined],
    weights: {},
    config,
    trainable: true,
    noise,
    child: never,
    childAtEachStep: never,
    childCell: never,
    begin: never,
    past: never,
    weight: never,
  });
  const rows = x.length / shape.reduce((product, size) => product * size, 1);
  return runGraph(graph("trained", [["y", y]]), { rows, values: { x, step: [step] }, precision: "double" }).results.y.data;
}
const moments = (values: ArrayLike<number>) => {
  const all = Array.from(values);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  return { mean, deviation: Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / all.length) };
};
const size = 20000;
const constant = (value: number, count = size) => new Array<number>(count).fill(value);

describe("gaussian noise", () => {
  it("is normal: mean, deviation, and as much beyond each deviation as there should be", () => {
    const drawn = trained(l.gaussianNoise, { stddev: 1 }, constant(0), [size]);
    const { mean, deviation } = moments(drawn);
    near(mean, 0, standard.draws);
    near(deviation, 1, standard.draws);
    for (const [beyond, share] of [[1, 0.3173], [2, 0.0455]] as const) // biome-ignore format: one table
      near(drawn.filter((value) => Math.abs(value) > beyond).length / size, share, standard.draws);
    expect(drawn.every(Number.isFinite)).toBe(true);
  });

  it("is added with its deviation, or multiplied around 1", () => {
    const added = moments(trained(l.gaussianNoise, { stddev: 0.25 }, constant(3), [size]));
    near(added.mean, 3, standard.draws);
    near(added.deviation, 0.25, standard.draws);
    const times = moments(trained(l.gaussianDropout, { rate: 0.2 }, constant(2), [size]));
    near(times.mean, 2, standard.draws);
    near(times.deviation, 2 * Math.sqrt(0.2 / 0.8), standard.draws);
  });
});

describe("alpha dropout", () => {
  it("keeps mean and deviation of what is normal, and drops at its rate", () => {
    const x = trained(l.gaussianNoise, { stddev: 1, seed: 9 }, constant(0), [size]);
    const y = trained(l.alphaDropout, { rate: 0.3 }, Array.from(x), [size]);
    const { mean, deviation } = moments(y);
    near(mean, 0, standard.draws);
    near(deviation, 1, standard.draws);
    const a = (0.7 * (1 + 0.3 * 1.7580993408473766 ** 2)) ** -0.5;
    const isDropped = (value: number) => Math.abs(value - a * -1.7580993408473766 * 0.7) < standard.float32.abs;
    near(y.filter(isDropped).length / size, 0.3, standard.draws);
  });

  it("shares a draw where noiseShape has a 1", () => {
    const y = trained(l.alphaDropout, { rate: 0.5, noiseShape: [null, 1, 64] }, constant(1, 2 * 3 * 64), [3, 64]);
    for (let row = 0; row < 2; row++)
      for (let k = 0; k < 64; k++) expect(new Set([0, 1, 2].map((t) => y[(row * 3 + t) * 64 + k])).size).toBe(1);
    expect(new Set(y).size).toBe(2);
  });
});

describe.each([
  [l.spatialDropout1d, {}, [4, 50], 1],
  [l.spatialDropout2d, {}, [2, 3, 50], 2],
  [l.spatialDropout2d, { dataFormat: "channels_first" }, [50, 2, 3], 0],
  [l.spatialDropout3d, {}, [2, 2, 2, 50], 3],
  [l.spatialDropout3d, { dataFormat: "channels_first" }, [50, 2, 2, 2], 0],
] as const)("%s %j", (layer, config, shape, channel) => {
  it("drops whole channels of a sample, and widens the others", () => {
    const count = shape.reduce<number>((product, extent) => product * extent, 1);
    const y = trained(layer, { rate: 0.5, ...config }, constant(1, 2 * count), shape);
    const inner = shape.slice(channel + 1).reduce<number>((product, extent) => product * extent, 1);
    const found = new Map<string, Set<number>>();
    y.forEach((value, i) => {
      const key = `${Math.floor(i / count)} ${Math.floor(i / inner) % 50}`;
      found.set(key, (found.get(key) ?? new Set()).add(value));
    });
    expect(found.size).toBe(100);
    for (const values of found.values()) expect([...values]).toHaveLength(1);
    expect(new Set(y)).toEqual(new Set([0, 2]));
  });
});

it.each<[AnyLayer, object]>([
  [l.gaussianNoise, { stddev: 0.5 }],
  [l.gaussianDropout, { rate: 0.5 }],
  [l.alphaDropout, { rate: 0.5 }],
  [l.spatialDropout1d, { rate: 0.5 }],
])("$name: the same again from seed and step, another at the next step, a row's own, nothing at a rate of 0", (layer, config) => {
  const [x, shape] = [constant(1, 24), [3, 4]];
  const drawn = trained(layer, config, x, shape);
  expect(trained(layer, config, x, shape)).toEqual(drawn);
  expect(trained(layer, config, x, shape, 1)).not.toEqual(drawn);
  expect(trained(layer, { ...config, seed: 1 }, x, shape)).not.toEqual(drawn);
  expect(trained(layer, config, x.slice(12), shape)).toEqual(drawn.slice(0, 12));
  const [key] = Object.keys(config);
  expect(Array.from(trained(layer, { [key]: 0 }, x, shape))).toEqual(x);
});

it.each<LayerSpec>([l.gaussianDropout({ rate: 1 }), l.alphaDropout({ rate: 1 })])(
  "$layer with a rate of 1 predicts, and is refused in training by name",
  (line) => {
    const model = { name: "m", seed: 1, layers: [{ ...line, config: { ...line.config, inputShape: [2] } }] };
    const resolved = resolve(model);
    expect(diagnosticOf(() => resolved.trainStep({ loss: "mse", optimizer: "sgd" }))).toMatchObject({
      code: "layer/config",
      path: "layers[0].rate",
    });
  },
);

it("activity regularisation: l1 Σ|x| + l2 Σx², divided by the rows, joins the loss in training and evaluation", () => {
  const line = l.activityRegularization({ l1: 0.5, l2: 0.25, inputShape: [2] });
  const resolved = resolve({ name: "m", seed: 1, layers: [line] });
  const training = { loss: "mse", optimizer: "sgd" } as const;
  const values = { x: [1, -2, 3, 0], y: [1, -2, 3, 0], sampleWeight: [1, 1] };
  for (const { graph: made } of [resolved.trainStep(training), resolved.evaluate(training)])
    near(runGraph(made, { rows: 2, values, precision: "double" }).results.loss.data[0], (0.5 * 6 + 0.25 * 14) / 2);
});
