// How strong a sound is in bands that are as wide as the ear takes them: frames of the sound, reflected at both ends, under a window; their
// spectrum; triangles over it on the mel scale; decibels. All of it is constant matrices. The loudest number, below which `topDb` cuts, is
// that of the row, where Keras takes that of the batch: rows do not see each other.
import * as z from "zod";
import { windowOf } from "../../base/windows.ts";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { log } from "../../training/initializers/distributions.ts";
import { layer } from "../define.ts";
import { count, matmul, needsAxes, sampleShape } from "../shared.ts";
import { spectrum } from "./fourier.ts";

const config = z.strictObject({
  fftLength: count.default(2048),
  sequenceStride: count.default(512),
  sequenceLength: count.nullable().default(null),
  window: z
    .union([z.enum(["hann", "hamming"]), z.array(z.number()).min(1)])
    .nullable()
    .default("hann"),
  samplingRate: z.number().positive().default(16000),
  numMelBins: count.default(128),
  minFreq: z.number().min(0).default(20),
  maxFreq: z.number().positive().nullable().default(null),
  powerToDb: z.boolean().default(true),
  topDb: z.number().default(80),
  magExp: z.number().positive().default(2),
  minPower: z.number().positive().default(1e-10),
  refPower: z.number().default(1),
});
type Config = z.output<typeof config>;

const lengthOf = ({ sequenceLength, fftLength }: Config): number => sequenceLength ?? fftLength;
const highest = ({ maxFreq, samplingRate }: Config): number => maxFreq ?? Math.floor(samplingRate / 2);
const mel = (frequency: number): number => -1127 * log(1 / (1 + frequency / 700));

/** The window in the middle of a frame; TensorFlow's is periodic for even lengths only. */
function windowFor(keys: Config): readonly number[] {
  const { window, fftLength } = keys;
  if (window === null) return new Array<number>(fftLength).fill(1);
  const length = lengthOf(keys);
  const own = typeof window === "string" ? windowOf(window, length, length % 2 === 0) : window;
  const before = Math.floor((fftLength - length) / 2);
  return Array.from({ length: fftLength }, (_, i) => own[i - before] ?? 0);
}

/** What each band takes of each frequency: [frequencies, bands]. */
function triangles(keys: Config, bins: number): readonly number[] {
  const { numMelBins, minFreq, samplingRate } = keys;
  const [low, high] = [mel(minFreq), mel(highest(keys))];
  const edge = (i: number): number => low + ((high - low) * i) / (numMelBins + 1);
  return Array.from({ length: bins }, (_, k) => {
    const at = mel((samplingRate / 2 / (bins - 1)) * k);
    return Array.from({ length: numMelBins }, (_, band) => {
      const rising = (at - edge(band)) / (edge(band + 1) - edge(band));
      const falling = (edge(band + 2) - at) / (edge(band + 2) - edge(band + 1));
      return k === 0 ? 0 : Math.max(0, Math.min(rising, falling));
    });
  }).flat();
}

/** `size` points of the last axis. */
function along(g: G, x: Node, from: number, size: number): Node {
  const lead = x.type.shape.slice(0, -1);
  return g.slice(x, { starts: [...lead.map(() => 0), from], sizes: [...lead, size] });
}

/** x with `size` points of itself mirrored at both ends of the last axis. */
function mirrored(g: G, x: Node, size: number): Node {
  if (size === 0) return x;
  const axis = x.type.shape.length - 1;
  const length = x.type.shape[axis] as number;
  const piece = (from: number): Node => g.reverse(along(g, x, from, size), { axes: [axis] });
  return g.concat(piece(1), x, piece(length - 1 - size), { axis });
}

/**
 * The mel spectrogram: [n, …, time] to [n, …, numMelBins, frames].
 * https://keras.io/api/layers/preprocessing_layers/audio_preprocessing/mel_spectrogram/
 */
export const melSpectrogram = layer({
  name: "melSpectrogram",
  keras: "MelSpectrogram",
  says: "How strong overlapping frames of a sound are in `numMelBins` bands of the mel scale, as decibels unless `powerToDb` is false; `topDb` below the row's loudest is the floor.",
  config,
  legal: (keys, input) => {
    const { fftLength, window } = keys;
    const rank = needsAxes(1, input);
    if (rank !== undefined) return rank;
    const length = lengthOf(keys);
    if (fftLength < Math.max(length, 2))
      return {
        path: "fftLength",
        message: `fftLength needs ${Math.max(length, 2)} or more, found ${fftLength}`,
        hint: "give shorter sequences",
      };
    if (Array.isArray(window) && window.length !== length)
      return {
        path: "window",
        code: "shape/mismatch",
        message: `window needs ${length} numbers, found ${window.length}`,
        hint: "one per point",
      };
    if (keys.minFreq >= highest(keys))
      return {
        path: "minFreq",
        message: `minFreq needs less than ${highest(keys)}, found ${keys.minFreq}`,
        hint: "bands need room",
      };
    const border = Math.floor(fftLength / 2);
    const time = input.at(-1) ?? 0;
    if (time > border) return undefined;
    const message = `${border} points are mirrored at both ends, and there are ${time} points of time`;
    return { path: "fftLength", code: "shape/mismatch", message, hint: "give longer sounds or a smaller fftLength" };
  },
  weights: () => [],
  lower: (g, { x, config: keys }) => {
    const { fftLength, sequenceStride, magExp, numMelBins } = keys;
    const bins = Math.floor(fftLength / 2) + 1;
    const axis = x.type.shape.length - 1;
    const fixed = (shape: readonly number[], values: readonly number[]): Node =>
      g.constant({ shape: [...shape], values: values.map(Math.fround) });
    const long = mirrored(g, x, Math.floor(fftLength / 2));
    const frames = g.window(long, { axes: [axis], sizes: [fftLength], strides: [sequenceStride], dilations: [1] });
    const points = g.broadcast(fixed([fftLength], windowFor(keys)), { shape: frames.type.shape, axes: [axis + 1] });
    const [real, imag] = g.as("spectrum", () => spectrum(g, keys.window === null ? frames : g.mul(frames, points)));
    const power = g.as("power", () => g.add(g.square(real), g.square(imag)));
    const strength = magExp === 2 ? power : magExp === 1 ? g.sqrt(power) : g.pow(power, g.like(power, magExp / 2));
    const bands = g.as("bands", () => matmul(g, strength, fixed([bins, numMelBins], triangles(keys, bins))));
    const y = keys.powerToDb ? decibels(g, bands, keys) : bands;
    const axes = y.type.shape.map((_, i) => i);
    return { y: g.transpose(y, { perm: [...axes.slice(0, -2), axis + 1, axis] }), mask: null };
  },
});

function decibels(g: G, x: Node, { minPower, refPower, topDb }: Config): Node {
  const scale = 10 / Math.LN10;
  const power = Math.max(Math.abs(refPower), minPower);
  const reference = power > 1 ? -scale * log(1 / power) : scale * log(power);
  const level = g.mul(g.log(g.max(x, g.like(x, minPower))), g.like(x, scale));
  const db = g.sub(level, g.like(x, reference));
  const axes = sampleShape(x).map((_, i) => i + 1);
  const floor = g.sub(g.reduceMax(db, { axes }), g.fill(topDb, ["n"]));
  return g.max(db, g.broadcast(floor, { shape: db.type.shape, axes: [0] }));
}
