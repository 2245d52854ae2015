// Separable convolution, channels last: a depthwise convolution, and one of a single point that mixes its channels.
//
//   deep[n, i, j, c·m + q] = Σ_kl x[n, s·i + d·k − top, s·j + d·l − left, c] · depthwise[k, l, c, q]       x is 0 outside
//   out[n, i, j, f]        = bias[f] + Σ_p deep[n, i, j, p] · pointwise[0, 0, p, f]
//   x [n, H, W, C],  depthwise kernel [kh, kw, C, m],  pointwise kernel [1, 1, C·m, filters],  out [n, OH, OW, filters]
import * as z from "zod";
import { activationSchema, badActivation } from "../activations.ts";
import { layer } from "../define.ts";
import { count, needsRank, weightKeys, weightOf } from "../shared.ts";
import { convolve, convolveDepthwise, finished } from "./products.ts";
import { badWindow, type Geometry, geometryOf, twice, windowKeys } from "./windows.ts";

const point: Geometry = { sizes: [1, 1], strides: [1, 1], dilations: [1, 1], padding: "valid" };

/** Separable convolution, [n, H, W, C] to [n, OH, OW, filters]. https://keras.io/api/layers/convolution_layers/separable_convolution2d/ */
export const separableConv2d = layer({
  name: "separableConv2d",
  keras: "SeparableConv2D",
  says: "depthwiseConv2d without a bias, then a 1 x 1 convolution: activation(Σ deep · pointwise kernel + bias).",
  config: z.strictObject({
    filters: count,
    ...windowKeys,
    depthMultiplier: count.default(1),
    activation: activationSchema,
    useBias: z.boolean().default(true),
    ...weightKeys("depthwise", "glorot_uniform"),
    ...weightKeys("pointwise", "glorot_uniform"),
    ...weightKeys("bias", "zeros"),
  }),
  fixed: {
    dataFormat: ["channels_last", null],
  },
  legal: (config, input) =>
    needsRank(3, "height, width, channels", input) ??
    badWindow(geometryOf(config), input, "kernelSize") ??
    badActivation(config.activation, config.filters),
  weights: (config, input) => {
    const { filters, kernelSize, depthMultiplier, useBias } = config;
    const deep = input[2] * depthMultiplier;
    return [
      weightOf(config, "depthwise", [...twice(kernelSize), input[2], depthMultiplier], { name: "depthwise_kernel" }),
      weightOf(config, "pointwise", [1, 1, deep, filters], { name: "pointwise_kernel" }),
      ...(useBias ? [weightOf(config, "bias", [filters])] : []),
    ];
  },
  lower: (g, { x, weights: { depthwise_kernel: depthwise, pointwise_kernel: pointwise, bias }, config }) => {
    const deep = g.as("depthwise", () => convolveDepthwise(g, x, depthwise, geometryOf(config)));
    return { y: finished(g, convolve(g, deep, pointwise, point, 1), bias, config.activation), mask: null };
  },
});
