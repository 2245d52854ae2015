// What reduceMax and reduceMost share: all but how two numbers become one.
import * as z from "zod";
import type { Node, Shape } from "../../graph/graph.ts";
import { readAt } from "../../program/nest/view.ts";
import * as v from "../../program/value.ts";
import type { G, Primitive } from "../define.ts";
import { axesSchema } from "./checks.ts";
import { evalReduce, type ReduceAttrs, reduceCore, reduceType, sampleReduce } from "./reduce.ts";

interface Spec {
  readonly name: string;
  readonly says: string;
  readonly how: "max" | "most";
  /** In doubles. */
  readonly scalar: (a: number, b: number) => number;
  readonly examples: Primitive<ReduceAttrs>["examples"];
}

/** A largest number over `axes`, −∞ when empty; at a tie (or NaN) the first in row-major order has the gradient. */
export const largestOver = ({ name, says, how, scalar, examples }: Spec): Primitive<ReduceAttrs> => ({
  kind: "primitive",
  name,
  says,
  arity: 1,
  attrs: z.strictObject({ axes: axesSchema }),
  type: (inputs, attrs) => reduceType(name, inputs, attrs),
  eval: (inputs, attrs, context) => evalReduce(inputs[0], attrs, context, Number.NEGATIVE_INFINITY, scalar),
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
      return [reduceCore(site, (coords) => ({ how, init, term: [readAt(site.inputs[0], coords, site.fmt)] }))];
    },
  },
  sample: sampleReduce,
  examples,
});

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
