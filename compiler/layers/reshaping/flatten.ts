import * as z from "zod";
import { layer } from "../define.ts";
import { batched, sampleShape, sizeOf } from "../shared.ts";

/** [n, H, W, C] to [n, H·W·C], row-major. https://keras.io/api/layers/reshaping_layers/flatten/ */
export const flatten = layer({
  name: "flatten",
  keras: "Flatten",
  says: "All axes of a sample as one, row-major; a single number becomes a vector of one.",
  config: z.strictObject({}),
  fixed: { dataFormat: ["channels_last", null] },
  weights: () => [],
  lower: (g, { x }) => ({ y: g.reshape(x, { shape: batched([sizeOf(sampleShape(x))]) }), mask: null }),
});
