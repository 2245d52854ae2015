import * as z from "zod";
import { layer } from "../define.ts";
import { formatKey, toLast } from "../layout.ts";
import { batched, sampleShape, sizeOf } from "../shared.ts";

/** [n, H, W, C] to [n, H·W·C], row-major. https://keras.io/api/layers/reshaping_layers/flatten/ */
export const flatten = layer({
  name: "flatten",
  keras: "Flatten",
  says: "All axes of a sample as one, row-major, the channels last; a single number becomes a vector of one.",
  config: z.strictObject({ ...formatKey }),
  weights: () => [],
  lower: (g, { x, config }) => {
    const numbers = x.type.shape.length > 1 ? toLast(g, config, x) : x;
    return { y: g.reshape(numbers, { shape: batched([sizeOf(sampleShape(x))]) }), mask: null };
  },
});
