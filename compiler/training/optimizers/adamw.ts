import * as z from "zod";
import type { Optimizer } from "../define.ts";
import { adam, adamSchema } from "./adam.ts";

const schema = z.strictObject({ ...adamSchema.shape, weightDecay: z.number().default(0.004) });

/** Adam behind a weight decay of lr · weightDecay. https://keras.io/api/optimizers/adamw/ */
export const adamw: Optimizer<z.output<typeof schema>> = {
  ...adam,
  name: "adamw",
  says: "adam, before which w −= lr·weightDecay·w (0.004), as all optimizers do where `weightDecay` is given.",
  config: schema,
};
