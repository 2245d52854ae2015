// TimeDistributed: a layer, or a model, at each step of a sequence, with the same weights. In: [n, steps, ...]. Out: what the layer gives for
// each step, [n, steps, ...]. It is lowered once, for one step, and then lifted to all of them at once (`ops/lift`): a dense layer is one
// product over rows and steps. Statistics of a batch are those of each step, and a moving mean goes from step to step, as in Keras.
import * as z from "zod";
import { layer, type Problem } from "../define.ts";
import { keysOf, needsAxes, wrapped } from "../shared.ts";
import { eachNumber } from "../stream.ts";
import { needsSteps } from "./layer.ts";

/**
 * The layer at each step: [n, steps, ...] to [n, steps, ...]. A mask of the steps goes to the layer step by step, and on to the next layer.
 * https://keras.io/api/layers/recurrent_layers/time_distributed/
 */
export const timeDistributed = layer({
  name: "timeDistributed",
  keras: "TimeDistributed",
  says: "The layer, or the model, at each step of a sequence with the same weights; in training a batch's statistics are those of a step.",
  config: z.strictObject({ layer: wrapped }),
  legal: ({ layer: inner }, input) => needsAxes(2, input) ?? needsSteps(input) ?? badInner(keysOf(inner)),
  weights: () => [],
  stream: eachNumber,
  lower: (_g, { x, mask, childAtEachStep, config }) => {
    const { y, more = [] } = childAtEachStep("layer", config.layer, x, mask);
    return more.length === 0 ? { y } : { y, more };
  },
});

function badInner({ stateful }: Readonly<Record<string, unknown>>): Problem | undefined {
  if (stateful !== true) return undefined;
  return {
    path: "layer.stateful",
    message: "a layer at each step begins each of them anew, found stateful: true",
    hint: "leave stateful out",
  };
}
