// What recurrent layers decide beside their numbers: how often noise is drawn, how many products a step has, what masked steps give where a
// state began with numbers, which states a stream would go on with, and what is refused.
import { describe, expect, it } from "vitest";
import { callsOf } from "../../compiler/front/calls.ts";
import { atEachStep } from "../../compiler/front/each-step.ts";
import { forward } from "../../compiler/front/forward.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { type Graph, isGraph, nodesOf } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { begin } from "../../compiler/ops/index.ts";
import * as l from "../../src/index.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";
import { gru } from "../golden/recurrent.ts";
import { tensor } from "../golden/reference.ts";
import { errorOf } from "../support/error.ts";

const training = { loss: "mse", optimizer: "sgd" } as const;
const draws = (line: l.LayerSpec): number => nodesOf(resolve(l.sequential([line])).trainStep(training).graph, "random").length;
const inputShape = [3, 2];

describe("noise", () => {
  it.each([
    ["a SimpleRNN", l.simpleRNN({ units: 2, inputShape, dropout: 0.5, recurrentDropout: 0.5 }), 2],
    ["an LSTM, one for all gates", l.lstm({ units: 2, inputShape, dropout: 0.5 }), 1],
    ["an LSTM, each gate its own", l.lstm({ units: 2, inputShape, dropout: 0.5, implementation: 1 }), 4],
    ["an LSTM whose state is dropped", l.lstm({ units: 2, inputShape, dropout: 0.5, recurrentDropout: 0.5 }), 8],
    ["a GRU, one for all gates", l.gru({ units: 2, inputShape, dropout: 0.5 }), 1],
    ["a GRU whose state is dropped", l.gru({ units: 2, inputShape, recurrentDropout: 0.5, resetAfter: false }), 3],
    ["gates at a rate of 1: none, as in Keras", l.gru({ units: 2, inputShape, dropout: 1 }), 0],
    ["a ConvLSTM", l.convLSTM1d({ filters: 1, kernelSize: 2, inputShape: [2, 3, 1], dropout: 0.5, recurrentDropout: 0.5 }), 8],
    ["a layer at each step, one for all of them", l.timeDistributed({ layer: l.dropout({ rate: 0.5 }), inputShape }), 1],
  ])("%s draws so many masks", (_name, line, count) => {
    expect(draws(line)).toBe(count);
  });
});

describe("a step", () => {
  const bodyOf = (line: l.LayerSpec): Graph => {
    const [scan] = nodesOf(resolve(l.sequential([line])).predict.graph, "scan");
    return isGraph(scan.attrs.body) ? scan.attrs.body : expect.fail("no body");
  };
  it.each([
    ["simpleRNN", l.simpleRNN({ units: 2, inputShape }), 1],
    ["lstm", l.lstm({ units: 2, inputShape }), 1],
    ["gru", l.gru({ units: 2, inputShape }), 1],
    ["gru that resets before the product", l.gru({ units: 2, inputShape, resetAfter: false }), 2],
    ["convLSTM2d", l.convLSTM2d({ filters: 1, kernelSize: 2, inputShape: [2, 3, 3, 1] }), 1],
  ])("of %s has so many products", (_name, line, count) => {
    expect(nodesOf(bodyOf(line), "dot").length).toBe(count);
  });

  it("of a dense layer at each step is none of a loop", () => {
    const { graph } = resolve(l.sequential([l.timeDistributed({ layer: l.dense({ units: 2 }), inputShape })])).predict;
    expect([nodesOf(graph, "dot").length, nodesOf(graph, "scan").length]).toEqual([1, 0]);
  });
});

