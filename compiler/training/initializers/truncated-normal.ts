import * as z from "zod";
import type { Initializer } from "../define.ts";
import { drawn, seed, truncatedNormal as truncated } from "./distributions.ts";

const schema = z.strictObject({ mean: z.number().default(0), stddev: z.number().min(0).default(0.05), seed });

/** N(mean, stddev²), drawn again beyond two standard deviations. https://keras.io/api/layers/initializers/#truncatednormal-class */
export const truncatedNormal: Initializer<z.output<typeof schema>> = {
  name: "truncated_normal",
  aliases: [],
  says: "Normal with `mean` and `stddev`, redrawn beyond two standard deviations.",
  config: schema,
  fill: (shape, random, { mean, stddev }) => drawn(shape, () => mean + stddev * truncated(random)),
};
