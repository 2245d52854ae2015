// Concat: tensors behind one another along one axis; all other axes are equal.
//
//   y[…, from[k] + c, …] = xₖ[…, c, …]       from[k] = Σ sizes of the parts before k
//
// One copying core per part. Its adjoint cuts the cotangent up again.
import * as z from "zod";
import { type Shape, showShape } from "../../graph/graph.ts";
import { copyCore, pointOf } from "../../program/nest/core.ts";
import { at } from "../../program/nest/view.ts";
import type { Primitive } from "../define.ts";
import { mismatch, wrongRank } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { array, element, tabulate } from "../kit/tensor.ts";

/** The axis along which the parts follow one another. */
export type ConcatAttrs = { readonly axis: number };

/** Where each part begins on the axis. */
function starts(shapes: readonly (readonly unknown[])[], axis: number): number[] {
  let end = 0;
  return shapes.map((shape) => {
    const start = end;
    end += shape[axis] as number;
    return start;
  });
}

/** The parts as one tensor, whose size along `axis` is the sum of theirs. Each part gets its slice of the cotangent. */
export const concat: Primitive<ConcatAttrs> = {
  kind: "primitive",
  name: "concat",
  says: "The inputs one after another along `axis`, which is not n; numbers are copied, NaN and −0 included.",
  arity: [1, Number.POSITIVE_INFINITY],
  attrs: z.strictObject({ axis: z.int().min(0) }),
  type: (inputs, { axis }) => {
    const [{ shape }] = inputs;
    const found = inputs.map((input) => showShape(input.shape)).join(" and ");
    if (axis >= shape.length) wrongRank(`concat along axis ${axis}`, `at least ${axis + 1} axes`, found);
    const sizes = inputs.map((input) => input.shape[axis]).filter((size) => typeof size === "number");
    const others = (other: Shape): string => showShape(other.filter((_, i) => i !== axis));
    const fits = inputs.every((input) => input.shape.length === shape.length && others(input.shape) === others(shape));
    if (!fits) mismatch(`concat along axis ${axis}`, "the other axes equal", found);
    if (sizes.length < inputs.length) mismatch(`concat along axis ${axis}`, "sizes it knows there", found);
    return { shape: shape.with(axis, sizes.reduce((a, b) => a + b, 0)) }; // biome-ignore format: one sum
  },
  eval: (inputs, { axis }, { shape }) => {
    const from = starts(inputs.map((input) => input.shape), axis); // biome-ignore format: one line
    const partAt = inputs.flatMap((input, i) => Array<number>(input.shape[axis]).fill(i));
    return tabulate(shape, (coords) => {
      const part = partAt[coords[axis]];
      return element(inputs[part], coords.with(axis, coords[axis] - from[part]));
    });
  },
  rounding: "none",
  vjp: (g, { inputs, ct, attrs: { axis } }) => {
    const shapes = inputs.map((input) => input.type.shape);
    const from = starts(shapes, axis);
    return shapes.map((sizes, i) => g.slice(ct, { starts: sizes.map(() => 0).with(axis, from[i]), sizes }));
  },
  lower: {
    kind: "nest",
    fusable: false,
    cores: ({ attrs: { axis }, inputs, fmt }) => {
      const from = starts(inputs.map((input) => input.shape), axis); // biome-ignore format: one line
      return inputs.map((input, i) => copyCore(input, pointOf(input.shape).with(axis, at(`i${axis}`, 1, from[i])), fmt));
    },
  },
  sample: (random) => {
    const { shape } = sampleShape(random, 2);
    const axis = random.integer(shape[0] === "n" ? 1 : 0, shape.length - 1);
    return {
      inputs: Array.from({ length: random.integer(1, 3) }, () => ({ shape: shape.with(axis, random.integer(1, 3)) })),
      attrs: { axis },
    };
  },
  examples: [
    {
      inputs: [array([2, 1], [1, -0]), array([2, 2], [3, 4, 5, 6])],
      attrs: { axis: 1 },
      output: array([2, 3], [1, 3, 4, -0, 5, 6]),
    },
  ],
};
