import * as z from "zod";
import { activate, activationSchema, badActivation } from "../activations.ts";
import { layer } from "../define.ts";
import { needsAxes } from "../shared.ts";
import { eachStep } from "../stream.ts";

/**
 * An activation by name, as a layer of its own: any shape in, the same out (glu halves the last axis).
 * https://keras.io/api/layers/core_layers/activation/
 */
export const activation = layer({
  name: "activation",
  keras: "Activation",
  says: "An activation by name.",
  config: z.strictObject({ activation: activationSchema }),
  legal: ({ activation: name }, input) => needsAxes(1, input) ?? badActivation(name, input[input.length - 1]),
  weights: () => [],
  stream: eachStep,
  lower: (g, { x, config }) => ({ y: activate(g, config.activation, x) }),
});
