// Convolution over one, two or three spatial axes: each output sees a patch of taps d apart; the patches are s apart. With two:
//
//   out[n, i, j, f] = bias[f] + Σ_klc x[n, s·i + d·k − top, s·j + d·l − left, c] · kernel[k, l, c, f]       x is 0 outside
//   x [n, H, W, C],  kernel [kh, kw, C / groups, filters],  out [n, OH, OW, filters]
//
// Group g of the filters sees group g of the channels alone. In ops: pad, window, dot over taps and channels, add, activation.
import * as z from "zod";
import { layer, type Problem } from "../define.ts";
import { channelsLast, eachAxis, needsSpace, toLast } from "../layout.ts";
import { biasOf, count, weightKeys, weightOf } from "../shared.ts";
import { badFinish, convolve, finished, finishKeys } from "./products.ts";
import {
  badWindow,
  geometryOf,
  looking,
  padding,
  paddingInTime,
  type Windowed,
  windowKeys,
  windowStream,
  windowsOver,
} from "./windows.ts";

interface Member<P> {
  readonly name: string;
  readonly keras: string;
  readonly says: string;
  readonly rank: number;
  readonly padding: P;
}

const conv = <P extends typeof padding | typeof paddingInTime>({ rank, padding: how, ...member }: Member<P>) => {
  // What a schema that is a parameter gives is open to the type checker.
  const geometry = (config: object) => geometryOf(rank, config as Windowed);
  return layer({
    ...member,
    config: z.strictObject({
      filters: count,
      ...windowKeys(rank),
      padding: how,
      groups: count.default(1),
      ...weightKeys("kernel", "glorot_uniform"),
      ...finishKeys,
    }),
    fixed: {
      loraRank: [null],
      loraAlpha: [null],
      quantizationConfig: [null],
    },
    legal: (config, input) => {
      const shape = channelsLast(config, input);
      return (
        needsSpace(rank, config, input) ??
        badGroups(config, shape[rank]) ??
        badWindow(geometry(config), shape, "kernelSize") ??
        badFinish(config, config.filters, windowsOver(geometry(config), shape.slice(0, rank)))
      );
    },
    weights: (config, input) => {
      const { filters, groups, kernelSize } = config;
      const kernel = [...eachAxis(kernelSize, rank), channelsLast(config, input)[rank] / groups, filters];
      return [weightOf(config, "kernel", kernel), ...biasOf(config, [filters])];
    },
    stream: windowStream(geometry),
    lower: (g, { x, weights: { kernel, bias }, config, past }) => {
      const seen = looking(toLast(g, config, x), geometry(config), past);
      return { y: finished(g, convolve(g, seen.x, kernel, seen.geometry, config.groups), bias, config), mask: null };
    },
  });
};

/** Convolution along time, [n, T, C] to [n, OT, filters]. https://keras.io/api/layers/convolution_layers/convolution1d/ */
export const conv1d = conv({
  name: "conv1d",
  keras: "Conv1D",
  says: "activation(Σ patch · kernel + bias) over [steps, channels]; `causal` pads with 0 before the first step alone.",
  rank: 1,
  padding: paddingInTime,
});

/** Convolution, [n, H, W, C] to [n, OH, OW, filters]. https://keras.io/api/layers/convolution_layers/convolution2d/ */
export const conv2d = conv({
  name: "conv2d",
  keras: "Conv2D",
  says: "activation(Σ patch · kernel + bias) over [height, width, channels]; `groups` split the channels; `same` pads with 0.",
  rank: 2,
  padding,
});

/** Convolution, [n, D, H, W, C] to [n, OD, OH, OW, filters]. https://keras.io/api/layers/convolution_layers/convolution3d/ */
export const conv3d = conv({
  name: "conv3d",
  keras: "Conv3D",
  says: "activation(Σ patch · kernel + bias) over [depth, height, width, channels]; `groups` split the channels; `same` pads with 0.",
  rank: 3,
  padding,
});

function badGroups(
  { filters, groups }: { readonly filters: number; readonly groups: number },
  channels: number,
): Problem | undefined {
  for (const [what, size] of Object.entries({ filters, "the channels": channels })) {
    const message = `${what} must split into ${groups} groups of equal size, found ${size}`;
    if (size % groups !== 0)
      return { path: "groups", code: "shape/mismatch", message, hint: "groups must divide both filters and channels" };
  }
  return undefined;
}
