import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import { mostAxes } from "../../graph/limits.ts";
import { layer } from "../define.ts";
import { batched, sampleShape, sizeOf } from "../shared.ts";

/**
 * The sample's numbers in another shape, row-major; one size may be −1. The batch stays in front.
 * https://keras.io/api/layers/reshaping_layers/reshape/
 */
export const reshape = layer({
  name: "reshape",
  keras: "Reshape",
  says: "The sample's numbers in another shape, row-major; one size may be −1: whatever is left.",
  config: z.strictObject({ targetShape: z.array(z.union([z.literal(-1), z.int().min(1)])).max(mostAxes) }),
  legal: ({ targetShape }, input) => {
    const free = targetShape.filter((size) => size === -1).length;
    if (free > 1)
      return {
        path: "targetShape",
        message: `targetShape may hold one -1, found ${showShape(targetShape)}`,
        hint: "write one size out",
      };
    const known = sizeOf(targetShape.filter((size) => size !== -1));
    if (free === 1 ? sizeOf(input) % known === 0 : sizeOf(input) === known) return undefined;
    const needed = `${free === 1 ? "a multiple of " : ""}${known}`;
    const message = `${showShape(targetShape)} needs ${needed} numbers, the layer before gives ${showShape(input)}, which is ${sizeOf(input)}`;
    return { path: "targetShape", code: "shape/mismatch", message, hint: "one size may be -1: whatever is left" };
  },
  weights: () => [],
  stream: {
    says: "with -1 for time: `targetShape: [-1, …]`",
    of: ({ targetShape: [first, ...rest] }, [[, ...input]]) =>
      first === -1 && sizeOf(rest) === sizeOf(input)
        ? "steps"
        : { refused: "its shape does not say what is time", hint: "write -1 for the steps: targetShape: [-1, …]" },
  },
  lower: (g, { x, config: { targetShape } }) => {
    const known = sizeOf(targetShape.filter((size) => size !== -1));
    const shape = targetShape.map((size) => (size === -1 ? sizeOf(sampleShape(x)) / known : size));
    return { y: g.reshape(x, { shape: batched(shape) }), mask: null };
  },
});
