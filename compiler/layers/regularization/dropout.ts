import * as z from "zod";
import { layer } from "../define.ts";
import { dropMask, sampleShape } from "../shared.ts";
import { eachNumber } from "../stream.ts";
import { badNoiseShape, drawnShape, noiseShapeSchema, seedSchema } from "./noise.ts";

/**
 * In training 0 with probability `rate`, else x / (1 − rate), so that the mean stays; at inference x. The shape stays.
 * https://keras.io/api/layers/regularization_layers/dropout/
 */
export const dropout = layer({
  name: "dropout",
  keras: "Dropout",
  says: "In training 0 with probability `rate`, else x / (1 − rate); otherwise nothing. A 1 in `noiseShape` (batch first) shares the draw along that axis.",
  config: z.strictObject({ rate: z.number().min(0).max(1), noiseShape: noiseShapeSchema, seed: seedSchema }),
  legal: ({ noiseShape }, input) => badNoiseShape(noiseShape, input),
  weights: () => [],
  stream: eachNumber,
  lower: (g, { x, noise, config: { rate, noiseShape, seed } }) => {
    if (noise === undefined || rate === 0) return { y: x };
    const shape = drawnShape(noiseShape, sampleShape(x));
    return { y: g.mul(x, g.broadcastTo(dropMask(g, noise, { rate, shape, seed }), x.type.shape)) };
  },
});
