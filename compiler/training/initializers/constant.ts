import * as z from "zod";
import type { Initializer } from "../define.ts";
import { drawn } from "./distributions.ts";

const schema = z.strictObject({ value: z.number().default(0) });

/** `w[i] = value`. https://keras.io/api/layers/initializers/#constant-class */
export const constant: Initializer<z.output<typeof schema>> = {
  name: "constant",
  aliases: [],
  says: "All `value`.",
  config: schema,
  fill: (shape, _random, { value }) => drawn(shape, () => value),
};
