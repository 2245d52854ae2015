// The middle of a picture. In: [n, H, W, C]. Out: [n, height, width, C]. One that is smaller than asked for is resized instead, without
// another aspect ratio: what is too long is cut off, then it is enlarged by bilinear interpolation, as Keras does.
import * as z from "zod";
import { layer } from "../define.ts";
import { formatKey, fromLast, needsSpace, toLast } from "../layout.ts";
import { count } from "../shared.ts";
import { resampled } from "./resample.ts";
import { cropped } from "./resizing.ts";

/** The middle, [n, H, W, C] to [n, height, width, C]. https://keras.io/api/layers/preprocessing_layers/image_preprocessing/center_crop/ */
export const centerCrop = layer({
  name: "centerCrop",
  keras: "CenterCrop",
  says: "The middle of pictures of [height, width, channels]; one that is too small is resized, of which the aspect ratio stays.",
  config: z.strictObject({ height: count, width: count, ...formatKey }),
  legal: (config, input) => needsSpace(2, config, input),
  weights: () => [],
  lower: (g, { x, config }) => {
    const size = [config.height, config.width];
    const picture = toLast(g, config, x);
    const [n, height, width, channels] = picture.type.shape;
    const over = [(height as number) - size[0], (width as number) - size[1]];
    if (over.some((points) => points < 0))
      return { y: fromLast(g, config, resampled(g, cropped(g, picture, size), size, { method: "bilinear" })), mask: null };
    const starts = over.map((points) => Math.floor(points / 2));
    return { y: fromLast(g, config, g.slice(picture, { starts: [0, ...starts, 0], sizes: [n, ...size, channels] })), mask: null };
  },
});
