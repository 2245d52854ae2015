// Attentions in nets with several inputs, with masks and what they return, and the same as loops.
import { call, embedded, type GraphNet, port, type Tensors } from "./graph-net.ts";
import * as r from "./reference.ts";
import { at, make, type Tensor } from "./reference.ts";
import { attended, both, causal, dotScores, heads, pairScores, within } from "./reference-attention.ts";
import { losses, sgd } from "./reference-training.ts";
import type { Weights } from "./variation.ts";

const three = [port("q", 4, 3), port("v", 5, 2), port("k", 5, 3)];
const two = [port("q", 4, 3), port("v", 5, 3)];
const whole = (noise: { integer: (low: number, high: number) => number }) => noise.integer(0, 2);

/** Two embeddings, whose ids of 0 are masked, and an attention on them. */
const masked = (
  name: string,
  layer: string,
  config: Record<string, unknown>,
  forward: (
    q: Tensor,
    v: Tensor,
    keepQ: (n: number, t: number) => boolean,
    keepV: (n: number, s: number) => boolean,
    w: Weights,
  ) => Tensor,
): GraphNet => ({
  name,
  inputs: [port("a", 4), port("b", 5)],
  layers: [
    call("embedding", ["a"], { inputDim: 3, outputDim: 4, maskZero: true }, "left"),
    call("embedding", ["b"], { inputDim: 3, outputDim: 4, maskZero: true }, "right"),
    call(layer, ["left", "right"], config, "seen"),
    call("lstm", ["seen"], { units: 2 }),
  ],
  input: whole,
  forward: ({ a, b }, w) => {
    const y = forward(
      embedded(a, w["left/embeddings"]),
      embedded(b, w["right/embeddings"]),
      (n, t) => at(a, n, t) !== 0,
      (n, s) => at(b, n, s) !== 0,
      w,
    );
    const kernels = ["kernel", "recurrent_kernel", "bias"].map((part) => w[`lstm/${part}`]);
    return r.lstm(y, kernels, { mask: make(a.shape, (n, t) => (at(a, n, t) === 0 ? 0 : 1)) });
  },
});
const where = (y: Tensor, keep: (n: number, t: number) => boolean): Tensor =>
  make(y.shape, (n, t, e) => (keep(n, t) ? at(y, n, t, e) : 0));
const folded = (x: Tensor): Tensor => ({ shape: [x.shape[0] * x.shape[1], ...x.shape.slice(2)], data: x.data });
const scored = (name: string, { y, weights }: { y: Tensor; weights: Tensor }): Tensors => ({ y, [name]: weights });

