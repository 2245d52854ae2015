// Up-sampling: spatial axes of [n, ...space, C] made longer by whole factors. Points are repeated; pictures may be interpolated instead
// (`preprocessing/interpolation.ts`).
import * as z from "zod";
import { layer } from "../define.ts";
import { eachAxis, formatKey, fromLast, needsSpace, perAxis, toLast } from "../layout.ts";
import { interpolations } from "../preprocessing/interpolation.ts";
import { repeated, resampled } from "../preprocessing/resample.ts";
import { count } from "../shared.ts";
import { eachNumber, timeFirst } from "../stream.ts";

/** Each step `size` times, [n, T, C] to [n, T·size, C]. https://keras.io/api/layers/reshaping_layers/up_sampling1d/ */
export const upSampling1d = layer({
  name: "upSampling1d",
  keras: "UpSampling1D",
  says: "Each step of [steps, channels] `size` times.",
  config: z.strictObject({ size: count.default(2) }),
  legal: (_config, input) => needsSpace(1, { dataFormat: null }, input),
  weights: () => [],
  stream: eachNumber,
  lower: (g, { x, config }) => ({ y: repeated(g, x, [config.size]), mask: null }),
});

/** A picture `size` times as large, [n, H, W, C] to [n, H·a, W·b, C]. https://keras.io/api/layers/reshaping_layers/up_sampling2d/ */
export const upSampling2d = layer({
  name: "upSampling2d",
  keras: "UpSampling2D",
  says: "Pictures of [height, width, channels] `size` times as large: points are repeated, or interpolated as `resizing` does.",
  config: z.strictObject({
    size: perAxis(2).default(2),
    ...formatKey,
    interpolation: z.enum(interpolations).exclude(["area"]).default("nearest"),
  }),
  legal: (config, input) => needsSpace(2, config, input),
  weights: () => [],
  stream: {
    says: "where nothing is interpolated in time",
    of: (config) =>
      timeFirst(config) ??
      (config.interpolation === "nearest" || eachAxis(config.size, 2)[0] === 1
        ? "steps"
        : { refused: "it looks at the next step" }),
  },
  lower: (g, { x, config }) => {
    const picture = toLast(g, config, x);
    const size = eachAxis(config.size, 2).map((times, i) => times * (picture.type.shape[i + 1] as number));
    return { y: fromLast(g, config, resampled(g, picture, size, { method: config.interpolation })), mask: null };
  },
});

/** Each point `size` times along each axis, [n, D, H, W, C] to [n, D·a, H·b, W·c, C]. https://keras.io/api/layers/reshaping_layers/up_sampling3d/ */
export const upSampling3d = layer({
  name: "upSampling3d",
  keras: "UpSampling3D",
  says: "Each point of [depth, height, width, channels] `size` times along each axis.",
  config: z.strictObject({ size: perAxis(3).default(2), ...formatKey }),
  legal: (config, input) => needsSpace(3, config, input),
  weights: () => [],
  stream: { says: "yes", of: (config) => timeFirst(config) ?? "steps" },
  lower: (g, { x, config }) => {
    const y = repeated(g, toLast(g, config, x), eachAxis(config.size, 3));
    return { y: fromLast(g, config, y), mask: null };
  },
});
