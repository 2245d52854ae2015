// Convolution over height and width, channels last: each output sees a patch of kh × kw points, s apart, their taps d apart.
//
//   out[n, i, j, f] = bias[f] + Σ_klc x[n, s·i + d·k − top, s·j + d·l − left, c] · kernel[k, l, c, f]       x is 0 outside
//   x [n, H, W, C],  kernel [kh, kw, C / groups, filters],  out [n, OH, OW, filters]
//
// Group g of the filters sees group g of the channels alone. In ops: pad, window, dot over (k, l, c), add, activation.
import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import { activationSchema, badActivation } from "../activations.ts";
import { layer } from "../define.ts";
import { count, needsRank, weightKeys, weightOf } from "../shared.ts";
import { convolve, finished } from "./products.ts";
import { badWindow, geometryOf, twice, windowKeys } from "./windows.ts";

/** Convolution, [n, H, W, C] to [n, OH, OW, filters]. https://keras.io/api/layers/convolution_layers/convolution2d/ */
export const conv2d = layer({
  name: "conv2d",
  keras: "Conv2D",
  says: "activation(Σ patch · kernel + bias) over [height, width, channels]; `groups` split the channels; `same` pads with 0.",
  config: z.strictObject({
    filters: count,
    ...windowKeys,
    groups: count.default(1),
    activation: activationSchema,
    useBias: z.boolean().default(true),
    ...weightKeys("kernel", "glorot_uniform"),
    ...weightKeys("bias", "zeros"),
  }),
  fixed: {
    dataFormat: ["channels_last", null],
    loraRank: [null],
    quantizationConfig: [null],
  },
  legal: (config, input) => {
    const rank = needsRank(3, "height, width, channels", input);
    if (rank !== undefined) return rank;
    const { filters, groups, strides, dilationRate } = config;
    const divided = { filters, "the channels": input[2] };
    for (const [what, size] of Object.entries(divided)) {
      const message = `${what} must split into ${groups} groups of equal size, found ${size}`;
      if (size % groups !== 0)
        return { path: "groups", code: "shape/mismatch", message, hint: "groups must divide both filters and channels" };
    }
    if (Math.max(...twice(strides)) > 1 && Math.max(...twice(dilationRate)) > 1) {
      const message = `strides or dilationRate must be 1, found ${showShape(twice(strides))} and ${showShape(twice(dilationRate))}`;
      return { path: "dilationRate", message, hint: "Keras excludes it too" };
    }
    return badWindow(geometryOf(config), input, "kernelSize") ?? badActivation(config.activation, filters);
  },
  weights: (config, input) => [
    weightOf(config, "kernel", [...twice(config.kernelSize), input[2] / config.groups, config.filters]),
    ...(config.useBias ? [weightOf(config, "bias", [config.filters])] : []),
  ],
  lower: (g, { x, weights: { kernel, bias }, config }) => ({
    y: finished(g, convolve(g, x, kernel, geometryOf(config), config.groups), bias, config.activation),
    mask: null,
  }),
});
