import * as z from "zod";
import type { Regularizer } from "../define.ts";
import { magnitude, strength, sumOf } from "./shared.ts";

const schema = z.strictObject({ l1: strength.default(0.01) });

/** l1 · Σ |x|, with slope 0 at 0. https://keras.io/api/layers/regularizers/#l1-class */
export const l1: Regularizer<z.output<typeof schema>> = {
  name: "l1",
  aliases: [],
  says: "l1 · Σ |x|",
  config: schema,
  loss: (g, x, config) => sumOf(g, config.l1, magnitude(g, x)),
};
