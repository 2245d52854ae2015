// Brightness and contrast. In training a number per picture is drawn, and the result held within `valueRange`:
//
//   brightness   x + d · (most − least),            d from `factor`
//   contrast     (x − mean) · f + mean,             f from 1 − factor[0] to 1 + factor[1]; the mean of each channel of the picture
import * as z from "zod";
import { layer, type Problem } from "../define.ts";
import { clipped, drawEach, factorKey, factorRange, imageFixed, imageKeys, needsImage, rangeKey, seedKey } from "./images.ts";

/** Brighter or darker in training. https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_brightness/ */
export const randomBrightness = layer({
  name: "randomBrightness",
  keras: "RandomBrightness",
  says: "In training a number from `factor`, times the width of `valueRange`, is added to each picture; otherwise nothing.",
  config: z.strictObject({ factor: factorKey(-1, 1), ...rangeKey, ...seedKey, ...imageKeys }),
  fixed: imageFixed,
  legal: needsImage,
  weights: () => [],
  lower: (g, { x, noise, config: { factor, valueRange, seed } }) => {
    if (noise === undefined) return { y: x };
    const [low, high] = valueRange.toSorted((a, b) => a - b);
    const [least, most] = factorRange(factor, -1).map((bound) => bound * (high - low));
    return { y: clipped(g, g.add(x, drawEach(g, noise, { x, seed, least, most })), [low, high]) };
  },
});

/** More or less contrast in training. https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_contrast/ */
export const randomContrast = layer({
  name: "randomContrast",
  keras: "RandomContrast",
  says: "In training each channel's distance from its mean is multiplied by a number from 1 − factor[0] to 1 + factor[1], one per picture; otherwise nothing.",
  config: z.strictObject({ factor: factorKey(0, 1), ...rangeKey, ...seedKey, ...imageKeys }),
  fixed: imageFixed,
  legal: (config, input) => needsImage(config, input) ?? descends(config.valueRange),
  weights: () => [],
  lower: (g, { x, noise, config: { factor, valueRange, seed, dataFormat } }) => {
    if (noise === undefined) return { y: x };
    const space = dataFormat === "channels_first" ? [2, 3] : [1, 2];
    const others = [0, 1, 2, 3].filter((axis) => !space.includes(axis));
    const mean = g.broadcast(g.mean(x, { axes: space }), { shape: x.type.shape, axes: others });
    const [less, more] = factorRange(factor, 0);
    const drawn = drawEach(g, noise, { x, seed, least: 1 - less, most: 1 + more });
    return { y: clipped(g, g.add(g.mul(g.sub(x, mean), drawn), mean), valueRange) };
  },
});

/** The problem of a range that nothing lies in. */
function descends([least, most]: readonly number[]): Problem | undefined {
  if (least <= most) return undefined;
  return {
    path: "valueRange",
    message: `valueRange needs the least number first, found ${JSON.stringify([least, most])}`,
    hint: "[0, 255]",
  };
}
