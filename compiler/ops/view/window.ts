// Window: patches of x as axes of their own. Each windowed axis becomes the axis of windows o, and its taps t come last:
//
//   y[…, o, …, t] = x[…, o · stride + t · dilation, …]
//   [n, H, W, C], axes [1, 2]  →  [n, OH, OW, C, kh, kw]           OH = ⌊(H − ((kh − 1) · dilation + 1)) / stride⌋ + 1
//
//   x   0 1 2 3 4 5 6        sizes [3], strides [2], dilations [1]:   0 1 2 | 2 3 4 | 4 5 6
//
// As a view: the axis' stride times `stride` for o, times `dilation` for t. An element may stand in many windows; none is copied.
import * as z from "zod";
import type { Random } from "../../base/random.ts";
import { type Shape, showShape, sizeOf, type Type } from "../../graph/graph.ts";
import type { Primitive } from "../define.ts";
import { axesSchema, countsSchema, mismatch, wrongRank } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { array, offsetsOver } from "../kit/tensor.ts";

/** One entry per windowed axis in each list: which axis, how many taps, the step between windows, the step between taps. */
export type WindowAttrs = {
  readonly axes: readonly number[];
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
};

/** Shared with overlapAdd. */
export const windowFields = { axes: axesSchema, sizes: countsSchema, strides: countsSchema, dilations: countsSchema };

/** [n, H, W, C] with axes [1, 2] and sizes [kh, kw] gives [n, OH, OW, C, kh, kw]. */
export function windowShape(name: string, shape: Shape, { axes, sizes, strides, dilations }: WindowAttrs): Shape {
  if ([sizes, strides, dilations].some((list) => list.length !== axes.length)) {
    wrongRank(
      name,
      "a size, stride and dilation per axis",
      `${axes.length} axes, ${sizes.length} sizes, ${strides.length} strides and ${dilations.length} dilations`,
    );
  }
  if (axes.some((axis, i) => axis >= shape.length || axes.indexOf(axis) !== i)) {
    wrongRank(name, `distinct axes of ${showShape(shape)}`, showShape(axes));
  }
  const counts = shape.map((size, axis) => {
    const i = axes.indexOf(axis);
    if (i < 0) return size;
    // What one window covers, from its first tap to its last.
    const span = (sizes[i] - 1) * dilations[i] + 1;
    if (size === "n" || size < span)
      mismatch(`${name} of ${span} along axis ${axis}`, `at least ${span} there`, showShape(shape));
    return Math.floor((size - span) / strides[i]) + 1;
  });
  return [...counts, ...sizes];
}

/** Patches of x, of the shape that `windowShape` says. The cotangent is summed where windows overlap (`overlapAdd`). */
export const window: Primitive<WindowAttrs> = {
  kind: "primitive",
  name: "window",
  says: "Sliding patches: `axes` become their window counts, the taps are appended in the order of `axes`, copied bit by bit: y[o, t] = x[o·stride + t·dilation].",
  arity: 1,
  attrs: z.strictObject(windowFields),
  type: ([x], attrs) => ({ shape: windowShape("window", x.shape, attrs) }),
  eval: ([x], { axes, strides, dilations }, { shape }) => {
    const steps = x.shape.map((_, axis) => sizeOf(x.shape.slice(axis + 1)));
    const starts = offsetsOver(
      shape.slice(0, x.shape.length),
      steps.map((step, axis) => (axes.includes(axis) ? step * strides[axes.indexOf(axis)] : step)),
    );
    const taps = offsetsOver(
      shape.slice(x.shape.length),
      axes.map((axis, i) => steps[axis] * dilations[i]),
    );
    const data = new Float64Array(starts.length * taps.length);
    starts.forEach((start, i) => {
      for (let k = 0; k < taps.length; k++) data[i * taps.length + k] = x.data[start + taps[k]];
    });
    return { shape, data };
  },
  rounding: "none",
  vjp: (g, { inputs: [x], ct, attrs }) => [g.overlapAdd(ct, { ...attrs, shape: x.type.shape })],
  lower: {
    kind: "view",
    view: (input, { axes, strides, dilations }, shape) => {
      const counts = input.strides.map((step, axis) => (axes.includes(axis) ? step * strides[axes.indexOf(axis)] : step));
      return { ...input, shape, strides: [...counts, ...axes.map((axis, i) => input.strides[axis] * dilations[i])] };
    },
  },
  sample: (random) => {
    const { type, attrs } = sampleWindow(random);
    return { inputs: [type], attrs };
  },
  examples: [
    {
      inputs: [array([4], [1, 2, 3, 4])],
      attrs: { axes: [0], sizes: [2], strides: [1], dilations: [2] },
      output: array([2, 2], [1, 3, 2, 4]),
    },
    {
      inputs: [array([1, 5], [1, 2, 3, 4, 5])],
      attrs: { axes: [1], sizes: [2], strides: [2], dilations: [1] },
      output: array([1, 2, 2], [1, 2, 3, 4]),
    },
  ],
};

/** An input type and windows that fit it. */
export function sampleWindow(random: Random): { readonly type: Type; readonly attrs: WindowAttrs } {
  const { shape } = sampleShape(random, 1);
  const axes = shape.flatMap((size, axis) => (size !== "n" && random.integer(0, 2) > 0 ? [axis] : []));
  const sizes = axes.map(() => random.integer(1, 3));
  const dilations = axes.map(() => random.integer(1, 2));
  const grown = shape.map((size, axis) => {
    const i = axes.indexOf(axis);
    return i < 0 || size === "n" ? size : (sizes[i] - 1) * dilations[i] + size;
  });
  return { type: { shape: grown }, attrs: { axes, sizes, strides: axes.map(() => random.integer(1, 3)), dilations } };
}
