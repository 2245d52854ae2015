// Recurrent layers and their wrappers in variations that no fixture has, and the same as loops.
import type { Random } from "../../compiler/base/random.ts";
import type { LayerSpec } from "../../compiler/model.ts";
import { gru, type RecurrentOptions, simpleRnn } from "./recurrent.ts";
import * as r from "./reference.ts";
import { at, make, map, sigmoid, type Tensor } from "./reference.ts";
import { alone, line, relu, type Variation, type Weights } from "./variation.ts";

const part = (w: Weights, under: string) => ["kernel", "recurrent_kernel", "bias"].map((name) => w[`${under}/${name}`]);
const held = (layer: string, config: Record<string, unknown>): LayerSpec => ({ layer, config });
/** Many zeros, so that whole steps are masked. */
const gaps = (noise: Random) => (noise.uniform() < 0.7 ? 0 : 2 * noise.uniform() - 1);
const stepsKept = (x: Tensor): Tensor =>
  make(x.shape.slice(0, 2), (n, t) =>
    Array.from({ length: x.shape[2] }, (_, f) => at(x, n, t, f)).some((v) => v !== 0) ? 1 : 0,
  );
const turned = (x: Tensor): Tensor => make(x.shape, (n, t, ...rest) => at(x, n, x.shape[1] - 1 - t, ...rest));

const sequence = (
  name: string,
  layer: string,
  config: Record<string, unknown>,
  run: (x: Tensor, weights: readonly Tensor[]) => Tensor,
): Variation => ({
  name: `${layer} ${name}`,
  layers: alone(layer, [5, 3], { units: 4, ...config }),
  reference: (x, w) => run(x, part(w, layer)),
});
/** A mask of steps before a recurrent layer. */
const masked = (
  name: string,
  layer: string,
  config: Record<string, unknown>,
  run: (x: Tensor, weights: readonly Tensor[], mask: Tensor) => Tensor,
): Variation => ({
  name: `masked ${layer} ${name}`,
  layers: [...alone("masking", [6, 2]), line(layer, { units: 3, ...config })],
  input: gaps,
  reference: (x, w) => run(x, part(w, layer), stepsKept(x)),
});

/** Each direction's outputs, the backward one at its steps. */
function bothWays(x: Tensor, w: Weights, options: RecurrentOptions, merge: (a: number, b: number) => number): Tensor {
  const [ahead, back] = ["forward_layer", "backward_layer"].map((name, i) =>
    gru(x, part(w, `bidirectional/${name}`), { ...options, backwards: i === 1 }),
  );
  const other = options.all ? turned(back) : back;
  return make(ahead.shape, (...c) => merge(at(ahead, ...c), at(other, ...c)));
}
const merges = {
  sum: (a: number, b: number) => a + b,
  mul: (a: number, b: number) => a * b,
  ave: (a: number, b: number) => (a + b) / 2,
};

/** One step's picture. */
const pictureAt = (x: Tensor, t: number): Tensor => make([x.shape[0], ...x.shape.slice(2)], (n, ...rest) => at(x, n, t, ...rest));

/** A ConvLSTM over [n, steps, H, W, C] with kernels of one size. */
function convLstm(x: Tensor, [kernel, recurrent, bias]: readonly Tensor[], window: r.Window, stateWindow: r.Window): Tensor {
  const filters = kernel.shape[3] / 4;
  let [h, c]: (Tensor | undefined)[] = [undefined, undefined];
  for (let t = 0; t < x.shape[1]; t++) {
    const fromX = r.conv2d(pictureAt(x, t), kernel, bias, window);
    const shape = [...fromX.shape.slice(0, 3), filters];
    const fromH = r.conv2d(h ?? make(shape, () => 0), recurrent, undefined, stateWindow);
    const z = (k: number, [n, i, j, f]: number[]) => at(fromX, n, i, j, k * filters + f) + at(fromH, n, i, j, k * filters + f);
    const old = c;
    const next = make(
      shape,
      (...p) => sigmoid(z(1, p)) * (old === undefined ? 0 : at(old, ...p)) + sigmoid(z(0, p)) * Math.tanh(z(2, p)),
    );
    c = next;
    h = make(shape, (...p) => sigmoid(z(3, p)) * Math.tanh(at(next, ...p)));
  }
  return h as Tensor;
}

