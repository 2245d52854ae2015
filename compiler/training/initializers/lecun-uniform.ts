import type { Initializer } from "../define.ts";
import { scaled } from "./variance-scaling.ts";

/** U(−a, a), a = √(3 / in). https://keras.io/api/layers/initializers/#lecununiform-class */
export const lecunUniform: Initializer<{ seed: number | null }> = scaled("lecun_uniform", "Uniform within ±√(3 / inputs).", {
  scale: 1,
  mode: "fan_in",
  distribution: "uniform",
});
