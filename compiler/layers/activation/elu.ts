import * as z from "zod";
import { layer } from "../define.ts";
import { eachNumber } from "../stream.ts";

/** x where x > 0, else alpha · (eˣ − 1); any shape. https://keras.io/api/layers/activation_layers/elu/ */
export const elu = layer({
  name: "elu",
  keras: "ELU",
  says: "x where x > 0, else alpha · (e^x − 1).",
  config: z.strictObject({ alpha: z.number().default(1) }),
  weights: () => [],
  stream: eachNumber,
  lower: (g, { x, config: { alpha } }) => ({ y: g.elu(x, { alpha }) }),
});
