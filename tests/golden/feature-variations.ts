// Layers that make features, in variations that no fixture has, and the same as plain loops over doubles.
import { map, type Tensor } from "./reference.ts";
import * as f from "./reference-features.ts";
import { alone, ids, type Variation } from "./variation.ts";

export const features: readonly Variation[] = [
  {
    name: "discretization",
    layers: alone("discretization", [3, 5], { binBoundaries: [-1, 0, 0, 1.5] }),
    reference: (x) => map(x, (value) => [-1, 0, 0, 1.5].filter((bound) => value >= bound).length),
    // Halves, so that boundaries are met exactly.
    input: (noise) => noise.integer(-6, 6) / 2,
  },
  ...(["one_hot", "multi_hot", "count"] as const).flatMap((outputMode): Variation[] => {
    const classes = (
      name: string,
      inputShape: readonly number[],
      config: Record<string, unknown>,
      of: (x: number) => number,
      depth: number,
    ): Variation => ({
      name: `${name} ${outputMode} of ${inputShape.length} axes`,
      layers: alone(name, inputShape, { outputMode, ...config }),
      reference: (x) => f.classes(map(x, of), depth, outputMode),
      input: name === "discretization" ? (noise) => noise.integer(-6, 6) / 2 : ids(depth),
    });
    const bin = (x: number) => (x >= -1 ? 1 : 0) + (x >= 0.5 ? 1 : 0);
    return [
      classes("discretization", [4], { binBoundaries: [-1, 0.5] }, bin, 3),
      classes("categoryEncoding", [5], { numTokens: 4 }, (x) => x, 4),
      classes("categoryEncoding", [1], { numTokens: 9 }, (x) => x, 9),
      classes("categoryEncoding", [3, 2], { numTokens: 4 }, (x) => x, 4),
    ];
  }),
  ...(["real", "imag", "stft", "psd", "magnitude", "log", "angle"] as const).map((mode, i): Variation => {
    const [frameStep, padding] = i % 2 === 0 ? ([3, "valid"] as const) : ([5, "same"] as const);
    const side = (w: Record<string, Tensor>, part: string) => w[`stftSpectrogram/${part}_kernel`];
    return {
      name: `stftSpectrogram ${mode}`,
      layers: alone("stftSpectrogram", [17, 2], { mode, frameLength: 7, frameStep, padding }),
      reference: (x, w) =>
        f.stft(x, mode === "imag" ? undefined : side(w, "real"), mode === "real" ? undefined : side(w, "imag"), {
          mode,
          frameStep,
          padding,
        }),
    };
  }),
  ...(
    [
      [16, 16, "hann", true],
      [12, 9, "hamming", false],
      [7, 7, null, true],
      [20, 15, "hann", true],
    ] as const
  ).map(
    ([fftLength, sequenceLength, window, powerToDb]): Variation => ({
      name: `melSpectrogram of ${fftLength} points`,
      layers: alone("melSpectrogram", [40], {
        fftLength,
        sequenceLength,
        window,
        powerToDb,
        sequenceStride: 6,
        numMelBins: 4,
        samplingRate: 1000,
        minFreq: 30,
        topDb: 15,
        magExp: powerToDb ? 2 : 1.5,
      }),
      reference: (x) =>
        f.mel(x, {
          fftLength,
          sequenceLength,
          window,
          powerToDb,
          stride: 6,
          bands: 4,
          rate: 1000,
          low: 30,
          topDb: 15,
          power: powerToDb ? 2 : 1.5,
        }),
    }),
  ),
];
