import * as z from "zod";
import type { Initializer } from "../define.ts";
import { drawn } from "./distributions.ts";

/** `w[i] = 1`. https://keras.io/api/layers/initializers/#ones-class */
export const ones: Initializer = {
  name: "ones",
  aliases: ["one"],
  says: "All 1.",
  config: z.strictObject({}),
  fill: (shape) => drawn(shape, () => 1),
};
