import * as z from "zod";
import { layer } from "../define.ts";
import { eachNumber } from "../stream.ts";

/** x where x > 0, else negativeSlope · x; any shape. https://keras.io/api/layers/activation_layers/leaky_relu/ */
export const leakyReLU = layer({
  name: "leakyReLU",
  keras: "LeakyReLU",
  says: "x where x > 0, else negativeSlope · x (0.3 here; the activation `leaky_relu` uses 0.2).",
  config: z.strictObject({ negativeSlope: z.number().min(0).default(0.3) }),
  weights: () => [],
  stream: eachNumber,
  lower: (g, { x, config }) => ({ y: g.leakyRelu(x, { slope: config.negativeSlope }) }),
});
