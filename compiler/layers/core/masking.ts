import * as z from "zod";
import { layer } from "../define.ts";
import { needsAxes } from "../shared.ts";
import { eachStep } from "../stream.ts";

/**
 * Marks the steps whose every feature is `maskValue`: mask[n, t] = any over f of x[n, t, f] ≠ maskValue; layers behind it skip them.
 * https://keras.io/api/layers/core_layers/masking/
 */
export const masking = layer({
  name: "masking",
  keras: "Masking",
  says: "Steps whose every feature equals maskValue become 0 and are masked: later layers skip them.",
  config: z.strictObject({ maskValue: z.number().default(0) }),
  legal: (_config, input) => needsAxes(1, input),
  weights: () => [],
  stream: eachStep,
  marksNothing: ({ maskValue }) => maskValue,
  lower: (g, { x, config: { maskValue } }) => {
    const { shape } = x.type;
    const mask = g.as("mask", () =>
      g.reduceMax(g.sub(g.like(x, 1), g.equal(x, g.like(x, maskValue))), { axes: [shape.length - 1] }),
    );
    return { y: g.mul(x, g.broadcast(mask, { shape, axes: shape.map((_, axis) => axis).slice(0, -1) })), mask };
  },
});
