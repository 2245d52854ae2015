import type { Initializer } from "../define.ts";
import { scaled } from "./variance-scaling.ts";

export const glorotUniform: Initializer<{ seed: number | null }> = scaled(
  "glorot_uniform",
  "Uniform within ±√(6 / (inputs + outputs)).",
  {
    scale: 1,
    mode: "fan_avg",
    distribution: "uniform",
  },
);
