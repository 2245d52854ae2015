// The kernel of a short-time Fourier transform, for a convolution along time: w[t, 0, k] = window[t] · cos(−2π · t · k / N) / scale, or sin,
// where the N / 2 + 1 frequencies k are the kernel's filters.
import * as z from "zod";
import { CompileError } from "../../diagnostics/error.ts";
import { showShape } from "../../graph/graph.ts";
import type { Initializer } from "../define.ts";

const windows = ["hann", "hamming"] as const;
const schema = z.strictObject({
  side: z.enum(["real", "imag"]).default("real"),
  window: z
    .union([z.enum(windows), z.array(z.number()).min(1)])
    .nullable()
    .default("hann"),
  scaling: z.enum(["density", "spectrum"]).nullable().default("density"),
  periodic: z.boolean().default(false),
});
type Config = z.output<typeof schema>;

/** Cosine and sine tables over a window. https://keras.io/api/layers/initializers/ */
export const stft: Initializer<Config> = {
  name: "stft",
  aliases: ["stft_initializer"],
  says: 'Windowed cosines, or with `side: "imag"` sines, of all frequencies: the kernel of a Fourier transform along time.',
  config: schema,
  fill: (shape, _random, config) => {
    const [length, inputs, frequencies] = shape;
    if (shape.length !== 3 || inputs !== 1) throw bad(`[steps, 1, frequencies], the weight is ${showShape(shape)}`);
    if (Array.isArray(config.window) && config.window.length !== length)
      throw bad(`a window of ${length} numbers, found ${config.window.length}`);
    const period = 2 * (frequencies - 1);
    const window = windowOf(config, length);
    const scale = config.window === null ? 1 : scaleOf(window, config.scaling);
    return Float32Array.from({ length: length * frequencies }, (_, i) => {
      const [t, k] = [Math.floor(i / frequencies), i % frequencies];
      const turn = period === 0 ? 0 : (t * k) % period;
      const value = config.side === "real" ? cosine(turn, period) : -sine(turn, period);
      return (value * window[t]) / scale;
    });
  },
};

/** A symmetric window, or the first `length` points of one that is a point longer. */
function windowOf({ window, periodic }: Config, length: number): readonly number[] {
  if (window === null || (typeof window === "string" && length === 1)) return Array.from({ length }, () => 1);
  if (typeof window !== "string") return window;
  const period = periodic ? length : length - 1;
  const middle = window === "hann" ? 0.5 : 0.54;
  return Array.from({ length }, (_, t) => middle - (1 - middle) * cosine(t % period, period));
}

const scaleOf = (window: readonly number[], scaling: Config["scaling"]): number => {
  if (scaling === null) return 1;
  const sum = window.reduce((all, value) => all + (scaling === "density" ? value * value : Math.abs(value)), 0);
  return scaling === "density" ? Math.sqrt(sum) : sum;
};

/** cos(2π · k / n) for 0 ≤ k < n, by series over an eighth of a turn, so that every engine has the same bits. */
function cosine(k: number, n: number): number {
  if (n === 0) return 1;
  const part = k / n;
  if (part > 0.5) return cosine(n - k, n);
  if (part > 0.25) return -cosine(n / 2 - k, n);
  if (part > 0.125) return sine(n / 4 - k, n);
  return series(part, 0);
}

/** sin(2π · k / n), the same. */
function sine(k: number, n: number): number {
  if (n === 0) return 0;
  const part = k / n;
  if (part > 0.5) return -sine(n - k, n);
  if (part > 0.25) return sine(n / 2 - k, n);
  if (part > 0.125) return cosine(n / 4 - k, n);
  return series(part, 1);
}

/** Σ ± x^m / m! over m = first, first + 2, …, for x = 2π · part of at most π / 4. */
function series(part: number, first: 0 | 1): number {
  const x = 2 * Math.PI * part;
  let term = first === 0 ? 1 : x;
  let sum = term;
  for (let m = first + 2; m < 24; m += 2) {
    term *= (-x * x) / (m * (m - 1));
    sum += term;
  }
  return sum;
}

const bad = (needed: string): CompileError =>
  new CompileError({
    code: "shape/rank",
    path: "",
    message: `the initializer stft needs ${needed}`,
    hint: "use it for the kernel of a conv1d",
  });
