// A piece of a picture. In training it lies where a draw says, the same for all pictures of a batch, as in Keras; at inference the
// picture stays as it is, at its own size. A picture that is not larger both ways is cut in its middle, and enlarged where that is
// too small.
//
// A piece that begins at an offset, bit by bit: for 2^k, …, 4, 2, 1 the picture, or where the offset has that bit the picture without so
// many lines, each time as much of it as a later bit can ask for. So it takes log₂ of the offsets, and no address depends on data.
import * as z from "zod";
import { seedFor } from "../../base/random.ts";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer, type Noise } from "../define.ts";
import { fromLast, toLast } from "../layout.ts";
import { count } from "../shared.ts";
import { imageFixed, imageKeys, needsImage, seedKey } from "./images.ts";
import { resampled } from "./resample.ts";

/**
 * In training a piece, [n, H, W, C] to [n, height, width, C]; at inference x, at its full size.
 * https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_crop/
 */
export const randomCrop = layer({
  name: "randomCrop",
  keras: "RandomCrop",
  says: "In training a piece of `height` x `width` from a place that is drawn, the same for all rows of a batch; at inference the whole picture at its own size.",
  config: z.strictObject({ height: count, width: count, ...seedKey, ...imageKeys }),
  fixed: imageFixed,
  legal: needsImage,
  weights: () => [],
  lower: (g, { x, noise, config }) => {
    if (noise === undefined) return { y: x, mask: null };
    const picture = toLast(g, config, x);
    const size = [config.height, config.width];
    const found = picture.type.shape.slice(1, 3) as number[];
    const isLarger = found.every((points, i) => points > size[i]);
    const piece = isLarger
      ? size.reduce(
          (y, points, i) => drawnPiece(g, y, i + 1, points, offsetOf(g, noise, config.seed, i, found[i] - points)),
          picture,
        )
      : resampled(g, middle(g, picture, size), size, { method: "bilinear" });
    return { y: fromLast(g, config, piece), mask: null };
  },
});

/** A whole number from 0 to `most`, a scalar. */
function offsetOf(g: G, noise: Noise, seed: number | null, axis: number, most: number): Node {
  const drawn = g.random(noise.step, { shape: [], seed: seedFor(seed ?? noise.seed, ["height", "width"][axis]) });
  return g.min(g.floor(g.mul(drawn, g.fill(most + 1, []))), g.fill(most, []));
}

/** `size` points of an axis from an offset on. */
function drawnPiece(g: G, x: Node, axis: number, size: number, offset: Node): Node {
  const part = (value: Node, start: number, points: number): Node => {
    const { shape } = value.type;
    return g.slice(value, { starts: shape.map((_, i) => (i === axis ? start : 0)), sizes: shape.with(axis, points) });
  };
  let [y, rest] = [x, offset];
  const span = (x.type.shape[axis] as number) - size;
  for (let bit = 2 ** Math.floor(Math.log2(span)); bit >= 1; bit /= 2) {
    const length = y.type.shape[axis] as number;
    const points = Math.min(length, size + bit - 1);
    const hasBit = g.less(g.fill(bit - 0.5, []), rest);
    // What lies beyond the end no offset reaches.
    const there = Math.min(points, length - bit);
    const high = y.type.shape.map((_, i) => (i === axis ? points - there : 0));
    const later = g.pad(part(y, bit, there), { low: high.map(() => 0), high, value: 0 });
    const earlier = part(y, 0, points);
    y = g.select(g.broadcast(hasBit, { shape: earlier.type.shape, axes: [] }), later, earlier);
    rest = g.sub(rest, g.mul(hasBit, g.fill(bit, [])));
  }
  return y;
}

/** What Keras takes of a picture that is not larger both ways: from where a piece of the same aspect ratio would begin. */
function middle(g: G, x: Node, [height, width]: readonly number[]): Node {
  const [n, rows, columns, channels] = x.type.shape as readonly [number, number, number, number];
  const within = (points: number, most: number): number => Math.max(Math.min(Math.trunc(points), most), 1);
  const top = Math.trunc((rows - within((columns * height) / width, rows)) / 2);
  const left = Math.trunc((columns - within((rows * width) / height, columns)) / 2);
  const sizes = [n, Math.min(height, rows - top), Math.min(width, columns - left), channels];
  return g.slice(x, { starts: [0, top, left, 0], sizes });
}
