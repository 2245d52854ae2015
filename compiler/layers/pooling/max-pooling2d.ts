// Max pooling: the largest value of each window, channels apart.
//
//   out[n, i, j, c] = max over k < ph, l < pw of x[n, s·i + k − top, s·j + l − left, c]       x is −∞ outside
//
// In ops: pad with −∞, window [n, OH, OW, C, ph, pw], reduceMax over the taps; of equal values the first takes the gradient.
import * as z from "zod";
import { badWindow, bordered, type Geometry, padding, pair, patches, twice } from "../convolution/windows.ts";
import { layer } from "../define.ts";
import { needsRank } from "../shared.ts";

type Keys = { poolSize: number | number[]; strides: number | number[] | null; padding: "valid" | "same" };
const geometry = ({ poolSize, strides, padding: how }: Keys): Geometry => ({
  sizes: twice(poolSize),
  strides: twice(strides ?? poolSize),
  dilations: [1, 1],
  padding: how,
});

/** The largest value of each window, [n, H, W, C] to [n, OH, OW, C]. https://keras.io/api/layers/pooling_layers/max_pooling2d/ */
export const maxPooling2d = layer({
  name: "maxPooling2d",
  keras: "MaxPooling2D",
  says: "The maximum of each window of [height, width, channels]; strides default to poolSize; `same` pads with −∞.",
  config: z.strictObject({ poolSize: pair.default(2), strides: pair.nullable().default(null), padding }),
  fixed: { dataFormat: ["channels_last", null] },
  legal: (config, input) => needsRank(3, "height, width, channels", input) ?? badWindow(geometry(config), input, "poolSize"),
  weights: () => [],
  lower: (g, { x, config }) => {
    const border = bordered(g, x, geometry(config), Number.NEGATIVE_INFINITY);
    return { y: g.reduceMax(patches(g, border, geometry(config)), { axes: [4, 5] }), mask: null };
  },
});
