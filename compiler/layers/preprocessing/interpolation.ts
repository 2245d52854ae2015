// Interpolation along an axis, as TensorFlow does it for Keras: points stand in the middle of their cells, so that output o lies at
// p = (o + ½) · length / outputs of the input. In: a method and two sizes. Out: for each output what it is made of (`bands.ts`).
//
//   nearest     the cell of p                     bilinear   its two neighbours; beyond the ends the last point
//   bicubic     four neighbours, Keys' kernel with a = −½ at one of 1,024 places; those outside do not count
//   lanczos3/5  six or ten neighbours: sinc(x) · sinc(x / r)
//   area        cells by how much of them lies under the output
//
// `antialias` makes the kernel of a smaller picture as much wider. Places are computed in float32, as they are there.
import type { Taps } from "../bands.ts";

/** Keras' names. */
export const interpolations = ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"] as const;
export type Interpolation = (typeof interpolations)[number];

interface Kernel {
  readonly radius: number;
  /** The weight at a distance. */
  readonly at: (x: number) => number;
}

const lanczos = (radius: number): Kernel => ({
  radius,
  at: (x) => {
    if (x > radius) return 0;
    if (x <= 1e-3) return 1;
    return (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * Math.PI * x * x);
  },
});
const triangle: Kernel = { radius: 1, at: (x) => Math.max(1 - x, 0) };
const keys: Kernel = {
  radius: 2,
  at: (x) => {
    if (x >= 2) return 0;
    return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
  },
};

const { fround: f32 } = Math;

/** What each of `outputs` is made of, of `length` points. */
export function interpolated(method: Interpolation, length: number, outputs: number, antialias: boolean): readonly Taps[] {
  const scale = f32(length / outputs);
  const each = (taps: (o: number) => Taps) => Array.from({ length: outputs }, (_, o) => taps(o));
  const middle = (o: number) => f32(f32(o + 0.5) * scale);
  switch (method) {
    case "nearest":
      return each((o) => ({ first: Math.min(Math.floor(middle(o)), length - 1), weights: [1] }));
    case "area":
      return each((o) => covered(f32(o * scale), f32((o + 1) * scale), length));
    case "bilinear":
      return each(antialias ? spanned(triangle, length, outputs, true) : (o) => linear(f32(middle(o) - 0.5), length));
    case "bicubic":
      return each(antialias ? spanned(keys, length, outputs, true) : (o) => cubic(f32(middle(o) - 0.5), length));
    case "lanczos3":
      return each(spanned(lanczos(3), length, outputs, antialias));
    case "lanczos5":
      return each(spanned(lanczos(5), length, outputs, antialias));
  }
}

function linear(place: number, length: number): Taps {
  const [low, high] = [Math.max(Math.floor(place), 0), Math.min(Math.ceil(place), length - 1)];
  const part = f32(place - Math.floor(place));
  return low === high ? { first: low, weights: [1] } : { first: low, weights: [f32(1 - part), part] };
}

/** How many places between two points Keys' kernel is tabulated at. */
const places = 1024;

function cubic(place: number, length: number): Taps {
  const low = Math.floor(place);
  const part = roundToEven((place - low) * places) / places;
  const inside = [-1, 0, 1, 2].filter((i) => low + i >= 0 && low + i < length);
  return { first: low + inside[0], weights: normalized(inside.map((i) => keys.at(Math.abs(part - i)))) };
}

function roundToEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

/** All points within the kernel's reach, which grows with `antialias`. */
function spanned(kernel: Kernel, length: number, outputs: number, antialias: boolean): (o: number) => Taps {
  const inverse = f32(1 / f32(outputs / length));
  const wide = antialias ? Math.max(inverse, 1) : 1;
  const clamp = (point: number) => Math.min(Math.max(point, 0), length - 1);
  return (o) => {
    const place = f32(f32(o + 0.5) * inverse);
    const first = clamp(Math.ceil(f32(f32(place - f32(kernel.radius * wide)) - 0.5)));
    const last = clamp(Math.floor(f32(f32(place + f32(kernel.radius * wide)) - 0.5)));
    const weights = Array.from({ length: last - first + 1 }, (_, i) => kernel.at(Math.abs((first + i + 0.5 - place) / wide)));
    return { first, weights: normalized(weights) };
  };
}

/** By how much of each cell lies between two places. */
function covered(from: number, to: number, length: number): Taps {
  const first = Math.floor(from);
  const last = Math.min(Math.ceil(to), length);
  const parts = Array.from(
    { length: Math.max(last - first, 1) },
    (_, i) => Math.min(first + i + 1, to) - Math.max(first + i, from),
  );
  return { first, weights: normalized(parts) };
}

function normalized(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
