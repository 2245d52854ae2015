// Layers that change pictures at random: what each gives in training, by hand; the picture itself at inference; and the refusals, by name.
import { describe, expect, it } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { checkModel } from "../../compiler/front/check.ts";
import { forward } from "../../compiler/front/forward.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { graph } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import * as l from "../../compiler/layers/list.ts";
import * as augmentation from "../../compiler/layers/preprocessing/augmentation.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { begin } from "../../compiler/ops/index.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";

const modelOf = (...layers: LayerSpec[]): Model => ({ name: "m", seed: 3, layers });
const [height, width, channels] = [5, 4, 2];
const inputShape = [height, width, channels];
const size = height * width * channels;
const noise = random(7);
const rows = 40;
const pictures = Float64Array.from({ length: rows * size }, () => Math.fround(255 * noise.uniform()));
const of = (values: ArrayLike<number>, row: number, length = size) => Array.from(values).slice(row * length, (row + 1) * length);

/** What a layer alone makes of the pictures in the training step `step`. */
function trained(line: LayerSpec, step = 1): { readonly shape: readonly number[]; readonly data: ArrayLike<number> } {
  const g = begin();
  const counter = g.state({ name: "step", shape: [], initial: 0 });
  const { outputs } = forward(g, checkModel(modelOf(line)), { training: { seed: 3, step: counter } });
  const { results } = runGraph(graph("training", [["y", outputs[0].y]]), {
    rows,
    values: { x: pictures, step: [step] },
    precision: "double",
  });
  return results.y;
}
/** A picture by its old coordinates. */
const moved = (picture: readonly number[], from: (i: number, j: number) => readonly [number, number], [h, w] = [height, width]) =>
  Array.from({ length: h * w * channels }, (_, k) => {
    const [i, j] = from(Math.floor(k / (w * channels)), Math.floor(k / channels) % w);
    return picture[(i * width + j) * channels + (k % channels)];
  });
const isEqual = (a: readonly number[], b: readonly number[]) => a.every((value, i) => value === b[i]);

describe("randomFlip", () => {
  it.each([
    ["horizontal", (i: number, j: number) => [i, width - 1 - j] as const],
    ["vertical", (i: number, j: number) => [height - 1 - i, j] as const],
    ["horizontal_and_vertical", (i: number, j: number) => [height - 1 - i, width - 1 - j] as const],
  ] as const)("%s turns about half of the pictures", (mode, from) => {
    const y = trained(l.randomFlip({ mode, inputShape })).data;
    let turned = 0;
    for (let row = 0; row < rows; row++) {
      const picture = of(pictures, row);
      const isTurned = isEqual(of(y, row), moved(picture, from));
      expect(isTurned || isEqual(of(y, row), picture)).toBe(true);
      if (isTurned) turned++;
    }
    expect(turned).toBeGreaterThan(rows / 4);
    expect(turned).toBeLessThan((3 * rows) / 4);
  });

  it("finds the axes before or behind the channels, and draws anew at each step, by its seed", () => {
    const line = (keys: object) => l.randomFlip({ mode: "horizontal", inputShape, ...keys });
    const first = trained(l.randomFlip({ mode: "vertical", dataFormat: "channels_first", inputShape })).data;
    // Axis 1 of what is called [channels, height, width] is the picture's second.
    const row = Array.from({ length: rows }, (_, k) => k).find((k) => !isEqual(of(first, k), of(pictures, k))) ?? -1;
    expect(of(first, row)).toEqual(moved(of(pictures, row), (i, j) => [i, width - 1 - j]));
    expect(trained(line({}))).toEqual(trained(line({})));
    expect(trained(line({}), 2).data).not.toEqual(trained(line({}), 1).data);
    expect(trained(line({ seed: 5 })).data).not.toEqual(trained(line({ seed: 6 })).data);
  });
});

describe("randomCrop", () => {
  it("takes each piece there is, one place a step for all pictures", () => {
    const found = new Set<string>();
    for (let step = 0; step < 80; step++) {
      const y = trained(l.randomCrop({ height: 2, width: 3, inputShape }), step);
      expect(y.shape).toEqual([rows, 2, 3, channels]);
      const fits = (top: number, left: number) => (row: number) =>
        isEqual(
          of(y.data, row, 12),
          moved(of(pictures, row), (i, j) => [top + i, left + j], [2, 3]),
        );
      const places = [0, 1, 2, 3].flatMap((top) => [0, 1].map((left) => [top, left] as const));
      const place = places.find(([top, left]) => fits(top, left)(0));
      expect(place).toBeDefined();
      const [top, left] = place ?? [0, 0];
      for (let row = 0; row < rows; row++) expect(fits(top, left)(row)).toBe(true);
      found.add(`${place}`);
    }
    expect(found.size).toBe(8);
  });

  it("takes the middle of a picture that is not larger both ways", () => {
    const y = trained(l.randomCrop({ height: 4, width: 4, inputShape }));
    expect(of(y.data, 3, 32)).toEqual(moved(of(pictures, 3), (i, j) => [i, j], [4, 4]));
    const wide = trained(l.randomCrop({ height: 5, width: 2, inputShape }));
    expect(of(wide.data, 3, 20)).toEqual(moved(of(pictures, 3), (i, j) => [i, j + 1], [5, 2]));
  });

  it("enlarges one that is too small, by the middles of pixels", () => {
    const y = trained(l.randomCrop({ height: 5, width: 8, inputShape }));
    expect(y.shape).toEqual([rows, 5, 8, channels]);
    const picture = of(pictures, 2);
    // Rows of an aspect ratio of 5 : 8 would begin at (5 − trunc(4 · 5 / 8)) / 2.
    const top = 1;
    const at = (i: number, j: number, c: number) => picture[(i * width + j) * channels + c];
    const clamp = (value: number, most: number) => Math.min(Math.max(value, 0), most);
    const between = (place: number, length: number) => {
      const low = Math.floor(place);
      return { low: clamp(low, length - 1), high: clamp(low + 1, length - 1), part: place - low };
    };
    const wanted = Array.from({ length: 5 * 8 * channels }, (_, k) => {
      const [i, j, c] = [Math.floor(k / 16), Math.floor(k / 2) % 8, k % 2];
      const [r, s] = [between(((i + 0.5) * 4) / 5 - 0.5, 4), between((j + 0.5) / 2 - 0.5, 4)];
      const along = (row: number) => at(top + row, s.low, c) * (1 - s.part) + at(top + row, s.high, c) * s.part;
      return along(r.low) * (1 - r.part) + along(r.high) * r.part;
    });
    expectClose(of(y.data, 2, 80), wanted, standard.layers, "enlarged");
  });
});

