// Slice: a block of x, one start and one size per axis.
//
//   y[c₀, c₁, …] = x[c₀ + starts[0], c₁ + starts[1], …]      0 ≤ c < sizes
//
// As a view: the base moves by Σ starts · strides. Its adjoint pads with zeros, so slice and pad are each other's gradient.
import * as z from "zod";
import { type Shape, showShape } from "../../graph/graph.ts";
import type { Primitive } from "../define.ts";
import { axesSchema, mismatch, shapeSchema, wrongRank } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { array, element, tabulate } from "../kit/tensor.ts";

/** One start and one size per axis of x; 0 and n on the batch axis. */
export type SliceAttrs = { readonly starts: readonly number[]; readonly sizes: Shape };

/** The block of `sizes` at `starts`. The cotangent is padded with zeros to the shape of x. */
export const slice: Primitive<SliceAttrs> = {
  kind: "primitive",
  name: "slice",
  says: "The block of `sizes` that begins at `starts`, copied bit by bit; the n axis is taken whole (start 0, size n).",
  arity: 1,
  attrs: z.strictObject({ starts: axesSchema, sizes: shapeSchema }),
  type: ([{ shape }], { starts, sizes }) => {
    const found = `starts ${showShape(starts)} and sizes ${showShape(sizes)}`;
    if (starts.length !== shape.length || sizes.length !== shape.length)
      wrongRank("slice", `the axes of ${showShape(shape)}`, found);
    const fits = shape.every((size, axis) => {
      const [start, taken] = [starts[axis], sizes[axis]];
      return size === "n" || taken === "n" ? size === taken && start === 0 : start + taken <= size;
    });
    if (!fits) mismatch("slice", `a block within ${showShape(shape)}`, found);
    return { shape: sizes };
  },
  eval: ([x], { starts }, { shape }) => {
    const from = (coords: readonly number[]) => coords.map((coord, axis) => coord + starts[axis]);
    return tabulate(shape, (coords) => element(x, from(coords)));
  },
  rounding: "none",
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
    const sizes = shape.map((size, axis) => (size === "n" ? size : random.integer(0, size - starts[axis])));
    return { inputs: [{ shape }], attrs: { starts, sizes } };
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
