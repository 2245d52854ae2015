// Depthwise convolution, channels last: every channel is convolved by itself, with m kernels of its own.
//
//   out[n, i, j, c·m + q] = bias[c·m + q] + Σ_kl x[n, s·i + d·k − top, s·j + d·l − left, c] · kernel[k, l, c, q]       x is 0 outside
//   x [n, H, W, C],  kernel [kh, kw, C, m],  out [n, OH, OW, C·m]
import * as z from "zod";
import { activationSchema, badActivation } from "../activations.ts";
import { layer } from "../define.ts";
import { count, needsRank, weightKeys, weightOf } from "../shared.ts";
import { convolveDepthwise, finished } from "./products.ts";
import { badWindow, geometryOf, twice, windowKeys } from "./windows.ts";

/** Depthwise convolution, [n, H, W, C] to [n, OH, OW, C·m]. https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/ */
export const depthwiseConv2d = layer({
  name: "depthwiseConv2d",
  keras: "DepthwiseConv2D",
  says: "activation(Σ patch · kernel + bias) over [height, width], every channel by itself, with `depthMultiplier` kernels each.",
  config: z.strictObject({
    ...windowKeys,
    depthMultiplier: count.default(1),
    activation: activationSchema,
    useBias: z.boolean().default(true),
    ...weightKeys("depthwise", "glorot_uniform"),
    ...weightKeys("bias", "zeros"),
  }),
  fixed: {
    dataFormat: ["channels_last", null],
  },
  legal: (config, input) =>
    needsRank(3, "height, width, channels", input) ??
    badWindow(geometryOf(config), input, "kernelSize") ??
    badActivation(config.activation, input[2] * config.depthMultiplier),
  weights: (config, input) => [
    weightOf(config, "depthwise", [...twice(config.kernelSize), input[2], config.depthMultiplier], { name: "kernel" }),
    ...(config.useBias ? [weightOf(config, "bias", [input[2] * config.depthMultiplier])] : []),
  ],
  lower: (g, { x, weights: { kernel, bias }, config }) => ({
    y: finished(g, convolveDepthwise(g, x, kernel, geometryOf(config)), bias, config.activation),
    mask: null,
  }),
});
