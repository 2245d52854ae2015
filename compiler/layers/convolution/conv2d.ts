// Convolution over height and width, channels last: each output sees a patch of kh × kw points, s apart, their taps d apart.
//
//   out[n, i, j, f] = bias[f] + Σ_klc x[n, s·i + d·k − top, s·j + d·l − left, c] · kernel[k, l, c, f]       x is 0 outside
//   x [n, H, W, C],  kernel [kh, kw, C / groups, filters],  out [n, OH, OW, filters]
//
// Group g of the filters sees group g of the channels alone. In ops: pad, window, dot over (k, l, c), add, activation.
import * as z from "zod";
import { type Node, showShape } from "../../graph/graph.ts";
import { activate, activationSchema, badActivation } from "../activations.ts";
import { layer } from "../define.ts";
import { count, initializer, needsRank, noPenalty } from "../shared.ts";
import { badWindow, bordered, type Geometry, padding, pair, patches, twice } from "./windows.ts";

/** Each group is some nodes of the Graph and a kernel's worth of text. */
const mostGroups = 4096;

type Keys = {
  kernelSize: number | number[];
  strides: number | number[];
  dilationRate: number | number[];
  padding: "valid" | "same";
};
const geometry = ({ kernelSize, strides, dilationRate, padding: how }: Keys): Geometry => ({
  sizes: twice(kernelSize),
  strides: twice(strides),
  dilations: twice(dilationRate),
  padding: how,
});

/** Convolution, [n, H, W, C] to [n, OH, OW, filters]. https://keras.io/api/layers/convolution_layers/convolution2d/ */
export const conv2d = layer({
  name: "conv2d",
  keras: "Conv2D",
  says: "activation(Σ patch · kernel + bias) over [height, width, channels]; `groups` split the channels; `same` pads with 0.",
  config: z.strictObject({
    filters: count,
    kernelSize: pair,
    strides: pair.default(1),
    padding,
    dilationRate: pair.default(1),
    groups: count.default(1),
    activation: activationSchema,
    useBias: z.boolean().default(true),
    kernelInitializer: initializer("glorot_uniform"),
    biasInitializer: initializer("zeros"),
  }),
  fixed: {
    ...noPenalty("kernel", "bias"),
    activityRegularizer: [null],
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
    if (groups > mostGroups)
      return {
        path: "groups",
        message: `at most ${mostGroups} groups are possible, found ${groups}`,
        hint: "each is a product of its own",
      };
    if (Math.max(...twice(strides)) > 1 && Math.max(...twice(dilationRate)) > 1) {
      const message = `strides or dilationRate must be 1, found ${showShape(twice(strides))} and ${showShape(twice(dilationRate))}`;
      return { path: "dilationRate", message, hint: "Keras excludes it too" };
    }
    return badWindow(geometry(config), input, "kernelSize") ?? badActivation(config.activation, filters);
  },
  weights: ({ filters, kernelSize, groups, useBias, kernelInitializer, biasInitializer }, input) => [
    {
      name: "kernel",
      shape: [...twice(kernelSize), input[2] / groups, filters],
      initializer: kernelInitializer,
      trainable: true,
    },
    ...(useBias ? [{ name: "bias", shape: [filters], initializer: biasInitializer, trainable: true }] : []),
  ],
  lower: (g, { x, weights: { kernel, bias }, config }) => {
    const border = bordered(g, x, geometry(config), 0);
    const { groups, filters } = config;
    // Over channels and taps of the patches [n, oh, ow, c, kh, kw] and of the kernel [kh, kw, c, filters].
    const convolve = (image: Node, taps: Node): Node =>
      g.dot(patches(g, image, geometry(config)), taps, {
        batch: [[], []],
        contract: [
          [4, 5, 3],
          [0, 1, 2],
        ],
      });
    // One dot per group: a dot's batch axes come first in its result, and there stands n.
    const part = (value: Node, axis: number, group: number): Node => {
      const size = (value.type.shape[axis] as number) / groups;
      const starts = value.type.shape.map((_, a) => (a === axis ? group * size : 0));
      return g.slice(value, { starts, sizes: value.type.shape.with(axis, size) });
    };
    const parts = Array.from({ length: groups }, (_, k) => convolve(part(border, 3, k), part(kernel, 3, k)));
    const sum = groups === 1 ? convolve(border, kernel) : g.concat(...parts, { axis: 3 });
    return {
      y: activate(
        g,
        config.activation,
        bias === undefined ? sum : g.add(sum, g.broadcastTo(bias, [...sum.type.shape.slice(0, 3), filters])),
      ),
      mask: null,
    };
  },
});
