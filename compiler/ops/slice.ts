import * as z from "zod";
import { type Shape, showShape } from "../ir/graph.ts";
import { axesSchema, reject, shapeSchema } from "./checks.ts";
import type { Primitive } from "./define.ts";
import { sampleShape } from "./pointwise.ts";
import { array, element, tabulate } from "./tensor.ts";

export type SliceAttrs = { readonly starts: readonly number[]; readonly sizes: Shape };

export const slice: Primitive<SliceAttrs> = {
  kind: "primitive",
  name: "slice",
  says: "The block of `sizes` that begins at `starts`; the n axis is taken whole (start 0, size n).",
  arity: 1,
  attrs: z.strictObject({ starts: axesSchema, sizes: shapeSchema }),
  type: ([{ shape }], { starts, sizes }) => {
    if (starts.length !== shape.length || sizes.length !== shape.length) {
      reject(
        "shape/rank",
        `slice needs ${shape.length} starts and sizes for ${showShape(shape)}, found ${starts.length} and ${sizes.length}`,
      );
    }
    shape.forEach((size, axis) => {
      const [start, taken] = [starts[axis], sizes[axis]];
      const fits = size === "n" || taken === "n" ? size === taken && start === 0 : start + taken <= size;
      if (!fits)
        reject(
          "shape/mismatch",
          `slice needs start + size within ${showShape(shape)}, found ${start} + ${taken} on axis ${axis}`,
        );
    });
    return { shape: sizes };
  },
  eval: ([x], { starts }, { shape }) =>
    tabulate(shape, (coords) =>
      element(
        x,
        coords.map((coord, axis) => coord + starts[axis]),
      ),
    ),
  vjp: (g, { inputs: [x], ct, attrs: { starts, sizes } }) => {
    const high = x.type.shape.map((size, axis) => (size === "n" ? 0 : size - starts[axis] - (sizes[axis] as number)));
    return [g.pad(ct, { low: starts, high, value: 0 })];
  },
  lower: {
    kind: "view",
    view: (input, { starts }, shape) => ({
      ...input,
      shape,
      base: starts.reduce((base, start, axis) => base + start * input.strides[axis], input.base),
    }),
  },
  sample: (random) => {
    const { shape } = sampleShape(random);
    const starts = shape.map((size) => (size === "n" ? 0 : random.integer(0, size)));
    return {
      inputs: [{ shape }],
      attrs: { starts, sizes: shape.map((size, axis) => (size === "n" ? size : random.integer(0, size - starts[axis]))) },
    };
  },
  examples: [
    {
      inputs: [array([2, 3], [1, 2, 3, 4, 5, -0])],
      attrs: { starts: [0, 1], sizes: [2, 2] },
      output: array([2, 2], [2, 3, 5, -0]),
    },
    { inputs: [array([2], [1, 2])], attrs: { starts: [2], sizes: [0] }, output: array([0], []) },
  ],
};
