// Rounding of weights: float16 against all 65,536 of its numbers, whole steps against their statement, channels as layers have them, and weights that
// have no rounding.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { halfOf, largestHalf, ofHalf } from "../../compiler/base/halves.ts";
import { isSteps, ofSteps, scaleFor, scalesFor, stepsOf } from "../../compiler/base/steps.ts";
import { compile } from "../../compiler/compile.ts";
import { channelsOf } from "../../compiler/front/channels.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { graph } from "../../compiler/graph/graph.ts";
import type { Model } from "../../compiler/model.ts";
import { begin } from "../../compiler/ops/index.ts";
import * as l from "../../src/sequential.ts";

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });

describe("float16", () => {
  const finite = Array.from({ length: 0x7c00 }, (_, bits) => ofHalf(bits));
  it("has its numbers in order, and each is its own rounding", () => {
    expect([finite[0], finite[1], finite[1023], finite[1024], finite.at(-1)]).toEqual([0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, largestHalf]); // biome-ignore format: one line
    expect(finite.every((value, bits) => bits === 0 || value > finite[bits - 1])).toBe(true);
    for (let bits = 0; bits < 0x7c00; bits++) {
      if (halfOf(finite[bits]) !== bits || halfOf(-finite[bits]) !== (bits | 0x8000)) throw new Error(`${bits} is not itself`);
    }
    expect([0x7c00, 0xfc00, 0x7e00, 0x8000].map(ofHalf)).toEqual([Infinity, -Infinity, Number.NaN, -0]);
    expect([Infinity, -Infinity, Number.NaN, -0].map(halfOf)).toEqual([0x7c00, 0xfc00, 0x7e00, 0x8000]);
  });
  it("rounds to the nearest, of two the even one", () => {
    for (let bits = 0; bits + 1 < finite.length; bits++) {
      const middle = (finite[bits] + finite[bits + 1]) / 2;
      if (halfOf(middle) !== bits + (bits & 1)) throw new Error(`between ${bits} and the next`);
      // The float32 beside the middle belongs to the nearer.
      if (halfOf(Math.fround(middle * (1 - 2 ** -22))) !== bits && finite[bits] > 0) throw new Error(`above ${bits}`);
      if (halfOf(Math.fround(middle * (1 + 2 ** -22))) !== bits + 1) throw new Error(`below ${bits + 1}`);
    }
    expect([65519.99, 65520].map((value) => halfOf(Math.fround(value)))).toEqual([0x7bff, 0x7c00]);
  });
});

describe("whole steps", () => {
  it("are as near as a scale allows, symmetric, and found again", () => {
    fc.assert(
      fc.property(fc.array(float32, { minLength: 1, maxLength: 8 }), (values) => {
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const scale = scaleFor(largest);
        const rounded = values.map((value) => ofSteps(stepsOf(value, scale), scale));
        for (const [i, value] of values.entries()) {
          expect(stepsOf(-value, scale) + stepsOf(value, scale)).toBe(0);
          expect(Math.abs(stepsOf(value, scale))).toBeLessThanOrEqual(127);
          expect(Number.isFinite(rounded[i])).toBe(true);
          // Half a step, and what float32 makes of the scale and the product; the largest of subnormals may be cut to 127.
          const cut = largest < 2 ** -120 ? 64 * 2 ** -149 : 0;
          expect(Math.abs(rounded[i] - value)).toBeLessThanOrEqual(scale / 2 + largest * 2 ** -22 + cut);
        }
        const again = rounded.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(scalesFor(again).some((one) => rounded.every((value) => isSteps(value, one)))).toBe(true);
      }),
      { seed: 20261127, numRuns: 2000 },
    );
  });
  it.each([0, 2 ** -149, 21 * 2 ** -149, 3.4028234663852886e38])("exist for numbers up to %d", (largest) => {
    const scale = scaleFor(largest);
    expect(Math.abs(ofSteps(stepsOf(largest, scale), scale) - largest)).toBeLessThanOrEqual(largest * 2 ** -22);
    expect(stepsOf(-0, scale)).toBe(0);
  });
});

