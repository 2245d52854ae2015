// Dropout of whole channels: one draw for a channel of a sample, the same at all its steps, pixels or voxels. In: [n, …places, channels],
// or [n, channels, …places]; out: the same shape. Inverted as dropout is: what stays is divided by 1 − rate.
import * as z from "zod";
import { layer } from "../define.ts";
import { batched, dropMask, needsRank, sampleShape } from "../shared.ts";
import { eachNumber } from "../stream.ts";
import { seedSchema } from "./noise.ts";

interface Member {
  readonly name: string;
  readonly keras: string;
  readonly says: string;
  /** Axes of places. */
  readonly places: number;
  readonly means: string;
}

const formats = z.enum(["channels_last", "channels_first"]);
const rate = z.number().min(0).max(1);

const spatial = ({ places, means, ...member }: Member) =>
  layer({
    ...member,
    // One axis of places is always that of time, before the channels; Keras has no key for it.
    config: z.strictObject({
      rate,
      ...(places === 1 ? {} : { dataFormat: formats.nullable().default(null) }),
      seed: seedSchema,
    }) as z.ZodType<Config, Given>,
    legal: (_config, input) => needsRank(places + 1, means, input),
    weights: () => [],
    stream: eachNumber,
    lower: (g, { x, noise, config }) => {
      if (noise === undefined || config.rate === 0) return { y: x };
      const sizes = sampleShape(x);
      const channel = config.dataFormat === "channels_first" ? 0 : sizes.length - 1;
      const shape = batched(sizes.map((size, axis) => (axis === channel ? size : 1)));
      const mask = dropMask(g, noise, { rate: config.rate, shape, seed: config.seed });
      return { y: g.mul(x, g.broadcastTo(mask, x.type.shape)) };
    },
  });
interface Config {
  readonly rate: number;
  readonly dataFormat?: z.output<typeof formats> | null;
  readonly seed: number | null;
}
interface Given {
  /** The rate at which channels are dropped in training, 0..1; the others are scaled up. */
  readonly rate: number;
  /** Where the channels stand: channels_last or channels_first; null is channels_last. Default null. */
  readonly dataFormat?: Config["dataFormat"];
  /** The seed of the layer's noise, a whole number; null: from the model's seed and the layer's name. Default null. */
  readonly seed?: number | null;
}

/** Channels of a sequence. https://keras.io/api/layers/regularization_layers/spatial_dropout1d/ */
export const spatialDropout1d = spatial({
  name: "spatialDropout1d",
  keras: "SpatialDropout1D",
  says: "In training a whole channel of a sequence is 0 with probability `rate`, else divided by 1 − rate; otherwise nothing.",
  places: 1,
  means: "steps, channels",
});

/** Channels of an image. https://keras.io/api/layers/regularization_layers/spatial_dropout2d/ */
export const spatialDropout2d = spatial({
  name: "spatialDropout2d",
  keras: "SpatialDropout2D",
  says: "In training a whole channel of an image is 0 with probability `rate`, else divided by 1 − rate; otherwise nothing.",
  places: 2,
  means: "height, width, channels",
});

/** Channels of a volume. https://keras.io/api/layers/regularization_layers/spatial_dropout3d/ */
export const spatialDropout3d = spatial({
  name: "spatialDropout3d",
  keras: "SpatialDropout3D",
  says: "In training a whole channel of a volume is 0 with probability `rate`, else divided by 1 − rate; otherwise nothing.",
  places: 3,
  means: "depth, height, width, channels",
});
