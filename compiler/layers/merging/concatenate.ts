import * as z from "zod";
import { type Node, showShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { type Context, layer, type Problem } from "../define.ts";
import { badAxis, needsAxes, sampleAxes } from "../shared.ts";
import { alongAxis } from "../stream.ts";
import { either, stepsOf } from "./masks.ts";

/** Inputs one after another along an axis. https://keras.io/api/layers/merging_layers/concatenate/ */
export const concatenate = layer({
  name: "concatenate",
  keras: "Concatenate",
  says: "Its inputs one after another along axis (0 is the batch, −1 the last); all other axes are equal.",
  config: z.strictObject({ axis: z.int().default(-1), endsMask: z.boolean().default(false) }),
  takes: [1, Number.POSITIVE_INFINITY],
  legal: ({ axis }, input, inputs) => needsAxes(1, input) ?? badAxis(axis, input) ?? badSizes(axis, inputs),
  weights: () => [],
  stream: alongAxis,
  lower: (g, context) => {
    const axis = axisOf(context);
    const mask =
      context.config.endsMask || context.masks.every((one) => one === undefined)
        ? null
        : g.as("mask", () => maskOf(g, context, axis));
    return { y: g.concat(...context.xs, { axis }), mask };
  },
});

/** The axis in the Graph, where the batch is 0. */
const axisOf = ({ x, config: { axis } }: Context<{ axis: number }>): number => (axis < 0 ? axis + x.type.shape.length : axis);

function badSizes(axis: number, inputs: readonly (readonly number[])[]): Problem | undefined {
  const [first] = inputs;
  const [along] = sampleAxes(axis, first) ?? [];
  const fits = inputs.every(
    (shape) => shape.length === first.length && shape.every((size, i) => i === along || size === first[i]),
  );
  if (fits) return undefined;
  const found = inputs.map((shape) => showShape(shape)).join(" and ");
  return {
    path: "inputs",
    code: "shape/mismatch",
    message: `the inputs need as many axes, and the same sizes but along axis ${axis}, found ${found}`,
    hint: "reshape one of them, or take another axis",
  };
}

/**
 * As Keras: masks lie over all numbers of their inputs, one after another, and a step is kept of which any number along the last axis
 * is. So they follow one another as the steps do, or along the last axis, where an input without a mask keeps every step.
 */
function maskOf(g: G, { xs, masks }: Context<{ axis: number }>, axis: number): Node {
  const steps = xs.map((x, i) => stepsOf(g, x, masks[i]));
  return axis === xs[0].type.shape.length - 1 ? either(g, steps) : g.concat(...steps, { axis });
}
