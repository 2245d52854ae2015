// Depthwise convolution over one or two spatial axes: every channel is convolved by itself, with m kernels of its own. With two:
//
//   out[n, i, j, c·m + q] = bias[c·m + q] + Σ_kl x[n, s·i + d·k − top, s·j + d·l − left, c] · kernel[k, l, c, q]       x is 0 outside
//   x [n, H, W, C],  kernel [kh, kw, C, m],  out [n, OH, OW, C·m]
import * as z from "zod";
import { layer } from "../define.ts";
import { channelsLast, eachAxis, type Formatted, needsSpace, toLast } from "../layout.ts";
import { biasOf, count, weightKeys, weightOf } from "../shared.ts";
import { badFinish, convolveDepthwise, finished, finishKeys } from "./products.ts";
import { badWindow, geometryOf, padding, type Windowed, windowKeys, windowStream, windowsOver } from "./windows.ts";

interface Member {
  readonly name: string;
  readonly keras: string;
  readonly says: string;
  readonly rank: number;
}

const depthwise = ({ rank, ...member }: Member) =>
  layer({
    ...member,
    config: z.strictObject({
      ...windowKeys(rank),
      padding,
      depthMultiplier: count.default(1),
      ...weightKeys("depthwise", "glorot_uniform"),
      ...finishKeys,
    }),
    legal: (config, input) => {
      const shape = channelsLast(config, input);
      const geometry = geometryOf(rank, config);
      return (
        needsSpace(rank, config, input) ??
        badWindow(geometry, shape, "kernelSize") ??
        badFinish(config, shape[rank] * config.depthMultiplier, windowsOver(geometry, shape.slice(0, rank)))
      );
    },
    weights: (config, input) => {
      const channels = channelsLast(config, input)[rank];
      const kernel = [...eachAxis(config.kernelSize, rank), channels, config.depthMultiplier];
      return [weightOf(config, "depthwise", kernel, { name: "kernel" }), ...biasOf(config, [channels * config.depthMultiplier])];
    },
    stream: windowStream((config: Windowed & Formatted) => geometryOf(rank, config)),
    lower: (g, { x, weights: { kernel, bias }, config }) => ({
      y: finished(g, convolveDepthwise(g, toLast(g, config, x), kernel, geometryOf(rank, config)), bias, config),
      mask: null,
    }),
  });

/** Depthwise convolution along time, [n, T, C] to [n, OT, C·m]. https://keras.io/api/layers/convolution_layers/depthwise_convolution1d/ */
export const depthwiseConv1d = depthwise({
  name: "depthwiseConv1d",
  keras: "DepthwiseConv1D",
  says: "activation(Σ patch · kernel + bias) over [steps], every channel by itself, with `depthMultiplier` kernels each.",
  rank: 1,
});

/** Depthwise convolution, [n, H, W, C] to [n, OH, OW, C·m]. https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/ */
export const depthwiseConv2d = depthwise({
  name: "depthwiseConv2d",
  keras: "DepthwiseConv2D",
  says: "activation(Σ patch · kernel + bias) over [height, width], every channel by itself, with `depthMultiplier` kernels each.",
  rank: 2,
});
