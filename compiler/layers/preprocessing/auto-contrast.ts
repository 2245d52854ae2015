import * as z from "zod";
import { layer } from "../define.ts";
import { clipped, imageFixed, imageKeys, needsImage, rangeKey } from "./images.ts";

/**
 * least + (x − min) / (max − min) · (most − least) over the second and third axis of [n, H, W, C], in training and at inference.
 * https://keras.io/api/layers/preprocessing_layers/image_augmentation/auto_contrast/
 */
export const autoContrast = layer({
  name: "autoContrast",
  keras: "AutoContrast",
  says: "Each channel of a picture is stretched over `valueRange`; one whose numbers are all equal stays.",
  config: z.strictObject({ ...rangeKey, ...imageKeys }),
  fixed: imageFixed,
  legal: needsImage,
  weights: () => [],
  lower: (g, { x, config: { valueRange } }) => {
    const [least, most] = valueRange.toSorted((a, b) => a - b);
    if (least === most) return { y: x };
    // Keras takes these axes wherever the channels stand.
    const axes = [1, 2];
    const max = g.reduceMax(x, { axes });
    const min = g.neg(g.reduceMax(g.neg(x), { axes }));
    const width = g.sub(max, min);
    const isFlat = g.equal(width, g.like(width, 0));
    const scale = g.div(g.like(width, most - least), g.select(isFlat, g.like(width, 1), width));
    const over = (value: typeof x) => g.broadcast(value, { shape: x.type.shape, axes: [0, 3] });
    const stretched = g.add(g.mul(g.sub(x, over(min)), over(scale)), g.like(x, least));
    return { y: g.select(over(isFlat), x, clipped(g, stretched, [least, most])) };
  },
});
