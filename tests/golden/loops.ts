// Training as loops: the loss of a batch, and a step that follows central differences of it. In: what a net computes, as loops too.
import { at, make, type Tensor, tensor } from "./reference.ts";
import type { Loss, Optimizer } from "./reference-training.ts";
import type { Weights } from "./variation.ts";

/** Σ values · weights / count, over those that count. */
export function lossOver(loss: Loss, { y, mask }: { y: Tensor; mask?: Tensor }, target: Tensor, weights: Tensor): number {
  const values = loss.values(y, target);
  const own = loss.counts?.(target);
  let [above, below] = [0, 0];
  make(values.shape, (...c) => {
    const keep = (mask === undefined ? 1 : at(mask, ...c.slice(0, mask.shape.length))) * (own === undefined ? 1 : at(own, ...c));
    above += keep * at(values, ...c) * weights.data[c[0]];
    below += keep;
    return 0;
  });
  return above / Math.max(below, 1);
}

/** An optimizer on its way: `slots` are its own, by weight and number; the step is the t-th. */
export interface Progress {
  readonly optimizer: Optimizer;
  readonly trainable: readonly string[];
  readonly slots: Map<string, Record<string, number>[]>;
  readonly rate: number;
  readonly t: number;
}

/** The trained weights after a step; `lossAt` is the loss of the batch with given weights. */
export function stepped(lossAt: (w: Weights) => number, w: Weights, { optimizer, trainable, slots, rate, t }: Progress): Weights {
  const next: Record<string, Tensor> = { ...w };
  for (const name of trainable) {
    const { shape, data: values } = w[name];
    const own = slots.get(name) ?? Array.from(values, () => ({}));
    slots.set(name, own);
    const loss = (k: number, by: number) => lossAt({ ...w, [name]: tensor(shape, values.with(k, values[k] + by)) });
    const h = 1e-5;
    const change = (k: number) => optimizer.step((loss(k, h) - loss(k, -h)) / (2 * h), own[k], rate, t);
    next[name] = tensor(
      shape,
      values.map((value, k) => value + change(k)),
    );
  }
  return next;
}
