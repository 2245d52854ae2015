import * as z from "zod";
import { internal } from "../../diagnostics/error.ts";
import type { Shape } from "../../graph/graph.ts";
import type { Primitive } from "../define.ts";
import { shapeSchema } from "../kit/checks.ts";

/** The weight's full name, `layer name/weight name`, and Keras' shape. */
export type ParamAttrs = { readonly name: string; readonly shape: Shape };

/** A weight, a tensor of `shape`. A Graph that updates it still reads the old value here. */
export const param: Primitive<ParamAttrs> = {
  kind: "primitive",
  name: "param",
  says: "A weight of the model by `name`, as it was before this step's updates; it has no batch axis.",
  arity: 0,
  attrs: z.strictObject({
    name: z.string(),
    shape: shapeSchema.refine((shape) => shape[0] !== "n", "a param has no batch axis"),
  }),
  type: (_inputs, { shape }) => ({ shape }),
  eval: (_inputs, { name }) => internal(`the interpreter binds param ${JSON.stringify(name)}; it is never evaluated`),
  rounding: "none",
  vjp: () => [],
  lower: { kind: "source" },
  sample: (random) => ({ inputs: [], attrs: { name: "w", shape: [random.integer(1, 4), random.integer(1, 4)] } }),
  examples: [],
};
