// Layers that make features of numbers and sounds, as plain loops over doubles, written from Keras' documentation and sharing nothing with
// the compiler. In and out: tensors with the batch as axis 0.
import { at, make, sum, type Tensor } from "./reference.ts";

/** Numbers of classes as places of an axis: by themselves, or those along the first axis of a row together. */
export function classes({ shape, data }: Tensor, depth: number, mode: "one_hot" | "multi_hot" | "count"): Tensor {
  const ids = { shape, data };
  if (mode === "one_hot") {
    const kept = shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
    return make([...kept, depth], (...coords) =>
      at({ shape: kept, data }, ...coords.slice(0, -1)) === coords[coords.length - 1] ? 1 : 0,
    );
  }
  return make([shape[0], ...shape.slice(2), depth], (n, ...rest) => {
    const found = sum(shape[1], (i) => (at(ids, n, i, ...rest.slice(0, -1)) === rest[rest.length - 1] ? 1 : 0));
    return mode === "count" ? found : Math.min(found, 1);
  });
}

/** Keras' short-time Fourier transform of [n, time, channels] with kernels [length, 1, frequencies]. */
export function stft(
  x: Tensor,
  real: Tensor | undefined,
  imag: Tensor | undefined,
  { mode, frameStep: step, padding }: { mode: string; frameStep: number; padding: "valid" | "same" },
): Tensor {
  const [rows, time, channels] = x.shape;
  const [length, , bins] = (real ?? imag ?? x).shape;
  const frames = padding === "same" ? Math.ceil(time / step) : Math.floor((time - length) / step) + 1;
  const before = padding === "same" ? Math.floor(Math.max((frames - 1) * step + length - time, 0) / 2) : 0;
  const part = (kernel: Tensor | undefined, n: number, o: number, c: number, k: number): number =>
    kernel === undefined
      ? 0
      : sum(length, (t) => {
          const from = o * step + t - before;
          return from < 0 || from >= time ? 0 : at(x, n, from, c) * at(kernel, t, 0, k);
        });
  const wide = mode === "stft" ? 2 * bins : bins;
  return make([rows, frames, channels * wide], (n, o, place) => {
    const [c, k] = [Math.floor(place / wide), place % wide];
    const re = part(real, n, o, c, k % bins);
    const im = part(imag, n, o, c, k % bins);
    const power = re * re + im * im;
    const magnitude = Math.sqrt(Math.max(power, 1e-7));
    const values: Readonly<Record<string, number>> = {
      ...{ real: re, imag: im, stft: k < bins ? re : im, angle: Math.atan2(im, re), magnitude },
      ...{ psd: k === 0 || k === bins - 1 ? power : 2 * power, log: Math.log(Math.max(magnitude, 1e-7)) },
    };
    return values[mode];
  });
}

interface MelOptions {
  readonly fftLength: number;
  readonly sequenceLength: number;
  readonly window: "hann" | "hamming" | null;
  readonly powerToDb: boolean;
  readonly stride: number;
  readonly bands: number;
  readonly rate: number;
  readonly low: number;
  readonly topDb: number;
  readonly power: number;
}
/** Keras' mel spectrogram of [n, time], its floor below the loudest number of the row. */
export function mel(
  x: Tensor,
  { fftLength: size, sequenceLength: length, window, powerToDb, stride, bands, rate, low, topDb, power }: MelOptions,
): Tensor {
  const [rows, time] = x.shape;
  const border = Math.floor(size / 2);
  const bins = border + 1;
  const frames = Math.floor((time + 2 * border - size) / stride) + 1;
  const mirrored = (n: number, t: number): number => at(x, n, t < 0 ? -t : t >= time ? 2 * (time - 1) - t : t);
  const period = length % 2 === 0 ? length : length - 1;
  const weight = (t: number): number => {
    if (window === null) return 1;
    const i = t - Math.floor((size - length) / 2);
    if (i < 0 || i >= length) return 0;
    const [a, b] = window === "hann" ? [0.5, 0.5] : [0.54, 0.46];
    return a - b * Math.cos((2 * Math.PI * i) / period);
  };
  const strength = make([rows, frames, bins], (n, o, k) => {
    const wave = (f: (angle: number) => number): number =>
      sum(size, (t) => weight(t) * mirrored(n, o * stride + t - border) * f((2 * Math.PI * k * t) / size));
    return Math.hypot(wave(Math.cos), wave(Math.sin)) ** power;
  });
  const scale = (frequency: number): number => 1127 * Math.log(1 + frequency / 700);
  const [from, to] = [scale(low), scale(Math.floor(rate / 2))];
  const edge = (i: number): number => from + ((to - from) * i) / (bands + 1);
  const triangle = (k: number, band: number): number => {
    const place = scale((rate / 2 / (bins - 1)) * k);
    const sides = [
      (place - edge(band)) / (edge(band + 1) - edge(band)),
      (edge(band + 2) - place) / (edge(band + 2) - edge(band + 1)),
    ];
    return k === 0 ? 0 : Math.max(0, Math.min(...sides));
  };
  const level = make([rows, bands, frames], (n, band, o) => {
    const value = sum(bins, (k) => at(strength, n, o, k) * triangle(k, band));
    return powerToDb ? 10 * Math.log10(Math.max(value, 1e-10)) : value;
  });
  if (!powerToDb) return level;
  return make(level.shape, (n, band, o) => {
    const loudest = Math.max(...level.data.slice(n * bands * frames, (n + 1) * bands * frames));
    return Math.max(at(level, n, band, o), loudest - topDb);
  });
}
