import * as z from "zod";
import type { Constraint } from "../define.ts";

const schema = z.strictObject({});

/** max(w, 0). https://keras.io/api/layers/constraints/#nonneg-class */
export const nonNeg: Constraint<z.output<typeof schema>> = {
  name: "non_neg",
  aliases: [],
  says: "no number is below 0",
  config: schema,
  project: (g, weight) => g.max(weight, g.like(weight, 0)),
};
