// Adaptive pooling: as many windows as are asked for, spread over one, two or three spatial axes, channels apart. Along an axis of
// `length` points output o of `size` sees those from ⌊o · length / size⌋ on, up to ⌈(o + 1) · length / size⌉ (`bands.ts`); where the
// size divides the length, they are windows like any. Each axis by itself: a maximum of maxima, a mean of means.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import { checkSize } from "../../graph/limits.ts";
import type { G } from "../../ops/index.ts";
import { largest, type Taps, weighted } from "../bands.ts";
import { layer } from "../define.ts";
import { eachAxis, formatKey, fromLast, needsSpace, perAxis, toLast } from "../layout.ts";

/** What is taken of windows: of their last axes where they are even, else of taps along an axis. */
interface Taking {
  readonly even: (g: G, windows: Node, axes: readonly number[]) => Node;
  readonly uneven: (g: G, x: Node, axis: number, taps: readonly Taps[]) => Node;
}
interface Member {
  readonly name: string;
  readonly keras: string;
  readonly says: string;
  readonly rank: number;
}

const adaptive = ({ even, uneven }: Taking, { rank, ...member }: Member) =>
  layer({
    ...member,
    config: z.strictObject({ outputSize: perAxis(rank), ...formatKey }),
    legal: (config, input) => needsSpace(rank, config, input),
    weights: () => [],
    lower: (g, { x, config }) => {
      const sizes = eachAxis(config.outputSize, rank);
      const picture = toLast(g, config, x);
      const lengths = picture.type.shape.slice(1, rank + 1) as number[];
      const axes = sizes.map((_, i) => i + 1);
      checkSize("the output", sizes, "outputSize");
      if (sizes.every((size, i) => lengths[i] % size === 0)) {
        const steps = sizes.map((size, i) => lengths[i] / size);
        const windows = g.window(picture, { axes, sizes: steps, strides: steps, dilations: axes.map(() => 1) });
        return {
          y: fromLast(
            g,
            config,
            even(
              g,
              windows,
              axes.map((axis) => axis + rank + 1),
            ),
          ),
          mask: null,
        };
      }
      const y = axes.reduce((all, axis, i) => uneven(g, all, axis, tapsOf(lengths[i], sizes[i])), picture);
      return { y: fromLast(g, config, y), mask: null };
    },
  });

/** Each point of a window counts the same. */
function tapsOf(length: number, size: number): readonly Taps[] {
  return Array.from({ length: size }, (_, o) => {
    const first = Math.floor((o * length) / size);
    const count = Math.ceil(((o + 1) * length) / size) - first;
    return { first, weights: Array.from({ length: count }, () => 1 / count) };
  });
}

const max: Taking = { even: (g, windows, axes) => g.reduceMax(windows, { axes }), uneven: largest };
const average: Taking = { even: (g, windows, axes) => g.mean(windows, { axes }), uneven: weighted };

/** The largest value of each of `outputSize` windows, [n, T, C] to as many points. https://keras.io/api/layers/pooling_layers/adaptive_max_pooling1d/ */
export const adaptiveMaxPooling1d = adaptive(max, {
  name: "adaptiveMaxPooling1d",
  keras: "AdaptiveMaxPooling1D",
  says: "The maximum of each window of [steps, channels], of which `outputSize` says how many there are.",
  rank: 1,
});

/** The largest value of each of `outputSize` windows, [n, H, W, C] to as many points. https://keras.io/api/layers/pooling_layers/adaptive_max_pooling2d/ */
export const adaptiveMaxPooling2d = adaptive(max, {
  name: "adaptiveMaxPooling2d",
  keras: "AdaptiveMaxPooling2D",
  says: "The maximum of each window of [height, width, channels], of which `outputSize` says how many there are.",
  rank: 2,
});

/** The largest value of each of `outputSize` windows, [n, D, H, W, C] to as many points. https://keras.io/api/layers/pooling_layers/adaptive_max_pooling3d/ */
export const adaptiveMaxPooling3d = adaptive(max, {
  name: "adaptiveMaxPooling3d",
  keras: "AdaptiveMaxPooling3D",
  says: "The maximum of each window of [depth, height, width, channels], of which `outputSize` says how many there are.",
  rank: 3,
});

/** The mean of each of `outputSize` windows, [n, T, C] to as many points. https://keras.io/api/layers/pooling_layers/adaptive_average_pooling1d/ */
export const adaptiveAveragePooling1d = adaptive(average, {
  name: "adaptiveAveragePooling1d",
  keras: "AdaptiveAveragePooling1D",
  says: "The mean of each window of [steps, channels], of which `outputSize` says how many there are.",
  rank: 1,
});

/** The mean of each of `outputSize` windows, [n, H, W, C] to as many points. https://keras.io/api/layers/pooling_layers/adaptive_average_pooling2d/ */
export const adaptiveAveragePooling2d = adaptive(average, {
  name: "adaptiveAveragePooling2d",
  keras: "AdaptiveAveragePooling2D",
  says: "The mean of each window of [height, width, channels], of which `outputSize` says how many there are.",
  rank: 2,
});

/** The mean of each of `outputSize` windows, [n, D, H, W, C] to as many points. https://keras.io/api/layers/pooling_layers/adaptive_average_pooling3d/ */
export const adaptiveAveragePooling3d = adaptive(average, {
  name: "adaptiveAveragePooling3d",
  keras: "AdaptiveAveragePooling3D",
  says: "The mean of each window of [depth, height, width, channels], of which `outputSize` says how many there are.",
  rank: 3,
});
