import * as z from "zod";
import type { Initializer } from "../define.ts";
import { drawn, seed } from "./distributions.ts";

const schema = z.strictObject({ minval: z.number().default(-0.05), maxval: z.number().default(0.05), seed });

/** U[minval, maxval). https://keras.io/api/layers/initializers/#randomuniform-class */
export const randomUniform: Initializer<z.output<typeof schema>> = {
  name: "random_uniform",
  aliases: ["uniform"],
  says: "Uniform from `minval` to `maxval`.",
  config: schema,
  fill: (shape, random, { minval, maxval }) => drawn(shape, () => minval + (maxval - minval) * random.uniform()),
};
