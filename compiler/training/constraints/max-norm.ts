import * as z from "zod";
import type { Constraint } from "../define.ts";
import { axis, needsAxes, scaleNorms, within } from "./shared.ts";

const schema = z.strictObject({ maxValue: z.number().min(0).default(2), axis });

/** Norms over `axis` of at most `maxValue`. https://keras.io/api/layers/constraints/#maxnorm-class */
export const maxNorm: Constraint<z.output<typeof schema>> = {
  name: "max_norm",
  aliases: [],
  says: "each norm over `axis` is at most `maxValue`",
  config: schema,
  needs: needsAxes,
  project: (g, weight, config) => scaleNorms(g, weight, config.axis, (norms) => within(g, norms, 0, config.maxValue)),
};
