import * as z from "zod";
import type { Initializer } from "../define.ts";
import { drawn } from "./distributions.ts";

/** `w[i] = 0`: Keras' default for biases. https://keras.io/api/layers/initializers/#zeros-class */
export const zeros: Initializer = {
  name: "zeros",
  aliases: ["zero"],
  says: "All 0.",
  config: z.strictObject({}),
  fill: (shape) => drawn(shape, () => 0),
};
