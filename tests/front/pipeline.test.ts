// A pipeline, layers one after the other as one line: it computes what its layers in a list compute, its weights are named below it, and a
// spec keeps it as what it is.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model } from "../../compiler/model.ts";
import { load } from "../../runtime/load.ts";
import { open, saveJson } from "../../src/formats/index.ts";
import * as l from "../../src/sequential.ts";
import { errorOf } from "../support/error.ts";

const text = (value: string) => new TextEncoder().encode(value);
const lines = () => [l.rescaling({ scale: 2, offset: -1, inputShape: [3] }), l.dense({ units: 2 }), l.dense({ units: 2 })];
const bits = (model: Model) => [...load<{ predict(x: number[]): Float32Array }>(compile(model)).predict([0.5, -1, 2])];
const weightsOf = (model: Model) => Object.values(resolve(model).initialWeights());

describe("a pipeline", () => {
  const inner = l.pipeline(lines(), { name: "all" });
  const piped = l.sequential([inner, l.dense({ units: 1 })]);

  it("has the bits of its layers in the list itself, in a pipeline within it too", () => {
    const flat = l.sequential([...lines(), l.dense({ units: 1 })]);
    const twice = l.sequential([l.pipeline([l.pipeline(lines().slice(0, 2)), ...lines().slice(2)]), l.dense({ units: 1 })]);
    const weights = weightsOf(flat);
    expect(bits(l.withWeights(piped, weights))).toEqual(bits(l.withWeights(flat, weights)));
    expect(bits(l.withWeights(twice, weights))).toEqual(bits(l.withWeights(flat, weights)));
  });
  it("names its weights below it, freezes them, and takes those of models within along", () => {
    const names = (model: Model) => resolve(model).weights.map(({ name }) => name);
    expect(names(piped)).toEqual(["all/dense", "all/dense_1", "dense"].flatMap((name) => [`${name}/kernel`, `${name}/bias`]));
    const trained = l.withWeights(l.sequential([l.dense({ units: 1, inputShape: [3] })]), [[1, 2, 3], [7]]);
    const frozen = l.sequential([l.pipeline([trained, l.dense({ units: 1 })], { trainable: false })]);
    expect(resolve(frozen).weights.map(({ trainable }) => trainable)).toEqual([false, false, false, false]);
    expect(frozen.weights?.["pipeline/sequential/dense/bias"]).toEqual(Float32Array.of(7));
    expect(JSON.stringify(frozen.layers)).not.toContain("weights");
  });
  it("is what a layer at each step may be, and what is called again", () => {
    const steps = l.sequential([l.timeDistributed({ layer: l.pipeline([l.dense({ units: 2 })]), inputShape: [4, 3] })]);
    expect(resolve(steps).predict.outputs[0].shape).toEqual([4, 2]);
    const twice = l.model({
      inputs: { a: [3], b: [3] },
      layers: [
        l.pipeline([l.dense({ units: 2 })], { name: "p", inputs: ["a"] }),
        l.reuse("p", { inputs: ["b"], name: "q" }),
        l.add({ inputs: ["p", "q"] }),
      ],
    });
    expect(resolve(twice).weights).toHaveLength(2);
  });
  it("stays one in a spec as JSON", () => {
    const again = open(text(saveJson(piped)));
    expect(again.layers[0]).toMatchObject({
      name: "all",
      layer: "pipeline",
      config: { layers: [{ layer: "rescaling" }, {}, {}] },
    });
    expect(saveJson(again)).toBe(saveJson(piped));
  });
  it("refuses what is no list of layers, with its place", () => {
    const wrong = (config: object) => errorOf(() => resolve({ name: "m", seed: 0, layers: [{ layer: "pipeline", config: config as never }] })); // biome-ignore format: one line
    expect(wrong({})).toMatchObject({ code: "model/schema", path: "layers[0].layers" });
    expect(wrong({ layers: [] })).toMatchObject({ code: "model/schema", path: "layers[0].layers" });
    expect(wrong({ layers: [{ layer: "dense", config: { units: 0, inputShape: [1] } }] }).path).toBe("layers[0].layers[0].units");
    expect(wrong({ layers: [{ layer: "dense", config: { units: 1, inputShape: [1] } }], outputs: ["a"] }).message).toMatch(
      /outputs/,
    );
    expect(errorOf(() => l.pipeline(l.dense({ units: 1 }) as never)).message).toMatch(/list of layers/);
  });
});
