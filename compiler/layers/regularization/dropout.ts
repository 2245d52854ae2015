import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import { mostAxes } from "../../graph/limits.ts";
import { layer } from "../define.ts";
import { batched, dropMask, sampleShape } from "../shared.ts";

/**
 * In training 0 with probability `rate`, else x / (1 − rate), so that the mean stays; at inference x. The shape stays.
 * https://keras.io/api/layers/regularization_layers/dropout/
 */
export const dropout = layer({
  name: "dropout",
  keras: "Dropout",
  says: "In training 0 with probability `rate`, else x / (1 − rate); otherwise nothing. A 1 in `noiseShape` (batch first) shares the draw along that axis.",
  config: z.strictObject({
    rate: z.number().min(0).max(1),
    noiseShape: z
      .array(z.int().min(1).nullable())
      .min(1)
      .max(mostAxes + 1)
      .nullable()
      .default(null),
    seed: z.int().nullable().default(null),
  }),
  legal: ({ noiseShape }, input) => {
    if (noiseShape === null) return undefined;
    const [rows, ...sizes] = noiseShape;
    const fits = sizes.length === input.length && sizes.every((size, i) => size === null || size === 1 || size === input[i]);
    if (fits && (rows === null || rows === 1)) return undefined;
    const message = `noiseShape needs null or 1 for the batch and then sizes of 1 or those of ${showShape(input)}, found ${JSON.stringify(noiseShape)}`;
    return { path: "noiseShape", code: "shape/mismatch", message, hint: "leave it out for a draw of its own at every point" };
  },
  weights: () => [],
  lower: (g, { x, noise, config: { rate, noiseShape, seed } }) => {
    if (noise === undefined || rate === 0) return { y: x };
    const sizes = sampleShape(x).map((size, i) => noiseShape?.[i + 1] ?? size);
    const shape = noiseShape?.[0] === 1 ? [1, ...sizes] : batched(sizes);
    return { y: g.mul(x, g.broadcastTo(dropMask(g, noise, { rate, shape, seed }), x.type.shape)) };
  },
});
