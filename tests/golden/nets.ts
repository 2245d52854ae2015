// Nets that are graphs, which are trained too: branches, shared and nested layers, several inputs, outputs and results; as loops.
import { add, again, call, dense, folds, type GraphNet, joined, merged, port, type Tensors, tanh } from "./graph-net.ts";
import * as r from "./reference.ts";
import { at, make, map, type Tensor } from "./reference.ts";
import { adam, losses, sgd } from "./reference-training.ts";
import { kernels, line, relu, type Weights } from "./variation.ts";

/** An lstm's outputs with its state: all of h, and the last c by the same loops with the output gate left out. */
const stateOf = (x: Tensor, w: Weights, name: string): Tensors => {
  const all = r.lstm(x, kernels(w, name), { all: true });
  const [rows, steps, units] = all.shape;
  const [kernel, recurrent, bias] = kernels(w, name);
  const c = make([rows, units], () => 0);
  for (let n = 0; n < rows; n++)
    for (let t = 0; t < steps; t++)
      for (let u = 0; u < units; u++) {
        const gate = (k: number) =>
          r.sum(x.shape[2], (f) => at(x, n, t, f) * at(kernel, f, k * units + u)) +
          (t === 0 ? 0 : r.sum(units, (v) => at(all, n, t - 1, v) * at(recurrent, v, k * units + u))) +
          bias.data[k * units + u];
        c.data[n * units + u] = r.sigmoid(gate(1)) * c.data[n * units + u] + r.sigmoid(gate(0)) * Math.tanh(gate(2));
      }
  return { all, h: make([rows, units], (n, u) => at(all, n, steps - 1, u)), c };
};

export const nets: readonly GraphNet[] = [
  {
    name: "residual",
    inputs: [port("x", 4)],
    layers: [
      call("dense", ["x"], { units: 4, activation: "tanh" }, "one"),
      call("dense", ["one"], { units: 4 }, "two"),
      call("add", ["x", "two", "one"]),
      line("dense", { units: 2 }),
    ],
    forward: ({ x }, w) => {
      const one = tanh(dense(x, w, "one"));
      return dense(add(x, dense(one, w, "two"), one), w, "dense");
    },
    training: { losses: { dense: losses.mse }, optimizer: adam() },
  },
  {
    name: "two inputs, weighted",
    inputs: [port("numbers", 3), port("series", 4, 2)],
    layers: [
      call("dense", ["numbers"], { units: 3, activation: "relu" }, "head"),
      call("lstm", ["series"], { units: 2 }),
      call("concatenate", ["head", "lstm"]),
      line("dense", { units: 2 }, "end"),
    ],
    forward: ({ numbers, series }, w) =>
      dense(joined([map(dense(numbers, w, "head"), relu), r.lstm(series, kernels(w))], 1), w, "end"),
    training: { losses: { end: losses.huber }, optimizer: sgd({ momentum: 0.8 }), weighted: true },
  },
  {
    name: "two outputs, losses of different weight",
    inputs: [port("x", 3)],
    outputs: ["kind", { name: "size", from: "dense" }],
    layers: [
      call("dense", ["x"], { units: 4, activation: "tanh" }, "body"),
      call("dense", ["body"], { units: 3, activation: "softmax" }, "kind"),
      call("dense", ["body"], { units: 2 }),
    ],
    forward: ({ x }, w) => {
      const body = tanh(dense(x, w, "body"));
      return { kind: r.softmax(dense(body, w, "kind"), [1]), size: dense(body, w, "dense") };
    },
    training: {
      losses: { kind: losses.sparse, size: losses.mae },
      lossWeights: { kind: 0.3, size: 2 },
      optimizer: adam({ amsgrad: true }),
      weighted: true,
    },
  },
  {
    name: "an output without a loss",
    inputs: [port("x", 3)],
    outputs: ["trained", "other"],
    layers: [
      call("dense", ["x"], { units: 2 }, "body"),
      call("dense", ["body"], { units: 2 }, "trained"),
      call("dense", ["body"], { units: 3 }, "other"),
    ],
    forward: ({ x }, w) => {
      const body = dense(x, w, "body");
      return { trained: dense(body, w, "trained"), other: dense(body, w, "other") };
    },
    training: { losses: { trained: losses.mse }, optimizer: sgd() },
  },
  {
    name: "a shared layer",
    inputs: [port("left", 4), port("right", 4)],
    layers: [
      call("dense", ["left"], { units: 3, activation: "tanh" }, "twin"),
      again("twin", "twin of right", "right"),
      call("subtract", ["twin", "twin of right"]),
      call("multiply", ["twin", "twin of right"]),
      call("concatenate", ["subtract", "multiply"]),
      line("dense", { units: 1, activation: "sigmoid" }, "same"),
    ],
    forward: ({ left, right }, w) => {
      const [a, b] = [left, right].map((x) => tanh(dense(x, w, "twin")));
      const parts = [folds.subtract, folds.multiply].map((fold) => merged([3], [a, b], fold));
      return map(dense(joined(parts, 1), w, "same"), r.sigmoid);
    },
    training: { losses: { same: losses.bce }, optimizer: sgd({ momentum: 0.5, nesterov: true }) },
  },
  {
    name: "a model within, called twice, with two results",
    inputs: [port("x", 3), port("y", 3)],
    layers: [
      {
        name: "inner",
        layer: "model",
        inputs: ["x"],
        config: {
          inputs: [port("v", 3)],
          outputs: ["a", "b"],
          layers: [call("dense", ["v"], { units: 3, activation: "tanh" }, "a"), line("dense", { units: 2 }, "b")],
        },
      },
      again("inner", "once more", "y"),
      call("concatenate", ["inner", "inner:1", "once more", "once more:1"]),
      line("dense", { units: 2 }, "end"),
    ],
    forward: ({ x, y }, w) => {
      const inner = (v: Tensor) => {
        const a = tanh(dense(v, w, "inner/a"));
        return [a, dense(a, w, "inner/b")];
      };
      return dense(joined([...inner(x), ...inner(y)], 1), w, "end");
    },
    training: { losses: { end: losses.mse }, optimizer: adam() },
  },
  {
    name: "state from one lstm to another",
    inputs: [port("source", 3, 2), port("target", 2, 2)],
    outputs: [
      { name: "end", from: "decoder" },
      { name: "h", from: "encoder:1" },
      { name: "c", from: "encoder:2" },
      { name: "all", from: "encoder" },
    ],
    layers: [
      call("lstm", ["source"], { units: 2, returnSequences: true, returnState: true }, "encoder"),
      call("lstm", ["target", "encoder:1", "encoder:2"], { units: 2 }, "decoder"),
    ],
    forward: ({ source, target }, w) => {
      const { all, h, c } = stateOf(source, w, "encoder");
      return { end: r.lstm(target, kernels(w, "decoder"), { state: [h, c] }), h, c, all };
    },
    training: { losses: { end: losses.mse, c: losses.mae }, lossWeights: { c: 0.5 }, optimizer: sgd() },
  },
];