it("a masked step before the first that counts gives 0, whatever the state began with", () => {
  const model = l.model({
    inputs: { x: [4, 2], h: [3] },
    layers: [
      l.masking({ name: "kept", inputs: ["x"] }),
      l.gru({ name: "gru", units: 3, returnSequences: true, returnState: true, inputs: ["kept", "h"] }),
    ],
    outputs: ["gru", "gru:1"],
  });
  const resolved = resolve(model);
  const x = Float32Array.of(0, 0, 0.5, -1, 0, 0, 1, 1);
  const h = Float32Array.of(0.5, -0.25, 1);
  const values = { ...resolved.initialWeights(), x, h };
  const { results } = runGraph(resolved.predict.graph, { rows: 1, values, precision: "double" });
  const weights = resolved.weights.map(({ name, shape }) => tensor(shape, (values as Record<string, Float32Array>)[name]));
  const options = { mask: tensor([1, 4], [0, 1, 0, 1]), all: true, start: tensor([1, 3], h) };
  const wanted = gru(tensor([1, 4, 2], x), weights, options);
  expect([...wanted.data.slice(0, 3)]).toEqual([0, 0, 0]);
  expectClose(results.gru.data, wanted.data, standard.layers, "layer");
  expectClose(results["gru:1"].data, wanted.data.slice(9), standard.layers, "layer");
});

it("a moving mean goes from step to step in order", () => {
  const momentum = 0.5;
  const line = l.timeDistributed({ layer: l.batchNormalization({ momentum }), inputShape });
  const { graph } = resolve(l.sequential([line], { training })).trainStep();
  const x = Float32Array.from({ length: 12 }, (_, i) => (i * i) % 7);
  const vector = (value: number) => Float32Array.of(value, value);
  const values = {
    ...Object.fromEntries(nodesOf(graph, "param").map(({ attrs }) => [attrs.name as string, vector(1)])),
    x,
    y: new Float32Array(12),
    sampleWeight: new Float32Array(6).fill(1),
    step: Float32Array.of(0),
  };
  const { updates } = runGraph(graph, { rows: 2, values, precision: "double" });
  let mean = [1, 1];
  for (let t = 0; t < 3; t++) {
    mean = mean.map((old, f) => momentum * old + ((1 - momentum) * (x[2 * t + f] + x[6 + 2 * t + f])) / 2);
  }
  expectClose(updates["time_distributed/layer/moving_mean"].data, mean, standard.doubles, "mean");
});

it("a step that computes with what the step before it changed is refused", () => {
  const g = begin();
  const weight = g.param({ name: "w", shape: [2] });
  const step = g.input({ name: "step", shape: ["n", 2] });
  const steps = g.input({ name: "x", shape: ["n", 3, 2] });
  const y = g.mul(step, g.broadcastTo(weight, ["n", 2]));
  const moved = [{ name: "w", old: weight, now: g.mul(weight, weight) }];
  const run = () => atEachStep(g, { y }, { losses: [], moved }, { fillings: new Map([[step, steps]]), length: 3 });
  expect(errorOf(run)).toMatchObject({ code: "layer/untrained" });
});

it("a recurrent layer in a stream says which states it leaves, by name", () => {
  const layers = [
    l.rnn({ name: "stack", cell: [l.lstmCell({ units: 2 }), l.gruCell({ units: 3 })], returnSequences: true, inputShape }),
    l.gru({ name: "four", units: 4, returnSequences: true }),
    l.timeDistributed({ name: "each", layer: l.reshape({ targetShape: [2, 2] }) }),
    l.timeDistributed({ name: "inner", layer: l.lstm({ units: 1 }) }),
    l.lstm({ name: "last", units: 2 }),
  ];
  expect(forward(begin(), callsOf({ layers })).states).toEqual([]);
  const { states } = forward(begin(), callsOf({ layers }), { chunk: 2 });
  expect(states.map(({ name, shape }) => `${name} ${shape}`)).toEqual([
    "stack/cell/cells/lstm_cell/h 2",
    "stack/cell/cells/lstm_cell/c 2",
    "stack/cell/cells/gru_cell/h 3",
    "four/h 4",
    "last/h 2",
    "last/c 2",
  ]);
});

