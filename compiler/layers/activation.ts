import * as z from "zod";
import { activate, activationSchema } from "./activations.ts";
import { layer } from "./define.ts";
import { needsAxes } from "./shared.ts";

/** An activation by name, as a layer of its own. */
export const activation = layer({
  name: "activation",
  keras: "Activation",
  says: "An activation by name.",
  config: z.strictObject({ activation: activationSchema }),
  fixed: { activityRegularizer: [null] },
  legal: (_config, input) => needsAxes(1, input),
  weights: () => [],
  lower: (g, { x, config }) => ({ y: activate(g, config.activation, x) }),
});
