import type { Initializer } from "../define.ts";
import { scaled } from "./variance-scaling.ts";

/** N(0, 2 / in), cut at two standard deviations. https://keras.io/api/layers/initializers/#henormal-class */
export const heNormal: Initializer<{ seed: number | null }> = scaled(
  "he_normal",
  "Normal cut at two standard deviations, variance 2 / inputs.",
  {
    scale: 2,
    mode: "fan_in",
    distribution: "truncated_normal",
  },
);