export const recurrentCases: readonly Variation[] = [
  sequence("all", "simpleRNN", { returnSequences: true }, (x, w) => simpleRnn(x, w, { all: true })),
  sequence("backwards, no bias", "simpleRNN", { goBackwards: true, useBias: false }, (x, w) =>
    simpleRnn(x, w, { backwards: true }),
  ),
  sequence("all", "gru", { returnSequences: true }, (x, w) => gru(x, w, { all: true })),
  sequence("backwards", "gru", { goBackwards: true, returnSequences: true }, (x, w) => gru(x, w, { backwards: true, all: true })),
  sequence("reset before", "gru", { resetAfter: false }, (x, w) => gru(x, w, { after: false })),
  sequence("reset before, no bias", "gru", { resetAfter: false, useBias: false }, (x, w) => gru(x, w, { after: false })),
  sequence("no bias, unrolled, stateful", "gru", { useBias: false, unroll: true, stateful: true }, (x, w) => gru(x, w)),
  masked("", "simpleRNN", {}, (x, w, mask) => simpleRnn(x, w, { mask })),
  masked("backwards, all", "gru", { goBackwards: true, returnSequences: true }, (x, w, mask) =>
    gru(x, w, { mask, all: true, backwards: true }),
  ),
  masked("giving zeros", "gru", { returnSequences: true, zeroOutputForMask: true }, (x, w, mask) =>
    gru(x, w, { mask, all: true, zeros: true }),
  ),
  masked("giving zeros at the end", "simpleRNN", { zeroOutputForMask: true }, (x, w, mask) =>
    simpleRnn(x, w, { mask, zeros: true }),
  ),
  {
    name: "rnn of two cells, masked",
    layers: [
      ...alone("masking", [5, 2]),
      line("rnn", { cell: [held("gruCell", { units: 3 }), held("simpleRNNCell", { units: 2 })], returnSequences: true }),
    ],
    input: gaps,
    reference: (x, w) => {
      const mask = stepsKept(x);
      const first = gru(x, part(w, "rnn/cell/cells/gru_cell"), { mask, all: true });
      return simpleRnn(first, part(w, "rnn/cell/cells/simple_rnn_cell"), { mask, all: true });
    },
  },
  {
    name: "rnn of one cell, backwards",
    layers: alone("rnn", [4, 3], { cell: held("gruCell", { units: 2, resetAfter: false }), goBackwards: true }),
    reference: (x, w) => gru(x, part(w, "rnn/cell"), { after: false, backwards: true }),
  },
  ...Object.entries(merges).flatMap(([mergeMode, merge]) =>
    [true, false].map(
      (all): Variation => ({
        name: `bidirectional gru, masked, ${mergeMode} of ${all ? "all steps" : "the last outputs"}`,
        layers: [
          ...alone("masking", [5, 2]),
          line("bidirectional", { layer: held("gru", { units: 3, returnSequences: all }), mergeMode }),
        ],
        input: gaps,
        reference: (x, w) => bothWays(x, w, { mask: stepsKept(x), all, zeros: all }, merge),
      }),
    ),
  ),
  {
    name: "timeDistributed dense",
    layers: alone("timeDistributed", [4, 3], { layer: held("dense", { units: 5, activation: "relu" }) }),
    reference: (x, w) => map(r.dense(x, w["timeDistributed/layer/kernel"], w["timeDistributed/layer/bias"]), relu),
  },
  {
    name: "timeDistributed gru",
    layers: alone("timeDistributed", [2, 4, 3], { layer: held("gru", { units: 2 }) }),
    reference: (x, w) => {
      const steps = [0, 1].map((t) => gru(pictureAt(x, t), part(w, "timeDistributed/layer")));
      return make([x.shape[0], 2, 2], (n, t, u) => at(steps[t], n, u));
    },
  },
  {
    name: "timeDistributed softmax over the features",
    layers: alone("timeDistributed", [3, 4], { layer: held("softmax", {}) }),
    reference: (x) => r.softmax(x, [2]),
  },
  {
    name: "convLSTM2d, valid",
    layers: alone("convLSTM2d", [3, 5, 4, 2], { filters: 3, kernelSize: [3, 2] }),
    reference: (x, w) => convLstm(x, part(w, "convLSTM2d"), { sizes: [3, 2] }, { sizes: [3, 2], same: true }),
  },
  {
    name: "convLSTM2d, same, strides",
    layers: alone("convLSTM2d", [2, 5, 5, 1], { filters: 2, kernelSize: 3, strides: 2, padding: "same" }),
    reference: (x, w) =>
      convLstm(x, part(w, "convLSTM2d"), { sizes: [3, 3], strides: [2, 2], same: true }, { sizes: [3, 3], same: true }),
  },
];
