// The law of weights in fewer bits: a module with `weightsType` has the bits of the module compiled from the rounded weights, on JavaScript and in lanes,
// with its weights inside and beside it. On random models, and on nets whose weights are packed, folded, joined and read by loops, where
// what travels in fewer bits, and what is restored at the start, is counted.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile, lowerModel } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput, WeightsType } from "../../compiler/options.ts";
import { type Loadable, load } from "../../runtime/load.ts";
import * as l from "../../src/sequential.ts";
import { inputsOf, onRows } from "../arbitrary/data.ts";
import { type Kind, type Sample, sampleOf } from "../arbitrary/models.ts";
import { tameNumbers, wholeNumbers } from "../arbitrary/numbers.ts";
import { firstDifference } from "../close.ts";
import { backendsOf, withBackend } from "../engines.ts";
import type { Ported, Trainable } from "../executors.ts";

const types = ["float16", "int8"] as const satisfies readonly WeightsType[];

/** The model with the weights that it is computed with. */
const roundedAs = (model: Model, type: WeightsType): Model => ({
  ...model,
  weights: resolve(model, type).modelWeights().values,
});

/** What both modules answer, in each engine that they run in, is the same. */
function agree(
  model: Model,
  options: OptionsInput,
  weightsType: WeightsType,
  answer: (artifact: Loadable) => Float32Array,
): void {
  const made = compile(model, { ...options, weightsType });
  const wanted = compile(roundedAs(model, weightsType), options);
  for (const backend of backendsOf(made)) {
    const [a, b] = [made, wanted].map((artifact) => withBackend(artifact, backend, answer));
    const i = firstDifference(a, b);
    expect(i < 0 ? "equal" : `${backend}: [${i}] is ${a[i]} and not ${b[i]}`).toBe("equal");
  }
}

describe("random models", () => {
  const law = (sample: Sample): void => {
    const { model, options, rows } = sample;
    const x = inputsOf(sample, Math.min(rows, 3), false);
    for (const type of types)
      agree(model, { ...options, train: false, selfTest: true }, type, (artifact) => {
        const module = load<Ported & Trainable>(artifact);
        module.selfTest?.();
        return onRows(sample, module).predict(x);
      });
  };
  it.each<[Kind, number]>([
    ["dense", 4],
    ["big", 2],
    ["space", 3],
    ["time", 3],
    ["graph", 3],
  ])("%s: %i", (kind, numRuns) => {
    fc.assert(fc.property(sampleOf(kind, false), law), { seed: 20261127, numRuns, endOnFailure: true });
  });
});

/** Nets, with what stays float32 of their kernels and tables, because it is small, and whether something is restored. */
const nets: readonly {
  readonly name: string;
  readonly model: Model;
  readonly left: readonly string[];
  readonly restores: boolean;
}[] = [
  {
    name: "dense layers, in blocks, filled up, and turned",
    model: l.sequential([
      l.dense({ units: 64, activation: "relu", inputShape: [40] }),
      l.dense({ units: 30, activation: "relu" }),
      l.dense({ units: 5, activation: "softmax" }),
    ]),
    left: [],
    restores: false,
  },
  {
    name: "convolutions with normalisations folded into them",
    model: l.sequential([
      l.conv2d({ filters: 16, kernelSize: 3, inputShape: [10, 10, 3] }),
      l.batchNormalization(),
      l.conv2d({ filters: 24, kernelSize: 3, strides: 2, groups: 2 }),
      l.batchNormalization(),
      l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }),
      l.conv2dTranspose({ filters: 12, kernelSize: 3, strides: 2 }),
      l.flatten(),
      l.dense({ units: 6 }),
    ]),
    left: ["prepared0"],
    restores: true,
  },
  {
    name: "tables and loops",
    model: l.sequential([
      l.embedding({ inputDim: 60, outputDim: 12, inputShape: [7] }),
      l.bidirectional({ layer: l.lstm({ units: 12, returnSequences: true }) }),
      l.gru({ units: 16 }),
      l.dense({ units: 4 }),
    ]),
    left: [],
    restores: false,
  },
];

describe.each(nets)("$name", ({ model, left, restores }) => {
  const [input] = resolve(model).predict.inputs;
  const count = 3 * sizeOf(input.shape);
  const x = input.range === undefined ? tameNumbers(1, count) : wholeNumbers(1, count, input.range.below);
  it.each(types)("%s", (type) => {
    for (const options of [{ target: "js" }, { target: "simd" }, { target: "simd", weights: "external" }] as const)
      agree(model, options, type, (artifact) => load<Trainable>(artifact).predict(x));
  });
  it("ships steps where it can, and restores what was folded", () => {
    const { narrow, program, simd, contents } = lowerModel(model, { weightsType: "int8", target: "simd" });
    const large = [...contents].filter(([, { length }]) => length >= 128);
    expect(large.flatMap(([name]) => (narrow?.has(name) ? [] : [name]))).toEqual(left);
    expect(program.entries.some(({ name }) => name === "restore")).toBe(restores);
    // Lanes would have other bits than the compiler.
    expect(simd?.program.entries.some(({ name }) => name === "restore")).toBe(false);
  });
});
