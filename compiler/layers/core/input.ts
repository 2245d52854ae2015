import * as z from "zod";
import { layer } from "../define.ts";

/** States the shape of one sample, as the first line of a model. https://keras.io/api/layers/core_layers/input/ */
export const input = layer({
  name: "input",
  keras: "InputLayer",
  says: "The first line of a model: the shape of one sample.",
  config: z.strictObject({ shape: z.array(z.int().min(1).nullable()) }),
  fixed: { dtype: ["float32", null], sparse: [false], ragged: [false], optional: [false], batchSize: [null] },
  declares: ({ shape }) => shape,
  weights: () => [],
  lower: (_g, { x }) => ({ y: x }),
});
