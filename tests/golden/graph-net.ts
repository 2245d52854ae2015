// What graphs are written with, and merges as loops: lines with inputs, tensors by port, broadcasting.
import type { Random } from "../../compiler/base/random.ts";
import type { InputSpec, LayerSpec, Model } from "../../compiler/model.ts";
import * as r from "./reference.ts";
import { at, make, map, type Tensor } from "./reference.ts";
import type { Loss, Optimizer } from "./reference-training.ts";
import { line, type Weights } from "./variation.ts";

export type Tensors = Readonly<Record<string, Tensor>>;
export interface GraphNet {
  readonly name: string;
  readonly inputs: readonly InputSpec[];
  readonly outputs?: NonNullable<Model["outputs"]>;
  readonly layers: readonly LayerSpec[];
  /** By output; a net with one may give it alone. */
  readonly forward: (x: Tensors, w: Weights) => Tensor | Tensors;
  /** One number of an input; within ±2 without it. */
  readonly input?: (noise: Random) => number;
  readonly training?: {
    /** By output; those without one are not trained. */
    readonly losses: Readonly<Record<string, Loss>>;
    readonly lossWeights?: Readonly<Record<string, number>>;
    readonly optimizer: Optimizer;
    readonly weighted?: true;
  };
}

/** `x` over a longer shape: new axes behind the batch, sizes of 1 repeated. */
export const spread = (x: Tensor, shape: readonly number[]): Tensor =>
  make(shape, (n, ...c) => {
    const own = x.shape.slice(1);
    return at(x, n, ...c.slice(c.length - own.length).map((k, axis) => (own[axis] === 1 ? 0 : k)));
  });
export const merged = (sample: readonly number[], xs: readonly Tensor[], f: (values: readonly number[]) => number): Tensor => {
  const shape = [xs[0].shape[0], ...sample];
  const wide = xs.map((x) => spread(x, shape));
  return make(shape, (...c) => f(wide.map((x) => at(x, ...c))));
};
export const joined = (xs: readonly Tensor[], axis: number): Tensor => {
  const starts = xs.map((_, i) => r.sum(i, (k) => xs[k].shape[axis]));
  const shape = xs[0].shape.with(
    axis,
    r.sum(xs.length, (k) => xs[k].shape[axis]),
  );
  return make(shape, (...c) => {
    const part = starts.findLastIndex((start) => start <= c[axis]);
    return at(xs[part], ...c.with(axis, c[axis] - starts[part]));
  });
};
/** Σ over axis `a` of x and `b` of y, for every point of the other axes. */
export const dotted = (x: Tensor, y: Tensor, a: number, b: number): Tensor => {
  const left = x.shape.toSpliced(a, 1);
  const right = y.shape.toSpliced(b, 1).slice(1);
  const found = make([...left, ...right], (...c) =>
    r.sum(x.shape[a], (k) => {
      const own = c.slice(0, left.length).toSpliced(a, 0, k);
      const other = [c[0], ...c.slice(left.length)].toSpliced(b, 0, k);
      return at(x, ...own) * at(y, ...other);
    }),
  );
  return found.shape.length > 1 ? found : r.reshape(found, 1);
};
export const unit = (x: Tensor, axis: number): Tensor => {
  const squares = make(x.shape.toSpliced(axis, 1), (...c) => r.sum(x.shape[axis], (k) => at(x, ...c.toSpliced(axis, 0, k)) ** 2));
  return make(x.shape, (...c) => at(x, ...c) / Math.sqrt(at(squares, ...c.toSpliced(axis, 1))));
};

export const port = (name: string, ...shape: number[]): InputSpec => ({ name, shape });
export const call = (
  layer: string,
  inputs: readonly string[],
  config: Record<string, unknown> = {},
  name = layer,
): LayerSpec => ({
  ...line(layer, config, name),
  inputs,
});
export const again = (of: string, name: string, ...inputs: string[]): LayerSpec => ({
  name,
  layer: "reuse",
  config: { of },
  inputs,
});
export const dense = (x: Tensor, w: Weights, name: string) => r.dense(x, w[`${name}/kernel`], w[`${name}/bias`]);
export const tanh = (x: Tensor) => map(x, Math.tanh);
export const add = (...xs: readonly Tensor[]) =>
  merged(xs[0].shape.slice(1), xs, (values) => r.sum(values.length, (i) => values[i]));
export const embedded = (x: Tensor, table: Tensor) => make([...x.shape, table.shape[1]], (n, t, f) => at(table, at(x, n, t), f));

export const folds: Readonly<Record<string, (values: readonly number[]) => number>> = {
  add: (values) => values.reduce((a, b) => a + b),
  subtract: ([a, b]) => a - b,
  multiply: (values) => values.reduce((a, b) => a * b),
  average: (values) => values.reduce((a, b) => a + b) / values.length,
  maximum: (values) => Math.max(...values),
  minimum: (values) => Math.min(...values),
};
