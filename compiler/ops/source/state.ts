import * as z from "zod";
import { internal } from "../../diagnostics/error.ts";
import type { Shape } from "../../graph/graph.ts";
import type { Primitive } from "../define.ts";
import { anyNumber, shapeSchema } from "../kit/checks.ts";

/** A name, the shape, and the one number it holds everywhere before the first step. */
export type StateAttrs = { readonly name: string; readonly shape: Shape; readonly initial: number };

/** A tensor of `shape` that lives from step to step and is no weight. Updates give its next value. */
export const state: Primitive<StateAttrs> = {
  kind: "primitive",
  name: "state",
  says: "What the steps before left under `name`: optimizer slots, counters, carries; `initial` everywhere before the first.",
  arity: 0,
  attrs: z.strictObject({
    name: z.string(),
    // With n it is a stream's: each row has its own.
    shape: shapeSchema,
    initial: anyNumber,
  }),
  type: (_inputs, { shape }) => ({ shape }),
  eval: (_inputs, { name }) => internal(`the interpreter binds state ${JSON.stringify(name)}; it is never evaluated`),
  rounding: "none",
  vjp: () => [],
  lower: { kind: "source" },
  sample: (random) => ({ inputs: [], attrs: { name: "s", shape: [random.integer(1, 4)], initial: random.integer(-1, 1) } }),
  examples: [],
};