export const attentionNets: readonly GraphNet[] = [
  {
    name: "attention of query, value and key, with scores",
    inputs: three,
    outputs: [
      { name: "y", from: "attention" },
      { name: "scores", from: "attention:1" },
    ],
    layers: [call("attention", ["q", "v", "k"], { useScale: true, returnAttentionScores: true })],
    forward: ({ q, v, k }, w) => {
      const scores = dotScores(q, k);
      return scored(
        "scores",
        attended(
          make(scores.shape, (...c) => at(scores, ...c) * w["attention/scale"].data[0]),
          v,
        ),
      );
    },
  },
  {
    name: "attention by sums, causal, roles in another order",
    inputs: three,
    layers: [
      call("attention", ["k", "q", "v"], {
        scoreMode: "concat",
        useScale: true,
        useCausalMask: true,
        takes: ["key", "query", "value"],
      }),
    ],
    forward: ({ q, v, k }, w) => {
      const [scale, weight] = ["scale", "concat_score_weight"].map((part) => w[`attention/${part}`].data[0]);
      return attended(
        pairScores(q, k, (x) => weight * Math.tanh(scale * x)),
        v,
        { keep: causal },
      ).y;
    },
    training: { losses: { attention: losses.mse }, optimizer: sgd() },
  },
  {
    name: "additive attention, one input for all, then scaled",
    inputs: [port("x", 4, 3)],
    layers: [
      call("additiveAttention", ["x"], {}, "one"),
      call("additiveAttention", ["one", "x"], { useScale: false, useCausalMask: true }, "two"),
    ],
    forward: ({ x }, w) => {
      const one = attended(
        pairScores(x, x, (z, d) => w["one/scale"].data[d] * Math.tanh(z)),
        x,
      ).y;
      return attended(
        pairScores(one, x, (z) => Math.tanh(z)),
        x,
        { keep: causal },
      ).y;
    },
    training: { losses: { two: losses.mse }, optimizer: sgd() },
  },
  {
    name: "attention with masks as inputs",
    inputs: [...two, port("mq", 4), port("mv", 5)],
    layers: [call("attention", ["q", "v", "mq", "mv"], { takes: ["query", "value", "queryMask", "valueMask"] })],
    input: (noise) => noise.integer(-1, 1) / 2,
    forward: ({ q, v, mq, mv }) =>
      where(attended(dotScores(q, v), v, { keep: (n, _t, s) => at(mv, n, s) !== 0 }).y, (n, t) => at(mq, n, t) !== 0),
  },
  masked("masks of two embeddings on attention", "attention", {}, (q, v, keepQ, keepV) =>
    where(attended(dotScores(q, v), v, { keep: (n, _t, s) => keepV(n, s) }).y, keepQ),
  ),
  masked(
    "masks of two embeddings on additive attention",
    "additiveAttention",
    { useCausalMask: true },
    (q, v, keepQ, keepV, w) => {
      const scores = pairScores(q, v, (x, d) => w["seen/scale"].data[d] * Math.tanh(x));
      return where(attended(scores, v, { keep: (n, t, s) => keepV(n, s) && t >= s }).y, keepQ);
    },
  ),
  masked(
    "masks of two embeddings on heads: a step that sees nothing gets the mean",
    "multiHeadAttention",
    { numHeads: 2, keyDim: 3 },
    (query, value, keepQ, keepV, w) => heads(w, "seen", { query, value, keep: (n, t, s) => keepQ(n, t) && keepV(n, s) }).y,
  ),
  masked(
    "masks of two embeddings on heads that drop: a step that sees nothing gets nothing",
    "multiHeadAttention",
    { numHeads: 2, keyDim: 3, dropout: 0.5, useCausalMask: true },
    (query, value, keepQ, keepV, w) =>
      heads(w, "seen", { query, value, zero: true, keep: (n, t, s) => keepQ(n, t) && keepV(n, s) && t >= s }).y,
  ),
  masked(
    "masks of two embeddings on grouped queries",
    "groupQueryAttention",
    { numQueryHeads: 4, numKeyValueHeads: 2, headDim: 2, slidingWindow: 2 },
    (query, value, keepQ, keepV, w) =>
      heads(w, "seen", { query, value, keep: both(within(2), (n, t, s) => keepQ(n, t) && keepV(n, s)) }).y,
  ),
  {
    name: "heads of query, value and key, gated, of another output shape, with scores",
    inputs: three,
    outputs: [
      { name: "y", from: "mha" },
      { name: "scores", from: "mha:1" },
    ],
    layers: [
      call(
        "multiHeadAttention",
        ["q", "v", "k"],
        { numHeads: 2, keyDim: 3, valueDim: 4, outputShape: [2, 3], useGate: true, returnAttentionScores: true },
        "mha",
      ),
    ],
    forward: ({ q, v, k }, w) => scored("scores", heads(w, "mha", { query: q, value: v, key: k })),
  },
  {
    name: "heads with a mask of steps as an input",
    inputs: [...two, port("m", 4, 5)],
    layers: [
      call("multiHeadAttention", ["m", "q", "v"], { numHeads: 2, keyDim: 2, takes: ["attentionMask", "query", "value"] }, "mha"),
    ],
    forward: ({ q, v, m }, w) => heads(w, "mha", { query: q, value: v, keep: (n, t, s) => at(m, n, t, s) !== 0 }).y,
    input: (noise) => noise.integer(-1, 1) / 2,
  },
  {
    name: "grouped queries with a mask of each head, gated, without bias, with scores",
    inputs: [...two, port("m", 4, 1, 5)],
    outputs: [
      { name: "y", from: "gqa" },
      { name: "scores", from: "gqa:1" },
    ],
    layers: [
      call(
        "groupQueryAttention",
        ["q", "v", "m"],
        {
          numQueryHeads: 4,
          numKeyValueHeads: 2,
          headDim: 3,
          useGate: true,
          useBias: false,
          returnAttentionScores: true,
          takes: ["query", "value", "attentionMask"],
        },
        "gqa",
      ),
    ],
    input: (noise) => noise.integer(-1, 1) / 2,
    forward: ({ q, v, m }, w) =>
      scored("scores", heads(w, "gqa", { query: q, value: v, zero: true, keep: (n, _t, s, h) => at(m, n, h, 0, s) !== 0 })),
  },
  {
    name: "heads over the second of two axes",
    inputs: [port("x", 2, 4, 3)],
    layers: [call("multiHeadAttention", ["x"], { numHeads: 2, keyDim: 2, attentionAxes: -2, useCausalMask: true }, "mha")],
    forward: ({ x }, w) => ({ ...heads(w, "mha", { query: folded(x), value: folded(x), keep: causal }).y, shape: x.shape }),
    training: { losses: { mha: losses.mse }, optimizer: sgd() },
  },
  {
    name: "heads over the first of two axes, with scores",
    inputs: [port("x", 4, 2, 3)],
    outputs: [
      { name: "y", from: "mha" },
      { name: "scores", from: "mha:1" },
    ],
    layers: [
      call("multiHeadAttention", ["x"], { numHeads: 2, keyDim: 2, attentionAxes: [1], returnAttentionScores: true }, "mha"),
    ],
    forward: ({ x }, w) => {
      const turned = r.permute(x, [2, 1, 3]);
      const { y, weights } = heads(w, "mha", { query: folded(turned), value: folded(turned) });
      return { y: r.permute({ ...y, shape: turned.shape }, [2, 1, 3]), scores: { ...weights, shape: [x.shape[0], 2, 2, 4, 4] } };
    },
  },
  {
    name: "heads over both axes at once",
    inputs: [port("x", 2, 3, 3)],
    layers: [call("multiHeadAttention", ["x"], { numHeads: 2, keyDim: 2 }, "mha")],
    forward: ({ x }, w) => {
      const flat = r.reshape(x, 6, 3);
      return r.reshape(heads(w, "mha", { query: flat, value: flat }).y, 2, 3, 3);
    },
    training: { losses: { mha: losses.mse }, optimizer: sgd() },
  },
  {
    name: "grouped queries, causal, in training",
    inputs: two,
    layers: [
      call(
        "groupQueryAttention",
        ["q", "v"],
        { numQueryHeads: 4, numKeyValueHeads: 2, headDim: 3, useCausalMask: true, useGate: true },
        "gqa",
      ),
    ],
    forward: ({ q, v }, w) => heads(w, "gqa", { query: q, value: v, keep: causal }).y,
    training: { losses: { gqa: losses.mse }, optimizer: sgd() },
  },
  {
    name: "an embedding there and back, with a soft cap",
    inputs: [port("ids", 4)],
    layers: [
      call("reversibleEmbedding", ["ids"], { inputDim: 3, outputDim: 4, logitSoftCap: 0.5 }, "table"),
      call("dense", ["table"], { units: 4, activation: "tanh" }),
      { name: "back", layer: "reuse", config: { of: "table", reverse: true }, inputs: ["dense"] },
    ],
    input: whole,
    forward: ({ ids }, w) => {
      const table = w["table/embeddings"];
      const hidden = r.dense(embedded(ids, table), w["dense/kernel"], w["dense/bias"]);
      return make(
        [...ids.shape, 3],
        (n, t, k) => 0.5 * Math.tanh(r.sum(4, (f) => Math.tanh(at(hidden, n, t, f)) * at(table, k, f)) / 0.5),
      );
    },
    training: { losses: { back: losses.mse }, optimizer: sgd() },
  },
];
