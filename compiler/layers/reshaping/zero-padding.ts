// Zero padding: points of 0 before and behind each spatial axis of [n, ...space, C].
//
//   padding  1          a point at every end
//            [1, 2]     along one axis: a point before, two behind; else as many at both ends of each axis
//            [[1, 2], [0, 3]]     [before, behind] of each axis
import * as z from "zod";
import { layer } from "../define.ts";
import { formatKey, fromLast, needsSpace, toLast } from "../layout.ts";
import { noneInTime, timeFirst } from "../stream.ts";
import { endsOf, endsSchema } from "./ends.ts";

interface Member {
  readonly name: string;
  readonly keras: string;
  readonly says: string;
  readonly rank: number;
}

const zeroPadding = ({ rank, ...member }: Member) =>
  layer({
    ...member,
    config: z.strictObject({ padding: endsSchema(rank).default(1), ...formatKey }),
    legal: (config, input) => needsSpace(rank, config, input),
    weights: () => [],
    stream: {
      says: "where nothing is added in time",
      of: (config) => timeFirst(config) ?? noneInTime(endsOf(config.padding, rank)),
    },
    lower: (g, { x, config }) => {
      const ends = endsOf(config.padding, rank);
      const low = [0, ...ends.map(([before]) => before), 0];
      const high = [0, ...ends.map(([, behind]) => behind), 0];
      return { y: fromLast(g, config, g.pad(toLast(g, config, x), { low, high, value: 0 })), mask: null };
    },
  });

/** Zeros around, [n, T, C] to the same with longer axes. https://keras.io/api/layers/reshaping_layers/zero_padding1d/ */
export const zeroPadding1d = zeroPadding({
  name: "zeroPadding1d",
  keras: "ZeroPadding1D",
  says: "Zeros before and behind steps: one number, [before, behind].",
  rank: 1,
});

/** Zeros around, [n, H, W, C] to the same with longer axes. https://keras.io/api/layers/reshaping_layers/zero_padding2d/ */
export const zeroPadding2d = zeroPadding({
  name: "zeroPadding2d",
  keras: "ZeroPadding2D",
  says: "Zeros before and behind height, width: one number, one an axis, or [before, behind] of each axis.",
  rank: 2,
});

/** Zeros around, [n, D, H, W, C] to the same with longer axes. https://keras.io/api/layers/reshaping_layers/zero_padding3d/ */
export const zeroPadding3d = zeroPadding({
  name: "zeroPadding3d",
  keras: "ZeroPadding3D",
  says: "Zeros before and behind depth, height, width: one number, one an axis, or [before, behind] of each axis.",
  rank: 3,
});
