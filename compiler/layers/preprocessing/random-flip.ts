import * as z from "zod";
import { layer } from "../define.ts";
import { drawEach, imageFixed, imageKeys, needsImage, seedKey } from "./images.ts";

const modes = ["horizontal", "vertical", "horizontal_and_vertical"] as const;

/**
 * In training one picture in two is turned round, along both axes or none where `mode` has both, as in Keras; at inference x.
 * https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/
 */
export const randomFlip = layer({
  name: "randomFlip",
  keras: "RandomFlip",
  says: "In training one picture in two is mirrored, along the axes of `mode` together; otherwise nothing.",
  config: z.strictObject({ mode: z.enum(modes).default("horizontal_and_vertical"), ...seedKey, ...imageKeys }),
  fixed: imageFixed,
  legal: needsImage,
  weights: () => [],
  lower: (g, { x, noise, config: { mode, seed, dataFormat } }) => {
    if (noise === undefined) return { y: x };
    const height = dataFormat === "channels_first" ? 2 : 1;
    const axes = { horizontal: [height + 1], vertical: [height], horizontal_and_vertical: [height, height + 1] };
    const isKept = g.less(g.like(x, 0.5), drawEach(g, noise, { x, seed }));
    return { y: g.select(isKept, x, g.reverse(x, { axes: axes[mode] })) };
  },
});
