// Keras' layers as plain loops over doubles, written from its documentation and sharing nothing with the compiler. In and out: tensors
// with the batch as axis 0. Slow and obvious: what they say is what the compiled code has to compute.

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** A tensor by its value at every point, row-major. */
export function make(shape: readonly number[], value: (...coords: number[]) => number): Tensor {
  const data = new Float64Array(sizeOf(shape));
  const coords = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = value(...coords);
    for (let axis = shape.length - 1; axis >= 0 && ++coords[axis] === shape[axis]; axis--) coords[axis] = 0;
  }
  return { shape, data };
}

export const tensor = (shape: readonly number[], values: ArrayLike<number>): Tensor => ({
  shape,
  data: Float64Array.from(values),
});
export const at = ({ shape, data }: Tensor, ...coords: number[]): number =>
  data[coords.reduce((index, coord, axis) => index * shape[axis] + coord, 0)];
export const map = ({ shape, data }: Tensor, f: (value: number) => number): Tensor => ({ shape, data: data.map(f) });
/** Σ over 0 ≤ i < count. */
export const sum = (count: number, term: (i: number) => number): number => {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
};

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const reshape = ({ shape, data }: Tensor, ...sample: number[]): Tensor => ({ shape: [shape[0], ...sample], data });

export const permute = (x: Tensor, dims: readonly number[]): Tensor =>
  make([x.shape[0], ...dims.map((dim) => x.shape[dim])], (n, ...to) => {
    const from: number[] = [];
    dims.forEach((dim, i) => {
      from[dim - 1] = to[i];
    });
    return at(x, n, ...from);
  });

export const repeat = (x: Tensor, times: number): Tensor => make([x.shape[0], times, x.shape[1]], (n, _, f) => at(x, n, f));

export function dense(x: Tensor, kernel: Tensor, bias?: Tensor): Tensor {
  const [features, units] = kernel.shape;
  return make([...x.shape.slice(0, -1), units], (...coords) => {
    const unit = coords.pop() as number;
    return sum(features, (f) => at(x, ...coords, f) * at(kernel, f, unit)) + (bias?.data[unit] ?? 0);
  });
}

export interface Window {
  readonly sizes: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly same?: boolean;
}

/** Number of windows along an axis, and how far the first hangs over the start. */
function extent(
  length: number,
  { sizes, strides = [1, 1], dilations = [1, 1], same = false }: Window,
  axis: 0 | 1,
): [number, number] {
  const span = (sizes[axis] - 1) * dilations[axis] + 1;
  if (!same) return [Math.floor((length - span) / strides[axis]) + 1, 0];
  const count = Math.ceil(length / strides[axis]);
  return [count, Math.floor(Math.max((count - 1) * strides[axis] + span - length, 0) / 2)];
}

/** Folds f over the taps of every window of [n, height, width, channels]; taps outside the image are not visited. */
function windows(
  x: Tensor,
  window: Window,
  channels: number,
  start: number,
  f: (before: number, place: { n: number; y: number; x: number; ky: number; kx: number; channel: number }) => number,
): Tensor {
  const { strides = [1, 1], dilations = [1, 1], sizes } = window;
  const [n, height, width] = x.shape;
  const [rows, top] = extent(height, window, 0);
  const [columns, left] = extent(width, window, 1);
  return make([n, rows, columns, channels], (sample, row, column, channel) => {
    let value = start;
    for (let ky = 0; ky < sizes[0]; ky++)
      for (let kx = 0; kx < sizes[1]; kx++) {
        const iy = row * strides[0] + ky * dilations[0] - top;
        const ix = column * strides[1] + kx * dilations[1] - left;
        if (iy >= 0 && iy < height && ix >= 0 && ix < width) value = f(value, { n: sample, y: iy, x: ix, ky, kx, channel });
      }
    return value;
  });
}

/** kernel: [height, width, channels / groups, filters]; group g reads the g-th part of the channels and makes that of the filters. */
export function conv2d(image: Tensor, kernel: Tensor, bias: Tensor | undefined, window: Window, groups = 1): Tensor {
  const [, , depth, filters] = kernel.shape;
  const summed = windows(image, window, filters, 0, (before, { n, y, x, ky, kx, channel }) => {
    const first = Math.floor(channel / (filters / groups)) * depth;
    return before + sum(depth, (c) => at(image, n, y, x, first + c) * at(kernel, ky, kx, c, channel));
  });
  return make(summed.shape, (n, y, x, filter) => at(summed, n, y, x, filter) + (bias?.data[filter] ?? 0));
}

/** kernel: [height, width, channels, m]; filter c·m + q is the q-th of channel c. */
export function depthwise(image: Tensor, kernel: Tensor, bias: Tensor | undefined, window: Window): Tensor {
  const [, , channels, m] = kernel.shape;
  const summed = windows(image, window, channels * m, 0, (before, { n, y, x, ky, kx, channel }) => {
    const [c, q] = [Math.floor(channel / m), channel % m];
    return before + at(image, n, y, x, c) * at(kernel, ky, kx, c, q);
  });
  return make(summed.shape, (n, y, x, filter) => at(summed, n, y, x, filter) + (bias?.data[filter] ?? 0));
}

