import * as z from "zod";
import type { Initializer } from "../define.ts";
import { drawn, normal, seed } from "./distributions.ts";

const schema = z.strictObject({ mean: z.number().default(0), stddev: z.number().min(0).default(0.05), seed });

/** N(mean, stddev²). https://keras.io/api/layers/initializers/#randomnormal-class */
export const randomNormal: Initializer<z.output<typeof schema>> = {
  name: "random_normal",
  aliases: ["normal"],
  says: "Normal with `mean` and `stddev`.",
  config: schema,
  fill: (shape, random, { mean, stddev }) => drawn(shape, () => mean + stddev * normal(random)),
};
