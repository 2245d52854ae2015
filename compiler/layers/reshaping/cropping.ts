// Cropping: points cut off at the ends of each spatial axis of [n, ...space, C]. In ops: a slice, which is a view.
//
//   cropping  1          a point at every end
//             [1, 2]     along one axis: a point before, two behind; else as many at both ends of each axis
//             [[1, 2], [0, 3]]     [before, behind] of each axis
import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import { layer, type Problem } from "../define.ts";
import { channelsLast, formatKey, fromLast, needsSpace, toLast } from "../layout.ts";
import { noneInTime, timeFirst } from "../stream.ts";
import { endsOf, endsSchema } from "./ends.ts";

type Ends = ReturnType<typeof endsSchema>;
interface Member<E, F> {
  readonly name: string;
  readonly keras: string;
  readonly says: string;
  readonly rank: number;
  readonly cropping: E;
  /** Along time Keras has no key for the place of the channels. */
  readonly format: F;
}

const cropping = <E extends z.ZodDefault<Ends>, F extends Partial<typeof formatKey>>({
  rank,
  cropping: ends,
  format,
  ...member
}: Member<E, F>) =>
  layer({
    ...member,
    config: z.strictObject({ cropping: ends, ...format }),
    legal: (config, input) => {
      const keys = keysOf(config);
      return needsSpace(rank, keys, input) ?? nothingLeft(endsOf(keys.cropping, rank), channelsLast(keys, input));
    },
    weights: () => [],
    stream: {
      says: "where nothing is cut off in time",
      of: (config) => timeFirst(keysOf(config)) ?? noneInTime(endsOf(keysOf(config).cropping, rank)),
    },
    lower: (g, { x, config }) => {
      const keys = keysOf(config);
      const all = endsOf(keys.cropping, rank);
      const picture = toLast(g, keys, x);
      const starts = [0, ...all.map(([before]) => before), 0];
      const sizes = picture.type.shape.map((size, axis) =>
        axis === 0 || axis > rank ? size : (size as number) - all[axis - 1][0] - all[axis - 1][1],
      );
      return { y: fromLast(g, keys, g.slice(picture, { starts, sizes })), mask: null };
    },
  });

interface Keys {
  readonly cropping: z.output<Ends>;
  readonly dataFormat: "channels_last" | "channels_first" | null;
}
const keysOf = (config: object): Keys => ({ dataFormat: null, ...(config as Pick<Keys, "cropping">) });

function nothingLeft(ends: readonly (readonly number[])[], lengths: readonly number[]): Problem | undefined {
  if (ends.every(([before, behind], i) => before + behind < lengths[i])) return undefined;
  const found = `${ends.map(([before, behind]) => before + behind).join(" and ")} points of ${showShape(lengths.slice(0, ends.length))}`;
  const message = `cropping must leave a point on each axis, found ${found} cut off`;
  return { path: "cropping", code: "shape/mismatch", message, hint: "cut off less, or check inputShape" };
}

/** The middle of each axis, [n, T, C] to the same with shorter axes. https://keras.io/api/layers/reshaping_layers/cropping1d/ */
export const cropping1d = cropping({
  name: "cropping1d",
  keras: "Cropping1D",
  says: "Cuts off points before and behind steps: one number, [before, behind].",
  rank: 1,
  cropping: endsSchema(1).default([1, 1]),
  format: {},
});

/** The middle of each axis, [n, H, W, C] to the same with shorter axes. https://keras.io/api/layers/reshaping_layers/cropping2d/ */
export const cropping2d = cropping({
  name: "cropping2d",
  keras: "Cropping2D",
  says: "Cuts off points before and behind height, width: one number, one an axis, or [before, behind] of each axis.",
  rank: 2,
  cropping: endsSchema(2).default([
    [0, 0],
    [0, 0],
  ]),
  format: formatKey,
});

/** The middle of each axis, [n, D, H, W, C] to the same with shorter axes. https://keras.io/api/layers/reshaping_layers/cropping3d/ */
export const cropping3d = cropping({
  name: "cropping3d",
  keras: "Cropping3D",
  says: "Cuts off points before and behind depth, height, width: one number, one an axis, or [before, behind] of each axis.",
  rank: 3,
  cropping: endsSchema(3).default([
    [1, 1],
    [1, 1],
    [1, 1],
  ]),
  format: formatKey,
});
