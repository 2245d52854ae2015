import * as z from "zod";
import type { Size } from "../../graph/graph.ts";
import { readAt } from "../../program/nest/view.ts";
import * as v from "../../program/value.ts";
import type { Primitive } from "../define.ts";
import { axesSchema } from "../kit/checks.ts";
import { evalReduce, type ReduceAttrs, reduceCore, reduceRounding, reduceType, sampleReduce } from "../kit/reduce.ts";
import { array } from "../kit/tensor.ts";

/** `y[…kept] = Σ over …gone of x`; the axes of `axes` vanish, the others keep their order. The cotangent is repeated. */
export const reduceSum: Primitive<ReduceAttrs> = {
  kind: "primitive",
  name: "reduceSum",
  says: "Sum over `axes`, which vanish; an empty sum is 0; NaN wins. Summed in row-major order of the axes.",
  arity: 1,
  attrs: z.strictObject({ axes: axesSchema }),
  type: (inputs, attrs) => reduceType("reduceSum", inputs, attrs),
  eval: (inputs, attrs, context) => evalReduce(inputs[0], attrs, context, 0, (a, b) => a + b),
  rounding: ([x], output, attrs) => reduceRounding(x, output, attrs),
  vjp: (g, { inputs: [x], ct, attrs }) => {
    const shape: readonly Size[] = x.type.shape;
    const axes = shape.map((_, axis) => axis).filter((axis) => !attrs.axes.includes(axis));
    return [g.broadcast(ct, { shape, axes })];
  },
  lower: {
    kind: "nest",
    fusable: true,
    takesTerms: true,
    cores: (site) => [
      reduceCore(site, (coords) => ({ how: "add", init: v.lit(0, site.fmt), term: [readAt(site.inputs[0], coords, site.fmt)] })),
    ],
  },
  sample: sampleReduce,
  examples: [
    { inputs: [array([2, 3], [1, 2, 3, 4, 5, 6])], attrs: { axes: [1] }, output: array([2], [6, 15]) },
    { inputs: [array([2, 0], [])], attrs: { axes: [1] }, output: array([2], [0, 0]) },
  ],
};
