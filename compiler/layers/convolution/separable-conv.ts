// Separable convolution over one or two spatial axes: a depthwise convolution, and one of a single point that mixes its channels.
//
//   deep[n, i, j, c·m + q] = Σ_kl x[n, s·i + d·k − top, s·j + d·l − left, c] · depthwise[k, l, c, q]       x is 0 outside
//   out[n, i, j, f]        = bias[f] + Σ_p deep[n, i, j, p] · pointwise[0, 0, p, f]
//   x [n, H, W, C],  depthwise kernel [kh, kw, C, m],  pointwise kernel [1, 1, C·m, filters],  out [n, OH, OW, filters]
import * as z from "zod";
import { layer } from "../define.ts";
import { channelsLast, eachAxis, type Formatted, needsSpace, toLast } from "../layout.ts";
import { biasOf, count, weightKeys, weightOf } from "../shared.ts";
import { badFinish, convolve, convolveDepthwise, finished, finishKeys } from "./products.ts";
import { badWindow, geometryOf, padding, type Windowed, windowKeys, windowStream, windowsOver } from "./windows.ts";

interface Member {
  readonly name: string;
  readonly keras: string;
  readonly says: string;
  readonly rank: number;
}

const separable = ({ rank, ...member }: Member) => {
  const ones = eachAxis(1, rank);
  return layer({
    ...member,
    config: z.strictObject({
      filters: count,
      ...windowKeys(rank),
      padding,
      depthMultiplier: count.default(1),
      ...weightKeys("depthwise", "glorot_uniform"),
      ...weightKeys("pointwise", "glorot_uniform"),
      ...finishKeys,
    }),
    legal: (config, input) => {
      const shape = channelsLast(config, input);
      const geometry = geometryOf(rank, config);
      return (
        needsSpace(rank, config, input) ??
        badWindow(geometry, shape, "kernelSize") ??
        badFinish(config, config.filters, windowsOver(geometry, shape.slice(0, rank)))
      );
    },
    weights: (config, input) => {
      const { filters, kernelSize, depthMultiplier } = config;
      const channels = channelsLast(config, input)[rank];
      const deep = [...eachAxis(kernelSize, rank), channels, depthMultiplier];
      return [
        weightOf(config, "depthwise", deep, { name: "depthwise_kernel" }),
        weightOf(config, "pointwise", [...ones, channels * depthMultiplier, filters], { name: "pointwise_kernel" }),
        ...biasOf(config, [filters]),
      ];
    },
    stream: windowStream((config: Windowed & Formatted) => geometryOf(rank, config)),
    lower: (g, { x, weights: { depthwise_kernel: depthwise, pointwise_kernel: pointwise, bias }, config }) => {
      const picture = toLast(g, config, x);
      const deep = g.as("depthwise", () => convolveDepthwise(g, picture, depthwise, geometryOf(rank, config)));
      const point = { sizes: ones, strides: ones, dilations: ones, padding: "valid" } as const;
      return { y: finished(g, convolve(g, deep, pointwise, point, 1), bias, config), mask: null };
    },
  });
};

/** Separable convolution along time, [n, T, C] to [n, OT, filters]. https://keras.io/api/layers/convolution_layers/separable_convolution1d/ */
export const separableConv1d = separable({
  name: "separableConv1d",
  keras: "SeparableConv1D",
  says: "depthwiseConv1d without a bias, then a convolution of one step: activation(Σ deep · pointwise kernel + bias).",
  rank: 1,
});

/** Separable convolution, [n, H, W, C] to [n, OH, OW, filters]. https://keras.io/api/layers/convolution_layers/separable_convolution2d/ */
export const separableConv2d = separable({
  name: "separableConv2d",
  keras: "SeparableConv2D",
  says: "depthwiseConv2d without a bias, then a 1 x 1 convolution: activation(Σ deep · pointwise kernel + bias).",
  rank: 2,
});
