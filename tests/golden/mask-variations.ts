// Where a mask goes: which layers hand it on, which heed it, where it ends. Models of a few layers, and the same as loops.
import type { Random } from "../../compiler/base/random.ts";
import * as r from "./reference.ts";
import { at, make, map, type Tensor } from "./reference.ts";
import { alone, ids, kernels, line, relu, type Variation } from "./variation.ts";

/** Many zeros, so that whole steps are 0. */
const gaps = (noise: Random) => (noise.uniform() < 0.7 ? 0 : 2 * noise.uniform() - 1);
const embedded = (x: Tensor, table: Tensor) => make([...x.shape, table.shape[1]], (n, t, f) => at(table, at(x, n, t), f));
const stepsKept = (x: Tensor, value: number): Tensor =>
  make(x.shape.slice(0, -1), (...c) =>
    Array.from({ length: x.shape.at(-1) ?? 0 }, (_, f) => at(x, ...c, f) !== value).some(Boolean) ? 1 : 0,
  );

/** Softmax of x where keep is not 0; 0 elsewhere, also where a whole line is masked. */
function masked(x: Tensor, axes: readonly number[], keep: (...coords: number[]) => number): Tensor {
  const y = r.softmax(
    make(x.shape, (...c) => (keep(...c) === 0 ? -1e3 : at(x, ...c))),
    axes,
  );
  return make(x.shape, (...c) => (keep(...c) === 0 ? 0 : at(y, ...c)));
}

export const maskCases: readonly Variation[] = [
  ...[-1, 1, [1, 2]].map(
    (axis): Variation => ({
      name: `a mask of steps on softmax over ${axis} lies along the last axis`,
      layers: [...alone("masking", [4, 4]), line("softmax", { axis })],
      input: gaps,
      reference: (x) => {
        const mask = stepsKept(x, 0);
        return masked(
          x,
          [axis].flat().map((a) => (a < 0 ? a + 3 : a)),
          (n, _, f) => at(mask, n, f),
        );
      },
    }),
  ),
  {
    name: "a mask of one step on softmax serves the whole row",
    layers: [...alone("masking", [1, 3]), line("softmax")],
    input: gaps,
    reference: (x) => masked(x, [2], (n) => at(stepsKept(x, 0), n, 0)),
  },
  {
    name: "a mask of whole rows on softmax",
    layers: [...alone("masking", [2]), line("dense", { units: 3 }), line("softmax")],
    input: gaps,
    reference: (x, w) => masked(r.dense(x, w["dense/kernel"], w["dense/bias"]), [1], (n) => at(stepsKept(x, 0), n)),
  },
  {
    name: "a mask of two axes on softmax",
    layers: [...alone("masking", [1, 2, 1]), line("dense", { units: 2 }), line("softmax")],
    input: gaps,
    reference: (x, w) => {
      const mask = stepsKept(x, 0);
      return masked(r.dense(x, w["dense/kernel"], w["dense/bias"]), [3], (n, _a, _b, f) => at(mask, n, 0, f));
    },
  },
  {
    name: "masks reach the second lstm through lstm, dense, dropout, layerNormalization, the activation softmax",
    layers: [
      ...alone("masking", [6, 2]),
      line("lstm", { units: 3, returnSequences: true }, "first"),
      line("dense", { units: 4 }),
      line("dropout", { rate: 0.5 }),
      line("layerNormalization"),
      line("activation", { activation: "softmax" }),
      line("lstm", { units: 3 }, "second"),
    ],
    input: gaps,
    reference: (x, w) => {
      const mask = stepsKept(x, 0);
      const first = r.lstm(x, kernels(w, "first"), { mask, all: true });
      const widened = r.dense(first, w["dense/kernel"], w["dense/bias"]);
      const normed = r.layerNorm(widened, [2], w["layerNormalization/gamma"], w["layerNormalization/beta"]);
      return r.lstm(r.softmax(normed, [2]), kernels(w, "second"), { mask });
    },
  },
  {
    name: "masks of an embedding through batchNormalization, prelu, activation and backwards",
    layers: [
      ...alone("embedding", [7], { inputDim: 4, outputDim: 3, maskZero: true }),
      line("batchNormalization"),
      line("prelu", { sharedAxes: [1] }),
      line("activation", { activation: "tanh" }),
      line("lstm", { units: 2, goBackwards: true, returnSequences: true }),
    ],
    input: ids(4),
    reference: (x, w) => {
      const bn = (part: string) => w[`batchNormalization/${part}`];
      const statistics = { gamma: bn("gamma"), beta: bn("beta"), mean: bn("moving_mean"), variance: bn("moving_variance") };
      const normed = r.batchNorm(embedded(x, w["embedding/embeddings"]), 2, statistics);
      const sloped = make(
        normed.shape,
        (n, t, f) => relu(at(normed, n, t, f)) - at(w["prelu/alpha"], 0, f) * relu(-at(normed, n, t, f)),
      );
      return r.lstm(map(sloped, Math.tanh), kernels(w), { mask: map(x, (id) => (id === 0 ? 0 : 1)), backwards: true, all: true });
    },
  },
  {
    name: "a mask ends at flatten",
    layers: [
      ...alone("embedding", [4], { inputDim: 3, outputDim: 2, maskZero: true }),
      line("flatten"),
      line("dense", { units: 3 }),
    ],
    input: ids(3),
    reference: (x, w) => r.dense(r.reshape(embedded(x, w["embedding/embeddings"]), 8), w["dense/kernel"], w["dense/bias"]),
  },
  {
    name: "a mask ends at reshape",
    layers: [...alone("masking", [4, 2]), line("reshape", { targetShape: [-1, 1] }), line("lstm", { units: 2 })],
    input: gaps,
    reference: (x, w) => r.lstm(r.reshape(x, 8, 1), kernels(w)),
  },
  {
    name: "a mask ends at an lstm's last output",
    layers: [
      ...alone("masking", [4, 2]),
      line("lstm", { units: 2 }, "a"),
      line("repeatVector", { n: 3 }),
      line("lstm", { units: 2 }, "b"),
    ],
    input: gaps,
    reference: (x, w) => r.lstm(r.repeat(r.lstm(x, kernels(w, "a"), { mask: stepsKept(x, 0) }), 3), kernels(w, "b")),
  },
  {
    name: "masking by a number that float32 rounds",
    layers: [...alone("masking", [4, 2], { maskValue: 0.1 }), line("lstm", { units: 2 })],
    input: (noise) => Math.fround(noise.uniform() < 0.7 ? 0.1 : noise.uniform()),
    reference: (x, w) => {
      const mask = stepsKept(x, Math.fround(0.1));
      return r.lstm(
        make(x.shape, (n, t, f) => at(x, n, t, f) * at(mask, n, t)),
        kernels(w),
        { mask },
      );
    },
  },
];
