import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import { layer } from "../define.ts";
import { eachNumber } from "../stream.ts";

/** States the shape of one sample, as the first line of a model. https://keras.io/api/layers/core_layers/input/ */
export const input = layer({
  name: "input",
  keras: "InputLayer",
  says: 'The first line of a model: the shape of one sample, and `dtype: "string"` for texts.',
  config: z.strictObject({
    shape: z.array(z.int().min(1).nullable()),
    dtype: z.enum(["float32", "string"]).nullable().default(null),
  }),
  fixed: { sparse: [false], ragged: [false], optional: [false], batchSize: [null] },
  declares: ({ shape, dtype }) => ({ shape, isText: dtype === "string" }),
  legal: ({ shape }, input) => {
    if (shape.length === input.length && shape.every((size, i) => size === null || size === input[i])) return undefined;
    const message = `the model takes ${JSON.stringify(shape)}, found ${showShape(input)}`;
    return { path: "", code: "shape/mismatch", message, hint: "give it what it takes, or state another shape" };
  },
  weights: () => [],
  stream: eachNumber,
  lower: (_g, { x }) => ({ y: x }),
});
