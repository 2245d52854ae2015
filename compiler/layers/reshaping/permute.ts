import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import { mostAxes } from "../../graph/limits.ts";
import { layer } from "../define.ts";
import { count } from "../shared.ts";

/** Axes in another order: `dims: [2, 1]` makes [n, a, b] to [n, b, a]. https://keras.io/api/layers/reshaping_layers/permute/ */
export const permute = layer({
  name: "permute",
  keras: "Permute",
  says: "Axes in another order: axis i of the result is axis dims[i] of the input, counted from 1; the batch stays.",
  config: z.strictObject({ dims: z.array(count).max(mostAxes) }),
  legal: ({ dims }, input) => {
    const each = dims.every((dim, i) => dim <= dims.length && dims.indexOf(dim) === i);
    if (!each)
      return {
        path: "dims",
        message: `dims needs each of 1 to ${dims.length} once, found ${showShape(dims)}`,
        hint: "the batch is not among them",
      };
    if (dims.length === input.length) return undefined;
    const message = `dims ${showShape(dims)} orders ${dims.length} axes, the layer before gives ${showShape(input)}`;
    return { path: "dims", code: "shape/rank", message, hint: "name every axis of a sample once" };
  },
  weights: () => [],
  stream: {
    says: "where time stays the first axis",
    of: ({ dims }) => (dims[0] === 1 ? "steps" : { refused: "it moves time to another axis" }),
  },
  lower: (g, { x, config: { dims } }) => ({ y: g.transpose(x, { perm: [0, ...dims] }), mask: null }),
});
