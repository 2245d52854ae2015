// The spectrum of short stretches of a sound: x [n, time, channels] under windows that start `frameStep` apart.
//
//   real[n, o, c, k] = Σ_t x[n, o · step + t, c] · real_kernel[t, 0, k]           imag likewise; F = ⌊fftLength / 2⌋ + 1 frequencies
//
// In ops: pad, window, and a dot with each kernel; the kernels are weights, which the initializer stft fills.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { windowSchema } from "../../training/initializers/stft.ts";
import { layer, type Problem } from "../define.ts";
import { count, matmul, needsRank } from "../shared.ts";

const config = z.strictObject({
  mode: z.enum(["log", "magnitude", "psd", "real", "imag", "angle", "stft"]).default("log"),
  frameLength: count.default(256),
  frameStep: count.nullable().default(null),
  fftLength: count.nullable().default(null),
  window: windowSchema.default("hann"),
  periodic: z.boolean().default(false),
  scaling: z.enum(["density", "spectrum"]).nullable().default("density"),
  padding: z.enum(["valid", "same"]).default("valid"),
  expandDims: z.boolean().default(false),
  dataFormat: z.enum(["channels_last", "channels_first"]).nullable().default(null),
});
type Config = z.output<typeof config>;

const stepOf = ({ frameStep, frameLength }: Config): number => frameStep ?? Math.floor(frameLength / 2);
/** The smallest power of two from the length on, where nothing is said. */
function fftOf({ fftLength, frameLength }: Config): number {
  let size = 1;
  while (size < frameLength) size *= 2;
  return fftLength ?? size;
}
const frequencies = (keys: Config): number => Math.floor(fftOf(keys) / 2) + 1;

function badFrames(keys: Config, time: number): Problem | undefined {
  const { frameLength, window, padding } = keys;
  const step = stepOf(keys);
  const code = "shape/mismatch";
  if (step < 1 || step > frameLength)
    return {
      path: "frameStep",
      message: `frameStep needs 1 to ${frameLength}, the frame's length, found ${step}`,
      hint: "frames may touch, or overlap",
    };
  if (fftOf(keys) < frameLength)
    return {
      path: "fftLength",
      message: `fftLength needs ${frameLength} or more, the frame's length, found ${fftOf(keys)}`,
      hint: "leave it out",
    };
  if (Array.isArray(window) && window.length !== frameLength)
    return {
      path: "window",
      code,
      message: `window needs ${frameLength} numbers, found ${window.length}`,
      hint: "one per point of a frame",
    };
  if (padding === "same" || time >= frameLength) return undefined;
  return {
    path: "frameLength",
    code,
    message: `a frame of ${frameLength} does not fit into ${time} points of time`,
    hint: 'padding: "same" pads the input',
  };
}

/** Frames: [n, frames, channels, frameLength]. */
function framesOf(g: G, x: Node, keys: Config): Node {
  const { frameLength, padding } = keys;
  const step = stepOf(keys);
  const time = x.type.shape[1] as number;
  const missing = padding === "valid" ? 0 : Math.max((Math.ceil(time / step) - 1) * step + frameLength - time, 0);
  const before = Math.floor(missing / 2);
  const padded = missing === 0 ? x : g.pad(x, { low: [0, before, 0], high: [0, missing - before, 0], value: 0 });
  return g.window(padded, { axes: [1], sizes: [frameLength], strides: [step], dilations: [1] });
}

/** The angle of the point (x, y), from −π to π; that of the origin is 0. */
function angleOf(g: G, y: Node, x: Node): Node {
  const zero = g.like(x, 0);
  const isZero = g.equal(x, zero);
  const straight = g.atan(g.div(y, g.select(isZero, g.like(x, 1), x)));
  const half = g.like(x, Math.PI);
  const behind = g.add(straight, g.select(g.less(y, zero), g.neg(half), half));
  const upright = g.mul(g.sign(y), g.like(x, Math.PI / 2));
  return g.select(isZero, upright, g.select(g.less(x, zero), behind, straight));
}

/** What is made of both parts of the spectrum. */
function partsOf(g: G, mode: Config["mode"], part: (side: "real" | "imag") => Node): Node {
  if (mode === "real" || mode === "imag") return part(mode);
  const [real, imag] = [part("real"), part("imag")];
  const axis = real.type.shape.length - 1;
  if (mode === "stft") return g.concat(real, imag, { axis });
  if (mode === "angle") return angleOf(g, imag, real);
  const power = g.as("power", () => g.add(g.square(real), g.square(imag)));
  if (mode === "psd") {
    const bins = real.type.shape[axis] as number;
    const twice = Array.from({ length: bins }, (_, k) => (k === 0 || k === bins - 1 ? 1 : 2));
    return g.mul(power, g.broadcast(g.constant({ shape: [bins], values: twice }), { shape: power.type.shape, axes: [axis] }));
  }
  const least = (x: Node): Node => g.max(x, g.like(x, 1e-7));
  const magnitude = g.sqrt(least(power));
  return mode === "magnitude" ? magnitude : g.log(least(magnitude));
}

/**
 * The short-time Fourier transform of each channel: [n, time, channels] to [n, frames, channels · F], with `expandDims` to
 * [n, frames, F, channels]; `channels_first` alike with the channels in front.
 * https://keras.io/api/layers/preprocessing_layers/audio_preprocessing/stft_spectrogram/
 */
export const stftSpectrogram = layer({
  name: "stftSpectrogram",
  keras: "STFTSpectrogram",
  says: "The spectrum of overlapping frames of a sound, of each channel: its logarithm, magnitude, power, angle, or both parts.",
  config,
  legal: (keys, input) => {
    const rank = needsRank(2, "time, channels", input);
    if (rank !== undefined) return rank;
    const time = input[keys.dataFormat === "channels_first" ? 1 : 0];
    return badFrames(keys, time);
  },
  weights: (keys) => {
    const { mode, window, scaling, periodic, frameLength } = keys;
    const shape = [frameLength, 1, frequencies(keys)];
    const sides = (["real", "imag"] as const).filter((side) => mode !== (side === "real" ? "imag" : "real"));
    return sides.map((side) => ({
      name: `${side}_kernel`,
      shape,
      initializer: { name: "stft", side, window, scaling, periodic },
      trainable: true,
    }));
  },
  lower: (g, { x, weights, config: keys }) => {
    const isFirst = keys.dataFormat === "channels_first";
    const frames = framesOf(g, isFirst ? g.transpose(x, { perm: [0, 2, 1] }) : x, keys);
    const part = (side: string): Node => {
      const kernel = weights[`${side}_kernel`];
      const [length, , bins] = kernel.type.shape as readonly number[];
      return g.as(side, () => matmul(g, frames, g.reshape(kernel, { shape: [length, bins] })));
    };
    const y = partsOf(g, keys.mode, part);
    const [, count, channels, bins] = y.type.shape as readonly number[];
    if (keys.expandDims) return { y: g.transpose(y, { perm: isFirst ? [0, 2, 1, 3] : [0, 1, 3, 2] }), mask: null };
    const flat = g.reshape(y, { shape: ["n", count, channels * bins] });
    return { y: isFirst ? g.transpose(flat, { perm: [0, 2, 1] }) : flat, mask: null };
  },
});
