import type { Initializer } from "../define.ts";
import { scaled } from "./variance-scaling.ts";

/** U(−a, a), a = √(6 / in). https://keras.io/api/layers/initializers/#heuniform-class */
export const heUniform: Initializer<{ seed: number | null }> = scaled("he_uniform", "Uniform within ±√(6 / inputs).", {
  scale: 2,
  mode: "fan_in",
  distribution: "uniform",
});
