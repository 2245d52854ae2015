// Overlap-add: the adjoint of window. What several windows read of one element is added up there:
//
//   y[…, p, …] = Σ over (o, t) with o · stride + t · dilation = p of x[…, o, …, t]
//
//   x   a b c | d e f         stride 2:   a  b  c+d  e  f
import * as z from "zod";
import { type Shape, sameShape, showShape, sizeOf } from "../../graph/graph.ts";
import type { Core } from "../../program/nest/core.ts";
import { copyCore, fillCore, pointOf } from "../../program/nest/core.ts";
import * as v from "../../program/value.ts";
import type { NestSite, Primitive, Tensor } from "../define.ts";
import { mismatch, shapeSchema } from "../kit/checks.ts";
import { magnitudeOf, sumsOf } from "../kit/rounding.ts";
import { array, eachPoint, element, positionOf, tabulate } from "../kit/tensor.ts";
import { sampleWindow, type WindowAttrs, windowFields, windowShape } from "../view/window.ts";

/** `shape` is the result's. */
export type OverlapAddAttrs = WindowAttrs & { readonly shape: Shape };

/** Windows x […, o, …, t] added back into a tensor of `shape`; the gradient of a convolution to its image. */
export const overlapAdd: Primitive<OverlapAddAttrs> = {
  kind: "primitive",
  name: "overlapAdd",
  says: "Adjoint of window: every tap is added where it was read, in row-major order of x; points no tap reaches are 0; NaN wins.",
  arity: 1,
  attrs: z.strictObject({ ...windowFields, shape: shapeSchema }),
  type: ([x], attrs) => {
    const needed = windowShape("overlapAdd", attrs.shape, attrs);
    if (!sameShape(needed, x.shape)) mismatch(`overlapAdd to ${showShape(attrs.shape)}`, showShape(needed), showShape(x.shape));
    return { shape: attrs.shape };
  },
  eval: ([x], attrs, { shape }) => overlap(x, attrs, shape),
  rounding: ([x], { shape }, attrs) => sumsOf(overlap(magnitudeOf(x), attrs, shape), sizeOf(attrs.sizes)),
  vjp: (g, { ct, attrs: { axes, sizes, strides, dilations } }) => [g.window(ct, { axes, sizes, strides, dilations })],
  lower: { kind: "nest", fusable: false, cores },
  sample: (random) => {
    const { type, attrs } = sampleWindow(random);
    return { inputs: [{ shape: windowShape("overlapAdd", type.shape, attrs) }], attrs: { ...attrs, shape: type.shape } };
  },
  examples: [
    {
      inputs: [array([2, 3], [1, 2, 3, 4, 5, 6])],
      attrs: { axes: [0], sizes: [3], strides: [2], dilations: [1], shape: [6] },
      output: array([6], [1, 2, 7, 5, 6, 0]),
    },
  ],
};

function overlap(x: Tensor, { axes, strides, dilations }: OverlapAddAttrs, shape: readonly number[]): Tensor {
  const result = tabulate(shape, () => 0);
  const to = shape.map(() => 0);
  eachPoint(x.shape, (coords) => {
    for (let axis = 0; axis < shape.length; axis++) {
      const i = axes.indexOf(axis);
      to[axis] = i < 0 ? coords[axis] : coords[axis] * strides[i] + coords[shape.length + i] * dilations[i];
    }
    result.data[positionOf(shape, to)] += element(x, coords);
  });
  return result;
}

// Scatter form: zero everything, then add tap by tap in the order of the map. The gather form (each point sums its taps)
// needs bounds that depend on the point unless strides are split into phases; it is a schedule of the same sum.
function cores({ attrs: { axes, strides, dilations }, inputs: [x], shape, fmt }: NestSite<OverlapAddAttrs>): readonly Core[] {
  const coords = pointOf(shape);
  axes.forEach((axis, i) => {
    coords[axis] = { base: 0, terms: [[`i${axis}`, strides[i]], [`i${shape.length + i}`, dilations[i]]] }; // biome-ignore format: one formula
  });
  return [fillCore(shape, v.lit(0, fmt)), { ...copyCore(x, coords, fmt), into: "add" }];
}
