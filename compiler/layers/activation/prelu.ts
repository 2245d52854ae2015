import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import { mostAxes } from "../../graph/limits.ts";
import { layer } from "../define.ts";
import { count, weightKeys, weightOf } from "../shared.ts";
import { sharedInTime } from "../stream.ts";

/**
 * max(x, 0) + alpha · min(x, 0) with a trained alpha per point of a sample, [H, W, C]; `sharedAxes: [1, 2]` gives one per channel,
 * [1, 1, C]. https://keras.io/api/layers/activation_layers/prelu/
 */
export const prelu = layer({
  name: "prelu",
  keras: "PReLU",
  says: "x where x > 0, else alpha · x with a trained alpha per point of the sample, shared along `sharedAxes` (counted from 1).",
  config: z.strictObject({
    ...weightKeys("alpha", "zeros"),
    sharedAxes: z.array(count).max(mostAxes).nullable().default(null),
  }),
  legal: ({ sharedAxes }, input) => {
    if ((sharedAxes ?? []).every((axis) => axis <= input.length)) return undefined;
    const message = `sharedAxes needs axes from 1 to ${input.length}, found ${showShape(sharedAxes ?? [])} on ${showShape(input)}`;
    return { path: "sharedAxes", code: "shape/rank", message, hint: "axes count from 1; the batch is not among them" };
  },
  weights: (config, input) => {
    const shape = input.map((size, i) => (config.sharedAxes?.includes(i + 1) ? 1 : size));
    return [weightOf(config, "alpha", shape)];
  },
  stream: sharedInTime,
  lower: (g, { x, weights: { alpha } }) => {
    // At 0 both ties give their gradient to the constant: the slope there is 0, as Keras'.
    const below = g.min(x, g.like(x, 0));
    return { y: g.add(g.relu(x), g.mul(g.broadcastTo(alpha, x.type.shape), below)) };
  },
});
