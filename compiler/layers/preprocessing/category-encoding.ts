import * as z from "zod";
import { sameShape, showShape } from "../../graph/graph.ts";
import { layer } from "../define.ts";
import { count } from "../shared.ts";
import { asClasses, badMode, classStream, mostClasses } from "./categories.ts";

/**
 * Numbers of classes, 0 to numTokens − 1, as a 1 at their places: [n, k] to [n, numTokens], `one_hot` to [n, k, numTokens] ([n, 1] to
 * [n, numTokens]). A second input of the same shape says what each number counts. What is no class counts nowhere.
 * https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/
 */
export const categoryEncoding = layer({
  name: "categoryEncoding",
  keras: "CategoryEncoding",
  says: "Which of `numTokens` classes a row holds, or how often; `one_hot`: each number by itself. A second input weighs the counts.",
  config: z.strictObject({
    numTokens: count.max(mostClasses),
    outputMode: z.enum(["one_hot", "multi_hot", "count"]).default("multi_hot"),
  }),
  fixed: { sparse: [false] },
  takes: [1, 2],
  integers: ({ numTokens }) => numTokens,
  legal: ({ outputMode }, input, inputs) => {
    const [, weights] = inputs;
    if (weights === undefined) return badMode(outputMode, input);
    if (outputMode !== "count")
      return { path: "outputMode", message: `weights belong to outputMode "count"`, hint: "leave the second input out" };
    if (sameShape(weights, input)) return badMode(outputMode, input);
    const message = `the weights need the shape of the numbers, ${showShape(input)}, found ${showShape(weights)}`;
    return { path: "", code: "shape/mismatch", message, hint: "give one weight per number" };
  },
  sampleInput: ({ numTokens }, noise) => noise.integer(0, numTokens - 1),
  weights: () => [],
  stream: classStream,
  lower: (g, { x, xs: [, each], config: { numTokens, outputMode } }) => ({
    y: asClasses(g, x, { mode: outputMode, depth: numTokens, ...(each === undefined ? {} : { each }) }),
    mask: null,
  }),
});
