import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer } from "../define.ts";
import { eachNumber } from "../stream.ts";

/**
 * x itself; the loss grows by (l1 · Σ|x| + l2 · Σx²) / rows.
 * https://keras.io/api/layers/regularization_layers/activity_regularization/
 */
export const activityRegularization = layer({
  name: "activityRegularization",
  keras: "ActivityRegularization",
  says: "Its input, of which l1 · Σ|x| + l2 · Σx², divided by the number of rows, joins the loss.",
  config: z.strictObject({ l1: z.number().default(0), l2: z.number().default(0) }),
  weights: () => [],
  stream: eachNumber,
  lower: (g, { x, config: { l1, l2 } }) => {
    const parts = [...(l1 === 0 ? [] : [penalty(g, g.abs(x), l1)]), ...(l2 === 0 ? [] : [penalty(g, g.square(x), l2)])];
    return { y: x, ...(parts.length === 0 ? {} : { losses: [parts.reduce((a, b) => g.add(a, b))] }) };
  },
});

/** factor · Σ values / rows. */
function penalty(g: G, values: Node, factor: number): Node {
  const sum = g.reduceSum(values, { axes: values.type.shape.map((_, axis) => axis) });
  return g.div(g.mul(sum, g.like(sum, factor)), g.rows());
}
