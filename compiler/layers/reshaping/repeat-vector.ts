import * as z from "zod";
import { layer } from "../define.ts";
import { batched, count, needsRank, sampleShape } from "../shared.ts";

/** [batch, features] to [batch, n, features]: the vector n times. https://keras.io/api/layers/reshaping_layers/repeat_vector/ */
export const repeatVector = layer({
  name: "repeatVector",
  keras: "RepeatVector",
  says: "A vector n times: [features] becomes [n, features].",
  config: z.strictObject({ n: count }),
  legal: (_config, input) => needsRank(1, "features", input),
  weights: () => [],
  lower: (g, { x, config: { n } }) => ({
    y: g.broadcast(x, { shape: batched([n, ...sampleShape(x)]), axes: [0, 2] }),
    mask: null,
  }),
});
