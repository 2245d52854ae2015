import * as z from "zod";
import { internal } from "../../diagnostics/error.ts";
import type { Shape } from "../../graph/graph.ts";
import type { Primitive } from "../define.ts";
import { shapeSchema } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";

/** The public name, and the shape, n on axis 0 where rows vary. */
export type InputAttrs = { readonly name: string; readonly shape: Shape };

/** A tensor of `shape` that the caller gives at each call; in the body of a scan, what the scan gives at each step. */
export const input: Primitive<InputAttrs> = {
  kind: "primitive",
  name: "input",
  says: "What the caller gives under `name`, rounded to f32 on entry; NaN passes.",
  arity: 0,
  attrs: z.strictObject({ name: z.string(), shape: shapeSchema }),
  type: (_inputs, { shape }) => ({ shape }),
  eval: (_inputs, { name }) => internal(`the interpreter binds input ${JSON.stringify(name)}; it is never evaluated`),
  rounding: "none",
  vjp: () => [],
  lower: { kind: "source" },
  sample: (random) => ({ inputs: [], attrs: { name: "x", shape: sampleShape(random).shape } }),
  examples: [],
};
