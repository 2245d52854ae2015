import * as z from "zod";
import { type Shape, sameShape, showShape } from "../ir/graph.ts";
import * as v from "../program/value.ts";
import { at, valueAt } from "../program/view.ts";
import { reject, shapeSchema } from "./checks.ts";
import type { Core, NestSite, Primitive } from "./define.ts";
import { fillCore } from "./pad.ts";
import { element, positionOf, tabulate } from "./tensor.ts";
import { sampleWindow, type WindowAttrs, windowFields, windowShape } from "./window.ts";

/** `shape` is the result's. */
export type OverlapAddAttrs = WindowAttrs & { readonly shape: Shape };

export const overlapAdd: Primitive<OverlapAddAttrs> = {
  kind: "primitive",
  name: "overlapAdd",
  says: "Adjoint of window: every tap is added where it was read, in row-major order of x; points no tap reaches are 0; NaN wins.",
  arity: 1,
  attrs: z.strictObject({ ...windowFields, shape: shapeSchema }),
  type: ([x], attrs) => {
    const needed = windowShape("overlapAdd", attrs.shape, attrs);
    if (!sameShape(needed, x.shape))
      reject("shape/mismatch", `overlapAdd to ${showShape(attrs.shape)} needs ${showShape(needed)}, found ${showShape(x.shape)}`);
    return { shape: attrs.shape };
  },
  eval: ([x], { axes, strides, dilations }, { shape }) => {
    const result = tabulate(shape, () => 0);
    const to = shape.map(() => 0);
    tabulate(x.shape, (coords) => {
      for (let axis = 0; axis < shape.length; axis++) {
        const i = axes.indexOf(axis);
        to[axis] = i < 0 ? coords[axis] : coords[axis] * strides[i] + coords[shape.length + i] * dilations[i];
      }
      result.data[positionOf(shape, to)] += element(x, coords);
      return 0;
    });
    return result;
  },
  vjp: (g, { ct, attrs: { axes, sizes, strides, dilations } }) => [g.window(ct, { axes, sizes, strides, dilations })],
  lower: { kind: "nest", fusable: false, cores },
  sample: (random) => {
    const { type, attrs } = sampleWindow(random);
    return { inputs: [{ shape: windowShape("overlapAdd", type.shape, attrs) }], attrs: { ...attrs, shape: type.shape } };
  },
  examples: [
    {
      inputs: [{ shape: [2, 2], values: [1, 2, 3, 4] }],
      attrs: { axes: [0], sizes: [2], strides: [1], dilations: [1], shape: [3] },
      output: { shape: [3], values: [1, 5, 4] },
    },
    {
      inputs: [{ shape: [1, 2], values: [1, 2] }],
      attrs: { axes: [0], sizes: [2], strides: [3], dilations: [2], shape: [5] },
      output: { shape: [5], values: [1, 0, 2, 0, 0] },
    },
  ],
};

// Scatter form: zero everything, then add tap by tap in the order of the map. The gather form (each point sums its taps)
// needs bounds that depend on the point unless strides are split into phases; it is a schedule of the same sum.
function cores({ attrs: { axes, strides, dilations }, inputs: [x], shape, fmt }: NestSite<OverlapAddAttrs>): readonly Core[] {
  const rank = shape.length;
  const scatter: Core = {
    map: x.shape.map((extent, axis) => [`i${axis}`, extent]),
    reduce: [],
    value: valueAt(
      x,
      x.shape.map((_, axis) => at(`i${axis}`)),
      fmt,
    ),
    coords: shape.map((_, axis) => {
      const i = axes.indexOf(axis);
      return i < 0
        ? at(`i${axis}`)
        : {
            base: 0,
            terms: [
              [`i${axis}`, strides[i]],
              [`i${rank + i}`, dilations[i]],
            ],
          };
    }),
    into: "add",
  };
  return [fillCore(shape, v.lit(0, fmt)), scatter];
}
