import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import { layer } from "../define.ts";
import { count } from "../shared.ts";
import { asClasses, mostClasses } from "./categories.ts";

/**
 * Two features as one: a pair of texts or whole numbers to a number below `numBins`, [n, 1] to [n, 1] or to classes [n, numBins].
 * TensorFlow's join of two fingerprints, which of a whole number is itself.
 * https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing/
 */
export const hashedCrossing = layer({
  name: "hashedCrossing",
  keras: "HashedCrossing",
  says: "A pair of texts or whole numbers as one number below `numBins`, or its class: the joined fingerprints of both.",
  config: z.strictObject({
    numBins: count.max(mostClasses),
    outputMode: z.enum(["int", "one_hot"]).default("int"),
  }),
  fixed: { sparse: [false] },
  takes: [2, 2],
  encodes: ({ numBins }, inputs) => {
    const [{ shape }, other] = inputs;
    const isSingle = inputs.every((input) => input.shape.length === 0 || (input.shape.length === 1 && input.shape[0] === 1));
    if (isSingle && shape.length === other.shape.length) return { encoder: { kind: "cross", bins: numBins }, shape };
    const message = `both inputs need one value per row, [1], found ${showShape(shape)} and ${showShape(other.shape)}`;
    return { path: "", code: "shape/mismatch", message, hint: "cross one column with another" };
  },
  weights: () => [],
  lower: (g, { x, config: { numBins, outputMode } }) => ({
    y: asClasses(g, x, { mode: outputMode, depth: numBins }),
    mask: null,
  }),
});
