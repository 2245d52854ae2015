// Dot: the products of two inputs, summed along one axis of each.
//
//   [n, a, k] and [n, b, k], axes [2, 2]  →  [n, a, b]        y[n, a, b] = Σ_k left[n, a, k] · right[n, b, k]
//   [n, k] and [n, k], axes 1             →  [n, 1]           a sample's number stands in a vector of one
//
// `normalize` brings each side to length 1 along its axis before: the cosine of the angle between them.
import * as z from "zod";
import { type Node, showShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer, type Problem } from "../define.ts";
import { badAxis, batched, needsAxes } from "../shared.ts";

type Axes = number | readonly number[];

/** Keras' epsilon, squared: a side shorter than 1e-7 is divided by that, and 0 stays 0 with a slope that is finite. */
const leastSquare = 1e-14;

/** Σ left · right along an axis of each. https://keras.io/api/layers/merging_layers/dot/ */
export const dot = layer({
  name: "dot",
  keras: "Dot",
  says: "Products of two inputs, summed along an axis of each (0 is the batch, −1 the last): [a, k] and [b, k] give [a, b].",
  config: z.strictObject({ axes: z.union([z.int(), z.array(z.int()).length(2)]), normalize: z.boolean().default(false) }),
  takes: [2, 2],
  legal: ({ axes }, _input, inputs) => badSides(axes, inputs),
  weights: () => [],
  lower: (g, { xs, config: { axes, normalize } }) => {
    const [a, b] = xs.map((x, side) => axisOf(axes, side, x.type.shape.length));
    const [left, right] = normalize ? [unit(g, xs[0], a), unit(g, xs[1], b)] : xs;
    const y = g.dot(left, right, { batch: [[0], [0]], contract: [[a], [b]] });
    return { y: y.type.shape.length > 1 ? y : g.reshape(y, { shape: batched([1]) }), mask: null };
  },
});

/** The axis of a side, counted from the batch. */
function axisOf(axes: Axes, side: number, rank: number): number {
  const axis = typeof axes === "number" ? axes : axes[side];
  return axis < 0 ? axis + rank : axis;
}

function badSides(axes: Axes, inputs: readonly (readonly number[])[]): Problem | undefined {
  for (const [side, shape] of inputs.entries()) {
    const problem = needsAxes(1, shape) ?? badAxis(typeof axes === "number" ? axes : axes[side], shape);
    if (problem !== undefined) return { ...problem, path: problem.path === "axis" ? "axes" : `inputs[${side}]` };
  }
  const [left, right] = inputs.map((shape, side) => shape[axisOf(axes, side, shape.length + 1) - 1]);
  if (left === right) return undefined;
  return {
    path: "axes",
    code: "shape/mismatch",
    message: `the axes that are summed need one size, found ${left} of ${showShape(inputs[0])} and ${right} of ${showShape(inputs[1])}`,
    hint: "axes: [2, 1] names one for each input; 0 is the batch",
  };
}

/** `x` with length 1 along an axis. */
function unit(g: G, x: Node, axis: number): Node {
  const square = g.reduceSum(g.mul(x, x), { axes: [axis] });
  const length = g.sqrt(g.max(square, g.like(square, leastSquare)));
  const { shape } = x.type;
  const axes = shape.map((_, i) => i).filter((i) => i !== axis);
  return g.div(x, g.broadcast(length, { shape, axes }));
}
