import * as z from "zod";
import { type Shape, type Size, sameShape, showShape } from "../ir/graph.ts";
import { at } from "../program/view.ts";
import { reject } from "./checks.ts";
import { copyCore, pointOf } from "./cores.ts";
import type { Core, NestSite, Primitive } from "./define.ts";
import { sampleShape } from "./pointwise.ts";
import { array, element, tabulate } from "./tensor.ts";

export type ConcatAttrs = { readonly axis: number };

/** Where each part begins on the axis. */
const starts = (sizes: readonly number[]): number[] => sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));

export const concat: Primitive<ConcatAttrs> = {
  kind: "primitive",
  name: "concat",
  says: "The inputs one after another along `axis`, which is not n; numbers are copied, NaN and −0 included.",
  arity: [1, Number.POSITIVE_INFINITY],
  attrs: z.strictObject({ axis: z.int().min(0) }),
  type: (inputs, { axis }) => {
    const others = (shape: Shape): Shape => shape.filter((_, i) => i !== axis);
    const [{ shape }, ...rest] = inputs;
    if (axis >= shape.length)
      reject("shape/rank", `concat along axis ${axis} needs at least ${axis + 1} axes, found ${showShape(shape)}`);
    for (const other of rest) {
      if (other.shape.length !== shape.length || !sameShape(others(other.shape), others(shape))) {
        reject(
          "shape/mismatch",
          `concat along axis ${axis} needs the other axes equal, found ${showShape(shape)} and ${showShape(other.shape)}`,
        );
      }
    }
    const total = inputs.reduce((sum, input) => {
      const size: Size = input.shape[axis];
      return size === "n"
        ? reject("shape/mismatch", `concat needs sizes it knows, found axis ${axis} of ${showShape(input.shape)}`)
        : sum + size;
    }, 0);
    return { shape: shape.with(axis, total) };
  },
  eval: (inputs, { axis }, { shape }) => {
    const from = starts(inputs.map((input) => input.shape[axis]));
    return tabulate(shape, (coords) => {
      const part = from.findLastIndex((start, i) => coords[axis] >= start && inputs[i].shape[axis] > 0);
      return element(inputs[part], coords.with(axis, coords[axis] - from[part]));
    });
  },
  vjp: (g, { inputs, ct, attrs: { axis } }) => {
    const from = starts(inputs.map((input) => input.type.shape[axis] as number));
    return inputs.map((input, i) =>
      g.slice(ct, { starts: input.type.shape.map((_, a) => (a === axis ? from[i] : 0)), sizes: input.type.shape }),
    );
  },
  lower: { kind: "nest", fusable: false, cores },
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

function cores({ attrs: { axis }, inputs, fmt }: NestSite<ConcatAttrs>): readonly Core[] {
  const from = starts(inputs.map((input) => input.shape[axis] as number));
  return inputs.map((input, i) => copyCore(input, pointOf(input.shape).with(axis, at(`i${axis}`, 1, from[i])), fmt));
}
