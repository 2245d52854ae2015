// Resizing: pictures of any size as pictures of one. In: [n, H, W, C]. Out: [n, height, width, C], by `interpolation.ts`. Where another
// shape is asked for, `cropToAspectRatio` takes the middle that has it, `padToAspectRatio` puts `fillValue` on both sides.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer, type Problem } from "../define.ts";
import { formatKey, fromLast, needsSpace, toLast } from "../layout.ts";
import { count } from "../shared.ts";
import { interpolations } from "./interpolation.ts";
import { resampled } from "./resample.ts";

const { fround: f32, trunc } = Math;

/** Pictures at another size, [n, H, W, C] to [n, height, width, C]. https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/ */
export const resizing = layer({
  name: "resizing",
  keras: "Resizing",
  says: "Pictures of [height, width, channels] at another size, as TensorFlow resamples them; cropped or padded to the new aspect ratio if asked.",
  config: z.strictObject({
    height: count,
    width: count,
    interpolation: z.enum(interpolations).default("bilinear"),
    cropToAspectRatio: z.boolean().default(false),
    padToAspectRatio: z.boolean().default(false),
    fillMode: z.literal("constant").default("constant"),
    fillValue: z.number().default(0),
    antialias: z.boolean().default(false),
    ...formatKey,
  }),
  legal: (config, input) => needsSpace(2, config, input) ?? bothWays(config),
  weights: () => [],
  lower: (g, { x, config }) => {
    const size = [config.height, config.width];
    const picture = toLast(g, config, x);
    const cut = config.cropToAspectRatio ? cropped(g, picture, size) : picture;
    const filled = config.padToAspectRatio ? padded(g, cut, size, config.fillValue) : cut;
    return { y: fromLast(g, config, resampled(g, filled, size, { ...config, method: config.interpolation })), mask: null };
  },
});

function bothWays(config: { readonly cropToAspectRatio: boolean; readonly padToAspectRatio: boolean }): Problem | undefined {
  if (!config.cropToAspectRatio || !config.padToAspectRatio) return undefined;
  const message = "cropToAspectRatio and padToAspectRatio exclude each other, found both";
  return { path: "padToAspectRatio", message, hint: "set one of them" };
}

/** Height and width that go with the other one at the aspect ratio of `size`: quotients in float32, cut to whole numbers. */
const ratioOf = ([height, width]: readonly number[], size: readonly number[]): readonly number[] => [
  trunc(f32(f32(width * size[0]) / size[1])),
  trunc(f32(f32(height * size[1]) / size[0])),
];

/** The largest middle of a picture with the aspect ratio of `size`. */
export function cropped(g: G, x: Node, size: readonly number[]): Node {
  const [n, height, width, channels] = x.type.shape;
  const found = [height, width] as number[];
  const taken = ratioOf(found, size).map((points, i) => Math.max(Math.min(found[i], points), 1));
  const starts = taken.map((points, i) => Math.floor((found[i] - points) / 2));
  return g.slice(x, { starts: [0, ...starts, 0], sizes: [n, ...taken, channels] });
}

/** A picture with as much on both sides as brings it to the aspect ratio of `size`, to a pixel. */
function padded(g: G, x: Node, size: readonly number[], value: number): Node {
  const found = x.type.shape.slice(1, 3) as number[];
  const sides = ratioOf(found, size).map((points, i) => Math.floor((Math.max(found[i], points) - found[i]) / 2));
  if (sides.every((side) => side === 0)) return x;
  return g.pad(x, { low: [0, ...sides, 0], high: [0, ...sides, 0], value });
}
