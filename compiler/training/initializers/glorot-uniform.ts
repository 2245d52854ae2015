import type { Initializer } from "../define.ts";
import { scaled } from "./variance-scaling.ts";

/** U(−a, a), a = √(6 / (in + out)): Keras' default for kernels. https://keras.io/api/layers/initializers/#glorotuniform-class */
export const glorotUniform: Initializer<{ seed: number | null }> = scaled(
  "glorot_uniform",
  "Uniform within ±√(6 / (inputs + outputs)).",
  {
    scale: 1,
    mode: "fan_avg",
    distribution: "uniform",
  },
);
