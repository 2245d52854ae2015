// Alpha dropout, for nets of selu: what is dropped becomes the value that selu tends to, −1.758, and all is moved so that mean and
// variance stay those of x.
import * as z from "zod";
import { layer } from "../define.ts";
import { sampleShape } from "../shared.ts";
import { eachNumber } from "../stream.ts";
import { badNoiseShape, drawnShape, keepMask, noiseShapeSchema, seedSchema, untrainable } from "./noise.ts";

/** −alpha · scale of selu: where it goes for x → −∞. */
const dropped = -1.6732632423543772 * 1.0507009873554805;

/**
 * In training a · (x kept, else −1.758) + b, with a = 1 / √((1 − rate) · (1 + rate · 1.758²)) and b = a · 1.758 · rate; at inference x.
 * https://keras.io/api/layers/regularization_layers/alpha_dropout/
 */
export const alphaDropout = layer({
  name: "alphaDropout",
  keras: "AlphaDropout",
  says: "In training −1.758 (where selu tends to) with probability `rate`, else x, then scaled so that mean and variance stay; otherwise nothing.",
  config: z.strictObject({ rate: z.number().min(0).max(1), noiseShape: noiseShapeSchema, seed: seedSchema }),
  legal: ({ noiseShape }, input) => badNoiseShape(noiseShape, input),
  weights: () => [],
  stream: eachNumber,
  lower: (g, { x, noise, config: { rate, noiseShape, seed } }) => {
    if (noise === undefined || rate === 0) return { y: x };
    if (rate === 1) throw untrainable("a rate of 1 drops all numbers, whose variance no factor brings back");
    const keep = keepMask(g, noise, { rate, shape: drawnShape(noiseShape, sampleShape(x)), seed });
    const a = ((1 - rate) * (1 + rate * dropped ** 2)) ** -0.5;
    const mixed = g.select(g.broadcastTo(keep, x.type.shape), x, g.like(x, dropped));
    return { y: g.add(g.mul(mixed, g.like(x, a)), g.like(x, -a * dropped * rate)) };
  },
});
