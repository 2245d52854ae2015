// What convolutions in groups cost, in counts: one product however many groups there are, in every gradient too, and a net of depthwise
// convolutions in a few dozen kernels.
import { describe, expect, it } from "vitest";
import { snapshots } from "../../compiler/compile.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { optionsSchema } from "../../compiler/options.ts";
import { lowerModel } from "../../compiler/pipeline/lower-model.ts";
import { leavesOf } from "../../compiler/program/nest/nest.ts";
import type { LayerSpec, OptionsInput } from "../../src/index.ts";
import * as l from "../../src/sequential.ts";

const training = { loss: "mse", optimizer: "sgd" } as const;
const inputShape = [6, 6, 8] as const;
const count = (graph: Graph, op: string): number => graph.nodes.filter((node) => node.op === op).length;

/** The last Graph of an entry. */
function graphOf(line: LayerSpec, goal: "predict" | "trainStep"): Graph {
  const options: OptionsInput = goal === "trainStep" ? { train: true } : {};
  const found = snapshots(l.sequential([line], { training }), options, goal).findLast(({ graph }) => graph !== undefined);
  if (found?.graph === undefined) throw new Error("no graph");
  return found.graph;
}

describe("a convolution in groups", () => {
  const lines: readonly (readonly [string, LayerSpec])[] = [
    ["of several channels", l.conv2d({ filters: 16, kernelSize: 3, groups: 4, activation: "relu", inputShape })],
    ["of a channel each", l.conv2d({ filters: 8, kernelSize: 3, groups: 8, activation: "relu", inputShape })],
    ["depthwise", l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, activation: "relu", inputShape })],
  ];
  it.each(lines)("%s is one dot, with bias and activation in its region", (_what, line) => {
    const graph = graphOf(line, "predict");
    expect([count(graph, "dot"), count(graph, "concat"), count(graph, "slice")]).toEqual([1, 0, 0]);
    const { program } = lowerModel(l.sequential([line]), optionsSchema.parse({}));
    expect(program.entries[0].calls.length).toBe(1);
  });
  it.each(lines)("%s has a gradient that is one dot", (_what, line) => {
    const graph = graphOf(line, "trainStep");
    expect([count(graph, "dot"), count(graph, "concat")]).toEqual([2, 0]);
  });
});

/** Words from sound, of depthwise and 1 x 1 convolutions: https://arxiv.org/abs/1711.07128 */
const dscnn = l.sequential([
  l.conv2d({ filters: 64, kernelSize: [10, 4], strides: 2, padding: "same", activation: "relu", inputShape: [49, 10, 1] }),
  ...[1, 2, 3, 4].flatMap(() => [
    l.depthwiseConv2d({ kernelSize: 3, padding: "same", activation: "relu" }),
    l.conv2d({ filters: 64, kernelSize: 1, activation: "relu" }),
  ]),
  l.maxPooling2d({ poolSize: [25, 5] }),
  l.flatten(),
  l.dense({ units: 12, activation: "softmax" }),
]);

describe("DS-CNN", () => {
  it("is a few dozen kernels and calls", () => {
    const { program } = lowerModel(dscnn, optionsSchema.parse({}));
    expect(program.kernels.length).toBeLessThanOrEqual(24);
    for (const { calls } of program.entries) expect(calls.length).toBeLessThanOrEqual(24);
  });
  it("holds the taps of its depthwise convolutions in registers", () => {
    const found = snapshots(dscnn, { target: "simd" }, "predict").findLast(({ scheduled }) => scheduled !== undefined);
    const nests = (found?.scheduled?.kernels ?? []).flatMap(({ parts }) => [...leavesOf(parts)]);
    const deep = nests.filter(({ nest }) => nest.fold !== undefined && /^depthwise_conv2d/.test(nest.name));
    expect(deep.length).toBeGreaterThanOrEqual(1);
    for (const { strategy } of deep) expect(strategy).toBe("held-taps");
  });
});
