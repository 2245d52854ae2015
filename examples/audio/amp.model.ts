// An amplifier as a net: causal convolutions, so that no sample waits for a later one; 31 samples back in all. In: how many samples come at once.
import { conv1d, type Model, sequential } from "layerc";

/** Samples of one call of an AudioWorklet. */
export const frames = 128;

/** The net over so many samples; its weights do not know how many. */
export const amp = (samples: number): Model =>
  sequential(
    [
      ...[1, 2, 4, 8].map((dilationRate, i) =>
        conv1d({
          filters: 6,
          kernelSize: 3,
          dilationRate,
          padding: "causal" as const,
          activation: "tanh",
          ...(i === 0 ? { inputShape: [samples, 1] } : {}),
        }),
      ),
      conv1d({ filters: 1, kernelSize: 1 }),
    ],
    { name: "amp", seed: 4, training: { loss: "mse", optimizer: { name: "adam", learningRate: 0.004 } } },
  );

export default amp(frames);
