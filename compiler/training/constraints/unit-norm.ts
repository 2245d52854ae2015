import * as z from "zod";
import type { Constraint } from "../define.ts";
import { axis, needsAxes, scaleNorms } from "./shared.ts";

const schema = z.strictObject({ axis });

/** Norms over `axis` of 1. https://keras.io/api/layers/constraints/#unitnorm-class */
export const unitNorm: Constraint<z.output<typeof schema>> = {
  name: "unit_norm",
  aliases: [],
  says: "each norm over `axis` is 1",
  config: schema,
  needs: needsAxes,
  project: (g, weight, config) => scaleNorms(g, weight, config.axis, (norms) => g.like(norms, 1)),
};