it("a sequence needs a step, whatever layer made it", () => {
  const { legal } = l.gru;
  const config = l.gru.config.parse({ units: 1 });
  expect(legal?.(config, [0, 2], [[0, 2]])).toMatchObject({ code: "shape/mismatch", message: expect.stringMatching(/found 0/) });
  const each = l.timeDistributed.config.parse({ layer: l.dense({ units: 1 }) });
  expect(l.timeDistributed.legal?.(each, [0, 2], [[0, 2]])).toMatchObject({ message: expect.stringMatching(/found 0/) });
});

describe("refuses", () => {
  const dense = l.dense({ units: 1 });
  const chain = (line: l.LayerSpec, shape: readonly number[] = inputShape) =>
    l.sequential([l.input({ shape: [...shape] }), line]);
  it.each([
    ["a cell as a line", chain(l.gruCell({ units: 1 })), "layers[1]", /gruCell stands within rnn/],
    [
      "a stack of cells as a line",
      chain(l.stackedRNNCells({ cells: [l.gruCell({ units: 1 })] })),
      "layers[1]",
      /stands within rnn/,
    ],
    ["a cell at each step", chain(l.timeDistributed({ layer: l.gruCell({ units: 1 }) })), "layers[1].layer", /stands within rnn/],
    [
      "a layer where a cell belongs",
      chain(l.rnn({ cell: [l.gruCell({ units: 1 }), dense] })),
      "layers[1].cell[1]",
      /needs a cell, found dense/,
    ],
    [
      "a key that a cell does not have",
      chain(l.rnn({ cell: { layer: "gruCell", config: { units: 1, goBackwards: true } } })),
      "layers[1].cell.goBackwards",
      /no key/,
    ],
    ["a sequence of one axis", chain(l.simpleRNN({ units: 1 }), [2]), "layers[1]", /2 axes \(steps, features\)/],
    [
      "a layer that is not recurrent",
      chain(l.bidirectional({ layer: dense })),
      "layers[1].layer",
      /recurrent layer, found dense/,
    ],
    [
      "two layers in one direction",
      chain(l.bidirectional({ layer: l.gru({ units: 1, goBackwards: true }) })),
      "layers[1].layer",
      /goBackwards: true in both/,
    ],
    [
      "layers that give unlike things",
      chain(
        l.bidirectional({
          layer: l.gru({ units: 1 }),
          backwardLayer: l.gru({ units: 1, goBackwards: true, returnSequences: true }),
        }),
      ),
      "layers[1].backwardLayer",
      /the same returnSequences/,
    ],
    [
      "a sum of unlike outputs",
      chain(
        l.bidirectional({ layer: l.gru({ units: 1 }), backwardLayer: l.gru({ units: 2, goBackwards: true }), mergeMode: "sum" }),
      ),
      "layers[1]",
      /outputs that fit, found \[1\] and \[2\]/,
    ],
    [
      "a state at each step",
      chain(l.timeDistributed({ layer: l.gru({ units: 1, stateful: true }) }), [2, 3, 1]),
      "layers[1].layer.stateful",
      /begins each of them anew/,
    ],
    [
      "a kernel larger than its picture",
      chain(l.convLSTM2d({ filters: 1, kernelSize: 4 }), [2, 3, 3, 1]),
      "layers[1].kernelSize",
      /does not fit/,
    ],
    [
      "a mask of more than steps",
      l.sequential([l.masking({ inputShape: [2, 3, 3, 1] }), l.convLSTM2d({ filters: 1, kernelSize: 2 })]),
      "layers[1]",
      /a mask of \[2, 3, 3\]/,
    ],
  ] as const)("%s", (_name, model, path, message) => {
    const error = errorOf(() => resolve(model));
    expect(error.path).toBe(path);
    expect(error.diagnostic.message).toMatch(message);
  });
});
