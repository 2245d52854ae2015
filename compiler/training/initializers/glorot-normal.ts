import type { Initializer } from "../define.ts";
import { scaled } from "./variance-scaling.ts";

/** N(0, 2 / (in + out)), cut at two standard deviations. https://keras.io/api/layers/initializers/#glorotnormal-class */
export const glorotNormal: Initializer<{ seed: number | null }> = scaled(
  "glorot_normal",
  "Normal cut at two standard deviations, variance 2 / (inputs + outputs).",
  {
    scale: 1,
    mode: "fan_avg",
    distribution: "truncated_normal",
  },
);
