import * as z from "zod";
import { layer } from "../define.ts";
import { eachNumber } from "../stream.ts";

/** The input as it is. https://keras.io/api/layers/core_layers/identity/ */
export const identity = layer({
  name: "identity",
  keras: "Identity",
  says: "The input, unchanged.",
  config: z.strictObject({}),
  weights: () => [],
  stream: eachNumber,
  lower: (_g, { x }) => ({ y: x }),
});
