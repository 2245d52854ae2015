import type { Initializer } from "../define.ts";
import { scaled } from "./variance-scaling.ts";

/** N(0, 1 / in), cut at two standard deviations. https://keras.io/api/layers/initializers/#lecunnormal-class */
export const lecunNormal: Initializer<{ seed: number | null }> = scaled(
  "lecun_normal",
  "Normal cut at two standard deviations, variance 1 / inputs.",
  {
    scale: 1,
    mode: "fan_in",
    distribution: "truncated_normal",
  },
);
