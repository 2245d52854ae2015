// Global pooling: one number for all points of a channel, the largest or the mean. In: [n, ...space, C]. Out: [n, C]; with `keepdims`
// the spatial axes stay, each of size 1. A mean along time is that of the steps that a mask keeps; where it keeps none it is NaN,
// as in Keras.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer } from "../define.ts";
import { formatKey, fromLast, needsSpace, toLast } from "../layout.ts";
import { stepsOf } from "../merging/masks.ts";
import { batched } from "../shared.ts";

type Reduce = (g: G, x: Node, axes: readonly number[], mask: Node | undefined) => Node;
interface Member {
  readonly name: string;
  readonly keras: string;
  readonly says: string;
  readonly rank: number;
}

const global = (reduce: Reduce, { rank, ...member }: Member) =>
  layer({
    ...member,
    config: z.strictObject({ ...formatKey, keepdims: z.boolean().default(false) }),
    legal: (config, input) => needsSpace(rank, config, input),
    weights: () => [],
    lower: (g, { x, mask, config }) => {
      const picture = toLast(g, config, x);
      const axes = Array.from({ length: rank }, (_, i) => i + 1);
      const y = reduce(g, picture, axes, mask);
      if (!config.keepdims) return { y, mask: null };
      const shape = batched([...axes.map(() => 1), picture.type.shape[rank + 1] as number]);
      return { y: fromLast(g, config, g.reshape(y, { shape })), mask: null };
    },
  });

const max: Reduce = (g, x, axes) => g.reduceMax(x, { axes });
const average: Reduce = (g, x, axes) => g.mean(x, { axes });
/** Of a masked step nothing counts, whatever stands there. */
const averageOfSteps: Reduce = (g, x, axes, mask) => {
  if (mask === undefined) return g.mean(x, { axes });
  const steps = stepsOf(g, x, mask);
  const { shape } = x.type;
  const keep = g.broadcast(steps, { shape, axes: [0, 1] });
  const sum = g.reduceSum(g.select(keep, x, g.like(x, 0)), { axes });
  const kept = g.as("count", () => g.reduceSum(steps, { axes: [1] }));
  return g.div(sum, g.broadcast(kept, { shape: sum.type.shape, axes: [0] }));
};

/** The largest value of each channel, [n, T, C] to [n, C]. https://keras.io/api/layers/pooling_layers/global_max_pooling1d/ */
export const globalMaxPooling1d = global(max, {
  name: "globalMaxPooling1d",
  keras: "GlobalMaxPooling1D",
  says: "The maximum over steps, of each channel; `keepdims` keeps axes of 1.",
  rank: 1,
});

/** The largest value of each channel, [n, H, W, C] to [n, C]. https://keras.io/api/layers/pooling_layers/global_max_pooling2d/ */
export const globalMaxPooling2d = global(max, {
  name: "globalMaxPooling2d",
  keras: "GlobalMaxPooling2D",
  says: "The maximum over height, width, of each channel; `keepdims` keeps axes of 1.",
  rank: 2,
});

/** The largest value of each channel, [n, D, H, W, C] to [n, C]. https://keras.io/api/layers/pooling_layers/global_max_pooling3d/ */
export const globalMaxPooling3d = global(max, {
  name: "globalMaxPooling3d",
  keras: "GlobalMaxPooling3D",
  says: "The maximum over depth, height, width, of each channel; `keepdims` keeps axes of 1.",
  rank: 3,
});

/** The mean of each channel, [n, T, C] to [n, C]. https://keras.io/api/layers/pooling_layers/global_average_pooling1d/ */
export const globalAveragePooling1d = global(averageOfSteps, {
  name: "globalAveragePooling1d",
  keras: "GlobalAveragePooling1D",
  says: "The mean over steps, of each channel; `keepdims` keeps axes of 1. Masked steps do not count.",
  rank: 1,
});

/** The mean of each channel, [n, H, W, C] to [n, C]. https://keras.io/api/layers/pooling_layers/global_average_pooling2d/ */
export const globalAveragePooling2d = global(average, {
  name: "globalAveragePooling2d",
  keras: "GlobalAveragePooling2D",
  says: "The mean over height, width, of each channel; `keepdims` keeps axes of 1.",
  rank: 2,
});

/** The mean of each channel, [n, D, H, W, C] to [n, C]. https://keras.io/api/layers/pooling_layers/global_average_pooling3d/ */
export const globalAveragePooling3d = global(average, {
  name: "globalAveragePooling3d",
  keras: "GlobalAveragePooling3D",
  says: "The mean over depth, height, width, of each channel; `keepdims` keeps axes of 1.",
  rank: 3,
});