/** `deep`: [height, width, channels, m], `point`: [1, 1, channels · m, filters]. */
export const separable = (image: Tensor, deep: Tensor, point: Tensor, bias: Tensor | undefined, window: Window): Tensor =>
  conv2d(depthwise(image, deep, undefined, window), point, bias, { sizes: [1, 1] });

export const maxPool = (image: Tensor, window: Window): Tensor =>
  windows(image, window, image.shape[3], Number.NEGATIVE_INFINITY, (before, { n, y, x, channel }) =>
    Math.max(before, at(image, n, y, x, channel)),
  );

/** Weights of the gates i, f, c, o side by side. mask: [n, steps]. */
export function lstm(
  x: Tensor,
  [kernel, recurrent, bias]: readonly (Tensor | undefined)[],
  { mask, state, all = false, backwards = false, activation = Math.tanh, gate = sigmoid }: LstmOptions = {},
): Tensor {
  const [rows, steps, features] = x.shape;
  if (kernel === undefined || recurrent === undefined) throw new Error("an LSTM has two kernels");
  const units = recurrent.shape[0];
  const outputs = make([rows, steps, units], () => 0);
  const last = make([rows, units], () => 0);
  for (let n = 0; n < rows; n++) {
    let [h, c] = [0, 1].map((i) =>
      Float64Array.from({ length: units }, (_, u) => (state === undefined ? 0 : at(state[i], n, u))),
    );
    for (let step = 0; step < steps; step++) {
      const t = backwards ? steps - 1 - step : step;
      if (mask === undefined || at(mask, n, t) !== 0) {
        const z = Array.from({ length: 4 * units }, (_, j) => {
          const fromX = sum(features, (f) => at(x, n, t, f) * at(kernel, f, j));
          return fromX + sum(units, (u) => h[u] * at(recurrent, u, j)) + (bias?.data[j] ?? 0);
        });
        const old = c;
        c = c.map((_, u) => gate(z[units + u]) * old[u] + gate(z[u]) * activation(z[2 * units + u]));
        h = c.map((value, u) => gate(z[3 * units + u]) * activation(value));
      }
      for (let u = 0; u < units; u++) outputs.data[(n * steps + step) * units + u] = h[u];
    }
    for (let u = 0; u < units; u++) last.data[n * units + u] = h[u];
  }
  return all ? outputs : last;
}
export interface LstmOptions {
  readonly mask?: Tensor;
  /** h and c before the first step; zeros without it. */
  readonly state?: readonly [h: Tensor, c: Tensor];
  readonly all?: boolean;
  readonly backwards?: boolean;
  readonly activation?: (x: number) => number;
  readonly gate?: (x: number) => number;
}

/** The value of a tensor over some axes (ascending, 0 is the batch) at a point of the whole. */
export const along = (values: Tensor, axes: readonly number[], coords: readonly number[]): number =>
  at(values, ...axes.map((axis) => coords[axis]));

/** The mean of x over the points that share `kept` axes with a point, of those where `keep` is not 0 (all, where there is none). */
export function means(x: Tensor, kept: readonly number[], keep?: (coords: readonly number[]) => number): Tensor {
  const shape = kept.map((axis) => x.shape[axis]);
  const totals = make(shape, () => 0);
  const counts = make(shape, () => 0);
  make(x.shape, (...coords) => {
    const weight = keep?.(coords) ?? 1;
    const place = kept.reduce((index, axis) => index * x.shape[axis] + coords[axis], 0);
    totals.data[place] += weight * at(x, ...coords);
    counts.data[place] += weight;
    return 0;
  });
  return make(shape, (...coords) => at(totals, ...coords) / at(counts, ...coords));
}

export function layerNorm(x: Tensor, axes: readonly number[], gamma?: Tensor, beta?: Tensor, epsilon = 1e-3): Tensor {
  const outer = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const mean = means(x, outer);
  const variance = means(
    make(x.shape, (...c) => (at(x, ...c) - along(mean, outer, c)) ** 2),
    outer,
  );
  return make(x.shape, (...c) => {
    const scaled = (at(x, ...c) - along(mean, outer, c)) / Math.sqrt(along(variance, outer, c) + epsilon);
    return scaled * (gamma === undefined ? 1 : along(gamma, axes, c)) + (beta === undefined ? 0 : along(beta, axes, c));
  });
}

export function batchNorm(
  x: Tensor,
  axis: number,
  { gamma, beta, mean, variance }: { gamma?: Tensor; beta?: Tensor; mean: Tensor; variance: Tensor },
  epsilon = 1e-3,
): Tensor {
  return make(x.shape, (...c) => {
    const scaled = (at(x, ...c) - mean.data[c[axis]]) / Math.sqrt(variance.data[c[axis]] + epsilon);
    return scaled * (gamma?.data[c[axis]] ?? 1) + (beta?.data[c[axis]] ?? 0);
  });
}

export function softmax(x: Tensor, axes: readonly number[]): Tensor {
  const outer = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const count = sizeOf(axes.map((axis) => x.shape[axis]));
  const e = map(x, Math.exp);
  const mean = means(e, outer);
  return make(x.shape, (...c) => at(e, ...c) / (count * along(mean, outer, c)));
}