describe("randomBrightness and randomContrast", () => {
  /** The numbers that are drawn for each picture, as the layer's result over what it was, where nothing is held back. */
  const ranges = (values: readonly number[]) => [Math.min(...values), Math.max(...values)];
  it("add the same to all of a picture, within the range", () => {
    const y = trained(l.randomBrightness({ factor: [-0.3, 0.5], valueRange: [255, 0], inputShape })).data;
    const added = Array.from({ length: rows }, (_, row) => {
      const picture = of(pictures, row);
      const free = of(y, row).flatMap((value, i) => (value > 0 && value < 255 ? [value - picture[i]] : []));
      const [first] = free;
      const wanted = picture.map((value) => Math.min(Math.max(value + first, 0), 255));
      expectClose(of(y, row), wanted, standard.float32, `picture ${row}`);
      return first / 255;
    });
    const [least, most] = ranges(added);
    expect(least).toBeGreaterThan(-0.3);
    expect(least).toBeLessThan(-0.1);
    expect(most).toBeGreaterThan(0.3);
    expect(2 * most).toBeLessThan(1);
  });

  it("multiply the distance from each channel's mean, a number to one side alone", () => {
    const y = trained(l.randomContrast({ factor: 0.8, valueRange: [-1000, 1000], inputShape })).data;
    const factors = Array.from({ length: rows }, (_, row) => {
      const picture = of(pictures, row);
      const means = [0, 1].map((c) => picture.filter((_, k) => k % 2 === c).reduce((a, b) => a + b) / (height * width));
      const ratios = of(y, row).map((value, k) => (value - means[k % 2]) / (picture[k] - means[k % 2]));
      expectClose(ratios, ratios.map(() => ratios[0]), standard.layers, `picture ${row}`); // biome-ignore format: one line
      return ratios[0];
    });
    const [least, most] = ranges(factors);
    expect(least).toBeGreaterThanOrEqual(0.999);
    expect(least).toBeLessThan(1.2);
    expect(most).toBeGreaterThan(1.6);
    expect(most).toBeLessThan(1.8);
  });
});

it("autoContrast stretches each channel, and leaves one of equal numbers", () => {
  const { predict } = resolve(modelOf(l.autoContrast({ valueRange: [0, 10], inputShape: [1, 3, 2] })));
  const run = (x: readonly number[]) =>
    Array.from(runGraph(predict.graph, { rows: 1, values: { x }, precision: "double" }).results.y.data);
  expect(run([1, 4, 2, 4, 3, 4])).toEqual([0, 4, 5, 4, 10, 4]);
  expect(run([-5, 0, 5, 0, 15, 1])).toEqual([0, 0, 5, 0, 10, 10]);
});

describe("layers that are refused in training", () => {
  const all = Object.values(augmentation);
  it("are twenty-two", () => expect(all.length).toBe(22));
  it.each(all.map((layer) => [layer.name, layer] as const))("%s gives the picture back, and its name", (name, layer) => {
    const model: Model = modelOf({ layer: name, config: { inputShape } }, l.flatten(), l.dense({ units: 1 }));
    const still = resolve(modelOf({ layer: name, config: { inputShape } }));
    const { results } = runGraph(still.predict.graph, { rows, values: { x: pictures }, precision: "double" });
    expect(results.y.data).toEqual(pictures);
    const training = { loss: "mse", optimizer: "sgd" };
    expect(() => resolve(model).evaluate(training)).not.toThrow();
    let error: unknown;
    try {
      resolve(model).trainStep(training);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(CompileError);
    expect(error).toMatchObject({ code: "layer/untrained", path: "layers[0]", message: expect.stringContaining(layer.name) });
  });
});

describe("a layer with another shape in training", () => {
  const training = { loss: "mse", optimizer: "sgd" };
  const crop = l.randomCrop({ height: 3, width: 3, inputShape });
  it("is refused where weights depend on it", () => {
    const model = resolve(modelOf(crop, l.flatten(), l.dense({ units: 1, name: "last" })));
    expect(model.predict.weights[0].shape).toEqual([size, 1]);
    expect(() => model.trainStep(training)).toThrow(/randomCrop gives \[3, 3, 2\].*last\/kernel.*\[18, 1\].*\[40, 1\]/);
  });
  it("is refused where the output does", () => {
    expect(() => resolve(modelOf(crop, l.conv2d({ filters: 1, kernelSize: 1 }))).trainStep(training)).toThrow(/the output/);
  });
  it("trains before a global pooling", () => {
    const model = resolve(
      modelOf(crop, l.conv2d({ filters: 2, kernelSize: 2 }), l.globalAveragePooling2d(), l.dense({ units: 1 })),
    );
    expect(model.trainStep(training).trainable.length).toBe(4);
  });
});
