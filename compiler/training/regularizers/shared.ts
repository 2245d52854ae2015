// Pieces that several regularizers share.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";

/** How much a penalty counts. */
export const strength: z.ZodNumber = z.number().min(0);

/** factor · Σ over all of a value. */
export const sumOf = (g: G, factor: number, value: Node): Node =>
  g.mul(g.reduceSum(value, { axes: value.type.shape.map((_, axis) => axis) }), g.fill(factor, []));

/** |x| with slope 0 at 0, computed again wherever it is read: as a maximum less a minimum both would be stored for the gradient. */
export const magnitude = (g: G, x: Node): Node => g.mul(x, g.stopGradient(g.sign(x)));
