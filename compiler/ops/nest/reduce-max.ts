import * as z from "zod";
import type { Node, Shape } from "../../graph/graph.ts";
import { readAt } from "../../program/nest/view.ts";
import * as v from "../../program/value.ts";
import type { G, Primitive } from "../define.ts";
import { axesSchema } from "../kit/checks.ts";
import type { ReduceAttrs } from "../kit/reduce.ts";
import { evalReduce, reduceCore, reduceType, sampleReduce } from "../kit/reduce.ts";
import { array } from "../kit/tensor.ts";

/** `y[…kept] = max over …gone of x`; the axes of `axes` vanish, the others keep their order. */
export const reduceMax: Primitive<ReduceAttrs> = {
  kind: "primitive",
  name: "reduceMax",
  says: "IEEE maximum over `axes`, which vanish; −∞ when empty; NaN wins, −0 < +0; a tie (or NaN) gives its gradient to the first in row-major order.",
  arity: 1,
  attrs: z.strictObject({ axes: axesSchema }),
  type: (inputs, attrs) => reduceType("reduceMax", inputs, attrs),
  eval: (inputs, attrs, context) => evalReduce(inputs[0], attrs, context, Number.NEGATIVE_INFINITY, Math.max),
  // A candidate is not less than the maximum; of the candidates the one with the smallest position takes the cotangent.
  // Positions are kept negative, so that the smallest is a maximum.
  rounding: "none",
  vjp: (g, { inputs: [x], output, ct, attrs }) => {
    const { shape } = x.type;
    const axes = shape.map((_, axis) => axis).filter((axis) => !attrs.axes.includes(axis));
    const back = (y: Node) => g.broadcast(y, { shape, axes });
    const [below, low] = [g.less(x, back(output)), g.like(x, Number.NEGATIVE_INFINITY)];
    const candidates = g.select(below, low, negativePosition(g, shape, attrs.axes));
    const first = g.reduceMax(candidates, attrs);
    return [g.select(g.equal(candidates, back(first)), back(ct), g.like(x, 0))];
  },
  lower: {
    kind: "nest",
    fusable: true,
    takesTerms: true,
    cores: (site) => {
      const init = v.lit(Number.NEGATIVE_INFINITY, site.fmt);
      return [reduceCore(site, (coords) => ({ how: "max", init, term: [readAt(site.inputs[0], coords, site.fmt)] }))];
    },
  },
  sample: sampleReduce,
  examples: [
    { inputs: [array([2, 3], [1, 3, 2, -0, 0, -1])], attrs: { axes: [1] }, output: array([2], [3, 0]) },
    { inputs: [array([2], [1, Number.NaN])], attrs: { axes: [0] }, output: array([], [Number.NaN]) },
    { inputs: [array([1, 0], [])], attrs: { axes: [1] }, output: array([1], [Number.NEGATIVE_INFINITY]) },
  ],
};

/** −(row-major position over the reduced axes); only the first of them can be n, so strides are numbers. */
function negativePosition(g: G, shape: Shape, axes: readonly number[]): Node {
  let stride = 1;
  let sum = g.fill(0, shape);
  for (const axis of [...axes].sort((a, b) => b - a)) {
    sum = g.add(sum, g.mul(g.iota({ shape, axis }), g.fill(-stride, shape)));
    const size = shape[axis];
    if (size !== "n") stride *= size;
  }
  return sum;
}
