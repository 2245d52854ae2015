import * as z from "zod";
import type { Regularizer } from "../define.ts";
import { strength, sumOf } from "./shared.ts";

const schema = z.strictObject({ l2: strength.default(0.01) });

/** l2 · Σ x², without a half. https://keras.io/api/layers/regularizers/#l2-class */
export const l2: Regularizer<z.output<typeof schema>> = {
  name: "l2",
  aliases: [],
  says: "l2 · Σ x²",
  config: schema,
  loss: (g, x, config) => sumOf(g, config.l2, g.square(x)),
};
