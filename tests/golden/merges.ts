// Merges of inputs, with and without masks, and the same as loops.
import { call, dotted, embedded, folds, type GraphNet, joined, merged, port, unit } from "./graph-net.ts";
import * as r from "./reference.ts";
import { at, make, map, type Tensor } from "./reference.ts";
import { ids, kernels, line } from "./variation.ts";

/** Shapes of inputs, and that of the result. */
const shapes: readonly (readonly (readonly number[])[])[] = [
  [[4, 5], [4, 5], [4, 5]],
  [[3, 1], [1, 4], [3, 4]],
  [[2, 3, 4], [4], [2, 3, 4]],
  [[], [3, 1, 2], [3, 1, 2]],
]; // biome-ignore format: one table

/** A product takes 1 for what is masked; where both sides are, it is 0. A largest leaves a masked side out. */
const heeding: Readonly<Record<string, (a: number, b: number, keepA: number, keepB: number) => number>> = {
  multiply: (a, b, keepA, keepB) => (keepA || keepB ? (keepA ? a : 1) * (keepB ? b : 1) : 0),
  maximum: (a, b, keepA, keepB) => (keepA && keepB ? Math.max(a, b) : keepB ? b : a),
  minimum: (a, b, keepA, keepB) => (keepA && keepB ? Math.min(a, b) : keepB ? b : a),
  add: (a, b) => a + b,
  average: (a, b) => (a + b) / 2,
  subtract: (a, b) => a - b,
};
const kept = (x: Tensor): Tensor => map(x, (id) => (id === 0 ? 0 : 1));
const both = (a: Tensor, b: Tensor): Tensor => make(a.shape, (...c) => Math.max(at(a, ...c), at(b, ...c)));
/** Two embeddings with masks, merged, and an lstm that heeds what comes of them. */
const masked = (layer: string): GraphNet => ({
  name: `masks on ${layer}`,
  inputs: [port("a", 5), port("b", 5)],
  layers: [
    call("embedding", ["a"], { inputDim: 3, outputDim: 4, maskZero: true }, "left"),
    call("embedding", ["b"], { inputDim: 3, outputDim: 4, maskZero: true }, "right"),
    call(layer, ["left", "right"]),
    line("lstm", { units: 3 }),
  ],
  input: ids(3),
  forward: ({ a, b }, w) => {
    const [x, y] = [embedded(a, w["left/embeddings"]), embedded(b, w["right/embeddings"])];
    const [keepA, keepB] = [kept(a), kept(b)];
    const values = make(x.shape, (n, t, f) => heeding[layer](at(x, n, t, f), at(y, n, t, f), at(keepA, n, t), at(keepB, n, t)));
    return r.lstm(values, kernels(w), { mask: both(keepA, keepB) });
  },
});
/** A mask on one side only: the result has none; a largest heeds it all the same. */
const oneSided = (layer: string, isFirst: boolean): GraphNet => ({
  name: `a mask on the ${isFirst ? "first" : "second"} of ${layer}`,
  inputs: [port("a", 5), port("b", 5)],
  layers: [
    call("embedding", ["a"], { inputDim: 3, outputDim: 4, maskZero: isFirst }, "left"),
    call("embedding", ["b"], { inputDim: 3, outputDim: 4, maskZero: !isFirst }, "right"),
    call(layer, ["left", "right"]),
    line("lstm", { units: 3 }),
  ],
  input: ids(3),
  forward: ({ a, b }, w) => {
    const [x, y] = [embedded(a, w["left/embeddings"]), embedded(b, w["right/embeddings"])];
    const one = kept(isFirst ? a : b);
    const keep = (n: number, t: number): [number, number] => (isFirst ? [at(one, n, t), 1] : [1, at(one, n, t)]);
    const values = make(x.shape, (n, t, f) => heeding[layer](at(x, n, t, f), at(y, n, t, f), ...keep(n, t)));
    return r.lstm(values, kernels(w));
  },
});

export const merges: readonly GraphNet[] = [
  ...Object.entries(folds).flatMap(([layer, fold]) =>
    shapes.map(
      ([a, b, result]): GraphNet => ({
        name: `${layer} of [${a}] and [${b}]`,
        inputs: [port("a", ...a), port("b", ...b)],
        layers: [call(layer, ["a", "b"])],
        forward: (x) => merged(result, [x.a, x.b], fold),
      }),
    ),
  ),
  ...["add", "multiply", "average", "maximum", "minimum"].map(
    (layer): GraphNet => ({
      name: `${layer} of three`,
      inputs: [port("a", 3), port("b", 2, 1), port("c", 2, 3)],
      layers: [call(layer, ["a", "b", "c"])],
      forward: ({ a, b, c }) => merged([2, 3], [a, b, c], folds[layer]),
    }),
  ),
  ...[1, 2, -1].map(
    (axis): GraphNet => ({
      name: `concatenate along ${axis}`,
      inputs: [port("a", 3, 2), port("b", ...(axis === 1 ? [1, 2] : [3, 4])), port("c", 3, 2)],
      layers: [call("concatenate", ["a", "b", "c"], { axis })],
      forward: ({ a, b, c }) => joined([a, b, c], axis < 0 ? axis + 3 : axis),
    }),
  ),
  ...(
    [
      [[4], [4], 1, 1],
      [[3, 4], [5, 4], 2, 2],
      [[4, 3], [4], 1, 1],
      [[4], [2, 4, 3], 1, 2],
      [[2, 3, 4], [5, 3], 2, 2],
    ] as const
  ).flatMap(([a, b, one, other]) =>
    [false, true].map(
      (normalize): GraphNet => ({
        name: `dot of [${a}] and [${b}]${normalize ? ", normalized" : ""}`,
        inputs: [port("a", ...a), port("b", ...b)],
        layers: [call("dot", ["a", "b"], { axes: one === other ? one : [one, other], normalize })],
        forward: (x) => (normalize ? dotted(unit(x.a, one), unit(x.b, other), one, other) : dotted(x.a, x.b, one, other)),
      }),
    ),
  ),
  ...Object.keys(heeding).map(masked),
  ...["multiply", "maximum", "add"].flatMap((layer) => [oneSided(layer, true), oneSided(layer, false)]),
  {
    name: "masks one after another along the steps, where one side has none",
    inputs: [port("a", 3), port("b", 2, 4)],
    layers: [
      call("embedding", ["a"], { inputDim: 3, outputDim: 4, maskZero: true }),
      call("concatenate", ["embedding", "b"], { axis: 1 }),
      line("lstm", { units: 3 }),
    ],
    input: ids(3),
    forward: ({ a, b }, w) => {
      const mask = make([a.shape[0], 5], (n, t) => (t < 3 ? at(kept(a), n, t) : 1));
      return r.lstm(joined([embedded(a, w["embedding/embeddings"]), b], 1), kernels(w), { mask });
    },
  },
  {
    name: "a mask beside a side without one along the last axis keeps every step",
    inputs: [port("a", 3), port("b", 3, 2)],
    layers: [
      call("embedding", ["a"], { inputDim: 3, outputDim: 4, maskZero: true }),
      call("concatenate", ["embedding", "b"]),
      line("lstm", { units: 3 }),
    ],
    input: ids(3),
    forward: ({ a, b }, w) => r.lstm(joined([embedded(a, w["embedding/embeddings"]), b], 2), kernels(w)),
  },
];
