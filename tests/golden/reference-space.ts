// Layers over one, two or three spatial axes as plain loops over doubles, channels last. In and out: tensors with the batch as axis 0.
// A convolution sums over what an output sees; a transposed one is written the other way round, input by input.
import { at, make, sum, type Tensor } from "./reference.ts";

/** How windows lie, an entry per axis; `low` is how far the first one hangs over the start. */
export interface Windows {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly low: readonly number[];
  readonly outputs: readonly number[];
}

/** Keras' rules for `valid`, `same` and `causal`. */
export function windowsOf(
  lengths: readonly number[],
  sizes: readonly number[],
  { strides = sizes.map(() => 1), dilations = sizes.map(() => 1), padding = "valid" }: Steps = {},
): Windows {
  const spans = sizes.map((size, i) => (size - 1) * dilations[i] + 1);
  const same = lengths.map((length, i) => Math.ceil(length / strides[i]));
  const missing = lengths.map((length, i) => Math.max((same[i] - 1) * strides[i] + spans[i] - length, 0));
  const plain = (more: number) =>
    lengths.map((length, i) => Math.floor((length + more * (spans[i] - 1) - spans[i]) / strides[i]) + 1);
  const how = {
    valid: { low: sizes.map(() => 0), outputs: plain(0) },
    same: { low: missing.map((points) => Math.floor(points / 2)), outputs: same },
    causal: { low: spans.map((span) => span - 1), outputs: plain(1) },
  }[padding];
  return { sizes, strides, dilations, ...how };
}
export interface Steps {
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly padding?: "valid" | "same" | "causal";
}

/** Every point of a box, row-major. */
function eachPoint(sizes: readonly number[], visit: (point: readonly number[]) => void): void {
  make(sizes, (...point) => {
    visit([...point]);
    return 0;
  });
}

/** Visits the taps of a window that lie inside. */
function eachTap(
  x: Tensor,
  windows: Windows,
  place: readonly number[],
  visit: (tap: readonly number[], from: readonly number[]) => void,
): void {
  eachPoint(windows.sizes, (tap) => {
    const from = tap.map((k, i) => place[i] * windows.strides[i] + k * windows.dilations[i] - windows.low[i]);
    if (from.every((coord, i) => coord >= 0 && coord < x.shape[i + 1])) visit(tap, from);
  });
}

export function conv(x: Tensor, kernel: Tensor, bias: Tensor | undefined, windows: Windows, groups = 1): Tensor {
  const [depth, filters] = kernel.shape.slice(-2);
  return make([x.shape[0], ...windows.outputs, filters], (n, ...place) => {
    const filter = place.pop() as number;
    const first = Math.floor(filter / (filters / groups)) * depth;
    let total = bias?.data[filter] ?? 0;
    eachTap(x, windows, place, (tap, from) => {
      total += sum(depth, (c) => at(x, n, ...from, first + c) * at(kernel, ...tap, c, filter));
    });
    return total;
  });
}

export function depthwise(x: Tensor, kernel: Tensor, bias: Tensor | undefined, windows: Windows): Tensor {
  const [channels, m] = kernel.shape.slice(-2);
  return make([x.shape[0], ...windows.outputs, channels * m], (n, ...place) => {
    const filter = place.pop() as number;
    const [c, q] = [Math.floor(filter / m), filter % m];
    let total = bias?.data[filter] ?? 0;
    eachTap(x, windows, place, (tap, from) => {
      total += at(x, n, ...from, c) * at(kernel, ...tap, c, q);
    });
    return total;
  });
}

/** The kernel is [...taps, filters, channels]; `cut` points are cut off before an output of these sizes. */
export function convTranspose(
  x: Tensor,
  kernel: Tensor,
  bias: Tensor | undefined,
  {
    strides,
    dilations,
    cut,
    outputs,
  }: { strides: readonly number[]; dilations: readonly number[]; cut: readonly number[]; outputs: readonly number[] },
): Tensor {
  const [filters, channels] = kernel.shape.slice(-2);
  const taps = kernel.shape.slice(0, -2);
  const y = make([x.shape[0], ...outputs, filters], (...place) => bias?.data[place.at(-1) as number] ?? 0);
  eachPoint(x.shape.slice(0, -1), ([n, ...from]) =>
    eachPoint(taps, (tap) => {
      const to = from.map((coord, i) => coord * strides[i] + tap[i] * dilations[i] - cut[i]);
      if (!to.every((coord, i) => coord >= 0 && coord < outputs[i])) return;
      const start = [n, ...to].reduce((index, coord, axis) => index * y.shape[axis] + coord, 0) * filters;
      for (let f = 0; f < filters; f++)
        y.data[start + f] += sum(channels, (c) => at(x, n, ...from, c) * at(kernel, ...tap, f, c));
    }),
  );
  return y;
}

/** Folds what of each window lies inside, channels apart. */
export const pool = (x: Tensor, windows: Windows, fold: (values: readonly number[]) => number): Tensor =>
  make([x.shape[0], ...windows.outputs, x.shape.at(-1) as number], (n, ...place) => {
    const c = place.pop() as number;
    const values: number[] = [];
    eachTap(x, windows, place, (_, from) => values.push(at(x, n, ...from, c)));
    return fold(values);
  });

/** Windows of uneven size, as many as asked for: from ⌊o·n/size⌋ up to ⌈(o + 1)·n/size⌉. */
export function adaptive(x: Tensor, sizes: readonly number[], fold: (values: readonly number[]) => number): Tensor {
  return sizes.reduce((value, size, i) => {
    const length = value.shape[i + 1];
    return make(value.shape.with(i + 1, size), (...place) => {
      const o = place[i + 1];
      const from = Math.floor((o * length) / size);
      const count = Math.ceil(((o + 1) * length) / size) - from;
      return fold(Array.from({ length: count }, (_, k) => at(value, ...place.with(i + 1, from + k))));
    });
  }, x);
}

/** Σ weight(o, i) · x over axis `axis`, of any o and i. */
export function resample(x: Tensor, axis: number, size: number, weight: (o: number, i: number) => number): Tensor {
  const length = x.shape[axis];
  return make(x.shape.with(axis, size), (...place) => {
    const all = Array.from({ length }, (_, i) => weight(place[axis], i));
    const total = all.reduce((a, b) => a + b, 0);
    return sum(length, (i) => (all[i] / total) * at(x, ...place.with(axis, i)));
  });
}

/** Channels behind everything, and back. */
export const toLast = (x: Tensor): Tensor =>
  make([x.shape[0], ...x.shape.slice(2), x.shape[1]], (n, ...place) => {
    const c = place.pop() as number;
    return at(x, n, c, ...place);
  });
export const toFirst = (x: Tensor): Tensor =>
  make([x.shape[0], x.shape.at(-1) as number, ...x.shape.slice(1, -1)], (n, c, ...place) => at(x, n, ...place, c));

export const largest = (values: readonly number[]): number => Math.max(...values);
export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