/** Models of one weight that counts, with its channels. */
const channelCases: readonly (readonly [name: string, model: Model, weight: string, axes: readonly number[]])[] = [
  ["dense", l.sequential([l.dense({ units: 3, inputShape: [5] })]), "dense/kernel", [1]],
  ["conv2d", l.sequential([l.conv2d({ filters: 6, kernelSize: 2, inputShape: [5, 5, 4] })]), "conv2d/kernel", [3]],
  ["groups", l.sequential([l.conv2d({ filters: 6, kernelSize: 2, groups: 2, inputShape: [5, 5, 4] })]), "conv2d/kernel", [3]],
  ["depthwise", l.sequential([l.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 3, inputShape: [5, 5, 4] })]), "depthwise_conv2d/kernel", [2, 3]],
  ["transposed", l.sequential([l.conv2dTranspose({ filters: 6, kernelSize: 3, strides: 2, inputShape: [5, 5, 4] })]), "conv2d_transpose/kernel", [2]],
  ["channels first", l.sequential([l.conv2d({ filters: 6, kernelSize: 2, dataFormat: "channels_first", inputShape: [4, 5, 5] })]), "conv2d/kernel", [3]],
  ["embedding", l.sequential([l.embedding({ inputDim: 9, outputDim: 4, inputShape: [3] })]), "embedding/embeddings", [0]],
  ["lstm", l.sequential([l.lstm({ units: 4, inputShape: [3, 5] })]), "lstm/recurrent_kernel", [1]],
  ["einsum", l.sequential([l.einsumDense({ equation: "abc,cde->abde", outputShape: [null, 2, 3], inputShape: [4, 5] })]), "einsum_dense/kernel", [1, 2]],
]; // biome-ignore format: a table

describe("channels", () => {
  it.each(channelCases)("%s", (_, model, weight, axes) => {
    expect(channelsOf(resolve(model).predict.graph).get(weight)).toEqual(axes);
  });
  it("of a matrix that is read turned are its rows", () => {
    const g = begin();
    const weight = g.param({ name: "w", shape: [8, 4] });
    const turned = g.reshape(g.transpose(weight, { perm: [1, 0] }), { shape: [2, 2, 8] });
    const x = g.input({ name: "x", shape: ["n", 2, 2] });
    const y = g.dot(x, turned, { batch: [[], []], contract: [[1, 2], [0, 1]] }); // biome-ignore format: one line
    expect([...channelsOf(graph("net", [["y", y]]))]).toEqual([["w", [0]]]);
  });
});

const matrix = (weights: readonly number[], units = 1, inputs = 5): Model =>
  l.sequential([l.dense({ units, inputShape: [inputs], useBias: true })], {
    weights: { "dense/kernel": Float32Array.from(weights), "dense/bias": new Float32Array(units).fill(0.1) },
  });
const eight = (first: number): Model => matrix([first, ...Array.from({ length: 15 }, (_, i) => i / 16)], 2, 8);

describe("weights that are rounded", () => {
  const kernelOf = (model: Model, type: "float16" | "int8") => resolve(model, type).modelWeights().values["dense/kernel"];
  it("have a scale a channel, and a channel of zeros", () => {
    const model = matrix([127, 0, 0.4, 0, 0.6, 0, -3.5, -0], 2, 4);
    expect([...kernelOf(model, "int8")]).toEqual([127, 0, 0, 0, 1, 0, -4, 0]);
  });
  it("are those of matrices: vectors and few numbers a channel stay", () => {
    const values = resolve(eight(0.1), "int8").modelWeights().values;
    expect([...values["dense/bias"]]).toEqual([...new Float32Array(2).fill(0.1)]);
    expect([...kernelOf(matrix([0.1, 0.2, 0.3, 0.4, 0.5]), "int8")]).toEqual([...Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5)]);
    expect([...kernelOf(matrix([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 2, 3), "int8")]).toEqual([
      ...Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    ]);
  });
  it("leave the model's own alone", () => {
    const model = eight(0.1);
    const before = [...(model.weights?.["dense/kernel"] ?? [])];
    expect([...kernelOf(model, "int8")]).not.toEqual(before);
    expect([...(model.weights?.["dense/kernel"] ?? [])]).toEqual(before);
  });
  it.each([
    ["int8", Number.NaN, /"dense\/kernel" holds NaN at 0, which int8 does not have/],
    ["int8", Number.POSITIVE_INFINITY, /Infinity at 0/],
    ["float16", Number.NaN, /NaN at 0/],
    ["float16", 65520, /65520 at 0, which float16 does not have: its largest number is 65504/],
  ] as const)("%s refuses %d", (weightsType, first, message) => {
    expect(() => compile(eight(first), { weightsType })).toThrow(message);
    expect(() => compile(eight(first), { weightsType })).toThrow(
      expect.objectContaining({ code: "weights/rounding", path: 'weights["dense/kernel"]' }),
    );
  });
  it("takes the largest float16, and float32 whatever it is", () => {
    expect(kernelOf(eight(65519), "float16")[0]).toBe(65504);
    expect(compile(eight(Number.NaN), {}).warnings.map(({ code }) => code)).toEqual(["weights/not-finite"]);
  });
  it("are refused with train, and types that are none", () => {
    expect(() => compile(eight(1), { weightsType: "int8", train: true })).toThrow(
      expect.objectContaining({ code: "options/invalid", path: "weightsType" }),
    );
    expect(() => compile(eight(1), { weightsType: "int4" as "int8" })).toThrow(
      expect.objectContaining({ code: "options/invalid" }),
    );
  });
});
