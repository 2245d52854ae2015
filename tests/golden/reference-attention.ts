// Attention as plain loops over doubles. In: queries [n, t, d], values [n, s, e], keys [n, s, d], and what may be looked at. Out: what
// each step gets, and the weights. `keep` says it for a head too; a step without anything has equal weights, or none with `zero`.
import { at, make, sigmoid, sum, type Tensor } from "./reference.ts";
import type { Weights } from "./variation.ts";

type Keep = (n: number, t: number, s: number, head: number) => boolean;
export interface Attended {
  readonly y: Tensor;
  readonly weights: Tensor;
}

/** Softmax of the scores that are kept, and the sums of values. */
export function attended(
  scores: Tensor,
  v: Tensor,
  { keep = () => true, zero = false }: { keep?: Keep; zero?: boolean } = {},
): Attended {
  const [, , steps] = scores.shape;
  const weights = make(scores.shape, (n, t, s) => {
    const all = Array.from({ length: steps }, (_, k) => (keep(n, t, k, 0) ? at(scores, n, t, k) : -1e300));
    const most = Math.max(...all);
    const weight = Math.exp(all[s] - most) / sum(steps, (k) => Math.exp(all[k] - most));
    return zero && !keep(n, t, s, 0) ? 0 : weight;
  });
  const y = make([scores.shape[0], scores.shape[1], v.shape[2]], (n, t, e) =>
    sum(steps, (s) => at(weights, n, t, s) * at(v, n, s, e)),
  );
  return { y, weights };
}

export const dotScores = (q: Tensor, k: Tensor): Tensor =>
  make([q.shape[0], q.shape[1], k.shape[1]], (n, t, s) => sum(q.shape[2], (d) => at(q, n, t, d) * at(k, n, s, d)));
/** Σ of f of each feature of a query and a key. */
export const pairScores = (q: Tensor, k: Tensor, f: (sum: number, d: number) => number): Tensor =>
  make([q.shape[0], q.shape[1], k.shape[1]], (n, t, s) => sum(q.shape[2], (d) => f(at(q, n, t, d) + at(k, n, s, d), d)));

export const causal: Keep = (_n, t, s) => t >= s;
/** At most `size` − 1 steps away. */
export const within =
  (size: number): Keep =>
  (_n, t, s) =>
    Math.abs(t - s) < size;
export const both =
  (...all: readonly Keep[]): Keep =>
  (...place) =>
    all.every((keep) => keep(...place));

export interface Heads {
  readonly query: Tensor;
  readonly value: Tensor;
  readonly key?: Tensor;
  readonly keep?: Keep;
  readonly zero?: boolean;
}

/** Heads side by side; several query heads share a key and value head. `w` are the weights of the layer `name`. */
export function heads(w: Weights, name: string, { query, value, key = value, keep = () => true, zero = false }: Heads): Attended {
  const weight = (part: string): Tensor | undefined => w[`${name}/${part}`];
  const project = (x: Tensor, part: string): Tensor => {
    const kernel = weight(`${part}_kernel`) as Tensor;
    const bias = weight(`${part}_bias`);
    const [features, count, size] = kernel.shape;
    return make(
      [x.shape[0], x.shape[1], count, size],
      (n, t, h, i) => sum(features, (d) => at(x, n, t, d) * at(kernel, d, h, i)) + (bias === undefined ? 0 : at(bias, h, i)),
    );
  };
  const [q, k, v] = [project(query, "query"), project(key, "key"), project(value, "value")];
  const [rows, steps, count, size] = q.shape;
  const shared = count / k.shape[2];
  const one = (x: Tensor, h: number): Tensor => make([x.shape[0], x.shape[1], x.shape[3]], (n, t, i) => at(x, n, t, h, i));
  const each = Array.from({ length: count }, (_, h) => {
    const scores = dotScores(one(q, h), one(k, Math.floor(h / shared)));
    const scaled = make(scores.shape, (...c) => at(scores, ...c) / Math.sqrt(size));
    return attended(scaled, one(v, Math.floor(h / shared)), { keep: (n, t, s) => keep(n, t, s, h), zero });
  });
  const gate = weight("gate_kernel") === undefined ? undefined : project(query, "gate");
  const kernel = weight("output_kernel") as Tensor;
  const bias = weight("output_bias");
  const [, width, ...out] = kernel.shape;
  const y = make([rows, steps, ...out], (n, t, ...o) => {
    const total = sum(count, (h) =>
      sum(
        width,
        (i) => at(each[h].y, n, t, i) * (gate === undefined ? 1 : sigmoid(at(gate, n, t, h, i))) * at(kernel, h, i, ...o),
      ),
    );
    return total + (bias === undefined ? 0 : at(bias, ...o));
  });
  return { y, weights: make([rows, count, steps, k.shape[1]], (n, h, t, s) => at(each[h].weights, n, t, s)) };
}
